"""What the networks learn: inputs, base (an approximation known without a network), and truth."""

from dataclasses import dataclass, replace

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float
from torch import Tensor, nn

from mlsim.networks.convolutional.circular_convolutions import CircularConvolutions
from mlsim.networks.multigrid.mgnet import MgNetSteps
from mlsim.networks.perceptrons.dense import Dense
from mlsim.numerics.estimation.relative_errors import relative_errors
from mlsim.numerics.periodic.trigonometric_interpolation import resampled
from mlsim.studies.residual.generate import coarsened, members
from mlsim.studies.residual.settings import Correction, Shape, Stack
from mlsim.training.seeding import torch_generator

# the dilated convolutions of the network ``circular``
CHANNELS, WIDTH, DILATIONS = 16, 7, (1, 2, 4, 8, 16, 1)
CHUNK = 500  # samples per evaluation: their activations stay small
GAINS = {"torch": 1.0, "he": 6**0.5}


@dataclass(frozen=True, kw_only=True, eq=False)
class Task:
    """The truth is ``base + scale y``, and the network learns ``y``: a network that returns zero predicts the base.

    Attributes:
        inputs: of the network, single precision.
        base: approximation that is known without a network, at the points of the truth.
        scale: root mean square of ``truth - base`` over training samples and points.
        truth: ground states.
    """

    inputs: Float[Tensor, "samples ..."]
    base: Float[np.ndarray, "samples points"]
    scale: float
    truth: Float[np.ndarray, "samples points"]

    @property
    def targets(self) -> Float[Tensor, "samples points"]:
        """``y``, single precision."""
        return torch.from_numpy((self.truth - self.base) / self.scale).float()

    def predicted(self, net: nn.Module, chosen: slice, *, device: str = "cpu") -> Float[np.ndarray, "chosen points"]:
        """``base + scale net(inputs)``, the network in single precision, all else in double."""
        with torch.no_grad():
            parts = [net(part.to(device)).cpu() for part in self.inputs[chosen].split(CHUNK)]
        return self.base[chosen] + self.scale * torch.cat(parts).double().numpy()

    def errors(self, net: nn.Module, chosen: slice, *, device: str = "cpu") -> Float[np.ndarray, " chosen"]:
        """``||prediction - truth|| / ||truth||`` per sample."""
        return relative_errors(self.predicted(net, chosen, device=device), self.truth[chosen])


def interpolated(data: xr.Dataset, ratio: int) -> Float[np.ndarray, "samples points"]:
    """``P u_H``: coarse ground states on the fine grid, by trigonometric interpolation."""
    return resampled(data[f"state_{ratio}"].values, data.sizes["point"])


def whole_task(data: xr.Dataset, *, ratio: int = 1) -> Task:
    """The ground state from the potential on one grid; the base is the mean of the training states."""
    potential = coarsened(data["potential"].values, ratio)
    truth = data["state" if ratio == 1 else f"state_{ratio}"].values
    train = members(data, "train")
    base = np.full_like(truth, truth[train].mean())
    return _task(_normalised(potential, train), base, truth, train)


def residual_task(data: xr.Dataset, *, ratio: int) -> Task:
    """The residual of the coarse solve, ``u_h - P u_H``, from the potential; the base is ``P u_H``."""
    train = members(data, "train")
    inputs = _normalised(data["potential"].values, train)
    return _task(inputs, interpolated(data, ratio), data["state"].values, train)


def conditioned_task(data: xr.Dataset, *, ratio: int) -> Task:
    """The whole ground state from the potential and ``P u_H``, two channels; the base is the training mean."""
    whole, train = whole_task(data), members(data, "train")
    coarse = interpolated(data, ratio)
    coarse = torch.from_numpy((coarse - coarse[train].mean()) / coarse[train].std()).float()
    return replace(whole, inputs=torch.stack([whole.inputs, coarse], dim=1))


def correction_tasks(variant: Correction, data: xr.Dataset) -> dict[str, Task]:
    """All tasks of one variant: ``direct_1``, ``residual_<H/h>``, ``conditioned_<H/h>``."""
    tasks = {"direct_1": whole_task(data)}
    tasks |= {f"residual_{ratio}": residual_task(data, ratio=ratio) for ratio in variant.residual}
    return tasks | {f"conditioned_{ratio}": conditioned_task(data, ratio=ratio) for ratio in variant.conditioned}


def correction_network(variant: Correction, task: Task, *, seed: int, name: str) -> nn.Module:
    """The variant's network for one of its tasks, with its initial parameters."""
    generator = torch_generator(seed, "initial parameters", name)
    points = task.truth.shape[1]
    channels = 1 if task.inputs.ndim == 2 else task.inputs.shape[1]
    if variant.network == "dense":
        dense = Dense(widths=(channels * points, points, points, points), generator=generator)
        return dense if channels == 1 else nn.Sequential(nn.Flatten(), dense)
    return CircularConvolutions(
        channels=CHANNELS, width=WIDTH, dilations=DILATIONS, skip=True, inputs=channels, generator=generator
    )


def stack_network(variant: Stack, shape: Shape, *, depth: int, seed: int) -> nn.Module:
    """The variant's network of one depth, with its initial parameters."""
    generator = torch_generator(seed, "initial parameters", f"{variant.network} {depth}")
    gain = depth**-0.5 if variant.initial == "small" else GAINS[variant.initial]
    if variant.network == "mgnet":
        return MgNetSteps(channels=shape.channels, width=shape.width, depth=depth, gain=gain, generator=generator)
    layers, skip = (1,) * depth, variant.network == "skip"
    return CircularConvolutions(
        channels=shape.channels, width=shape.width, dilations=layers, skip=skip, gain=gain, generator=generator
    )


def _normalised(potential: np.ndarray, train: slice) -> Tensor:
    return torch.from_numpy(potential / (2 * potential[train].mean()) - 0.5).float()


def _task(inputs: Tensor, base: np.ndarray, truth: np.ndarray, train: slice) -> Task:
    residual = truth[train] - base[train]
    return Task(inputs=inputs, base=base, scale=float(np.sqrt((residual**2).mean())), truth=truth)
