"""Training of several networks in turns, as in a GAN, with exponential averages of their parameters.

A game approaches no minimum: there is no loss by which the best parameters could be chosen. The result is the
exponential average of the parameters of one player at the last step.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from mlsim.training.loop import Plan, Progress, Trained
from mlsim.training.resume import Checkpoint


@dataclass(frozen=True, kw_only=True, eq=False)
class Player:
    """One network of the game; a single player makes an ordinary training with averaged parameters."""

    model: nn.Module  # its parameters are those that the optimizer holds
    optimizer: torch.optim.Optimizer  # its learning rate is overwritten at each step
    # of update ``index``, counted from zero, with its graph; it may read the other players
    loss: Callable[[int], Tensor]
    scale: float = 1.0  # learning rate relative to that of the plan
    turns: int = 1  # updates per step
    # called between the gradient and the update, for instance to clip the gradient
    before_update: Callable[[], None] | None = None


@dataclass(frozen=True, kw_only=True)
class Average:
    """Exponential average of the parameters of a player."""

    player: str  # name of the player
    share: float  # weight of the newest parameters in the average, in (0, 1]
    copied: int = 0  # number of first steps in which the average is the parameters themselves


def play(
    players: Mapping[str, Player],
    plan: Plan,
    *,
    average: Average,
    monitor: Callable[[nn.Module], dict[str, float]],
    checkpoint: Checkpoint,
) -> Trained:
    """Update the players in turns; return the averaged parameters after the last step.

    What a loss draws is a function of its turn, and no layer draws anything (dropout is not provided for), so that a
    run resumed from its checkpoint ends bit-identical to an uninterrupted one.

    Args:
        players: by name, in the order of their turns.
        plan: steps, learning rate, and the number of records of the averaged network (``validations``).
        average: see :class:`Average`.
        monitor: numbers of the averaged network for the history.
        checkpoint: where the state goes.

    Returns:
        The averaged parameters after the last step; the history has the columns ``step, loss_<player>, rate`` and
        those of ``monitor``.
    """
    averaged = copy.deepcopy(players[average.player].model).requires_grad_(False).eval()
    components: dict[str, nn.Module | torch.optim.Optimizer] = {"averaged": averaged}
    for name, player in players.items():
        components |= {f"{name}.model": player.model, f"{name}.optimizer": player.optimizer}
    progress = Progress(components, checkpoint)
    while progress.step < plan.steps:
        rate = plan.rate(progress.step / plan.steps)
        losses = {f"loss_{name}": _turns(player, progress.step, rate=rate) for name, player in players.items()}
        _update_average(averaged, players[average.player].model, average, step=progress.step)
        progress.count(**losses)
        recorded = plan.validates_after(progress.step)
        if recorded:
            with torch.no_grad():
                progress.record(rate, monitor(averaged))
        progress.save(at_once=recorded)
    state = {name: value.detach().cpu().clone() for name, value in averaged.state_dict().items()}
    return Trained(state=state, history=progress.history)


def _turns(player: Player, step: int, *, rate: float) -> float:
    """All turns of a player in one step; the loss of the last one."""
    for group in player.optimizer.param_groups:
        group["lr"] = rate * player.scale
    return [_turn(player, index) for index in range(step * player.turns, (step + 1) * player.turns)][-1]


def _turn(player: Player, index: int) -> float:
    """One update of one player; its loss before it."""
    value = player.loss(index)
    player.optimizer.zero_grad()
    # gradients of the other players' parameters are not needed
    value.backward(inputs=list(player.model.parameters()))
    if player.before_update is not None:
        player.before_update()
    player.optimizer.step()
    return float(value.detach())


def _update_average(averaged: nn.Module, model: nn.Module, average: Average, *, step: int) -> None:
    share = 1.0 if step < average.copied else average.share
    update = get_ema_multi_avg_fn(1 - share)
    update(tuple(averaged.parameters()), tuple(model.parameters()), step)
