"""Training of one kind of network, all training sizes and seeds side by side."""

from functools import partial

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from mlsim.studies.surrogate.generate import part
from mlsim.studies.surrogate.models import members, runs_of
from mlsim.studies.surrogate.settings import Run
from mlsim.training.batches import Batches
from mlsim.training.loop import Plan, Trained, fit
from mlsim.training.resume import Checkpoint
from mlsim.training.schedules import half_cosine


def train(settings: Run, *, data: xr.Dataset, checkpoint: Checkpoint, device: str) -> Trained:
    """Fit every member; its parameters with the lowest validation error are stored in the module's state."""
    variant, runs = settings.variant, runs_of(settings.samples, settings.seeds)
    model = members(variant, side=data.sizes["row"], runs=runs).to(device)
    training = [_single_precision(data, f"train_{seed}", device=device) for _, seed in runs]
    fields, outputs = (torch.stack(tensors) for tensors in zip(*training, strict=True))
    validation_fields, validation_outputs = _single_precision(data, "validation", device=device)
    validation_fields = validation_fields.expand(len(runs), -1, -1, -1)
    batches = [Batches(samples=size, size=variant.batch, seed=seed) for size, seed in runs]
    member = torch.arange(len(runs), device=device)[:, None]

    def loss(step: int) -> Tensor:
        chosen = torch.from_numpy(np.stack([batch.indices(step) for batch in batches])).to(device)
        # the sum, since no parameter is shared: each member has the gradient of its own loss
        errors = model(fields[member, chosen]) - outputs[member, chosen]
        return errors.square().mean(dim=1).sum()

    def validate() -> float:
        return model.keep((model(validation_fields) - validation_outputs).square().mean(dim=1).sqrt())

    plan = Plan(
        steps=variant.steps,
        rate=partial(half_cosine, peak=variant.rate),
        validations=variant.validations,
        seed=settings.seeds[0],
    )
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    return fit(model, plan, loss=loss, validate=validate, optimizer=optimizer, checkpoint=checkpoint)


def _single_precision(data: xr.Dataset, name: str, *, device: str) -> tuple[Tensor, Tensor]:
    """Fields and outputs of one part."""
    fields, outputs = part(data, name)
    return fields.float().to(device), outputs.float().to(device)
