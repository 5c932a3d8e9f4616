"""The small U-Net of *Neural networks for topology optimization* and its skip from the current density."""

from functools import cache
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


def convolutions(channels: tuple[int, ...], *, dropout: float = 0.0) -> nn.Sequential:
    """3x3 convolutions with ReLU between consecutive ``channels``, dropout after the first."""
    layers: list[nn.Module] = []
    for position, (inner, outer) in enumerate(pairwise(channels)):
        layers += [nn.Conv2d(inner, outer, 3, padding=1), nn.ReLU(inplace=True)]
        if dropout and position == 0:
            layers.append(nn.Dropout(dropout))
    return nn.Sequential(*layers)


class UNet(nn.Module):
    """Encoder and decoder with two poolings, 192,113 parameters for two input channels.

    Args:
        inputs: number of input channels.
        dropout: probability after the first convolution of the middle blocks, in [0, 1).
        generator: random numbers of the Glorot-uniform initial weights; biases start at zero.

    Source:
        I. Sosnovik, I. Oseledets, arXiv:1709.09578, figure 3, and the code released with it.

    >>> sum(p.numel() for p in UNet(inputs=2, dropout=0.1, generator=torch.Generator()).parameters())
    192113
    """

    def __init__(self, *, inputs: int, dropout: float, generator: torch.Generator) -> None:
        super().__init__()
        self.fine = convolutions((inputs, 16, 16))
        self.middle = convolutions((16, 32, 32), dropout=dropout)
        self.coarse = convolutions((32, 64, 64, 64, 64))
        self.up_middle = convolutions((96, 32, 32), dropout=dropout)
        self.up_fine = convolutions((48, 16, 16))
        self.head = nn.Conv2d(16, 1, 3, padding=1)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.xavier_uniform_(module.weight, generator=generator)
                nn.init.zeros_(module.bias)  # pyright: ignore[reportArgumentType]

    def forward(self, x: Float[Tensor, "batch inputs rows columns"]) -> Float[Tensor, "batch rows columns"]:
        """Logit of solid material for every pixel; rows and columns are multiples of four."""
        fine = self.fine(x)
        middle = self.middle(functional.max_pool2d(fine, 2))
        coarse = self.coarse(functional.max_pool2d(middle, 2))
        up = _joined(self.up_middle, coarse, middle)
        up = _joined(self.up_fine, up, fine)
        return self.head(up)[:, 0]


def _joined(block: nn.Sequential, coarse: Tensor, fine: Tensor) -> Tensor:
    """The block applied to the coarse image, upsampled, and the fine one, side by side."""
    first, rest = block[0], block[1:]
    assert isinstance(first, nn.Conv2d)
    channels = coarse.shape[1]
    coarse_part = convolution_of_upsampled(coarse, first.weight[:, :channels])
    return rest(functional.conv2d(fine, first.weight[:, channels:], first.bias, padding=1).add_(coarse_part))


def convolution_of_upsampled(
    image: Float[Tensor, "batch inputs rows columns"], weight: Float[Tensor, "outputs inputs 3 3"]
) -> Float[Tensor, "batch outputs twice_rows twice_columns"]:
    """3x3 convolution, zero-padded, of the image enlarged twofold by repetition of its pixels.

    Three taps on repeated pixels are four taps of a transposed convolution with stride two: each fine pixel sees four
    coarse ones instead of nine fine ones, with 4/9 of the multiplications.
    """
    taps = _transposed_taps(weight.dtype, weight.device)
    kernels = torch.einsum("ai,bj,ocij->coab", taps, taps, weight)
    kernels = kernels.contiguous(memory_format=torch.channels_last)
    return functional.conv_transpose2d(image, kernels, stride=2, padding=1)


@cache  # a CUDA graph may not copy from CPU memory
def _transposed_taps(dtype: torch.dtype, device: torch.device) -> Tensor:
    # a coarse pixel reaches the fine ones at -1, 0, 1, 2 from its first one: by which of the taps -1, 0, 1
    return torch.tensor([[0, 0, 1], [0, 1, 1], [1, 1, 0], [1, 0, 0]], dtype=dtype, device=device)


class DensitySkip(nn.Module):
    """Adds ``slope * (density - 1/2)`` to the logit: the network learns a correction of thresholding.

    The first input channel is the density. The last layer starts at zero: the untrained network is thresholding.
    """

    def __init__(self, net: UNet, *, slope: float = 8.0) -> None:
        super().__init__()
        self.net = net
        self.slope = slope
        nn.init.zeros_(net.head.weight)

    def forward(self, x: Float[Tensor, "batch inputs rows columns"]) -> Float[Tensor, "batch rows columns"]:
        """Logit of solid material for every pixel."""
        return self.net(x) + self.slope * (x[:, 0] - 0.5)
