"""Stacks of convolutions on the ring, with skips or without them."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from mlsim.networks.convolutional.rings import as_images, on_ring, pointwise
from mlsim.networks.perceptrons.dense import fill_uniform


class CircularConvolutions(nn.Module):
    """Periodic functions to periodic functions, equivariant under every shift of the grid.

    A 1x1 lift to ``channels``, one circular convolution per dilation, each as ``x <- x + GELU(conv(x))`` with skips
    and ``x <- GELU(conv(x))`` without them, and a 1x1 projection to one channel. Skips have no parameters.

    Args:
        channels: channels between lift and projection.
        width: taps of every convolution, odd.
        dilations: distance of neighbouring taps in grid points, one for each convolution.
        skip: whether the input of each convolution is added to its output.
        inputs: channels of the input.
        gain: initial weights of the convolutions are uniform on ``+-gain / sqrt(channels width)``; 1 is torch's
            distribution, and ``sqrt(6)`` that of He et al., which preserves the variance in a plain network.
        generator: random numbers of the initial parameters.

    Attributes:
        channels_last: whether channels are last in memory, true at first; the other order is faster under ``vmap`` over
            parameters, which turns the convolutions of all copies into grouped ones.

    Raises:
        ValueError: ``width`` is even.

    Source:
        Skips: K. He, X. Zhang, S. Ren, J. Sun, arXiv:1512.03385.

    >>> net = CircularConvolutions(
    ...     channels=16, width=7, dilations=(1, 2, 4, 8, 16, 1), skip=True, generator=torch.Generator()
    ... )
    >>> sum(p.numel() for p in net.parameters())
    10897
    """

    def __init__(
        self,
        *,
        channels: int,
        width: int,
        dilations: Sequence[int],
        skip: bool,
        inputs: int = 1,
        gain: float = 1.0,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        if width % 2 == 0:
            raise ValueError(f"width is {width}: allowed are odd numbers")
        self.skip, self.channels_last = skip, True
        self.lift = nn.Conv1d(inputs, channels, 1)
        self.convolutions = nn.ModuleList(nn.Conv1d(channels, channels, width, dilation=d) for d in dilations)
        self.projection = nn.Conv1d(channels, 1, 1)
        for layer in (self.lift, *self.convolutions, self.projection):
            between = layer in self.convolutions
            fill_uniform(layer, generator=generator, gain=gain if between else 1.0)

    def forward(self, x: Float[Tensor, "batch *inputs points"]) -> Float[Tensor, "batch points"]:
        """Output at the points of the input, which may leave out its axis of channels if it has one channel."""
        one_tap = pointwise if self.channels_last else on_ring
        x = one_tap(self.lift, as_images(x[:, None] if x.ndim == 2 else x))
        for layer in self.convolutions:
            change = functional.gelu(on_ring(layer, x))
            x = x + change if self.skip else change
        return one_tap(self.projection, x)[:, 0, 0]
