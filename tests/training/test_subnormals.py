"""Subnormal numbers are zero in every training loop, and only there."""

import subprocess
import sys

import pytest
import torch
from torch import nn

from mlsim.training.games import Average, Player, play
from mlsim.training.loop import Plan, fit
from mlsim.training.resume import Checkpoint
from mlsim.training.side_by_side import Programme, train_copies
from mlsim.training.subnormals import subnormals_as_zero
from mlsim.training.untrained import fit_untrained

# half of the smallest normal number of single and of double precision
HALVES = [(torch.float32, 2.0**-126), (torch.float64, 2.0**-1022)]
pytestmark = pytest.mark.skipif(not torch.set_flush_denormal(False), reason="this CPU cannot flush them")
PLAN = Plan(steps=1, rate=lambda _: 0.1, validations=1, seed=0)


def half(dtype=torch.float32, smallest=2.0**-126) -> float:
    return float(torch.tensor(smallest, dtype=dtype) / 2)


@pytest.mark.parametrize(("dtype", "smallest"), HALVES)
def test_half_of_the_smallest_normal_number_is_zero_inside_only(dtype, smallest):
    assert half(dtype, smallest) == smallest / 2
    with subnormals_as_zero():
        assert half(dtype, smallest) == 0.0
        with subnormals_as_zero():
            pass
        assert half(dtype, smallest) == 0.0  # an inner block does not end the outer one
    assert half(dtype, smallest) == smallest / 2


def test_with_more_threads_than_one_no_thread_is_changed():
    """Threads that torch starts inside the block would go on flushing after it."""
    script = """
import torch
from mlsim.training.subnormals import subnormals_as_zero
torch.set_num_threads(2)
smallest = torch.full((1 << 22,), 2.0**-126)
with subnormals_as_zero():
    inside = int((smallest / 2).count_nonzero())
print(inside, int((smallest / 2).count_nonzero()))
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.split() == [str(1 << 22)] * 2


def test_an_error_ends_it_too():
    with pytest.raises(KeyError), subnormals_as_zero():
        raise KeyError
    assert half() > 0.0


def test_means_of_a_gradient_that_has_become_zero_end_at_zero():
    """Outside, rounding keeps the mean at a few of the smallest numbers: a tenth of one of them rounds to zero."""
    mean = torch.tensor([1e-36])
    with subnormals_as_zero():
        flushed = mean.clone()
        for _ in range(1000):
            flushed.lerp_(torch.zeros(1), 0.1)
    for _ in range(1000):
        mean.lerp_(torch.zeros(1), 0.1)
    assert float(flushed) == 0.0
    assert 0.0 < float(mean) < 2.0**-126


class Seen(nn.Module):
    """One parameter, and what its loss saw of subnormal numbers, forwards and backwards."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))
        self.forwards: list[float] = []
        self.backwards: list[float] = []

    def loss(self, *_: object) -> torch.Tensor:
        return self.of(self.weight)

    def of(self, weight: torch.Tensor) -> torch.Tensor:
        self.forwards.append(half())
        value = weight.square().sum()
        value.register_hook(lambda slope: self.backwards.append(half()) or slope)
        return value


def _fit(seen, checkpoint):
    optimizer = torch.optim.Adam(seen.parameters())
    fit(seen, PLAN, loss=seen.loss, validate=lambda: 0.0, optimizer=optimizer, checkpoint=checkpoint)


def _play(seen, checkpoint):
    player = Player(model=seen, optimizer=torch.optim.Adam(seen.parameters()), loss=seen.loss, turns=1, scale=1.0)
    average = Average(player="only", share=0.1, copied=0)
    play({"only": player}, PLAN, average=average, monitor=lambda _: {}, checkpoint=checkpoint)


def _fit_untrained(seen, checkpoint):
    class Blind:
        def observe(self, step, loss, output): ...

        def state(self):
            return {}

        def restore(self, state): ...

    def misfit(step):
        return seen.loss(step), seen.weight

    optimizer = torch.optim.Adam(seen.parameters())
    fit_untrained(seen, steps=1, misfit=misfit, watch=Blind(), optimizer=optimizer, checkpoint=checkpoint)


def _train_copies(seen, checkpoint):
    def loss(at):
        return seen.of(at["weight"])

    programme = Programme(steps=1, optimiser="adam", record_every=1, kept_after=(), vectorised=False)
    start = {"weight": torch.ones(1, 1)}
    train_copies(start, programme, loss=loss, rates=torch.ones(1), monitor=lambda _: {}, checkpoint=checkpoint)


@pytest.mark.parametrize("loop", [_fit, _play, _fit_untrained, _train_copies])
def test_every_loop_takes_them_for_zero(loop, tmp_path):
    seen = Seen()
    loop(seen, Checkpoint(tmp_path / "checkpoint.pt", stamp="x"))
    assert (seen.forwards, seen.backwards) == ([0.0], [0.0])
    assert half() > 0.0
