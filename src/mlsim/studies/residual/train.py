"""Training of one variant on all of its tasks, one after the other."""

from functools import partial

import torch
import xarray as xr
from torch import Tensor, nn
from torch.nn import functional

from mlsim.logs import progress
from mlsim.studies.residual.generate import members
from mlsim.studies.residual.settings import CorrectionRun, StackRun, Variant
from mlsim.studies.residual.tasks import Task, correction_network, correction_tasks, stack_network, whole_task
from mlsim.training.batches import Batches
from mlsim.training.loop import Plan, Trained, fit
from mlsim.training.resume import Checkpoint
from mlsim.training.schedules import one_cycle


def train(settings: CorrectionRun, *, data: xr.Dataset, seed: int, checkpoint: Checkpoint, device: str) -> Trained:
    """Fit one network to the whole state and one to the residual of each coarse solve."""
    variant = settings.variant
    networks = {
        name: (task, correction_network(variant, task, seed=seed, name=name))
        for name, task in correction_tasks(variant, data).items()
    }
    return _fit_all(networks, variant, data=data, seed=seed, checkpoint=checkpoint, device=device)


def train_stack(settings: StackRun, *, data: xr.Dataset, seed: int, checkpoint: Checkpoint, device: str) -> Trained:
    """Fit the network of every depth to the ground state on the coarse grid."""
    variant, task = settings.variant, whole_task(data, ratio=settings.shape.ratio)
    networks = {
        f"depth_{depth}": (task, stack_network(variant, settings.shape, depth=depth, seed=seed))
        for depth in variant.depths
    }
    return _fit_all(networks, variant, data=data, seed=seed, checkpoint=checkpoint, device=device)


def member(state: dict[str, Tensor], name: str) -> dict[str, Tensor]:
    """Parameters of the network of one task or depth."""
    return {key.removeprefix(f"{name}."): value for key, value in state.items() if key.startswith(f"{name}.")}


def _fit_all(
    networks: dict[str, tuple[Task, nn.Module]],
    variant: Variant,
    *,
    data: xr.Dataset,
    seed: int,
    checkpoint: Checkpoint,
    device: str,
) -> Trained:
    state: dict[str, Tensor] = {}
    history: list[dict[str, float]] = []
    train_part, validation = members(data, "train"), members(data, "validation")
    batches = Batches(samples=train_part.stop - train_part.start, size=variant.batch, seed=seed)
    plan = Plan(
        steps=variant.steps,
        rate=partial(one_cycle, peak=variant.rate, warm_up=0.0, end=0.0),
        validations=variant.validations,
        seed=seed,
    )
    for index, (name, (task, net)) in enumerate(progress(networks.items(), total=len(networks), label="networks")):
        net = net.to(device)
        inputs, targets = (tensor[train_part].to(device) for tensor in (task.inputs, task.targets))

        def loss(step: int, *, net=net, inputs=inputs, targets=targets) -> Tensor:
            chosen = torch.from_numpy(batches.indices(step)).to(inputs.device)
            return functional.mse_loss(net(inputs[chosen]), targets[chosen])

        def validate(*, net=net, task=task) -> float:
            return float(task.errors(net, validation, device=device).mean())

        trained = fit(
            net,
            plan,
            loss=loss,
            validate=validate,
            optimizer=torch.optim.NAdam(net.parameters(), momentum_decay=4e-3, foreach=True),
            checkpoint=checkpoint.part(name),
        )
        state |= {f"{name}.{key}": value for key, value in trained.state.items()}
        history += [{"task": index, **row} for row in trained.history]
    return Trained(state=state, history=history)
