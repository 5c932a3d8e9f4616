"""Cycles of known properties for the tests."""

import torch

from mlsim.numerics.multigrid.cycles import (
    Sweeps,
    Transfer,
    error_matrix,
    hierarchy,
)
from mlsim.numerics.multigrid.spectral_radius import dense_radius
from mlsim.numerics.multigrid.stencils import (
    laplacian,
    linear_interpolation,
)

WEIGHTS = [0.5235, 1.9493, 0.7847, 0.811]


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def sweeps(weights: list[float], *, levels: int) -> list[Sweeps]:
    middle = len(weights) // 2
    each = torch.tensor(weights, dtype=torch.float64)
    return [Sweeps(before=each[:middle], after=each[middle:])] * (levels - 1)


def linear(dimensions: int) -> Transfer:
    interpolation = linear_interpolation(dimensions=dimensions)
    return Transfer(restriction=interpolation / 2**dimensions, prolongation=interpolation)


def poisson(size: int, *, levels: int, dimensions: int = 2):
    shape = (size, size) if dimensions == 2 else (1, size)
    return hierarchy(laplacian(dimensions=dimensions), shape=shape, transfers=[linear(dimensions)] * (levels - 1))


def propagation_radius(levels, weights) -> float:
    return dense_radius(error_matrix(levels, sweeps=weights)).value
