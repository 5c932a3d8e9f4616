"""Training of one variant on all of its tasks, one after the other."""

from functools import partial

import torch
import xarray as xr
from torch import Tensor, nn
from torch.nn import functional

from mlsim.logs import progress
from mlsim.studies.residual.generate import members
from mlsim.studies.residual.settings import Correction, CorrectionRun, Stack, StackRun
from mlsim.studies.residual.tasks import Task, correction_network, correction_tasks, stack_network, whole_task
from mlsim.training.batches import Batches
from mlsim.training.loop import Plan, Trained, fit
from mlsim.training.resume import Checkpoint
from mlsim.training.schedules import one_cycle


def train(settings: CorrectionRun, *, data: xr.Dataset, seed: int, checkpoint: Checkpoint, device: str) -> Trained:
    """Fit the network to the whole state and to what each coarse solve leaves."""
    tasks = correction_tasks(settings.variant, data)
    nets = {name: correction_network(settings.variant, task, seed=seed, name=name) for name, task in tasks.items()}
    return _fitted(settings.variant, nets, tasks, data=data, seed=seed, checkpoint=checkpoint, device=device)


def train_stack(settings: StackRun, *, data: xr.Dataset, seed: int, checkpoint: Checkpoint, device: str) -> Trained:
    """Fit the network of every depth to the ground state on the coarse grid."""
    variant, task = settings.variant, whole_task(data, ratio=settings.shape.ratio)
    nets = {
        f"depth_{depth}": stack_network(variant, settings.shape, depth=depth, seed=seed) for depth in variant.depths
    }
    tasks = dict.fromkeys(nets, task)
    return _fitted(variant, nets, tasks, data=data, seed=seed, checkpoint=checkpoint, device=device)


def member(state: dict[str, Tensor], name: str) -> dict[str, Tensor]:
    """Parameters of the network of one task or depth."""
    return {key.removeprefix(f"{name}."): value for key, value in state.items() if key.startswith(f"{name}.")}


def _fitted(
    variant: Correction | Stack, nets: dict[str, nn.Module], tasks: dict[str, Task],
    *, data: xr.Dataset, seed: int, checkpoint: Checkpoint, device: str,
) -> Trained:  # fmt: skip
    state: dict[str, Tensor] = {}
    history: list[dict[str, float]] = []
    train_part, held_out = members(data, "train"), members(data, "validation")
    batches = Batches(samples=train_part.stop - train_part.start, size=variant.batch, seed=seed)
    for place, (name, net) in enumerate(progress(nets.items(), total=len(nets), label="networks")):
        net, task = net.to(device), tasks[name]
        inputs, targets = (each[train_part].to(device) for each in (task.inputs, task.targets))

        def loss(step: int, *, net=net, inputs=inputs, targets=targets) -> Tensor:
            chosen = torch.from_numpy(batches.indices(step)).to(inputs.device)
            return functional.mse_loss(net(inputs[chosen]), targets[chosen])

        def validate(*, net=net, task=task) -> float:
            return float(task.errors(net, held_out, device=device).mean())

        trained = fit(
            net,
            Plan(
                steps=variant.steps,
                rate=partial(one_cycle, peak=variant.rate, warm_up=0.0, end=0.0),
                validations=variant.validations,
                seed=seed,
            ),
            loss=loss,
            validate=validate,
            optimizer=torch.optim.NAdam(net.parameters(), momentum_decay=4e-3, foreach=True),
            checkpoint=checkpoint.part(name),
        )
        state |= {f"{name}.{key}": value for key, value in trained.state.items()}
        history += [{"task": place, **row} for row in trained.history]
    return Trained(state=state, history=history)
