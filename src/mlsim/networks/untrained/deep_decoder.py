"""The deep decoder: an image from fewer parameters than it has numbers, by convolutions of one pixel."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mlsim.networks.convolutional.pointwise import PointwiseConvolution

SCALES = 5  # how often the sides are doubled


class DeepDecoder(nn.Module):
    """Six stages of a 1x1 convolution without bias, ReLU and batch normalisation; five of them double the sides.

    Input and stages have ``width`` channels, the image ``outputs``: ``6 width^2 + 12 width + outputs (width + 1)``
    parameters.

    Source:
        Heckel, Hand, Deep decoder, ICLR 2019, and their code.

    >>> sum(p.numel() for p in DeepDecoder(width=128).parameters())
    100227
    """

    def __init__(self, *, width: int, outputs: int = 3) -> None:
        super().__init__()
        stages = [_stage(width, doubled=stage < SCALES) for stage in range(SCALES + 1)]
        self.stages = nn.Sequential(*stages, PointwiseConvolution(width, outputs))

    def forward(self, noise: Float[Tensor, "images width rows columns"]) -> Float[Tensor, "images outputs high wide"]:
        """Images with values in (0, 1), their sides 32 times those of ``noise``."""
        return torch.sigmoid(self.stages(noise))


def _stage(width: int, *, doubled: bool) -> nn.Sequential:
    up = [nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)] if doubled else []
    return nn.Sequential(PointwiseConvolution(width, width, bias=False), *up, nn.ReLU(), nn.BatchNorm2d(width))
