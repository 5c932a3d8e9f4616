"""Folded normalisations compute what the network did."""

import pytest
import torch
from torch import nn

from mlsim.networks.convolutional.folding import fold_normalisations
from mlsim.networks.convolutional.resnet import ResNet
from mlsim.networks.convolutional.vgg import VGG

# folding is exact; what is left is rounding in double precision, over a dozen or two of layers
IMAGES = torch.rand(3, 3, 32, 32, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


def _trained(name: str) -> nn.Module:
    """A network whose normalisations have seen data and have weights of their own."""
    generator = torch.Generator().manual_seed(0)
    if name == "vgg":
        net = VGG(width=2, classes=4, generator=generator).double()
    else:
        net = ResNet((1, 2, 1, 1), width=2, classes=4, small=True, generator=generator).double()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            for parameter in module.parameters():
                nn.init.uniform_(parameter, 0.5, 1.5, generator=generator)
    with torch.no_grad():
        net(3.0 * IMAGES)
    return net.eval()


@pytest.mark.parametrize("name", ["vgg", "resnet"])
def test_folded_networks_have_the_same_values_and_derivatives(name: str):
    net = _trained(name)
    x = IMAGES.clone().requires_grad_()
    before = net(x)
    (slope,) = torch.autograd.grad(before.square().sum(), x)
    fold_normalisations(net)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in net.modules())
    after = net(x)
    torch.testing.assert_close(after, before, rtol=1e-10, atol=1e-12)
    torch.testing.assert_close(torch.autograd.grad(after.square().sum(), x)[0], slope, rtol=1e-9, atol=1e-11)


def test_hidden_layers_stay_where_they_were():
    net = _trained("vgg")
    assert isinstance(net, VGG)
    with torch.no_grad():
        before = [net.tapped(IMAGES, layer=layer) for layer in net.taps()]
        fold_normalisations(net)
        after = [net.tapped(IMAGES, layer=layer) for layer in net.taps()]
    for one, other in zip(before, after, strict=True):
        torch.testing.assert_close(other, one, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("trained", ["all", "one"])
def test_networks_in_training_are_refused_whole(trained: str):
    net = nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2), nn.Conv2d(2, 2, 1), nn.BatchNorm2d(2)).eval()
    (net if trained == "all" else net[3]).train()
    with pytest.raises(ValueError, match="eval"):
        fold_normalisations(net)
    assert isinstance(net[1], nn.BatchNorm2d)


def test_normalisations_without_statistics_are_refused():
    with pytest.raises(ValueError, match="statistics"):
        fold_normalisations(nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2, track_running_stats=False)).eval())
