"""The training loop: best validation, a kill, batches, random numbers, learning rates."""

import math
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from mlsim.training.batches import Batches
from mlsim.training.loop import Plan, fit, with_parameters
from mlsim.training.resume import Checkpoint
from mlsim.training.schedules import one_cycle
from mlsim.training.seeding import global_randomness, numpy_generator, torch_generator


def _run(path: Path, *, steps: int, interval: float = 0.0):
    """A small network with dropout, whose result depends on every random number that a run draws."""
    data = torch.rand(50, 3, generator=torch_generator(0, "data"))
    model = nn.Sequential(nn.Linear(3, 8), nn.Dropout(0.3), nn.Linear(8, 1)).double()
    for parameter in model.parameters():
        nn.init.uniform_(parameter, generator=torch_generator(0, "init", parameter.numel()))
    batches = Batches(samples=50, size=8, seed=1)

    def loss(step: int) -> torch.Tensor:
        x = data[batches.indices(step)].double()
        return (model(x)[:, 0] - x.sum(dim=1)).square().mean()

    def validate() -> float:
        return float((model(data.double())[:, 0] - data.double().sum(dim=1)).square().mean())

    plan = Plan(steps=steps, rate=lambda progress: one_cycle(progress, peak=1e-2), validations=5, seed=2)
    checkpoint = Checkpoint(path, stamp="a", interval=interval)
    optimizer = torch.optim.Adam(model.parameters())
    return fit(model, plan, loss=loss, validate=validate, optimizer=optimizer, checkpoint=checkpoint)


@pytest.mark.slow
def test_killed_run_resumes_bit_identical(tmp_path):
    whole = _run(tmp_path / "whole.pt", steps=2000, interval=1e9)
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "import torch; torch.set_num_threads(1)\n"
        "from test_loop import _run; _run(Path(sys.argv[2]), steps=2000)"
    )
    target = tmp_path / "killed.pt"
    process = subprocess.Popen([sys.executable, "-c", code, str(Path(__file__).parent), str(target)])
    while not target.exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "the run ended before it was killed"
    assert 0 < torch.load(target, weights_only=True)["state"]["progress"]["step"] < 2000
    resumed = _run(target, steps=2000, interval=1e9)
    assert resumed.history == whole.history
    assert all(torch.equal(resumed.state[name], value) for name, value in whole.state.items())


def test_best_validation_is_kept_not_the_last(tmp_path):
    model = nn.Linear(1, 1, bias=False).double()
    nn.init.zeros_(model.weight)
    # gradient descent on -w moves w by the rate in every step; the score is smallest at w = 3
    trained = fit(
        model,
        Plan(steps=10, rate=lambda progress: 1.0, validations=10, seed=0),
        loss=lambda step: -model.weight.sum(),
        validate=lambda: abs(float(model.weight.detach()) - 3.0),
        optimizer=torch.optim.SGD(model.parameters(), lr=1.0),
        checkpoint=Checkpoint(tmp_path / "c.pt", stamp=""),
    )
    assert trained.state["weight"].item() == 3.0
    assert [row["validation"] for row in trained.history][:4] == [2.0, 1.0, 0.0, 1.0]
    assert with_parameters(model, trained.state)(torch.ones(1, 1).double()).item() == 3.0


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize("scores", [1, 0])
def test_a_fit_needs_one_finite_validation_score(tmp_path, bad, scores):
    model, optimizer = nn.Linear(1, 1), torch.optim.SGD
    coming = iter([bad, *[1.0] * scores, *[bad] * (3 - scores)])
    with nullcontext() if scores else pytest.raises(ValueError, match=r"NaN or infinite up to step 8: allowed"):
        trained = fit(
            model,
            Plan(steps=8, rate=lambda progress: 0.1, validations=4, seed=0),
            loss=lambda step: model.weight.sum(),
            validate=lambda: next(coming),
            optimizer=optimizer(model.parameters()),
            checkpoint=Checkpoint(tmp_path / "c.pt", stamp=""),
        )
        assert trained.state["weight"].isfinite().all()


def test_validations_are_spread_evenly_and_the_last_follows_the_last_step():
    plan = Plan(steps=23, rate=lambda progress: 1.0, validations=5, seed=0)
    after = [step for step in range(1, 24) if plan.validates_after(step)]
    assert len(after) == 5
    assert after[-1] == 23
    assert max(np.diff([0, *after])) - min(np.diff([0, *after])) <= 1


def test_batches_visit_every_sample_once_per_epoch_and_do_not_depend_on_history():
    batches = Batches(samples=10, size=4, seed=0)
    drawn = np.concatenate([batches.indices(step) for step in range(5)])
    assert sorted(drawn[:10]) == sorted(drawn[10:]) == list(range(10))
    assert Batches(samples=10, size=4, seed=0).indices(3).tolist() == batches.indices(3).tolist()


def test_streams_of_different_names_differ_and_of_equal_names_agree():
    draws = {
        name: tuple(numpy_generator(0, *name).random(3)) for name in [("a", 1), ("a", 2), ("a1",), ("b", 1), ("a", "1")]
    }
    assert len(set(draws.values())) == 5
    assert tuple(numpy_generator(0, "a", 1).random(3)) == draws[("a", 1)]
    assert tuple(numpy_generator(1, "a", 1).random(3)) != draws[("a", 1)]


def test_global_random_state_is_set_inside_and_restored_outside():
    torch.manual_seed(5)
    np.random.seed(5)
    expected = torch.rand(1), np.random.rand()
    torch.manual_seed(5)
    np.random.seed(5)
    with global_randomness(0, "x"):
        first = torch.rand(1), np.random.rand()
    with global_randomness(0, "x"):
        assert (torch.rand(1), np.random.rand()) == first
    assert (torch.rand(1), np.random.rand()) == expected


class StoppedError(Exception):
    """Ends a run in the middle, as a kill would."""


@pytest.mark.parametrize("stop", [None, 3])
def test_a_fit_leaves_the_global_random_state_as_it_was_even_if_it_fails(tmp_path, stop):
    model = nn.Sequential(nn.Linear(3, 1), nn.Dropout(0.3))

    def loss(step: int) -> torch.Tensor:
        if step == stop:
            raise StoppedError
        return model(torch.ones(4, 3)).square().mean() * np.random.rand()

    def draws() -> tuple[float, float]:
        return float(torch.rand(1)), float(np.random.rand())

    torch.manual_seed(5)
    np.random.seed(5)
    expected = draws()
    torch.manual_seed(5)
    np.random.seed(5)
    plan = Plan(steps=5, rate=lambda progress: 0.1, validations=1, seed=0)
    optimizer, checkpoint = torch.optim.SGD(model.parameters()), Checkpoint(tmp_path / "a.pt", stamp="a")
    with pytest.raises(StoppedError) if stop else nullcontext():
        fit(model, plan, loss=loss, validate=lambda: 0.0, optimizer=optimizer, checkpoint=checkpoint)
    assert draws() == expected


def test_one_cycle_rises_to_its_peak_and_falls_to_zero():
    rates = [one_cycle(p, peak=1.0) for p in np.linspace(0, 1, 101)]
    assert max(rates) == pytest.approx(1.0)
    assert rates.index(max(rates)) == 10
    assert (np.diff(rates[:11]) > 0).all()
    assert (np.diff(rates[10:]) < 0).all()
    # both halves are half cosines, so the mean rate is the mean of their ends
    mean = 0.1 * (0.04 + 1) / 2 + 0.9 * (1 + 1e-4) / 2
    assert math.isclose(float(np.trapezoid(rates, dx=0.01)), mean, rel_tol=1e-3)
