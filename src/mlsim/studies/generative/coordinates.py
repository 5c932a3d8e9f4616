"""Affine coordinates in which a distribution is learned: scaled, or whitened principal components."""

from dataclasses import dataclass

import numpy as np
import xarray as xr
from jaxtyping import Float

from mlsim.studies.generative.settings import Case


@dataclass(frozen=True, kw_only=True, eq=False)
class Coordinates:
    """``z = (x - mean) forward`` and ``x = mean + z backward``."""

    mean: Float[np.ndarray, " dimension"]
    forward: Float[np.ndarray, "dimension components"]
    backward: Float[np.ndarray, "components dimension"]

    def of(self, x: Float[np.ndarray, "*samples dimension"]) -> Float[np.ndarray, "*samples components"]:
        """Coordinates of points."""
        return (x - self.mean) @ self.forward

    def points(self, z: Float[np.ndarray, "*samples components"]) -> Float[np.ndarray, "*samples dimension"]:
        """Points with given coordinates."""
        return self.mean + z @ self.backward


def scaled(x: Float[np.ndarray, "samples dimension"]) -> Coordinates:
    """Every coordinate of the samples with mean zero and standard deviation one."""
    deviation = x.std(axis=0)
    return Coordinates(mean=x.mean(axis=0), forward=np.diag(1 / deviation), backward=np.diag(deviation))


def principal(x: Float[np.ndarray, "samples dimension"], *, components: int) -> Coordinates:
    """Leading principal components, each with standard deviation one; the rest is lost."""
    mean = x.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(x - mean, rowvar=False))
    root, vectors = np.sqrt(values[::-1][:components]), vectors[:, ::-1][:, :components]
    # the sign of an eigenvector is arbitrary: the largest entry is made positive
    largest = np.abs(vectors).argmax(axis=0)
    vectors = vectors * np.sign(vectors[largest, np.arange(components)])
    return Coordinates(mean=mean, forward=vectors / root, backward=(vectors * root).T)


def coordinates_of(name: str, case: Case, data: xr.Dataset) -> Coordinates:
    """Coordinates of a case, from its training part alone."""
    x = part_of(data, name, "train")
    return principal(x, components=case.components) if case.components else scaled(x)


def context_coordinates(name: str, data: xr.Dataset) -> Coordinates | None:
    """Scaled coordinates of the data of an inverse problem, None for other cases."""
    return scaled(part_of(data, name, "train_data")) if f"{name}_train_data" in data else None


def part_of(data: xr.Dataset, name: str, part: str) -> Float[np.ndarray, "samples dimension"]:
    """One part of the data of a case, in double precision."""
    return data[f"{name}_{part}"].values.astype(np.float64)
