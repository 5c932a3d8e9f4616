"""Training of one network on the first half of the motions."""

import torch
import xarray as xr
from mlsim.studies.oscillator.settings import Run, Variant
from torch import Tensor, nn
from torch.nn import functional

from mlsim.training.loop import Plan, Trained, fit
from mlsim.training.resume import Checkpoint
from mlsim.training.seeding import global_randomness


def train(settings: Run, *, data: xr.Dataset, seed: int, checkpoint: Checkpoint, device: str) -> Trained:
    """Fit one network; here the loss on the training half also selects the parameters that are stored."""
    model = network(settings.variant, seed=seed).to(device)
    start, end = (state.to(device) for state in half(data, training=True))
    rate = settings.training.rate
    return fit(
        model,
        Plan(steps=settings.training.steps, rate=lambda progress: rate, validations=1, seed=seed),
        loss=lambda step: functional.mse_loss(model(start), end),
        validate=lambda: float(functional.mse_loss(model(start), end)),
        optimizer=torch.optim.Adam(model.parameters()),
        checkpoint=checkpoint,
    )


def network(variant: Variant, *, seed: int) -> nn.Module:
    """The variant's network with its initial parameters."""
    with global_randomness(seed, "initial parameters"):
        return nn.Linear(2, 2, bias=variant.bias)


def half(data: xr.Dataset, *, training: bool) -> tuple[Tensor, Tensor]:
    """Starts and ends, one row per motion, of the training half or of the test half."""
    middle = data.sizes["problem"] // 2
    chosen = data.isel(problem=slice(0, middle) if training else slice(middle, None))
    start, end = (torch.from_numpy(chosen[name].values.T).float() for name in ("start", "end"))
    return start, end
