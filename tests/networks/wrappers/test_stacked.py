"""Networks trained side by side in one module."""

import torch
from torch import Tensor, nn

from mlsim.networks.perceptrons.dense import Dense
from mlsim.networks.wrappers.stacked import Stacked
from mlsim.networks.wrappers.symmetrised import Flat, Reflected


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def points(count: int, inputs: int = 4, size: float = 6.0, seed: int = 2) -> Tensor:
    return size * (2 * torch.rand(count, inputs, generator=generator(seed), dtype=torch.float64) - 1)


def test_stacked_members_are_the_networks_they_were_made_of():
    nets = [Reflected(Flat(Dense(widths=(6, 5, 1), generator=generator(seed)))) for seed in range(3)]
    stacked, fields = Stacked(nets), points(30, 6).float().reshape(3, 10, 2, 3)
    together = stacked(fields)
    for index, net in enumerate(nets):
        # products of batches may add in another order
        torch.testing.assert_close(together[index], net(fields[index]), rtol=0, atol=1e-6)
        torch.testing.assert_close(stacked.kept_member(index)(fields[index]), net(fields[index]), rtol=0, atol=0)


def test_each_member_keeps_its_own_best_parameters():
    stacked = Stacked([nn.Linear(1, 1, bias=False) for _ in range(2)])
    (weight,) = stacked.parameters()
    kept = []
    for value, scores in ((1.0, [3.0, 1.0]), (2.0, [2.0, 4.0]), (3.0, [2.5, 0.5])):
        with torch.no_grad():
            weight.fill_(value)
        kept.append(stacked.keep(torch.tensor(scores)))
    assert kept == [2.0, 1.5, 1.25]
    restored = Stacked([nn.Linear(1, 1, bias=False) for _ in range(2)])
    restored.load_state_dict(stacked.state_dict())
    assert [float(restored.kept_member(i).weight.detach()) for i in range(2)] == [2.0, 3.0]
