"""A convolutional network without input whose output is a design on a grid of elements."""

from itertools import pairwise
from math import sqrt

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

LATENT, DENSE, OFFSET = 128, 32, 10.0
DOUBLINGS = (1, 2, 2, 2, 1)  # of the sides, before each stage


class DesignDecoder(nn.Module):
    """A trainable vector, a dense layer, and five stages: tanh, interpolation, normalisation, 5x5 convolution, offset.

    Normalisation is over all numbers; the offset is trainable, ten times a tensor of the stage's shape.

    Args:
        columns: of the grid, a multiple of 8.
        rows: of the grid, a multiple of 8.
        filters: channels after each stage but the last, which has one.

    Source:
        Hoyer, Sohl-Dickstein, Greydanus, Neural reparameterization improves structural optimization, arXiv:1909.04240.

    >>> DesignDecoder(columns=16, rows=24, filters=(8, 4, 4, 2))().shape
    torch.Size([16, 24])
    """

    def __init__(self, *, columns: int, rows: int, filters: tuple[int, int, int, int] = (128, 64, 32, 16)) -> None:
        super().__init__()
        if columns % 8 or rows % 8:
            raise ValueError(f"grid is {columns} x {rows}: allowed are multiples of 8")
        self._coarse = (columns // 8, rows // 8)
        cells = self._coarse[0] * self._coarse[1] * DENSE
        self.latent = nn.Parameter(torch.randn(LATENT))
        self.dense = nn.Linear(LATENT, cells)
        nn.init.orthogonal_(self.dense.weight, gain=sqrt(max(cells / LATENT, 1.0)))
        nn.init.zeros_(self.dense.bias)
        channels = (DENSE, *filters, 1)
        pairs = list(pairwise(channels))
        self.convolutions = nn.ModuleList(nn.Conv2d(a, b, 5, padding=2) for a, b in pairs)
        self.offsets = nn.ParameterList()
        sides = self._coarse
        for convolution, (inputs, outputs), factor in zip(self.convolutions, pairs, DOUBLINGS, strict=True):
            nn.init.normal_(torch.as_tensor(convolution.weight), std=1.0 / sqrt(25 * inputs))
            nn.init.zeros_(torch.as_tensor(convolution.bias))
            sides = (sides[0] * factor, sides[1] * factor)
            self.offsets.append(nn.Parameter(torch.zeros(1, outputs, *sides)))

    def forward(self) -> Float[Tensor, "columns rows"]:
        """Logits of the design."""
        field = self.dense(self.latent).reshape(1, DENSE, *self._coarse)
        for convolution, offset, factor in zip(self.convolutions, self.offsets, DOUBLINGS, strict=True):
            field = torch.tanh(field)
            if factor > 1:
                field = functional.interpolate(field, scale_factor=factor, mode="bilinear", align_corners=False)
            field = (field - field.mean()) / torch.sqrt(field.var(unbiased=False) + 1e-6)
            field = convolution(field) + OFFSET * offset
        return field[0, 0]
