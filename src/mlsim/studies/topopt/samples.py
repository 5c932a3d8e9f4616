"""What the networks see: features of stopped optimisations, and distributions of the stopping iteration."""

import numpy as np
import torch
import xarray as xr
from jaxtyping import Bool, Float, Int
from torch import Tensor

from mlsim.studies.topopt.generate import DENSITY_LEVELS, PARTS, SENSITIVITY_LEVELS_PER_DECADE
from mlsim.studies.topopt.settings import Variant


class Samples:
    """Problems of one part of a data set as network inputs and targets.

    Args:
        data: histories in stored units.
        gradient: whether the third channel, the filtered sensitivity, is shown.
    """

    def __init__(self, data: xr.Dataset, *, gradient: bool) -> None:
        self._density: np.ndarray = data["density"].values
        self._sensitivity: np.ndarray | None = data["log_sensitivity"].values if gradient else None
        self._target: np.ndarray = data["target"].values
        self.problems, self.iterations = self._density.shape[0], self._density.shape[1] - 1

    def inputs(
        self, problems: Int[np.ndarray, " samples"], iterations: Int[np.ndarray, " samples"]
    ) -> Float[Tensor, "samples channels rows columns"]:
        """Density after so many iterations and its last change; with ``gradient``, decades of the sensitivity."""
        now = self._density[problems, iterations].astype(np.float32) / DENSITY_LEVELS
        before = self._density[problems, iterations - 1].astype(np.float32) / DENSITY_LEVELS
        channels = [now, now - before]
        if self._sensitivity is not None:
            # centred at the mean sensitivity, four decades above the smallest one stored
            decades = self._sensitivity[problems, iterations].astype(np.float32) / SENSITIVITY_LEVELS_PER_DECADE
            channels.append(decades - 4.0)
        return torch.from_numpy(np.stack(channels, axis=1))

    def targets(self, problems: Int[np.ndarray, " samples"]) -> Float[Tensor, "samples rows columns"]:
        """One where the final design is solid, else zero."""
        return torch.from_numpy(self._target[problems].astype(np.float32))


def part(data: xr.Dataset, name: str) -> xr.Dataset:
    """The problems of part ``name`` (test, validation or train), which are contiguous: views, not copies."""
    members = np.flatnonzero(data["part"].values == PARTS.index(name))
    return data.isel(problem=slice(int(members[0]), int(members[-1]) + 1))


def thresholded(data: xr.Dataset, iteration: int) -> Bool[np.ndarray, "problems rows columns"]:
    """Thresholding: density after so many iterations above one half."""
    return data["density"].values[:, iteration] > DENSITY_LEVELS / 2


def drawn_iterations(variant: Variant, *, size: int, rng: np.random.Generator, last: int) -> Int[np.ndarray, " size"]:
    """Iterations at which optimisations are stopped in training, from 1 to ``last``.

    The Poisson distribution is clipped to the interval, as in the released code.
    """
    if variant.sampler == "uniform":
        return rng.integers(1, last + 1, size=size)
    return np.clip(rng.poisson(variant.mean, size=size), 1, last)


def random_symmetries(
    inputs: Float[Tensor, "samples channels rows columns"],
    targets: Float[Tensor, "samples rows columns"],
    *,
    rng: np.random.Generator,
) -> tuple[Float[Tensor, "samples channels rows columns"], Float[Tensor, "samples rows columns"]]:
    """Every sample under a random one of the eight symmetries of the square, inputs and targets alike."""
    images = torch.cat([inputs, targets[:, None]], dim=1)
    flips = rng.integers(0, 2, size=(3, inputs.shape[0])).astype(bool)
    for flip, dim in zip(flips[:2], (-1, -2), strict=True):
        images[flip] = images[flip].flip(dim)
    images[flips[2]] = images[flips[2]].transpose(-1, -2)
    return images[:, :-1], images[:, -1]
