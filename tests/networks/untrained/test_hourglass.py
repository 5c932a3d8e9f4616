"""The hourglass: parameters, shapes, range."""

import pytest
import torch

from mlsim.networks.untrained.hourglass import Hourglass


def parameters(net: torch.nn.Module) -> int:
    return sum(each.numel() for each in net.parameters())


@pytest.mark.parametrize(("width", "scales", "skip"), [(8, 1, 4), (8, 3, 2), (16, 5, 4)])
def test_parameters_of_the_hourglass_are_those_of_its_convolutions_and_normalisations(width, scales, skip):
    total, inputs = 3 * width + 3, 32
    for _ in range(scales):
        total += (inputs * skip + 3 * skip) + (9 * inputs * width + 3 * width) + (9 * width**2 + 3 * width)
        total += 2 * (skip + width) + (9 * (width + skip) * width + 3 * width) + (width**2 + 3 * width)
        inputs = width
    assert parameters(Hourglass(width=width, scales=scales, skip=skip)) == total


@pytest.mark.parametrize("channels", [1, 3])
def test_hourglass_gives_an_image_of_its_input_s_size_between_zero_and_one(channels):
    output = Hourglass(width=4, outputs=channels)(torch.rand(1, 32, 64, 96)).detach()
    assert output.shape == (1, channels, 64, 96)
    assert 0 < float(output.min()) < float(output.max()) < 1
