"""The deep decoder: parameters, shapes, range."""

import torch

from mlsim.networks.untrained.deep_decoder import DeepDecoder


def parameters(net: torch.nn.Module) -> int:
    return sum(each.numel() for each in net.parameters())


def test_deep_decoder_has_fewer_parameters_than_the_default_image_has_numbers():
    assert parameters(DeepDecoder(width=32)) < 3 * 128 * 128 / 6
    assert parameters(DeepDecoder(width=32)) == 6 * 32**2 + 12 * 32 + 3 * 33


def test_deep_decoder_enlarges_32_times_and_stays_between_zero_and_one():
    output = DeepDecoder(width=8)(torch.rand(1, 8, 2, 3)).detach()
    assert output.shape == (1, 3, 64, 96)
    assert 0 < float(output.min()) < float(output.max()) < 1
