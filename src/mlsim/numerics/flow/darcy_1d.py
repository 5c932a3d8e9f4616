"""Flow through a line with lognormal permeability by exact quadrature: ``-(k u')' = 1``, ``u(0) = u(1) = 0``."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Inexact

# complex numbers too, for derivatives by complex steps
Cells = Inexact[np.ndarray, "*samples cells"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Modes:
    """Leading eigenpairs of the covariance of ``g = log k`` at the centres of equal cells."""

    vectors: Float[np.ndarray, "cells modes"]  # orthonormal eigenvectors
    values: Float[np.ndarray, " modes"]  # eigenvalues of the covariance matrix, falling

    @property
    def variance(self) -> Float[np.ndarray, " cells"]:
        """Variance of ``g`` in each cell that these modes have."""
        return self.vectors**2 @ self.values


def exponential_modes(cells: int, *, length: float, count: int) -> Modes:
    """Eigenpairs of ``exp(-|x - x'| / length)`` at ``x_i = (i + 1/2) / cells``.

    >>> float(exponential_modes(8, length=0.2, count=8).variance.round(12).min())
    1.0
    """
    x = cell_centres(cells)
    values, vectors = np.linalg.eigh(np.exp(-np.abs(x[:, None] - x) / length))
    return Modes(vectors=vectors[:, ::-1][:, :count], values=values[::-1][:count])


def gaussian_logarithms(modes: Modes, xi: Inexact[np.ndarray, "*samples modes"]) -> Cells:
    """``g = sum_k sqrt(value_k) xi_k vector_k`` of standard normal coefficients."""
    return (xi * np.sqrt(modes.values)) @ modes.vectors.T


def line_pressures(logarithm: Cells) -> Cells:
    """Pressure at the right end of every cell, with the permeability ``exp(logarithm)`` constant in each.

    ``u_i = sum_{j<=i} (C - x_j) w_j`` with ``w`` and ``C`` of :func:`quadrature`; the flux is ``x - C``. It is positive
    inside by the maximum principle, and zero at the right end.

    >>> line_pressures(np.zeros(4)).tolist()
    [0.09375, 0.125, 0.09375, 0.0]
    """
    x, weight, centre = quadrature(logarithm)
    return np.cumsum((centre - x) * weight, axis=-1)


def quadrature(logarithm: Cells) -> tuple[Float[np.ndarray, " cells"], Cells, Inexact[np.ndarray, "*samples 1"]]:
    """Centres ``x_i`` of n cells, weights ``w_i = exp(-g_i) / n``, and ``C = sum x_i w_i / sum w_i``."""
    x = cell_centres(logarithm.shape[-1])
    weight = np.exp(-logarithm) / len(x)
    return x, weight, np.asarray((weight @ x) / weight.sum(axis=-1))[..., None]


def cell_centres(cells: int) -> Float[np.ndarray, " cells"]:
    """Centres of equal cells of the unit interval.

    >>> cell_centres(2).tolist()
    [0.25, 0.75]
    """
    return (np.arange(cells) + 0.5) / cells
