"""VGG and ResNet: torchvision's keys, shapes and logits, counts of parameters, taps, starts."""

import pytest
import torch

from mlsim.networks.convolutional.resnet import ResNet
from mlsim.networks.convolutional.vgg import VGG, VGG16, VGG19


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def full(name: str) -> VGG | ResNet:
    """The published form."""
    if name == "resnet50":
        return ResNet(width=64, classes=1000, small=False)
    convolutions = VGG16 if name == "vgg16" else VGG19
    return VGG(convolutions, width=64, classes=1000, normalised=False, pooled=7, hidden=(4096, 4096))


@pytest.mark.parametrize(
    ("name", "parameters"), [("vgg16", 138_357_544), ("vgg19", 143_667_240), ("resnet50", 25_557_032)]
)
def test_full_networks_have_the_published_number_of_parameters(name, parameters):
    with torch.device("meta"):
        assert sum(p.numel() for p in full(name).parameters()) == parameters


def test_keys_and_shapes_are_torchvisions():
    """Places as torchvision's documentation and its published files have them."""
    with torch.device("meta"):
        shapes = {name: {k: tuple(v.shape) for k, v in full(name).state_dict().items()} for name in ("vgg16", "vgg19")}
        resnet = {k: tuple(v.shape) for k, v in full("resnet50").state_dict().items()}
    assert shapes["vgg16"]["features.28.weight"] == (512, 512, 3, 3)
    assert shapes["vgg19"]["features.34.weight"] == (512, 512, 3, 3)
    assert shapes["vgg16"]["classifier.0.weight"] == (4096, 25088)
    assert shapes["vgg16"]["classifier.6.bias"] == (1000,)
    assert len(shapes["vgg16"]) == 32
    assert resnet["conv1.weight"] == (64, 3, 7, 7)
    assert resnet["layer1.0.downsample.0.weight"] == (256, 64, 1, 1)
    assert resnet["layer4.2.conv3.weight"] == (2048, 512, 1, 1)
    assert resnet["fc.weight"] == (1000, 2048)
    assert len(resnet) == 320


@pytest.mark.parametrize("name", ["vgg16", "vgg19", "resnet50"])
def test_torchvision_gives_the_same_logits(name):
    models = pytest.importorskip("torchvision.models", exc_type=ImportError)
    theirs = getattr(models, name)(weights=None).eval()
    ours = full(name).eval()
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(1, 3, 64, 64, generator=generator())
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x))


def small() -> list[VGG | ResNet]:
    shared = {"width": 4, "classes": 5}
    return [
        VGG(VGG16, hidden=(8,), generator=generator(), **shared),
        VGG(VGG19, generator=generator(), **shared),
        ResNet(small=True, generator=generator(), **shared),
    ]


@pytest.mark.parametrize("place", range(3))
def test_a_tap_does_not_depend_on_what_lies_behind_it_and_the_logits_do_on_all(place):
    net = small()[place].eval()
    x = torch.randn(2, 3, 32, 32, generator=generator())
    with torch.no_grad():
        sizes = [net.tapped(x, layer=name).shape for name in net.taps()]
        last = net.tapped(x, layer=net.taps()[-1]).mean(dim=(2, 3))
        head = net.fc if isinstance(net, ResNet) else net.classifier
        torch.testing.assert_close(head(last), net(x))
    rows = [size[2] for size in sizes]
    assert rows == sorted(rows, reverse=True)
    assert net(x).shape == (2, 5)


@pytest.mark.parametrize(("name", "layers"), [("vgg16", 16), ("vgg19", 19), ("resnet50", 50)])
def test_the_number_of_layers_with_weights_gives_the_name(name, layers):
    with torch.device("meta"):
        modules = dict(full(name).named_modules())
    kinds = [type(module) for place, module in modules.items() if "downsample" not in place]
    assert kinds.count(torch.nn.Conv2d) + kinds.count(torch.nn.Linear) == layers


def test_residual_blocks_start_as_their_shortcuts():
    net = ResNet(width=4, classes=3, small=True, generator=generator()).eval()
    x = torch.randn(2, 4, 8, 8, generator=generator()).abs()
    first = net.get_submodule("layer1.0")
    torch.testing.assert_close(first(x), torch.relu(first.get_submodule("downsample")(x)))
    wide = torch.randn(2, 16, 8, 8, generator=generator()).abs()
    torch.testing.assert_close(net.get_submodule("layer1.1")(wide), wide)


def test_equal_generators_give_equal_parameters():
    one, other = (ResNet(width=4, classes=3, small=True, generator=generator()) for _ in range(2))
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        assert bool((a == b).all())


def test_an_unknown_tap_is_refused():
    with pytest.raises(ValueError, match="layer is block9"):
        small()[2].tapped(torch.zeros(1, 3, 32, 32), layer="block9")
