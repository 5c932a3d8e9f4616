"""A convolutional network without input whose output is a field on the nodes of a grid."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


class FieldDecoder(nn.Module):
    """A trainable coarse field, doubled several times: interpolation, 3x3 convolution, normalisation, tanh.

    Args:
        width: channels of all stages.
        coarsest: nodes per side of the coarse field.
        doublings: how often the cells are halved: ``(coarsest - 1) 2^doublings + 1`` nodes per side in the end.

    >>> FieldDecoder(width=2, coarsest=5, doublings=3)().shape
    torch.Size([33, 33])
    """

    def __init__(self, *, width: int, coarsest: int, doublings: int) -> None:
        super().__init__()
        self.latent = nn.Parameter(torch.randn(1, width, coarsest, coarsest))
        stages = [
            nn.Sequential(
                nn.Conv2d(width, width, 3, padding=1, padding_mode="reflect"), nn.GroupNorm(1, width), nn.Tanh()
            )
            for _ in range(doublings)
        ]
        self.stages = nn.ModuleList(stages)
        self.last = nn.Conv2d(width, 1, 1)

    def forward(self) -> Float[Tensor, "nodes nodes"]:
        """The field; unbounded."""
        field = self.latent
        for stage in self.stages:
            nodes = 2 * field.shape[-1] - 1
            field = stage(functional.interpolate(field, size=(nodes, nodes), mode="bilinear", align_corners=True))
        return self.last(field)[0, 0]
