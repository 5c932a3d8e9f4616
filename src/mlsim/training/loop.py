"""The training loop."""

import copy
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from mlsim.training.resume import Checkpoint
from mlsim.training.seeding import fenced_randomness

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Trained:
    """The result of a training."""

    state: dict[str, Tensor]  # ``state_dict`` of the chosen parameters, on the CPU
    history: list[dict[str, Any]]  # one row per validation, such as ``step, loss, rate, validation``


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Training schedule: steps, learning rate, validations."""

    steps: int  # number of updates, positive
    rate: Callable[[float], float]  # learning rate as a function of the fraction of steps done
    validations: int  # number of validations, evenly spread, the last one after the last step
    seed: int  # integer for the random numbers of layers such as dropout

    def validates_after(self, step: int) -> bool:
        """Whether a validation follows update ``step``, counted from one."""
        return step * self.validations // self.steps > (step - 1) * self.validations // self.steps


class Progress:
    """State of a training, read from the checkpoint if there is one, and saved there from time to time.

    Args:
        components: modules and optimizers by name, whose states are part of the checkpoint.
        checkpoint: read once, at the start.
        initial: further entries of ``state`` before the first step: numbers, tensors, and lists and dicts of them.

    Attributes:
        state: ``step``, ``history``, ``losses`` since the last row of the history, and the further entries.
    """

    def __init__(
        self, components: Mapping[str, nn.Module | torch.optim.Optimizer], checkpoint: Checkpoint, **initial: Any
    ) -> None:
        self._components, self._checkpoint = components, checkpoint
        self.state: dict[str, Any] = {"step": 0, "history": [], "losses": {}, **initial}
        saved = checkpoint.load()
        if saved is not None:
            for name, component in components.items():
                component.load_state_dict(saved["components"][name])
            self.state = saved["progress"]
            log.info("resumed at step %d", self.step)

    @property
    def step(self) -> int:
        """Number of steps done."""
        return self.state["step"]

    @property
    def history(self) -> list[dict[str, Any]]:
        """The rows of the validations so far."""
        return self.state["history"]

    def count(self, **losses: float) -> None:
        """Count one step, with its losses."""
        for name, loss in losses.items():
            self.state["losses"].setdefault(name, []).append(loss)
        self.state["step"] += 1

    def record(self, rate: float, numbers: Mapping[str, float]) -> None:
        """Add a row to the history: step, means of the losses since the last row, learning rate, and the numbers."""
        means = {name: sum(values) / len(values) for name, values in self.state["losses"].items()}
        self.state["losses"] = {}
        self.history.append({"step": self.step, **means, "rate": rate, **numbers})
        log.info("%s", "  ".join(f"{name} {value:.5g}" for name, value in self.history[-1].items()))

    def save(self, *, at_once: bool = False) -> None:
        """Write the checkpoint if it is due, or at once."""
        if at_once or self._checkpoint.due():
            components = {name: component.state_dict() for name, component in self._components.items()}
            self._checkpoint.save({"components": components, "progress": self.state})


def fit(
    model: nn.Module,
    plan: Plan,
    *,
    loss: Callable[[int], Tensor],
    validate: Callable[[], float],
    optimizer: torch.optim.Optimizer,
    checkpoint: Checkpoint,
) -> Trained:
    """Minimise ``loss(step)`` and return the parameters of the lowest ``validate()``.

    All randomness is a function of the step, so that a run resumed from its checkpoint ends bit-identical to an
    uninterrupted one. Global random state, which layers draw from, is seeded for each step, and restored at the end.

    Args:
        model: network whose parameters the optimizer updates; trained in place.
        plan: steps, learning rate and validations.
        loss: loss of minibatch ``step``, counted from zero, with its graph.
        validate: score on the validation data, lower is better, called in evaluation mode without gradients.
        optimizer: its learning rate is overwritten at each step.
        checkpoint: where the state goes.

    Returns:
        Parameters with the lowest validation score, and the history.

    Raises:
        ValueError: no validation score is finite.
    """
    progress = Progress({"model": model, "optimizer": optimizer}, checkpoint, best=None, score=float("inf"))
    with fenced_randomness() as seeder:  # once for all steps, since entering it in each step is slow
        while progress.step < plan.steps:
            rate = plan.rate(progress.step / plan.steps)
            seeder(plan.seed, "layers", progress.step)
            progress.count(loss=_update(model, optimizer, loss, step=progress.step, rate=rate))
            validated = plan.validates_after(progress.step)
            if validated:
                progress.record(rate, {"validation": _validate(model, progress, validate=validate)})
            progress.save(at_once=validated)
    if progress.state["best"] is None:
        raise ValueError(
            f"all validation scores are NaN or infinite up to step {progress.step}: allowed are finite scores, which a "
            "smaller learning rate may give"
        )
    return Trained(state=progress.state["best"], history=progress.history)


def _update(
    model: nn.Module, optimizer: torch.optim.Optimizer, loss: Callable[[int], Tensor], *, step: int, rate: float
) -> float:
    model.train()
    for group in optimizer.param_groups:
        group["lr"] = rate
    value = loss(step)
    optimizer.zero_grad()
    value.backward()
    optimizer.step()
    return float(value.detach())


def _validate(model: nn.Module, progress: Progress, *, validate: Callable[[], float]) -> float:
    """The validation score; the parameters of the best one are stored."""
    model.eval()
    with torch.no_grad():
        score = validate()
    if score < progress.state["score"]:
        progress.state["score"] = score
        progress.state["best"] = {name: value.detach().cpu().clone() for name, value in model.state_dict().items()}
    return score


def with_parameters(model: nn.Module, state: dict[str, Tensor]) -> nn.Module:
    """A copy of ``model`` with the parameters of ``state``, in evaluation mode."""
    loaded = copy.deepcopy(model)
    loaded.load_state_dict(state)
    return loaded.eval()
