"""What every training loop keeps: interruptions change no bit, foreign checkpoints are not used, columns of history."""

from collections.abc import Callable
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mlsim.training.games import Average, Player, play
from mlsim.training.loop import Plan, fit
from mlsim.training.resume import Checkpoint
from mlsim.training.seeding import global_randomness, torch_generator
from mlsim.training.side_by_side import Schedule, train_copies
from mlsim.training.untrained import Safeguard, fit_untrained

STEPS = 30


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The result of a run: all tensors that it ends with, its history, and how many losses it took to get there."""

    tensors: list[Tensor]
    history: list[dict[str, Any]]
    losses: int

    def equals(self, other: "Outcome") -> bool:
        """Whether tensors and history are equal to the last bit."""
        pairs = zip(self.tensors, other.tensors, strict=True)
        return self.history == other.history and all(torch.equal(one, two) for one, two in pairs)


class Counted:
    """A function that counts its calls."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function, self.calls = function, 0

    def __call__(self, *arguments: Any) -> Any:
        self.calls += 1
        return self.function(*arguments)


def _network(seed: int) -> nn.Sequential:
    """Dropout and batch normalisation: the result depends on every draw and on the order of all steps."""
    with global_randomness(seed, "network"):
        return nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Linear(8, 2)).double()


def _draws(name: str, step: int, *, rows: int = 16, columns: int = 3) -> Tensor:
    return torch.randn(rows, columns, generator=torch_generator(1, name, step), dtype=torch.float64)


def _fit(checkpoint: Checkpoint) -> Outcome:
    model, held = nn.Sequential(nn.Dropout(0.3), _network(0)), _draws("validation", 0)

    def loss(step: int) -> Tensor:
        x = _draws("batch", step)
        return (model(x)[:, 0] - x.sum(dim=1)).square().mean()

    counted = Counted(loss)
    trained = fit(
        model,
        Plan(steps=STEPS, rate=lambda done: 1e-2 * (1 - done), validations=4, seed=2),
        loss=counted,
        validate=lambda: float((model(held)[:, 0] - held.sum(dim=1)).square().mean()),
        optimizer=torch.optim.Adam(model.parameters()),
        checkpoint=checkpoint,
    )
    return Outcome(tensors=list(trained.state.values()), history=trained.history, losses=counted.calls)


def _play(checkpoint: Checkpoint) -> Outcome:
    critic, generator = nn.Linear(2, 1).double(), nn.Linear(3, 2).double()
    with torch.no_grad():
        for parameter in (*critic.parameters(), *generator.parameters()):
            parameter.copy_(_draws("start", parameter.numel(), rows=1, columns=parameter.numel()).reshape_as(parameter))

    def critic_loss(turn: int) -> Tensor:
        fake = generator(_draws("critic", turn)).detach()
        return (critic(fake) - critic(_draws("real", turn, columns=2))).mean()

    counted = Counted(lambda turn: -critic(generator(_draws("generator", turn))).mean())
    adam = {"betas": (0.5, 0.9)}
    players = {
        "critic": Player(
            model=critic, optimizer=torch.optim.Adam(critic.parameters(), **adam), loss=critic_loss, turns=2
        ),
        "generator": Player(
            model=generator, optimizer=torch.optim.Adam(generator.parameters(), **adam), loss=counted, scale=0.5
        ),
    }
    trained = play(
        players,
        Plan(steps=STEPS, rate=lambda done: 1e-2 * (1 - done), validations=4, seed=0),
        average=Average(player="generator", share=0.1, copied=5),
        monitor=lambda network: {"bias": float(network.bias[0])},
        checkpoint=checkpoint,
    )
    tensors = [*trained.state.values(), *critic.parameters(), *generator.parameters()]
    return Outcome(tensors=tensors, history=trained.history, losses=counted.calls)


