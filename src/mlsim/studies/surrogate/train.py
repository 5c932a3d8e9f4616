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
    """Fit every member; its parameters of the lowest validation error are kept in the module's state."""
    variant, runs = settings.variant, runs_of(settings.samples, settings.seeds)
    model = members(variant, side=data.sizes["row"], runs=runs).to(device)
    train_parts = [_single(data, f"train_{seed}", device=device) for _, seed in runs]
    fields, outputs = (torch.stack(each) for each in zip(*train_parts, strict=True))
    held_fields, held_outputs = _single(data, "validation", device=device)
    held_fields = held_fields.expand(len(runs), -1, -1, -1)
    batches = [Batches(samples=size, size=variant.batch, seed=seed) for size, seed in runs]
    places = torch.arange(len(runs), device=device)[:, None]

    def loss(step: int) -> Tensor:
        chosen = torch.from_numpy(np.stack([each.indices(step) for each in batches])).to(device)
        # the sum, since no parameter is shared: each member has the gradient of its own loss
        wrong = model(fields[places, chosen]) - outputs[places, chosen]
        return wrong.square().mean(dim=1).sum()

    def validate() -> float:
        return model.keep((model(held_fields) - held_outputs).square().mean(dim=1).sqrt())

    return fit(
        model,
        Plan(
            steps=variant.steps,
            rate=partial(half_cosine, peak=variant.rate),
            validations=variant.validations,
            seed=settings.seeds[0],
        ),
        loss=loss,
        validate=validate,
        optimizer=torch.optim.Adam(model.parameters(), fused=True),
        checkpoint=checkpoint,
    )


def _single(data: xr.Dataset, name: str, *, device: str) -> tuple[Tensor, Tensor]:
    fields, outputs = part(data, name)
    return fields.float().to(device), outputs.float().to(device)
