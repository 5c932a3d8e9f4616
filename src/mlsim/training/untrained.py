"""Fitting of an untrained network to one observation, with an observer of its outputs and a guard against collapse.

Unlike :func:`mlsim.training.loop.fit` it returns no parameters: each stopping criterion chooses another output, so
the outputs go to an observer, which stores those that are needed.
"""

import copy
import logging
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from mlsim.training.loop import Progress
from mlsim.training.resume import Checkpoint

log = logging.getLogger(__name__)


@runtime_checkable
class Watch(Protocol):
    """Observer of the outputs of a fit; its states hold tensors, numbers and lists, which are never changed."""

    def observe(self, step: int, loss: float, output: Tensor) -> None:
        """Take in loss and output of update ``step``, counted from one, as they were before it."""
        ...

    def state(self) -> dict[str, Any]:
        """All that it has stored."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a state."""
        ...


@dataclass(frozen=True, kw_only=True)
class Safeguard:
    """When a fit has collapsed and is rolled back to the state of its last check."""

    interval: int = 50  # steps between two checks; an infinite or NaN loss is noticed at once
    rise: float = 10**0.5  # factor of the loss since the last check that is a collapse; ``10^0.5`` are 5 dB


def fit_untrained(
    model: nn.Module,
    *,
    steps: int,
    misfit: Callable[[int], tuple[Tensor, Tensor]],
    watch: Watch,
    optimizer: torch.optim.Optimizer,
    checkpoint: Checkpoint,
    safeguard: Safeguard | None = None,
) -> int:
    """Minimise the misfit of a network that stays in training mode, since batch normalisation sees one image only.

    When the fit has collapsed, parameters, optimizer and observer are rolled back to the last check. All randomness is
    a function of the step, so that a resumed run ends bit-identical to an uninterrupted one, and the steps after a
    rollback draw other noise than those before it.

    Args:
        model: trained in place.
        steps: number of steps, those undone included.
        misfit: loss and output at a step, counted from zero, with their graph.
        watch: observes every output.
        optimizer: holds the parameters of ``model``.
        checkpoint: where the state goes.
        safeguard: see :class:`Safeguard`.

    Returns:
        Number of rollbacks.
    """
    guard = safeguard or Safeguard()

    def snapshot(loss: float) -> dict[str, Any]:
        states = copy.deepcopy({"model": model.state_dict(), "optimizer": optimizer.state_dict()})
        return {**states, "watch": watch.state(), "loss": loss}

    components = {"model": model, "optimizer": optimizer}
    progress = Progress(components, checkpoint, checked=snapshot(float("inf")), watch=watch.state(), rollbacks=0)
    state = progress.state
    watch.restore(state["watch"])
    model.train()
    while progress.step < steps:
        loss, output = misfit(progress.step)
        value = float(loss.detach())
        checks = progress.step % guard.interval == 0
        if not isfinite(value) or (checks and value > guard.rise * state["checked"]["loss"]):
            checked = state["checked"]
            log.warning("collapse at step %d: loss %g after %g: rolled back", progress.step, value, checked["loss"])
            state["rollbacks"] += 1
            model.load_state_dict(checked["model"])
            # the optimizer takes the tensors as they are and would go on changing the stored state
            optimizer.load_state_dict(copy.deepcopy(checked["optimizer"]))
            watch.restore(checked["watch"])
        else:
            if checks:
                state["checked"] = snapshot(value)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            watch.observe(progress.step + 1, value, output.detach())
        progress.count()
        state["watch"] = watch.state()
        progress.save()
    return state["rollbacks"]
