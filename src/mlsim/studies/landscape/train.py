"""Training of one network from all seeds at all learning rates, side by side."""

from typing import Any

import torch
import xarray as xr

from mlsim.studies.landscape.problems import Parameters, task_of
from mlsim.studies.landscape.settings import Run
from mlsim.training.loop import Trained
from mlsim.training.resume import Checkpoint
from mlsim.training.side_by_side import Schedule, Trajectories, copy_of, train_copies

RECORDS = 50  # per training


def train(settings: Run, *, data: xr.Dataset, checkpoint: Checkpoint, device: str) -> Trained:
    """Loss and error of all copies during training, and stored parameters at the learning rate ``shown``, whose loss
    surface is analysed.

    Returns:
        The state holds ``seed<s>.step<n>.<parameter>`` and ``seed<s>.trained_loss``, the loss after the last step in
        double precision; the history has the columns ``step, rate, seed, loss, error``.
    """
    variant, seeds = settings.variant, settings.variant.seeds or settings.seeds
    task = task_of(variant.network, settings.problems, data=data)
    copies = [(rate, seed) for rate in variant.rates for seed in seeds]
    initial = {seed: task.initial(seed) for seed in seeds}
    trajectories = train_copies(
        {name: torch.stack([initial[seed][name] for _, seed in copies]) for name in initial[seeds[0]]},
        Schedule(
            steps=variant.steps,
            optimiser=variant.optimiser,
            record_every=max(1, variant.steps // RECORDS),
            stored_after=settings.analysis.stored_steps(variant.steps),
            vectorised=task.vectorised,
        ),
        loss=task.loss,
        rates=torch.tensor([rate for rate, _ in copies], dtype=torch.float64),
        monitor=lambda parameters: {"loss": task.loss(parameters), "error": task.error(parameters)},
        checkpoint=checkpoint,
    )
    state: Parameters = {}
    for index, (rate, seed) in enumerate(copies):
        if rate == variant.shown:
            for step, parameters in trajectories.stored.items():
                state |= {f"seed{seed}.step{step}.{name}": v.clone() for name, v in copy_of(parameters, index).items()}
            with torch.no_grad():
                loss = task.loss(copy_of(trajectories.parameters, index))
            state[f"seed{seed}.trained_loss"] = loss.double()
    return Trained(state=state, history=_history(trajectories, copies))


def stored_parameters(state: Parameters, *, seed: int, step: int) -> Parameters:
    """Parameters of one seed after one step."""
    return entries_under(state, f"seed{seed}.step{step}.")


def entries_under(named: Parameters, prefix: str) -> Parameters:
    """Entries whose names begin with the prefix, named without it."""
    return {name.removeprefix(prefix): value for name, value in named.items() if name.startswith(prefix)}


def _history(trajectories: Trajectories, copies: list[tuple[float, int]]) -> list[dict[str, Any]]:
    return [
        {"step": record["step"], "rate": rate, "seed": seed, "loss": record["loss"][i], "error": record["error"][i]}
        for record in trajectories.records
        for i, (rate, seed) in enumerate(copies)
    ]