class Outputs:
    """A watch that stores losses and outputs."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.outputs: list[Tensor] = []

    def observe(self, step: int, loss: float, output: Tensor) -> None:
        self.rows, self.outputs = [*self.rows, {"step": step, "loss": loss}], [*self.outputs, output.clone()]

    def state(self) -> dict[str, Any]:
        return {"rows": self.rows, "outputs": self.outputs}

    def restore(self, state: dict[str, Any]) -> None:
        self.rows, self.outputs = list(state["rows"]), list(state["outputs"])


def _fit_untrained(checkpoint: Checkpoint) -> Outcome:
    """With a collapse early and one late, after which the fit goes back to the state five steps before at most."""
    model, target = _network(0), torch.linspace(0, 1, 2, dtype=torch.float64)

    def misfit(step: int) -> tuple[Tensor, Tensor]:
        output = model(_draws("input", 0) + 0.01 * _draws("noise", step))
        return (output - target).square().mean() * (nan if step in (7, 20) else 1.0), output

    counted, watch = Counted(misfit), Outputs()
    rollbacks = fit_untrained(
        model,
        steps=STEPS,
        misfit=counted,
        watch=watch,
        optimizer=torch.optim.Adam(model.parameters(), lr=0.01),
        checkpoint=checkpoint,
        safeguard=Safeguard(interval=5),
    )
    assert rollbacks == 2
    return Outcome(tensors=[*watch.outputs, *model.state_dict().values()], history=watch.rows, losses=counted.calls)


def _train_copies(checkpoint: Checkpoint) -> Outcome:
    start = {"w": _draws("weights", 0, rows=2, columns=3), "b": _draws("bias", 0, rows=2, columns=1)}
    x = _draws("points", 0)

    def loss(at: dict[str, Tensor]) -> Tensor:
        return ((x @ at["w"] + at["b"]).tanh() - x[:, 0]).square().mean()

    counted = Counted(loss)
    trained = train_copies(
        start,
        Schedule(steps=STEPS, optimiser="adam", record_every=10, stored_after=(0, 15)),
        loss=counted,
        rates=torch.tensor([0.003, 0.03], dtype=torch.float64),
        monitor=lambda at: {"error": loss(at)},
        checkpoint=checkpoint,
    )
    tensors = [value for stored in (*trained.stored.values(), trained.parameters) for value in stored.values()]
    return Outcome(tensors=tensors, history=trained.records, losses=counted.calls)


LOOPS = {"fit": _fit, "play": _play, "fit_untrained": _fit_untrained, "train_copies": _train_copies}
each_loop = pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
Loop = Callable[[Checkpoint], Outcome]


class StoppedError(Exception):
    """Ends a run in the middle, as a kill would."""


class StoppingCheckpoint(Checkpoint):
    """Is due every so many times that the loop asks, and ends the run at one of them."""

    def __init__(self, path: Path, *, stop: int, every: int = 1, stamp: str = "a") -> None:
        super().__init__(path, stamp=stamp)
        self._asked, self._stop, self._every = 0, stop, every

    def due(self) -> bool:
        self._asked += 1
        if self._asked == self._stop:
            raise StoppedError
        return self._asked % self._every == 0


def _seldom(folder: Path) -> Checkpoint:
    return Checkpoint(folder / "whole.pt", stamp="a", interval=1e9)


def _often(path: Path) -> Checkpoint:
    return Checkpoint(path, stamp="a", interval=0.0)


@each_loop
@pytest.mark.parametrize(("stop", "every"), [(2, 1), (9, 1), (20, 1), (26, 1), (9, 4), (26, 4)])
def test_interrupted_run_ends_bit_identical_to_an_uninterrupted_one(tmp_path, loop: Loop, stop, every):
    path, whole = tmp_path / "cut.pt", loop(_seldom(tmp_path))
    with pytest.raises(StoppedError):
        loop(StoppingCheckpoint(path, stop=stop, every=every))
    resumed = loop(_often(path))
    assert resumed.equals(whole)
    assert 0 < resumed.losses < whole.losses == STEPS


@each_loop
def test_run_interrupted_twice_ends_bit_identical_to_an_uninterrupted_one(tmp_path, loop: Loop):
    path = tmp_path / "cut.pt"
    for _ in range(2):
        with pytest.raises(StoppedError):
            loop(StoppingCheckpoint(path, stop=10, every=3))
    assert loop(_often(path)).equals(loop(_seldom(tmp_path)))


@each_loop
def test_checkpoint_of_another_stamp_is_not_used(tmp_path, loop: Loop):
    path, whole = tmp_path / "cut.pt", loop(_seldom(tmp_path))
    with pytest.raises(StoppedError):
        loop(StoppingCheckpoint(path, stop=20, stamp="b"))
    again = loop(_often(path))
    assert again.losses == STEPS
    assert again.equals(whole)


@each_loop
def test_torn_checkpoint_is_not_used(tmp_path, loop: Loop):
    path, whole = tmp_path / "cut.pt", loop(_seldom(tmp_path))
    with pytest.raises(StoppedError):
        loop(StoppingCheckpoint(path, stop=20))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    again = loop(_often(path))
    assert again.losses == STEPS
    assert again.equals(whole)


@each_loop
def test_checkpoints_do_not_change_the_result_and_a_finished_run_is_not_repeated(tmp_path, loop: Loop):
    path = tmp_path / "often.pt"
    first = loop(_often(path))
    assert first.equals(loop(_seldom(tmp_path)))
    again = loop(_often(path))
    assert again.losses == 0
    assert again.equals(first)


# every loop names the step first; the two steps given up, and those undone with them, are missing in an untrained fit
HISTORIES = {
    "fit": (["step", "loss", "rate", "validation"], [8, 15, 23, 30]),
    "play": (["step", "loss_critic", "loss_generator", "rate", "bias"], [8, 15, 23, 30]),
    "fit_untrained": (["step", "loss"], [*range(1, 6), *range(9, 16), *range(22, 31)]),
    "train_copies": (["step", "error"], [0, 10, 20, 30]),
}


@pytest.mark.parametrize("name", LOOPS)
def test_history_has_its_columns_at_the_steps_of_the_plan(tmp_path, name):
    columns, steps = HISTORIES[name]
    history = LOOPS[name](_seldom(tmp_path)).history
    assert all(list(row) == columns for row in history)
    assert [row["step"] for row in history] == steps
