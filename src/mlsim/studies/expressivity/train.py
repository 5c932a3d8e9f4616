"""Training of one kind of network on all tasks, in all widths, all seeds side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from mlsim.networks.perceptrons.ensembles import clip_members
from mlsim.networks.tensor_networks import Kind, LocalFeatures, TensorClassifier, TensorNetwork, parameters_of_one
from mlsim.studies.expressivity.settings import DIGIT_SIDE, Run, Task
from mlsim.training.batches import Batches
from mlsim.training.loop import Plan, Trained, fit
from mlsim.training.resume import Checkpoint
from mlsim.training.schedules import one_cycle
from mlsim.training.seeding import torch_generator

CLASSES = 10
LARGEST_NORM = 1.0  # of the gradient of one member, beyond which it is clipped


@dataclass(frozen=True, eq=False, kw_only=True)
class Samples:
    """Training or test data of a task.

    Attributes:
        inputs: features of the sites, the same for all members: pixels of patches, or one-hot letters.
        targets: labels, the same for all members, or values of each member's function.
    """

    inputs: Float[Tensor, "samples sites channels"]
    targets: Int[Tensor, " samples"] | Float[Tensor, "members samples"]


def train(settings: Run, *, data: xr.Dataset, checkpoint: Checkpoint, device: str) -> Trained:
    """Fit every width on every task.

    Returns:
        The state holds ``<task>.<width>.<parameter>`` after the last step; validation selects nothing. The history
        has the training loss after the last step; ``task`` is the index of the task.
    """
    state: dict[str, Tensor] = {}
    history: list[dict[str, float]] = []
    for index, (name, task) in enumerate(settings.tasks.items()):
        samples = samples_of(task, data, seeds=settings.seeds, test=False)
        for width in widths_of(settings.variant.network, task, data=data):
            part = f"{name}.{width}"
            model = network(settings.variant.network, task, data=data, width=width, seeds=settings.seeds).to(device)
            trained = _fitted(model, task, samples=samples, seeds=settings.seeds, checkpoint=checkpoint.part(part))
            state |= {f"{part}.{key}": value for key, value in trained.state.items()}
            history += [{"task": index, "width": width, **record} for record in trained.history]
    return Trained(state=state, history=history)


def network(kind: Kind, task: Task, *, data: xr.Dataset, width: int, seeds: Sequence[int]) -> nn.Module:
    """The members, one per seed, with their initial parameters."""
    generators = [torch_generator(seed, "initial parameters", kind, width) for seed in seeds]
    digits = task.data == "digits"
    sites = (DIGIT_SIDE // task.patch) ** 2 if digits else data.sizes[f"{task.data}_site"]
    tensor_network = TensorNetwork(
        kind=kind,
        sites=sites,
        channels=task.channels if digits else data.sizes[f"{task.data}_letter"],
        width=width,
        outputs=CLASSES if digits else 1,
        one_hot=not digits,
        generators=generators,
    )
    if not digits:
        return tensor_network
    features = LocalFeatures(pixels=task.patch**2, channels=task.channels, generators=generators)
    return TensorClassifier(features, tensor_network)


def widths_of(kind: Kind, task: Task, *, data: xr.Dataset) -> list[int]:
    """Widths to train: those of the task, and the one with as many parameters as the reference tensor train."""
    return sorted({*task.widths, matched_width(kind, task, data=data)})


def matched_width(kind: Kind, task: Task, *, data: xr.Dataset) -> int:
    """The smallest width with at least as many parameters as the tensor train of width ``task.matched``."""

    def parameters(kind: Kind, width: int) -> int:
        return parameters_of_one(network(kind, task, data=data, width=width, seeds=(0,)))

    least = parameters("tt", task.matched)
    return next(width for width in count(1) if parameters(kind, width) >= least)


def samples_of(task: Task, data: xr.Dataset, *, seeds: Sequence[int], test: bool) -> Samples:
    """Training or test data of a task, in single precision."""
    if task.data == "digits":
        digits = data.isel(digit=np.flatnonzero(data["is_test"].values == test))
        pixels = torch.from_numpy(digits["image"].values).float()
        return Samples(inputs=patches(pixels, side=task.patch), targets=torch.from_numpy(digits["label"].values))
    name = f"{task.data}_{'test' if test else 'train'}"
    words = torch.from_numpy(data[f"{name}_words"].values.astype(np.int64))
    values = torch.from_numpy(data[f"{name}_values"].sel(draw=list(seeds)).values).float()
    letters = functional.one_hot(words, num_classes=data.sizes[f"{task.data}_letter"]).float()
    return Samples(inputs=letters, targets=values)


def patches(images: Float[Tensor, "images rows columns"], *, side: int) -> Float[Tensor, "images sites pixels"]:
    """Square patches, row by row.

    >>> patches(torch.arange(16.0).reshape(1, 4, 4), side=2)[0, 1].tolist()
    [2.0, 3.0, 6.0, 7.0]
    """
    return functional.unfold(images[:, None], kernel_size=side, stride=side).transpose(1, 2)


def losses(outputs: Float[Tensor, "members batch outputs"], targets: Tensor) -> Float[Tensor, " members"]:
    """Mean loss of each member: cross entropy for labels, squared error for values."""
    if targets.is_floating_point():
        return (outputs[..., 0] - targets).square().mean(dim=1)
    entropies = functional.cross_entropy(outputs.flatten(0, 1), targets.flatten(), reduction="none")
    return entropies.unflatten(0, targets.shape).mean(dim=1)


def _fitted(model: nn.Module, task: Task, *, samples: Samples, seeds: Sequence[int], checkpoint: Checkpoint) -> Trained:
    device = next(model.parameters()).device
    inputs, targets = samples.inputs.to(device), samples.targets.to(device)
    targets = targets.expand(len(seeds), -1)
    batches = [Batches(samples=len(inputs), size=task.batch, seed=seed) for seed in seeds]
    members = torch.arange(len(seeds), device=device)[:, None]

    def loss(step: int) -> Tensor:
        indices = torch.from_numpy(np.stack([batch.indices(step) for batch in batches])).to(device)
        # the gradient of the sum is that of each member's loss, since members share no parameter
        return losses(model(inputs[indices]), targets[members, indices]).sum()

    def training_loss() -> float:
        return float(losses(model(inputs.expand(len(seeds), -1, -1, -1)), targets).mean())

    # fused: one call for all of the many small parameters
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=task.weight_decay, fused=True)
    optimizer.register_step_pre_hook(lambda *_: clip_members(list(model.parameters()), norm=LARGEST_NORM))
    plan = Plan(steps=task.steps, rate=partial(one_cycle, peak=task.rate), validations=1, seed=seeds[0])
    return fit(model, plan, loss=loss, validate=training_loss, optimizer=optimizer, checkpoint=checkpoint)


def restored(model: nn.Module, state: dict[str, Tensor], *, part: str) -> nn.Module:
    """The network of ``part``, ``<task>.<width>``, with its trained parameters."""
    prefix = f"{part}."
    model.load_state_dict({key.removeprefix(prefix): v for key, v in state.items() if key.startswith(prefix)})
    return model.eval()
