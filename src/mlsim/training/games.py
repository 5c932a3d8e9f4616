"""Training of several networks in turns, as in a GAN, and of averages of their parameters.

A minimum is not where a game goes: there is no loss by which the best parameters could be chosen. What is kept is the
exponential average of the parameters of one player at the last step.
"""

import copy
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from mlsim.training.loop import Plan, Trained
from mlsim.training.resume import Checkpoint
from mlsim.training.subnormals import subnormals_as_zero

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, eq=False)
class Player:
    """One network of the game; a single player makes an ordinary training with averaged parameters.

    Attributes:
        model: its parameters are those that the optimizer holds.
        optimizer: its learning rate is overwritten at each step.
        loss: of turn ``index`` of all turns, counted from zero, with its graph; it may read the other players.
        scale: learning rate relative to that of the plan.
        turns: updates per step.
        before_update: called between the gradient and the update, such as a clipping.
    """

    model: nn.Module
    optimizer: torch.optim.Optimizer
    loss: Callable[[int], Tensor]
    scale: float = 1.0
    turns: int = 1
    before_update: Callable[[], None] | None = None


@dataclass(frozen=True, kw_only=True)
class Average:
    """Exponential average of parameters.

    Attributes:
        player: whose parameters are averaged and kept.
        share: weight of the newest parameters, in (0, 1].
        copied: number of first steps after which the average is the parameters themselves.
    """

    player: str
    share: float
    copied: int = 0


@subnormals_as_zero()
def play(
    players: Mapping[str, Player],
    plan: Plan,
    *,
    average: Average,
    monitor: Callable[[nn.Module], dict[str, float]],
    checkpoint: Checkpoint,
) -> Trained:
    """Let the players take their turns; keep the averaged parameters at the end.

    What a loss draws is a function of its turn, and no layer draws anything (dropout is not provided for), so that a
    run resumed from its checkpoint ends bit-identical to an uninterrupted one.

    Args:
        players: by name, in the order of their turns.
        plan: steps, rate, and the number of looks at the averaged network (``validations``), which choose nothing.
        average: what is kept.
        monitor: numbers of the averaged network for the history.
        checkpoint: where the state goes.

    Returns:
        The averaged parameters after the last step; the history has the columns ``step, loss_<player>, rate`` and
        those of ``monitor``.
    """
    averaged = copy.deepcopy(players[average.player].model).requires_grad_(False).eval()
    progress = _start(players, averaged, checkpoint)
    while progress["step"] < plan.steps:
        _round(players, plan, progress)
        _update_average(averaged, players[average.player].model, average, step=progress["step"])
        progress["step"] += 1
        looked = plan.validates_after(progress["step"])
        if looked:
            _record(averaged, plan, progress, monitor=monitor)
        if looked or checkpoint.due():
            checkpoint.save(_state(players, averaged, progress))
    state = {name: value.detach().cpu().clone() for name, value in averaged.state_dict().items()}
    return Trained(state=state, history=progress["history"])


def _start(players: Mapping[str, Player], averaged: nn.Module, checkpoint: Checkpoint) -> dict[str, Any]:
    """Progress of a new game, or of the saved one with all its parameters."""
    saved = checkpoint.load()
    if saved is None:
        return {"step": 0, "history": [], "losses": {name: [] for name in players}}
    for name, player in players.items():
        player.model.load_state_dict(saved["models"][name])
        player.optimizer.load_state_dict(saved["optimizers"][name])
    averaged.load_state_dict(saved["averaged"])
    log.info("resumed at step %d", saved["progress"]["step"])
    return saved["progress"]


def _round(players: Mapping[str, Player], plan: Plan, progress: dict[str, Any]) -> None:
    """All turns of one step."""
    rate = plan.rate(progress["step"] / plan.steps)
    for name, player in players.items():
        for group in player.optimizer.param_groups:
            group["lr"] = rate * player.scale
        first = progress["step"] * player.turns
        values = [_turn(player, index) for index in range(first, first + player.turns)]
        progress["losses"][name].append(values[-1])


def _turn(player: Player, index: int) -> float:
    """One update of one player; its loss before it."""
    value = player.loss(index)
    player.optimizer.zero_grad()
    # the other players' parameters take no part: their gradients would be thrown away
    value.backward(inputs=list(player.model.parameters()))
    if player.before_update is not None:
        player.before_update()
    player.optimizer.step()
    return float(value.detach())


def _update_average(averaged: nn.Module, model: nn.Module, average: Average, *, step: int) -> None:
    share = 1.0 if step < average.copied else average.share
    update = get_ema_multi_avg_fn(1 - share)
    update(tuple(averaged.parameters()), tuple(model.parameters()), step)


def _record(
    averaged: nn.Module, plan: Plan, progress: dict[str, Any], *, monitor: Callable[[nn.Module], dict[str, float]]
) -> None:
    with torch.no_grad():
        numbers = monitor(averaged)
    losses = {f"loss_{name}": sum(each) / len(each) for name, each in progress["losses"].items()}
    rate = plan.rate((progress["step"] - 1) / plan.steps)
    progress["history"].append({"step": progress["step"], **losses, "rate": rate, **numbers})
    progress["losses"] = {name: [] for name in progress["losses"]}
    log.info("%s", "  ".join(f"{name} {value:.5g}" for name, value in progress["history"][-1].items()))


def _state(players: Mapping[str, Player], averaged: nn.Module, progress: dict[str, Any]) -> dict[str, Any]:
    return {
        "models": {name: player.model.state_dict() for name, player in players.items()},
        "optimizers": {name: player.optimizer.state_dict() for name, player in players.items()},
        "averaged": averaged.state_dict(),
        "progress": progress,
    }
