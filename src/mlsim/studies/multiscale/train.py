"""Training of one network, once per seed."""

from functools import partial

import torch
import xarray as xr
from torch import Tensor
from torch.nn import functional

from mlsim.networks.wrappers.normalised import Normalised
from mlsim.studies.multiscale.generate import Samples, samples_of
from mlsim.studies.multiscale.models import network_of
from mlsim.studies.multiscale.settings import VALIDATIONS, Data, Run, Variant
from mlsim.training.batches import Batches
from mlsim.training.devices import with_cuda_graphs
from mlsim.training.loop import Plan, Trained, fit
from mlsim.training.resume import Checkpoint
from mlsim.training.schedules import half_cosine
from mlsim.training.seeding import torch_generator

MOMENTUM_DECAY = 4e-3  # of NAdam, as in the authors' code
VALIDATED = 250  # samples at a time


def train(settings: Run, *, data: xr.Dataset, checkpoint: Checkpoint, device: str) -> Trained:
    """Fit the network for every seed; the parameters of the smallest validation error are stored.

    The loss is the mean square of the normalised output, in single precision; the validation takes the mean relative
    error, as the table does.
    """
    state: dict[str, Tensor] = {}
    history: list[dict[str, float]] = []
    for seed in settings.variant.seeds:
        trained = _trained_once(settings, data=data, seed=seed, checkpoint=checkpoint.part(f"{seed}"), device=device)
        state |= {f"seed{seed}.{name}": value for name, value in trained.state.items()}
        history += [{"seed": seed, **row} for row in trained.history]
    return Trained(state=state, history=history)


def _trained_once(settings: Run, *, data: xr.Dataset, seed: int, checkpoint: Checkpoint, device: str) -> Trained:
    variant = settings.variant
    samples = training_samples(data, variant)
    model = normalised(variant, settings.data, samples, seed=seed).to(device)
    v, u = (torch.from_numpy(values).to(device) for values in samples)
    v, u = model.inputs(v).float(), model.targets(u).float()
    batch = min(variant.batch, len(v))
    batches = Batches(samples=len(v), size=batch, seed=seed)
    graphed = with_cuda_graphs(model.net, v[:batch])

    def loss(step: int) -> Tensor:
        chosen = torch.from_numpy(batches.indices(step)).to(device)
        return functional.mse_loss(graphed(v[chosen]), u[chosen])

    v_valid, u_valid = (torch.from_numpy(values).to(device) for values in samples_of(data, "validation"))
    return fit(
        model,
        Plan(steps=variant.steps, rate=partial(half_cosine, peak=variant.rate), validations=VALIDATIONS, seed=seed),
        loss=loss,
        validate=lambda: float(mean_relative_error(model, v_valid.float(), u_valid.float())),
        optimizer=torch.optim.NAdam(model.parameters(), momentum_decay=MOMENTUM_DECAY, foreach=True),
        checkpoint=checkpoint,
    )


def training_samples(data: xr.Dataset, variant: Variant) -> Samples:
    """Coefficients and solutions that the variant is trained on."""
    inputs, outputs = samples_of(data, "train")
    count = variant.samples or len(inputs)
    return inputs[:count], outputs[:count]


def normalised(variant: Variant, data: Data, samples: Samples, *, seed: int) -> Normalised:
    """The network with its initial parameters, scaled to the training samples."""
    inputs, outputs = samples
    generator = torch_generator(seed, "initial parameters")
    net = network_of(variant, case=data.case, size=inputs.shape[-1], generator=generator)
    return Normalised(net, scale=float(inputs.mean()), mean=float(outputs.mean()), deviation=float(outputs.std()))


def mean_relative_error(model: Normalised, v: Tensor, u: Tensor) -> Tensor:
    """Mean over samples of the relative error in the Euclidean norm."""
    pairs = zip(v.split(VALIDATED), u.split(VALIDATED), strict=True)
    return torch.cat([relative_errors(model(inputs), outputs) for inputs, outputs in pairs]).mean()


def relative_errors(predicted: Tensor, exact: Tensor) -> Tensor:
    """Relative error of every sample in the Euclidean norm."""
    return (predicted - exact).flatten(1).norm(dim=1) / exact.flatten(1).norm(dim=1)
