"""Symmetries put on a network from outside."""

import torch
from torch import Tensor

from mlsim.networks.perceptrons.dense import Dense
from mlsim.networks.wrappers.symmetrised import Flat, Homogeneous, Reflected


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def points(count: int, inputs: int = 4, size: float = 6.0, seed: int = 2) -> Tensor:
    return size * (2 * torch.rand(count, inputs, generator=generator(seed), dtype=torch.float64) - 1)


def test_symmetries_hold_for_any_network_inside():
    plain = Flat(Dense(widths=(12, 9, 1), generator=generator())).double().requires_grad_(False)
    net, fields = Reflected(Homogeneous(plain)), points(50, 12).reshape(50, 3, 4)
    value = net(fields)
    for axes in ((1,), (2,), (1, 2)):
        torch.testing.assert_close(net(fields.flip(*axes)), value, rtol=0, atol=1e-13)
    torch.testing.assert_close(net(fields + 0.75), value + 0.75, rtol=0, atol=1e-13)
    assert float((plain(fields.flip(1)) - plain(fields)).abs().max()) > 1e-3
