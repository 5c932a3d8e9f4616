"""ResNet-50: residual networks of bottleneck blocks."""

from collections import OrderedDict
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

Images = Float[Tensor, "image channel row column"]
Features = Float[Tensor, "image feature height width"]

# blocks of each stage
RESNET50 = (3, 4, 6, 3)
EXPANSION = 4


class Bottleneck(nn.Module):
    """``relu(shortcut(x) + bn3(conv3(relu(bn2(conv2(relu(bn1(conv1 x))))))))``, convolutions of 1, 3 and 1 pixels.

    From ``channels`` to ``4 width`` channels, with ``width`` between them; the middle convolution has the stride. The
    shortcut is a convolution where the shape changes, else the identity.
    """

    def __init__(self, channels: int, width: int, *, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, EXPANSION * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(EXPANSION * width)
        self.downsample: nn.Module = nn.Identity()
        if stride > 1 or channels != EXPANSION * width:
            projection = nn.Conv2d(channels, EXPANSION * width, 1, stride=stride, bias=False)
            self.downsample = nn.Sequential(projection, nn.BatchNorm2d(EXPANSION * width))

    def forward(self, x: Images) -> Features:
        """The block's value."""
        inner = functional.relu(self.bn1(self.conv1(x)))
        inner = functional.relu(self.bn2(self.conv2(inner)))
        return functional.relu(self.downsample(x) + self.bn3(self.conv3(inner)))


class ResNet(nn.Module):
    """A convolution, max-pooling, four stages of bottleneck blocks, the mean over pixels, one dense layer.

    The keys of the state are torchvision's: ``conv1``, ``layer1.0.conv1``, ..., ``fc``. With ``width=64, classes=1000,
    small=False`` it is the ResNet-50 of the paper. Taps: ``conv1``, after normalisation and ReLU, ``pool1``,
    ``block1`` to ``block4``, the ends of the stages. The last normalisation of each block starts at zero, so that each
    block starts as its shortcut; otherwise narrow networks hardly train.

    Args:
        blocks: of each stage.
        width: channels inside the first stage; each following stage doubles them.
        classes: number of classes.
        small: a first convolution of 3 pixels and stride 1, for images of few pixels, instead of 7 and 2.
        generator: random numbers of the initial weights: normal with He's variance over the outputs.

    Source:
        K. He, X. Zhang, S. Ren, J. Sun, arXiv:1512.03385; stride on the middle convolution as in torchvision. The
        start at zero: P. Goyal et al., arXiv:1706.02677.

    >>> with torch.device("meta"):
    ...     net = ResNet(width=64, classes=1000, small=False)
    >>> sum(p.numel() for p in net.parameters())
    25557032
    """

    def __init__(
        self, blocks: Sequence[int] = RESNET50, *, width: int, classes: int, small: bool,
        generator: torch.Generator | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        kernel, stride = (3, 1) if small else (7, 2)
        self.conv1 = nn.Conv2d(3, width, kernel, stride=stride, padding=kernel // 2, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        channels, stages = width, []
        for stage_number, count in enumerate(blocks):
            inner = width * 2**stage_number
            stage = [Bottleneck(channels, inner, stride=1 if stage_number == 0 else 2)]
            channels = EXPANSION * inner
            stage += [Bottleneck(channels, inner, stride=1) for _ in range(count - 1)]
            stages.append(nn.Sequential(*stage))
        self.layer1, self.layer2, self.layer3, self.layer4 = stages
        self.fc = nn.Linear(channels, classes)
        _initialise(self, generator=generator)

    def forward(self, x: Images) -> Float[Tensor, "image class"]:
        """Logits."""
        return self.fc(self.tapped(x, layer="block4").mean(dim=(2, 3)))

    def taps(self) -> list[str]:
        """Names of the layers that :meth:`tapped` knows."""
        return list(self._parts())

    def tapped(self, x: Images, *, layer: str) -> Features:
        """Values of a hidden layer; nothing behind it is computed."""
        for name, part in self._parts().items():
            x = part(x)
            if name == layer:
                return x
        raise ValueError(f"layer is {layer}: allowed are {', '.join(self.taps())}")

    def _parts(self) -> OrderedDict[str, nn.Module]:
        stem = nn.Sequential(self.conv1, self.bn1, nn.ReLU())
        stages = (self.layer1, self.layer2, self.layer3, self.layer4)
        numbered = {f"block{number}": stage for number, stage in enumerate(stages, start=1)}
        return OrderedDict({"conv1": stem, "pool1": self.maxpool, **numbered})


def _initialise(net: ResNet, *, generator: torch.Generator | None) -> None:
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu", generator=generator)
        elif isinstance(module, Bottleneck):
            nn.init.zeros_(module.bn3.weight)
    nn.init.kaiming_normal_(net.fc.weight, nonlinearity="linear", generator=generator)
    nn.init.zeros_(net.fc.bias)
