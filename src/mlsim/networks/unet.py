"""The small U-Net of *Neural networks for topology optimization* and its skip from the current density."""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


def convolutions(channels: tuple[int, ...], *, dropout: float = 0.0) -> nn.Sequential:
    """3x3 convolutions with ReLU between consecutive ``channels``, dropout after the first."""
    layers: list[nn.Module] = []
    for position, (inner, outer) in enumerate(pairwise(channels)):
        layers += [nn.Conv2d(inner, outer, 3, padding=1), nn.ReLU()]
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
        up = self.up_middle(torch.cat([functional.interpolate(coarse, scale_factor=2), middle], dim=1))
        up = self.up_fine(torch.cat([functional.interpolate(up, scale_factor=2), fine], dim=1))
        return self.head(up)[:, 0]


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
