"""The U-Net of the paper and its skip."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from mlsim.networks.convolutional.unet import DensitySkip, UNet, convolution_of_upsampled


def _unet(inputs=2, seed=0):
    return UNet(inputs=inputs, dropout=0.1, generator=torch.Generator().manual_seed(seed))


def _images(channels=2):
    return torch.rand(3, channels, 40, 40, generator=torch.Generator().manual_seed(1))


def test_number_of_parameters_is_the_published_one():
    # PaddleScience's retraining of the paper's network asserts the same count
    assert sum(p.numel() for p in _unet().parameters()) == 192_113


def test_skip_variant_learns_through_its_zero_head_first_and_everywhere_afterwards():
    net = DensitySkip(_unet())
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    moved = []
    for _ in range(2):
        optimizer.zero_grad()
        net(_images()).square().mean().backward()
        moved.append({name for name, p in net.named_parameters() if p.grad is not None and p.grad.abs().max() > 0})
        optimizer.step()
    assert moved[0] == {"net.head.weight", "net.head.bias"}
    assert moved[1] == {name for name, _ in net.named_parameters()}


def test_untrained_skip_network_is_thresholding_bit_by_bit():
    images = _images()
    images[0, 0, 0, 0] = 32767 / 65535
    images[0, 0, 0, 1] = 32768 / 65535
    assert torch.equal(DensitySkip(_unet()).eval()(images) > 0, images[:, 0] > 0.5)


def test_initial_parameters_depend_on_the_generator_alone():
    torch.manual_seed(1)
    first = _unet(seed=3).state_dict()
    torch.manual_seed(2)
    second = _unet(seed=3).state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not torch.equal(first["fine.0.weight"], _unet(seed=4).state_dict()["fine.0.weight"])


def test_initial_weights_have_the_variance_of_glorot():
    weight = _unet().state_dict()["coarse.2.weight"]
    # uniform with variance 2 / (fan_in + fan_out), both 64 * 9; 36,864 draws
    assert abs(weight.var().item() * 64 * 9 - 1) < 0.03


@given(rows=st.integers(1, 5), columns=st.integers(1, 5), seed=st.integers(0, 99))
def test_convolution_of_an_upsampled_image_is_the_plain_one(rows, columns, seed):
    generator = torch.Generator().manual_seed(seed)
    image = torch.randn(2, 3, rows, columns, generator=generator, dtype=torch.float64)
    weight = torch.randn(4, 3, 3, 3, generator=generator, dtype=torch.float64)
    upsampled = functional.interpolate(image, scale_factor=2)
    expected = functional.conv2d(upsampled, weight, padding=1)
    # sums of at most 27 products of order one, in another order
    torch.testing.assert_close(convolution_of_upsampled(image, weight), expected, rtol=0, atol=1e-12)
