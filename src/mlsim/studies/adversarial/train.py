"""Training of one network, or the user's parameters in its place."""

from functools import partial

import numpy as np
import torch
import xarray as xr
from torch import Tensor
from torch.nn import functional

from mlsim.studies.adversarial.classifiers import network, normalisation, stored, unit
from mlsim.studies.adversarial.settings import Network, Run
from mlsim.training.batches import Batches
from mlsim.training.loop import Plan, Trained, fit
from mlsim.training.resume import Checkpoint
from mlsim.training.schedules import one_cycle
from mlsim.training.seeding import numpy_generator

VALIDATIONS, SHIFT = 8, 2


def steps(settings: Network, *, samples: int) -> int:
    """Training steps of all epochs."""
    return settings.epochs * (samples // settings.batch)


def train(settings: Run, *, data: xr.Dataset, seed: int, checkpoint: Checkpoint, device: str) -> Trained:
    """Fit the network to the classes of the training images, mirrored and shifted at random.

    The parameters with the smallest error on the selection images are stored.
    """
    trained, layout = settings.network, torch.channels_last
    net = network(trained, seed=seed).to(device, memory_format=layout)  # pyright: ignore[reportCallIssue]
    images, labels = (values.to(device) for values in stored(data, "train"))
    selection, selection_labels = (values.to(device) for values in stored(data, "selection"))
    batches = Batches(samples=len(images), size=trained.batch, seed=seed)
    mean, deviation = (values.to(device) for values in normalisation(settings.pixels))

    def inputs(chosen: Tensor) -> Tensor:
        return ((unit(chosen) - mean) / deviation).contiguous(memory_format=layout)

    def loss(step: int) -> Tensor:
        chosen = torch.from_numpy(batches.indices(step)).to(device)
        rng = numpy_generator(seed, "augmentation", step)
        return functional.cross_entropy(net(inputs(augmented(images[chosen], rng=rng))), labels[chosen])

    def validate() -> float:
        predictions = torch.cat([net(inputs(part)).argmax(dim=1) for part in selection.split(250)])
        return float((predictions != selection_labels).double().mean())

    plan = Plan(
        steps=steps(trained, samples=len(images)),
        rate=partial(one_cycle, peak=trained.rate, warm_up=0.15, start=0.125, end=0.0),
        validations=VALIDATIONS,
        seed=seed,
    )
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=trained.decay, fused=True)
    return fit(net, plan, loss=loss, validate=validate, optimizer=optimizer, checkpoint=checkpoint)


def augmented(images: Tensor, *, rng: np.random.Generator) -> Tensor:
    """The batch mirrored with probability one half, and shifted cyclically by up to two pixels."""
    images = images.flip(3) if rng.random() < 0.5 else images
    down, right = rng.integers(-SHIFT, SHIFT + 1, size=2).tolist()
    return images.roll((down, right), dims=(2, 3))


def imported(settings: Run, *, weights: dict, seed: int, checkpoint: Checkpoint, device: str) -> Trained:
    """The user's parameters, checked against the network.

    Args:
        settings: of the network.
        weights: state with torchvision's keys.
        seed: unused: nothing is random here.
        checkpoint: unused: nothing is to be resumed.
        device: unused: nothing is computed.

    Raises:
        ValueError: keys or shapes differ from those of the network.
    """
    del seed, checkpoint, device
    state = network(settings.network, seed=0).state_dict()
    # published files are older than these counters, which nothing uses
    counters = {name: value for name, value in state.items() if name.endswith("num_batches_tracked")}
    weights = counters | weights
    for name in sorted(set(state) ^ set(weights)):
        verb = "lacks" if name in state else "holds"
        raise ValueError(f"the file of weights {verb} {name}: it is not a {settings.network.architecture} of this form")
    for name, value in state.items():
        shape, expected = tuple(weights[name].shape), tuple(value.shape)
        if shape != expected:
            allowed = f"the network of width {settings.network.width} has {expected}"
            raise ValueError(f"{name} has the shape {shape} in the file of weights: {allowed}")
    return Trained(state=weights, history=[{"step": 0}])
