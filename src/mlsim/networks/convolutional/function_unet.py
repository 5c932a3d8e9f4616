"""A small U-Net from functions on a grid to functions on the same grid."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from mlsim.networks.convolutional.rings import wrapped
from mlsim.networks.perceptrons.dense import fill_uniform


class FunctionUNet(nn.Module):
    """Two convolutions and an average pooling per level, then the way back with skips by concatenation.

    Convolutions have three taps per axis and GELU; values are repeated to go back to a finer grid. On a periodic grid
    the network commutes with shifts by multiples of ``2**(levels - 1)`` points.

    Args:
        dimensions: one or two.
        channels: channels of every level, from the finest on; points per side are a multiple of ``2**(levels - 1)``.
        periodic: whether the grid is periodic; otherwise values outside are zero.
        generator: random numbers of the initial weights, uniform with the variance of He et al.

    Source:
        Ronneberger, Fischer, Brox, arXiv:1505.04597, with padding and fewer channels.

    >>> FunctionUNet(dimensions=1, channels=(4, 8), generator=torch.Generator())(torch.ones(3, 10)).shape
    torch.Size([3, 10])
    """

    def __init__(
        self, *, dimensions: int, channels: Sequence[int], periodic: bool = True, generator: torch.Generator
    ) -> None:
        super().__init__()
        self.dimensions, self.periodic = dimensions, periodic
        kind = nn.Conv1d if dimensions == 1 else nn.Conv2d

        def pair(before: int, after: int) -> nn.ModuleList:
            return nn.ModuleList([kind(before, after, 3), kind(after, after, 3)])

        self.down = nn.ModuleList(pair(before, after) for before, after in pairwise((1, *channels)))
        self.up = nn.ModuleList(pair(coarse + fine, fine) for fine, coarse in reversed(list(pairwise(channels))))
        self.head = kind(channels[0], 1, 1)
        for module in self.modules():
            if isinstance(module, kind):
                fill_uniform(module, generator=generator, gain=1.0 if module is self.head else 6**0.5)

    def forward(self, v: Float[Tensor, "samples *grid"]) -> Float[Tensor, "samples *grid"]:
        """Values at the grid points from values at the grid points."""
        # a line is an image of one row: torch is faster with channels last in memory
        x = v[:, None] if self.dimensions == 2 else v[:, None, None]
        skips = []
        for level, block in enumerate(self.down):
            x = self._block(block, self._halved(x) if level else x)
            skips.append(x)
        skips.pop()
        for block in self.up:
            x = self._block(block, torch.cat([self._doubled(x), skips.pop()], dim=1))
        return self._convolved(self.head, x).reshape(v.shape)

    def _block(self, block: nn.Module, x: Tensor) -> Tensor:
        assert isinstance(block, nn.ModuleList)
        for layer in block:
            x = functional.gelu(self._convolved(layer, self._padded(x)))
        return x

    def _padded(self, x: Tensor) -> Tensor:
        if not self.periodic:
            return functional.pad(x, (1, 1) * len(self._axes))
        for axis in self._axes:
            x = wrapped(x, 1, 1, dim=axis)
        return x

    def _convolved(self, layer: nn.Module, x: Tensor) -> Tensor:
        assert isinstance(layer, nn.Conv1d | nn.Conv2d)
        weight = layer.weight if self.dimensions == 2 else layer.weight.unsqueeze(2)
        return functional.conv2d(_channels_last(x), _channels_last(weight), layer.bias)

    def _halved(self, x: Tensor) -> Tensor:
        return functional.avg_pool2d(x, 2 if self.dimensions == 2 else (1, 2))

    def _doubled(self, x: Tensor) -> Tensor:
        for axis in self._axes:
            x = x.repeat_interleave(2, dim=axis)
        return x

    @property
    def _axes(self) -> tuple[int, ...]:
        return (2, 3) if self.dimensions == 2 else (3,)


def _channels_last(x: Tensor) -> Tensor:
    return x.contiguous(memory_format=torch.channels_last)
