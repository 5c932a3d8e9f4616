"""VGG-16 and VGG-19: convolutions of three by three pixels, pooled by two after each of five blocks."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

Images = Float[Tensor, "image channel row column"]
Features = Float[Tensor, "image feature height width"]

# convolutions of each block
VGG16, VGG19 = (2, 2, 3, 3, 3), (2, 2, 4, 4, 4)


class VGG(nn.Module):
    """Five blocks of convolutions and ReLU, each with max-pooling after it, then dense layers.

    The keys of the state are torchvision's: ``features.N`` and ``classifier.N``. With ``width=64, classes=1000,
    normalised=False, pooled=7, hidden=(4096, 4096)`` it is the network of the paper. Taps, in the order of the layers:
    ``block{b}_conv{r}``, after the ReLU, and ``block{b}_pool``.

    Args:
        convolutions: of each block, see :data:`VGG16` and :data:`VGG19`.
        width: channels of the first block; the following have 2, 4, 8 and 8 times as many.
        classes: number of classes.
        normalised: batch normalisation after each convolution.
        pooled: pixels per side to which the last block is averaged before the dense layers.
        hidden: sizes of the hidden dense layers.
        generator: random numbers of the initial weights: normal with He's variance over the outputs.

    Source:
        K. Simonyan, A. Zisserman, arXiv:1409.1556. Number of parameters, initial weights and keys as in torchvision.

    >>> with torch.device("meta"):
    ...     net = VGG(VGG16, width=64, classes=1000, normalised=False, pooled=7, hidden=(4096, 4096))
    >>> sum(p.numel() for p in net.parameters())
    138357544
    """

    def __init__(
        self, convolutions: Sequence[int] = VGG16, *, width: int, classes: int, normalised: bool = True,
        pooled: int = 1, hidden: Sequence[int] = (), generator: torch.Generator | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        layers: list[nn.Module] = []
        self.ends: dict[str, int] = {}
        channels = 3
        for block, count in enumerate(convolutions, start=1):
            wider = width * min(2 ** (block - 1), 8)
            for number in range(1, count + 1):
                layers.append(nn.Conv2d(channels, wider, 3, padding=1))
                layers += [nn.BatchNorm2d(wider)] if normalised else []
                layers.append(nn.ReLU())
                self.ends[f"block{block}_conv{number}"] = len(layers)
                channels = wider
            layers.append(nn.MaxPool2d(2))
            self.ends[f"block{block}_pool"] = len(layers)
        self.features = nn.Sequential(*layers)
        self.average = nn.AdaptiveAvgPool2d(pooled)
        sizes = [channels * pooled**2, *hidden]
        dense: list[nn.Module] = []
        for inputs, outputs in pairwise(sizes):
            # the identity has the index of torchvision's dropout, so that the keys of the state are the same
            dense += [nn.Linear(inputs, outputs), nn.ReLU(), nn.Identity()]
        self.classifier = nn.Sequential(*dense, nn.Linear(sizes[-1], classes))
        _initialise(self, generator=generator)

    def forward(self, x: Images) -> Float[Tensor, "image class"]:
        """Logits."""
        return self.classifier(self.average(self.features(x)).flatten(1))

    def taps(self) -> list[str]:
        """Names of the layers that :meth:`tapped` knows."""
        return list(self.ends)

    def tapped(self, x: Images, *, layer: str) -> Features:
        """Values of a hidden layer; nothing behind it is computed."""
        return self.features[: self.ends[layer]](x)


def _initialise(net: VGG, *, generator: torch.Generator | None) -> None:
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu", generator=generator)
        elif isinstance(module, nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=generator)
        if isinstance(module, (nn.Conv2d, nn.Linear)) and module.bias is not None:
            nn.init.zeros_(module.bias)
