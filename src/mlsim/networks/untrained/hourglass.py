"""The hourglass network with skips of the deep image prior."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from mlsim.networks.convolutional.pointwise import PointwiseConvolution

SLOPE = 0.2  # of LeakyReLU below zero


class Hourglass(nn.Module):
    """Nested scales: halve, convolve, next scale, double, join with a narrow skip, convolve.

    Every convolution is followed by batch normalisation and LeakyReLU; a convolution to the output channels and a
    sigmoid come last. Batch normalisation uses the statistics of the one image: the network stays in training mode.

    Args:
        inputs: channels of the input.
        width: channels of every scale.
        scales: how often the sides are halved; they must be multiples of ``2^scales`` and leave 2 pixels or more.
        skip: channels of every skip, at least 1.
        outputs: channels of the image.

    Source:
        Ulyanov, Vedaldi, Lempitsky, Deep image prior, CVPR 2018, and their code.

    >>> parameters = [sum(p.numel() for p in Hourglass(width=width).parameters()) for width in (32, 128)]
    >>> parameters
    [152199, 2217831]
    """

    def __init__(self, *, width: int, inputs: int = 32, scales: int = 5, skip: int = 4, outputs: int = 3) -> None:
        super().__init__()
        self.inner = Scale(inputs, width=width, below=scales - 1, skip=skip)
        self.last = PointwiseConvolution(width, outputs)

    def forward(
        self, noise: Float[Tensor, "images inputs rows columns"]
    ) -> Float[Tensor, "images outputs rows columns"]:
        """Images with values in (0, 1)."""
        return torch.sigmoid(self.last(self.inner(noise)))


class Scale(nn.Module):
    """One scale of the hourglass with all coarser ones inside."""

    def __init__(self, inputs: int, *, width: int, below: int, skip: int) -> None:
        super().__init__()
        self.skip = Layer(inputs, skip, size=1)
        self.down = nn.Sequential(Layer(inputs, width, size=3, stride=2), Layer(width, width, size=3))
        self.below = Scale(width, width=width, below=below - 1, skip=skip) if below else nn.Identity()
        self.joined = nn.BatchNorm2d(width + skip)
        self.up = nn.Sequential(Layer(width + skip, width, size=3), Layer(width, width, size=1))

    def forward(self, fine: Float[Tensor, "images inputs rows columns"]) -> Float[Tensor, "images width rows columns"]:
        """Features of the same size as ``fine``."""
        coarse = self.below(self.down(fine))
        raised = functional.interpolate(coarse, scale_factor=2, mode="bilinear", align_corners=False)
        if raised.requires_grad:
            # this gradient is a slice of that of the joined channels: torch's interpolation is six times slower for it
            raised.register_hook(lambda gradient: gradient.contiguous(memory_format=torch.channels_last))
        return self.up(self.joined(torch.cat([self.skip(fine), raised], dim=1)))


class Layer(nn.Sequential):
    """Convolution with reflection at the border, batch normalisation, LeakyReLU."""

    def __init__(self, inputs: int, outputs: int, *, size: int, stride: int = 1) -> None:
        if size == 1:
            convolution = PointwiseConvolution(inputs, outputs)
        else:
            padding = size // 2
            convolution = nn.Conv2d(inputs, outputs, size, stride=stride, padding=padding, padding_mode="reflect")
        super().__init__(convolution, nn.BatchNorm2d(outputs), nn.LeakyReLU(SLOPE, inplace=True))
