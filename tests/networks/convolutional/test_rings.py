"""Convolutions on the ring and of one pixel against the definitions."""

import pytest
import torch
from torch import nn

from mlsim.networks.convolutional.pointwise import PointwiseConvolution
from mlsim.networks.convolutional.rings import as_images, on_ring, pointwise, wrapped

# sums of a few products of numbers of order one, in double precision and in another order
ROUNDING = 1e-14


@pytest.fixture(autouse=True)
def _seeded():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def _random(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(("width", "dilation", "points"), [(3, 1, 7), (5, 3, 8), (5, 4, 8), (3, 9, 4), (1, 1, 5)])
def test_a_convolution_on_the_ring_is_its_sum_over_taps(width: int, dilation: int, points: int):
    layer, x = nn.Conv1d(2, 3, width, dilation=dilation).double(), _random(4, 2, points)
    offsets = [dilation * (tap - width // 2) for tap in range(width)]
    neighbours = torch.stack([x.roll(-offset, dims=-1) for offset in offsets], dim=-1)
    expected = torch.einsum("oit,bipt->bop", layer.weight, neighbours) + layer.bias[:, None]
    torch.testing.assert_close(on_ring(layer, as_images(x))[:, :, 0], expected, rtol=0, atol=ROUNDING)


def test_a_convolution_with_one_tap_is_a_product_with_a_matrix():
    layer, x = nn.Conv1d(2, 3, 1).double(), _random(4, 2, 5)
    torch.testing.assert_close(pointwise(layer, as_images(x))[:, :, 0], layer(x), rtol=0, atol=ROUNDING)


@pytest.mark.parametrize(("before", "after"), [(0, 0), (0, 2), (2, 0), (4, 4), (6, 1)])
def test_repeated_points_have_the_values_of_the_periodic_function_on_every_axis(before: int, after: int):
    x = _random(3, 4, 4)
    places = torch.arange(-before, 4 + after) % 4
    assert torch.equal(wrapped(x, before, after), x[..., places])
    assert torch.equal(wrapped(x, before, after, dim=1), x[:, places])


@pytest.mark.parametrize("bias", [True, False])
def test_convolutions_of_one_pixel_are_those_of_torch(bias: bool):
    layer, x = PointwiseConvolution(3, 2, bias=bias).double(), _random(2, 3, 4, 5).requires_grad_()
    theirs = nn.Conv2d(3, 2, 1, bias=bias).double()
    theirs.load_state_dict(layer.state_dict())
    torch.testing.assert_close(layer(x), theirs(x), rtol=0, atol=ROUNDING)
    slope, expected = (torch.autograd.grad(net(x).square().sum(), x)[0] for net in (layer, theirs))
    torch.testing.assert_close(slope, expected, rtol=0, atol=ROUNDING)
