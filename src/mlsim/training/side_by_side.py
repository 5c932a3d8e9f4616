"""Full-batch training of many copies of one small network at once: one per learning rate and seed.

The copies are the leading axis of every parameter and independent, so that one that overflows leaves the others as they
are. Such a copy is a result, and training goes on for the rest. Parameters are plain tensors here and not a module such
as :class:`mlsim.networks.wrappers.stacked.Stacked`, since every copy has its own learning rate.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.func import vmap

from mlsim.training.loop import Progress
from mlsim.training.resume import Checkpoint

Stacked = dict[str, Tensor]
Optimiser = Literal["adam", "descent"]
DECAYS, EPSILON = (0.9, 0.999), 1e-8


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How all copies are trained."""

    steps: int  # updates
    optimiser: Optimiser  # ``adam`` (decays 0.9 and 0.999) or plain gradient ``descent``
    record_every: int  # steps between two records; the first one is before the first step, the last one at the end
    stored_after: Sequence[int]  # steps after which the parameters are stored, zero for the initial ones
    vectorised: bool = True  # whether the copies go through the network as one batch; some layers cannot


@dataclass(frozen=True, kw_only=True)
class Trajectories:
    """The result of a training of copies."""

    parameters: Stacked  # at the end, copies along the leading axis
    stored: dict[int, Stacked]  # the same after each step of ``stored_after``
    records: list[dict[str, Any]]  # one row per record: ``step``, and the monitor's numbers, one per copy


def train_copies(
    parameters: Stacked,
    schedule: Schedule,
    *,
    loss: Callable[[Stacked], Tensor],
    rates: Float[Tensor, " copies"],
    monitor: Callable[[Stacked], dict[str, Tensor]],
    checkpoint: Checkpoint,
) -> Trajectories:
    """Minimise the loss of each copy with its own constant learning rate.

    Args:
        parameters: initial values, copies along the leading axis; they are not changed.
        schedule: see :class:`Schedule`.
        loss: of the parameters of one copy.
        rates: learning rates, one per copy.
        monitor: numbers of one copy, such as its error.
        checkpoint: where the state goes.
    """
    current = {name: value.detach().clone() for name, value in parameters.items()}
    zeros = {name: torch.zeros_like(value) for name, value in current.items()}
    progress = Progress({}, checkpoint, parameters=current, mean=zeros, square=dict(zeros), stored={})
    state, vectorised = progress.state, schedule.vectorised
    while True:
        step, current = progress.step, state["parameters"]
        if step % schedule.record_every == 0 or step == schedule.steps:
            numbers = each_copy(monitor, current, vectorised=vectorised)
            progress.history.append({"step": step, **{name: value.tolist() for name, value in numbers.items()}})
        if step in schedule.stored_after:
            state["stored"][step] = {name: value.clone() for name, value in current.items()}
        if step == schedule.steps:
            return Trajectories(parameters=current, stored=state["stored"], records=progress.history)
        slopes = gradients(loss, current, vectorised=vectorised)
        _update(state, slopes, rates=rates, optimiser=schedule.optimiser)
        progress.count()
        progress.save()


def gradients(loss: Callable[[Stacked], Tensor], parameters: Stacked, *, vectorised: bool = True) -> Stacked:
    """Gradient of each copy's own loss: that of the sum, since no parameter is shared."""
    at = {name: value.detach().requires_grad_() for name, value in parameters.items()}
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
    return {name: value[index] for name, value in parameters.items()}


def _of_copies(function: Callable[[Stacked], Any], parameters: Stacked, *, vectorised: bool) -> Any:
    if vectorised:
        return vmap(function)(parameters)
    copies = len(next(iter(parameters.values())))
    values = [function(copy_of(parameters, index)) for index in range(copies)]
    if isinstance(values[0], Tensor):
        return torch.stack(values)
    return {name: torch.stack([value[name] for value in values]) for name in values[0]}


def _update(state: dict[str, Any], slopes: Stacked, *, rates: Tensor, optimiser: Optimiser) -> None:
    """One update; every tensor of the state is replaced, none is changed in place."""
    step, current = state["step"] + 1, state["parameters"]
    moves = slopes
    if optimiser == "adam":
        first, second = DECAYS
        mean, square = state["mean"], state["square"]
        mean = {name: torch.lerp(mean[name], slope, 1 - first) for name, slope in slopes.items()}
        square = {name: torch.lerp(square[name], slope**2, 1 - second) for name, slope in slopes.items()}
        state["mean"], state["square"] = mean, square
        moves = {
            name: mean[name] / (1 - first**step) / ((square[name] / (1 - second**step)).sqrt() + EPSILON)
            for name in slopes
        }
    state["parameters"] = {
        name: old - rates.to(old).reshape(-1, *(1,) * (old.ndim - 1)) * moves[name] for name, old in current.items()
    }
