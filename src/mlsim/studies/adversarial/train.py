"""Training of one network, or the user's parameters in its place."""

from functools import partial

import numpy as np
import torch
import xarray as xr
from torch import Tensor
from torch.nn import functional

from mlsim.studies.adversarial.classifiers import network, stored, unit
from mlsim.studies.adversarial.settings import Network, Run
from mlsim.training.batches import Batches
from mlsim.training.loop import Plan, Trained, fit
from mlsim.training.resume import Checkpoint
from mlsim.training.schedules import one_cycle
from mlsim.training.seeding import numpy_generator

VALIDATIONS, SHIFT = 8, 2


def steps(settings: Network, *, samples: int) -> int:
    """Updates in all epochs."""
    return settings.epochs * (samples // settings.batch)


def train(settings: Run, *, data: xr.Dataset, seed: int, checkpoint: Checkpoint, device: str) -> Trained:
    """Fit the network to the classes of the training images, mirrored and shifted at random.

    The selection images decide which parameters are kept.
    """
    own, layout = settings.network, torch.channels_last
    net = network(own, seed=seed).to(device, memory_format=layout)  # pyright: ignore[reportCallIssue]
    images, labels = (each.to(device) for each in stored(data, "train"))
    held_out, truth = (each.to(device) for each in stored(data, "selection"))
    batches = Batches(samples=len(images), size=own.batch, seed=seed)
    mean, deviation = (torch.tensor(each, device=device)[:, None, None] for each in _of(settings))

    def inputs(chosen: Tensor) -> Tensor:
        return ((unit(chosen) - mean) / deviation).contiguous(memory_format=layout)

    def loss(step: int) -> Tensor:
        chosen = torch.from_numpy(batches.indices(step)).to(device)
        rng = numpy_generator(seed, "augmentation", step)
        return functional.cross_entropy(net(inputs(augmented(images[chosen], rng=rng))), labels[chosen])

    def validate() -> float:
        found = torch.cat([net(inputs(part)).argmax(dim=1) for part in held_out.split(250)])
        return float((found != truth).double().mean())

    plan = Plan(
        steps=steps(own, samples=len(images)),
        rate=partial(one_cycle, peak=own.rate, warm_up=0.15, start=0.125, end=0.0),
        validations=VALIDATIONS,
        seed=seed,
    )
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=own.decay, fused=True)
    return fit(net, plan, loss=loss, validate=validate, optimizer=optimizer, checkpoint=checkpoint)


def augmented(images: Tensor, *, rng: np.random.Generator) -> Tensor:
    """The batch mirrored with probability one half, and moved by up to two pixels, what leaves it coming in again."""
    images = images.flip(3) if rng.random() < 0.5 else images
    down, right = rng.integers(-SHIFT, SHIFT + 1, size=2).tolist()
    return images.roll((down, right), dims=(2, 3))


def imported(settings: Run, *, weights: dict, seed: int, checkpoint: Checkpoint, device: str) -> Trained:
    """The user's parameters, after a look whether they fit the network.

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
    expected = {name: tuple(value.shape) for name, value in state.items()}
    for name in sorted(set(expected) ^ set(weights)):
        what = "lacks" if name in expected else "holds"
        raise ValueError(f"the file of weights {what} {name}: it is not a {settings.network.architecture} of this form")
    for name, shape in expected.items():
        if tuple(weights[name].shape) != shape:
            found = f"has the shape {tuple(weights[name].shape)} in the file of weights"
            raise ValueError(f"{name} {found}: the network of width {settings.network.width} has {shape}")
    return Trained(state=weights, history=[{"step": 0}])


def _of(settings: Run) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return settings.pixels.mean, settings.pixels.deviation
