"""Fits of untrained networks: a collapsed one is rolled back."""

from math import isfinite, nan
from typing import Any

import torch
from torch import Tensor, nn

from mlsim.training.resume import Checkpoint
from mlsim.training.seeding import global_randomness, torch_generator
from mlsim.training.untrained import Safeguard, fit_untrained


class Record:
    """A watch that keeps losses and outputs."""

    def __init__(self) -> None:
        self.losses: list[float] = []
        self.outputs: list[Tensor] = []

    def observe(self, step: int, loss: float, output: Tensor) -> None:
        self.losses = [*self.losses, loss]
        self.outputs = [*self.outputs, output.clone()]

    def state(self) -> dict[str, Any]:
        return {"losses": self.losses, "outputs": self.outputs}

    def restore(self, state: dict[str, Any]) -> None:
        self.losses, self.outputs = list(state["losses"]), list(state["outputs"])


def fitted(path, *, steps=40, spoil=(), rise=1.0, guard=None):
    """Fit a small network to a line; at the steps ``spoil`` the loss is multiplied by ``rise``, which is also
    what the optimiser sees."""
    with global_randomness(0, "parameters"):
        net = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.Tanh(), nn.Linear(16, 4))
    inputs, target = torch.rand(8, 4, generator=torch_generator(0, "input")), torch.linspace(0, 1, 4)

    def misfit(step: int) -> tuple[Tensor, Tensor]:
        output = net(inputs + 0.01 * torch.randn(inputs.shape, generator=torch_generator(0, "noise", step)))
        loss = (output - target).square().mean()
        return loss * (rise if step in spoil else 1.0), output

    record = Record()
    collapses = fit_untrained(
        net,
        steps=steps,
        misfit=misfit,
        watch=record,
        optimizer=torch.optim.Adam(net.parameters(), lr=0.01),
        checkpoint=Checkpoint(path, stamp="one"),
        safeguard=guard or Safeguard(interval=5),
    )
    return collapses, record, net


def test_loss_that_is_no_number_is_undone_and_counted(tmp_path):
    collapses, record, net = fitted(tmp_path / "c.pt", spoil=(7, 8), rise=nan)
    assert collapses == 2
    assert all(isfinite(loss) for loss in record.losses)
    assert all(bool(torch.isfinite(each).all()) for each in net.parameters())
    # steps 7 and 8 are given up, and with the first of them what came after the look at step 5
    assert len(record.losses) == 40 - 2 - 2


def test_rise_of_the_loss_by_five_decibels_is_undone_at_the_next_look(tmp_path):
    collapses, record, _ = fitted(tmp_path / "c.pt", spoil=(10,), rise=10.0)
    assert collapses == 1
    assert len(record.losses) == 40 - 1 - 5
    assert max(record.losses[5:]) <= record.losses[0]


def test_rise_below_the_safeguard_s_is_no_collapse(tmp_path):
    assert fitted(tmp_path / "c.pt", spoil=(10,), rise=10.0, guard=Safeguard(interval=5, rise=100.0))[0] == 0


def test_state_to_go_back_to_is_not_changed_by_the_steps_after_it(tmp_path):
    # two collapses after one look: the second return finds what the first one found
    _, record, _ = fitted(tmp_path / "c.pt", steps=11, spoil=(8, 10), rise=nan, guard=Safeguard(interval=6))
    _, short, _ = fitted(tmp_path / "d.pt", steps=6, guard=Safeguard(interval=6))
    assert record.losses == short.losses
