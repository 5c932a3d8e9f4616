"""Copies of a network trained at once are those trained alone, by torch's own optimiser."""

import pytest
import torch
from torch.func import functional_call

from mlsim.networks.perceptrons.dense import Dense
from mlsim.training.resume import Checkpoint
from mlsim.training.side_by_side import Schedule, copy_of, train_copies

RATES = (0.003, 0.03)
X = torch.linspace(-1, 1, 12, dtype=torch.float64)[:, None]


def network(seed):
    return Dense(widths=(1, 5, 1), generator=torch.Generator().manual_seed(seed)).double()


TEMPLATE = network(0)


def loss(at):
    return (functional_call(TEMPLATE, at, (X,)) - X**2).square().mean()


def stacked():
    nets = [dict(network(seed).named_parameters()) for seed in (1, 2)]
    return {name: torch.stack([each[name].detach() for each in nets]) for name in nets[0]}


def trained(tmp_path, *, steps=20, **changes):
    options = {"optimiser": "adam", "record_every": 5, "stored_after": (0, steps), **changes}
    return train_copies(
        stacked(),
        Schedule(steps=steps, **options),
        loss=loss,
        rates=torch.tensor(RATES, dtype=torch.float64),
        monitor=lambda at: {"loss": loss(at)},
        checkpoint=Checkpoint(tmp_path / "checkpoint.pt", stamp="x"),
    )


@pytest.mark.parametrize(("name", "kind"), [("adam", torch.optim.Adam), ("descent", torch.optim.SGD)])
@pytest.mark.parametrize("vectorised", [True, False])
def test_each_copy_is_the_network_trained_alone(tmp_path, name, kind, vectorised):
    trajectories = trained(tmp_path, optimiser=name, vectorised=vectorised)
    for index, rate in enumerate(RATES):
        net = network(index + 1)
        optimiser = kind(net.parameters(), lr=rate)
        for _ in range(20):
            optimiser.zero_grad()
            (net(X) - X**2).square().mean().backward()
            optimiser.step()
        for parameter, each in net.named_parameters():
            # twenty steps; batched products add in another order
            torch.testing.assert_close(
                copy_of(trajectories.parameters, index)[parameter], each.detach(), atol=1e-11, rtol=0
            )


def test_first_and_last_parameters_are_stored_and_recorded(tmp_path):
    trajectories, start = trained(tmp_path), stacked()
    assert [row["step"] for row in trajectories.records] == [0, 5, 10, 15, 20]
    assert all(torch.equal(trajectories.stored[0][name], each) for name, each in start.items())
    assert all(torch.equal(trajectories.stored[20][name], each) for name, each in trajectories.parameters.items())


def test_copy_that_diverges_leaves_the_other_alone(tmp_path):
    def steep(at):
        return loss(at) * torch.where(at["layers.0.bias"][0] > 1e3, torch.nan, 1.0)

    alone = trained(tmp_path / "a", optimiser="descent")
    start = stacked()
    start["layers.0.bias"][1] += 1e6
    trajectories = train_copies(
        start, Schedule(steps=20, optimiser="descent", record_every=20, stored_after=()),
        loss=steep, rates=torch.tensor(RATES, dtype=torch.float64), monitor=lambda at: {"loss": steep(at)},
        checkpoint=Checkpoint(tmp_path / "b" / "checkpoint.pt", stamp="x"),
    )  # fmt: skip
    ends = trajectories.records[-1]["loss"]
    assert ends[1] != ends[1]
    assert ends[0] == pytest.approx(alone.records[-1]["loss"][0], rel=1e-12)
