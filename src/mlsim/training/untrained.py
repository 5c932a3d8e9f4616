"""Fitting of an untrained network to one observation, with a watch on its outputs and a guard against collapse.

Unlike :func:`mlsim.training.loop.fit` it keeps no parameters: each stopping criterion wants an output of its own, so
the outputs go to a watch, which keeps what it wants.
"""

import copy
import logging
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from mlsim.training.resume import Checkpoint
from mlsim.training.subnormals import subnormals_as_zero

log = logging.getLogger(__name__)


@runtime_checkable
class Watch(Protocol):
    """What looks at the outputs of a fit; its states hold tensors, numbers and lists, and stay as they are."""

    def observe(self, step: int, loss: float, output: Tensor) -> None:
        """Take in loss and output of update ``step``, counted from one, as they were before it."""
        ...

    def state(self) -> dict[str, Any]:
        """All that it knows."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a state."""
        ...


@dataclass(frozen=True, kw_only=True)
class Safeguard:
    """When a fit has collapsed and goes back to its last good state.

    Attributes:
        interval: steps between two looks; NaN is noticed at once.
        rise: factor of the loss since the last look that is a collapse; ``10^0.5`` are 5 dB.
    """

    interval: int = 50
    rise: float = 10**0.5


@subnormals_as_zero()
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

    A step on which the fit turns out to have collapsed is given up: parameters, optimiser and watch go back to the
    last look. All randomness is a function of the step, so that a resumed run ends bit-identical to an uninterrupted
    one, and a second try draws other noise than the first.

    Args:
        model: trained in place.
        steps: number of steps, those given up included.
        misfit: loss and output at a step, counted from zero, with their graph.
        watch: sees every output.
        optimizer: holds the parameters of ``model``.
        checkpoint: where the state goes.
        safeguard: see :class:`Safeguard`.

    Returns:
        How often the fit had collapsed.
    """
    guard = safeguard or Safeguard()
    run = _Run(model, optimizer, watch)
    saved = checkpoint.load()
    step = run.resume(saved) if saved is not None else 0
    model.train()
    while step < steps:
        loss, output = misfit(step)
        value = float(loss.detach())
        look = step % guard.interval == 0
        if not isfinite(value) or (look and value > guard.rise * run.good["loss"]):
            run.go_back(step, value)
        else:
            if look:
                run.good = run.snapshot(value)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            watch.observe(step + 1, value, output.detach())
        step += 1
        if checkpoint.due():
            checkpoint.save(run.everything(step))
    return run.collapses


class _Run:
    """The changing parts of a fit."""

    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer, watch: Watch) -> None:
        self._model, self._optimizer, self._watch = model, optimizer, watch
        self.collapses = 0
        self.good = self.snapshot(float("inf"))

    def snapshot(self, loss: float) -> dict[str, Any]:
        parts = {"model": self._model.state_dict(), "optimizer": self._optimizer.state_dict()}
        return {**copy.deepcopy(parts), "watch": self._watch.state(), "loss": loss}

    def go_back(self, step: int, loss: float) -> None:
        log.warning("collapse at step %d: the loss is %g after %g: back to the last good state", step, loss,
                    self.good["loss"])  # fmt: skip
        self.collapses += 1
        self._load(self.good)

    def everything(self, step: int) -> dict[str, Any]:
        now = self.snapshot(float("nan"))
        return {"now": now, "good": self.good, "collapses": self.collapses, "step": step}

    def resume(self, saved: dict[str, Any]) -> int:
        self._load(saved["now"])
        self.good, self.collapses = saved["good"], saved["collapses"]
        log.info("resumed at step %d", saved["step"])
        return saved["step"]

    def _load(self, parts: dict[str, Any]) -> None:
        self._model.load_state_dict(parts["model"])
        # the optimiser takes the tensors as they are and would go on changing the good state
        self._optimizer.load_state_dict(copy.deepcopy(parts["optimizer"]))
        self._watch.restore(parts["watch"])
