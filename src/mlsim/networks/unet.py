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
    return rest(coarse_part + functional.conv2d(fine, first.weight[:, channels:], first.bias, padding=1))


def convolution_of_upsampled(
    image: Float[Tensor, "batch inputs rows columns"], weight: Float[Tensor, "outputs inputs 3 3"]
) -> Float[Tensor, "batch outputs twice_rows twice_columns"]:
    """3x3 convolution, zero-padded, of the image enlarged twofold by repetition of its pixels.

    The nine fine pixels under the kernel are four coarse ones, another four for each parity of row and column. So four
    2x2 convolutions of the small image do the same with 4/9 of the multiplications.
    """
    outputs, inputs = weight.shape[:2]
    rows, columns = image.shape[2:]
    taps = _coarse_taps(weight.dtype, weight.device)
    kernels = torch.einsum("pai,qbj,ocij->pqocab", taps, taps, weight).reshape(4 * outputs, inputs, 2, 2)
    kernels = kernels.contiguous(memory_format=torch.channels_last)
    # channels last from the first to the last step: the sum with the other half would otherwise change their order
    parities = functional.conv2d(image, kernels, padding=1).permute(0, 2, 3, 1).unflatten(3, (2, 2, outputs))
    even, odd = (
        torch.stack(
            [parities[:, p : p + rows, :columns, p, 0], parities[:, p : p + rows, 1 : 1 + columns, p, 1]], dim=3
        )
        for p in (0, 1)
    )
    return torch.stack([even, odd], dim=2).reshape(-1, 2 * rows, 2 * columns, outputs).permute(0, 3, 1, 2)


@cache  # a CUDA graph may not copy from the processor's memory
def _coarse_taps(dtype: torch.dtype, device: torch.device) -> Tensor:
    # fine taps -1, 0, 1 of an even pixel lie on coarse pixels -1, 0, 0, those of an odd one on 0, 0, 1
    return torch.tensor([[[1, 0, 0], [0, 1, 1]], [[1, 1, 0], [0, 0, 1]]], dtype=dtype, device=device)


class DensitySkip(nn.Module):
    """Adds ``slope * (density - 1/2)`` to the logit: the network learns a correction of thresholding.

    The last layer starts at zero, so that the untrained network is thresholding itself.

    Args:
        net: network whose first input channel is the density.
        slope: weight of the density, positive.
    """

    def __init__(self, net: UNet, *, slope: float = 8.0) -> None:
        super().__init__()
        self.net = net
        self.slope = slope
        nn.init.zeros_(net.head.weight)

    def forward(self, x: Float[Tensor, "batch inputs rows columns"]) -> Float[Tensor, "batch rows columns"]:
        """Logit of solid material for every pixel."""
        return self.net(x) + self.slope * (x[:, 0] - 0.5)
