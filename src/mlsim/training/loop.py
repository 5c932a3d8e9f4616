"""The training loop."""

import copy
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from mlsim.training.resume import Checkpoint
from mlsim.training.seeding import fenced_randomness
from mlsim.training.subnormals import subnormals_as_zero

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Trained:
    """What training leaves: the parameters of the best validation score, and the history.

    Attributes:
        state: ``state_dict`` of the best validation, on the CPU.
        history: one row per validation, such as ``step, loss, rate, validation``.
    """

    state: dict[str, Tensor]
    history: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How long to train and what to try.

    Attributes:
        steps: number of updates, positive.
        rate: learning rate as a function of the share of steps done.
        validations: number of validations, evenly spread, the last one after the last step.
        seed: integer for the random numbers of layers such as dropout.
    """

    steps: int
    rate: Callable[[float], float]
    validations: int
    seed: int

    def validates_after(self, step: int) -> bool:
        """Whether a validation follows update ``step``, counted from one."""
        return step * self.validations // self.steps > (step - 1) * self.validations // self.steps


@subnormals_as_zero()
def fit(
    model: nn.Module,
    plan: Plan,
    *,
    loss: Callable[[int], Tensor],
    validate: Callable[[], float],
    optimizer: torch.optim.Optimizer,
    checkpoint: Checkpoint,
) -> Trained:
    """Minimise ``loss(step)`` and keep the parameters of the lowest ``validate()``.

    All randomness is a function of the step, so that a run resumed from its checkpoint ends bit-identical to an
    uninterrupted one. Global random state, which layers draw from, is seeded anew for each step; afterwards it is as it
    was before.

    Args:
        model: network whose parameters the optimizer holds; trained in place.
        plan: see :class:`Plan`.
        loss: loss of minibatch ``step``, counted from zero, with its graph.
        validate: score on the validation part, lower is better, called in evaluation mode without gradients.
        optimizer: its learning rate is overwritten at each step.
        checkpoint: where the state goes.

    Returns:
        Parameters with the lowest validation score, and the history.
    """
    progress: dict[str, Any] = {"step": 0, "best": None, "score": float("inf"), "history": [], "losses": []}
    saved = checkpoint.load()
    if saved is not None:
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        progress = saved["progress"]
        log.info("resumed at step %d of %d", progress["step"], plan.steps)
    with fenced_randomness() as seeder:  # once for all steps: to enter takes a tenth of a millisecond
        while progress["step"] < plan.steps:
            rate = plan.rate(progress["step"] / plan.steps)
            seeder(plan.seed, "layers", progress["step"])
            progress["losses"].append(_update(model, optimizer, loss, step=progress["step"], rate=rate))
            progress["step"] += 1
            validated = plan.validates_after(progress["step"])
            if validated:
                _record(model, progress, validate=validate, rate=rate)
            if validated or checkpoint.due():
                state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "progress": progress}
                checkpoint.save(state)
    return Trained(state=progress["best"], history=progress["history"])


def _update(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    loss: Callable[[int], Tensor],
    *,
    step: int,
    rate: float,
) -> float:
    model.train()
    for group in optimizer.param_groups:
        group["lr"] = rate
    value = loss(step)
    optimizer.zero_grad()
    value.backward()
    optimizer.step()
    return float(value.detach())


def _record(model: nn.Module, progress: dict[str, Any], *, validate: Callable[[], float], rate: float) -> None:
    model.eval()
    with torch.no_grad():
        score = validate()
    losses = progress["losses"]
    row = {"step": progress["step"], "loss": sum(losses) / len(losses), "rate": rate, "validation": score}
    progress["history"].append(row)
    progress["losses"] = []
    if score < progress["score"]:
        progress["score"] = score
        progress["best"] = {name: value.detach().cpu().clone() for name, value in model.state_dict().items()}
    log.info("step %(step)d  loss %(loss).5f  rate %(rate).2e  validation %(validation).5f", row)


def evaluated(model: nn.Module, state: dict[str, Tensor]) -> nn.Module:
    """A copy of ``model`` with the parameters of ``state``, in evaluation mode."""
    loaded = copy.deepcopy(model)
    loaded.load_state_dict(state)
    return loaded.eval()
