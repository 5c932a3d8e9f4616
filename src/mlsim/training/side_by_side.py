"""Full-batch training of many copies of one small network at once: one per learning rate and seed.

The copies stand along a leading axis of every parameter and share nothing but the call, so that one that leaves the
range of numbers harms no other. Such a copy is a result, and training goes on for the rest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.func import vmap

from mlsim.training.resume import Checkpoint
from mlsim.training.subnormals import subnormals_as_zero

Stacked = dict[str, Tensor]
Optimiser = Literal["adam", "descent"]
DECAYS, EPSILON = (0.9, 0.999), 1e-8


@dataclass(frozen=True, kw_only=True)
class Programme:
    """How all copies are trained.

    Attributes:
        steps: updates.
        optimiser: ``adam`` (decays 0.9 and 0.999) or plain gradient ``descent``.
        record_every: steps between two looks; the first one comes before the first step, the last one at the end.
        kept_after: steps after which the parameters are kept, zero for the initial ones.
        vectorised: whether the copies go through the network as one batch; some layers cannot.
    """

    steps: int
    optimiser: Optimiser
    record_every: int
    kept_after: Sequence[int]
    vectorised: bool = True


@dataclass(frozen=True, kw_only=True)
class Course:
    """What a training of copies leaves.

    Attributes:
        parameters: at the end, copies along the leading axis.
        kept: the same after each step of ``kept_after``.
        looks: one row per look: ``step``, and the monitor's numbers, one per copy.
    """

    parameters: Stacked
    kept: dict[int, Stacked]
    looks: list[dict[str, Any]]


@subnormals_as_zero()
def train_copies(
    parameters: Stacked,
    programme: Programme,
    *,
    loss: Callable[[Stacked], Tensor],
    rates: Float[Tensor, " copies"],
    monitor: Callable[[Stacked], dict[str, Tensor]],
    checkpoint: Checkpoint,
) -> Course:
    """Minimise the loss of each copy with its own constant learning rate.

    Args:
        parameters: initial values, copies along the leading axis; they are not changed.
        programme: see :class:`Programme`.
        loss: of the parameters of one copy.
        rates: one per copy.
        monitor: numbers of one copy, such as its error.
        checkpoint: where the state goes.
    """
    progress = checkpoint.load() or _start(parameters)
    vectorised = programme.vectorised
    while True:
        step, now = progress["step"], progress["parameters"]
        if step % programme.record_every == 0 or step == programme.steps:
            seen = each_copy(monitor, now, vectorised=vectorised)
            progress["looks"].append({"step": step, **{name: each.tolist() for name, each in seen.items()}})
        if step in programme.kept_after:
            progress["kept"][step] = {name: each.clone() for name, each in now.items()}
        if step == programme.steps:
            return Course(parameters=now, kept=progress["kept"], looks=progress["looks"])
        slopes = gradients(loss, now, vectorised=vectorised)
        _update(progress, slopes, rates=rates, optimiser=programme.optimiser)
        if checkpoint.due():
            checkpoint.save(progress)


def gradients(loss: Callable[[Stacked], Tensor], parameters: Stacked, *, vectorised: bool = True) -> Stacked:
    """Gradient of each copy's own loss: that of the sum, since no parameter is shared."""
    at = {name: each.detach().requires_grad_() for name, each in parameters.items()}
    total = _of_copies(loss, at, vectorised=vectorised).sum()
    return dict(zip(at, torch.autograd.grad(total, list(at.values())), strict=True))


def each_copy(
    numbers: Callable[[Stacked], dict[str, Tensor]], parameters: Stacked, *, vectorised: bool = True
) -> dict[str, Tensor]:
    """Numbers of each copy, without gradients."""
    with torch.no_grad():
        return _of_copies(numbers, parameters, vectorised=vectorised)


def copy_of(parameters: Stacked, index: int) -> Stacked:
    """The parameters of one copy."""
    return {name: each[index] for name, each in parameters.items()}


def _of_copies(function: Callable[[Stacked], Any], parameters: Stacked, *, vectorised: bool) -> Any:
    if vectorised:
        return vmap(function)(parameters)
    copies = len(next(iter(parameters.values())))
    found = [function(copy_of(parameters, index)) for index in range(copies)]
    if isinstance(found[0], Tensor):
        return torch.stack(found)
    return {name: torch.stack([each[name] for each in found]) for name in found[0]}


def _start(parameters: Stacked) -> dict[str, Any]:
    now = {name: each.detach().clone() for name, each in parameters.items()}
    zeros = {name: torch.zeros_like(each) for name, each in now.items()}
    return {"step": 0, "parameters": now, "mean": zeros, "square": dict(zeros), "kept": {}, "looks": []}


def _update(progress: dict[str, Any], slopes: Stacked, *, rates: Tensor, optimiser: Optimiser) -> None:
    """One update; every tensor of the progress is replaced, none is changed."""
    step, now = progress["step"] + 1, progress["parameters"]
    moves = slopes
    if optimiser == "adam":
        first, second = DECAYS
        mean, square = progress["mean"], progress["square"]
        mean = {name: torch.lerp(mean[name], each, 1 - first) for name, each in slopes.items()}
        square = {name: torch.lerp(square[name], each**2, 1 - second) for name, each in slopes.items()}
        progress["mean"], progress["square"] = mean, square
        moves = {
            name: mean[name] / (1 - first**step) / ((square[name] / (1 - second**step)).sqrt() + EPSILON)
            for name in slopes
        }
    progress["parameters"] = {
        name: each - rates.to(each).reshape(-1, *(1,) * (each.ndim - 1)) * moves[name] for name, each in now.items()
    }
    progress["step"] = step
