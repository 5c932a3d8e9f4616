"""The U-Net on functions."""

import pytest
import torch
from torch.nn import functional

from mlsim.networks.convolutional.function_unet import FunctionUNet


def unet(dimensions=1, *, channels=(4, 4, 6), periodic=True):
    generator = torch.Generator().manual_seed(0)
    return FunctionUNet(dimensions=dimensions, channels=channels, periodic=periodic, generator=generator).double()


def numbers(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


@pytest.mark.parametrize("dimensions", [1, 2])
def test_network_commutes_with_shifts_by_its_coarsest_cell_only(dimensions):
    net, v = unet(dimensions), numbers(2, *(16,) * dimensions)
    with torch.no_grad():
        u = net(v)
        assert (net(v.roll(4, -1)) - u.roll(4, -1)).abs().max() < 1e-10
        assert (net(v.roll(2, -1)) - u.roll(2, -1)).abs().max() > 1e-6


def test_network_with_six_levels_commutes_with_shifts_by_32():
    net, v = unet(channels=(2, 2, 2, 2, 2, 2)), numbers(1, 320)
    with torch.no_grad():
        assert (net(v.roll(32, -1)) - net(v).roll(32, -1)).abs().max() < 1e-10


def slow(net, v):
    """The network by torch's own convolutions, paddings and poolings of its dimension."""
    dimensions, mode = net.dimensions, "circular" if net.periodic else "constant"
    convolve = functional.conv1d if dimensions == 1 else functional.conv2d
    pool = functional.avg_pool1d if dimensions == 1 else functional.avg_pool2d

    def block(layers, x):
        for layer in layers:
            x = functional.gelu(convolve(functional.pad(x, (1,) * 2 * dimensions, mode=mode), layer.weight, layer.bias))
        return x

    x, skips = v[:, None], []
    for level, layers in enumerate(net.down):
        x = block(layers, pool(x, 2) if level else x)
        skips.append(x)
    skips.pop()
    for layers in net.up:
        x = torch.nn.Upsample(scale_factor=2)(x)
        x = block(layers, torch.cat([x, skips.pop()], dim=1))
    return convolve(x, net.head.weight, net.head.bias)[:, 0]


@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize("dimensions", [1, 2])
def test_network_is_the_plain_one_of_its_dimension(dimensions, periodic):
    net, v = unet(dimensions, periodic=periodic), numbers(2, *(12, 8)[:dimensions])
    with torch.no_grad():
        torch.testing.assert_close(net(v), slow(net, v), rtol=0, atol=1e-12)


def test_border_of_a_grid_that_is_not_periodic_does_not_see_the_other_end():
    net, v = unet(periodic=False, channels=(3,)), numbers(1, 16)
    changed = v.clone()
    changed[:, -1] += 1.0
    with torch.no_grad():
        # two convolutions of three taps reach two points
        assert (net(changed) - net(v))[:, :-3].abs().max() == 0
        assert (net(changed) - net(v))[:, -3:].abs().max() > 1e-6


def test_gradients_are_those_of_difference_quotients():
    assert torch.autograd.gradcheck(unet(channels=(2, 2)), (numbers(1, 8).requires_grad_(),))
