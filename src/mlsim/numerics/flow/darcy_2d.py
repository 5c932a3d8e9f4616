"""Flow through a porous medium on the unit square: ``-div(a grad u) = f``, ``u = 0`` on the boundary.

Five-point differences, ``a`` on a face being the mean of its two nodes. The matrix is symmetric: the adjoint of the map
from ``f`` to ``u`` is the map itself.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from jaxtyping import Float
from scipy.interpolate import make_interp_spline
from scipy.linalg.lapack import dpbtrf, dpbtrs  # pyright: ignore[reportAttributeAccessIssue]

Grid = Literal["node", "canonical"]
Field = Float[np.ndarray, "nodes nodes"]
Fields = Float[np.ndarray, "samples nodes nodes"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Pressures:
    """Solutions with their residuals."""

    pressure: Float[np.ndarray, "samples nodes nodes"]  # ``u`` where the coefficient was given
    residual: Float[np.ndarray, " samples"]  # norm of ``div(a grad u) + f`` over that of ``f`` at the interior nodes


def grid_points(count: int, *, grid: Grid = "node") -> Float[np.ndarray, " count"]:
    """Coordinates along one side: nodes including both ends, or the centres of ``count`` cells.

    >>> grid_points(3).tolist(), grid_points(2, grid="canonical").tolist()
    ([0.0, 0.5, 1.0], [0.25, 0.75])
    """
    return np.linspace(0, 1, count) if grid == "node" else (np.arange(count) + 0.5) / count


def gaussian_fields(
    samples: int, size: int, *, modes: int | None = None, grid: Grid = "node", rng: np.random.Generator
) -> Fields:
    """Draws from ``N(0, (-Lap + 9)^-2)``, scaled by three, without flow through the boundary and with mean zero.

    ``z = sum_k xi_k 3 (pi^2 |k|^2 + 9)^-1 c_k1(x) c_k2(y)``, ``k != 0``, ``c_0 = 1``, ``c_k(x) = sqrt(2) cos(pi k x)``.
    The same modes and the same generator give the same functions on every grid. ``modes`` is the number of frequencies
    per direction, by default ``size``, that of grid points per side.

    Source:
        Li et al., arXiv:2010.08895, appendix on Darcy flow.
    """
    count = modes or size
    k = np.arange(count)
    decay = 3.0 / (np.pi**2 * (k[:, None] ** 2 + k**2) + 9.0)
    decay[0, 0] = 0.0
    cosines = np.sqrt(2) * np.cos(np.pi * grid_points(size, grid=grid)[:, None] * k)
    cosines[:, 0] = 1.0
    return cosines @ (decay * rng.normal(size=(samples, count, count))) @ cosines.T


def two_phase_coefficients(
    samples: int,
    size: int,
    *,
    values: tuple[float, float] = (3.0, 12.0),
    modes: int | None = None,
    grid: Grid = "node",
    rng: np.random.Generator,
) -> Fields:
    """Coefficients with the second of two values where a Gaussian field is not negative.

    ``values`` are positive; some published data sets have 4 for the first. For the rest see :func:`gaussian_fields`.

    Source:
        Li et al., arXiv:2010.08895, appendix on Darcy flow.
    """
    fields = gaussian_fields(samples, size, modes=modes, grid=grid, rng=rng)
    return np.where(fields >= 0, values[1], values[0])


def pressures(coefficient: Fields, *, source: float | Field | Fields = 1.0, grid: Grid = "node") -> Pressures:
    """Pressures ``u`` of ``-div(a grad u) = f``.

    The canonical data of neural operators are given at the centres of the cells, but solved for at the nodes, and the
    solution is interpolated back by a cubic spline, so that it is not zero at the outermost points. Here the
    coefficient is interpolated linearly to the nodes, since a spline through its jumps has negative values.

    Args:
        coefficient: ``a``, positive.
        source: ``f``, one number, one field, or one field per sample, at the nodes.
        grid: where the coefficient is given and the pressure is wanted.

    Raises:
        ValueError: a coefficient is not positive.
    """
    size = coefficient.shape[-1]
    to_nodes, from_nodes = _transfers(size) if grid == "canonical" else (None, None)
    at_nodes = coefficient if to_nodes is None else to_nodes @ coefficient @ to_nodes.T
    sources = np.broadcast_to(source, coefficient.shape)
    pressure = np.stack([Factor(a).pressure(f) for a, f in zip(at_nodes, sources, strict=True)])
    defect = minus_divergence(at_nodes, pressure) - sources[:, 1:-1, 1:-1]
    residual = _norm(defect) / np.maximum(_norm(sources[:, 1:-1, 1:-1]), np.finfo(float).tiny)
    if from_nodes is not None:
        pressure = from_nodes @ pressure @ from_nodes.T
    return Pressures(pressure=pressure, residual=residual)


class Factor:
    """Band Cholesky factor for one coefficient: many right-hand sides at little cost."""

    def __init__(self, coefficient: Field) -> None:
        """Factorise.

        Raises:
            ValueError: the coefficient is not positive, or there is no interior node.
        """
        if coefficient.shape[0] < 3:
            raise ValueError(f"coefficient has {coefficient.shape[0]} nodes per side: 3 or more are allowed")
        if not (np.isfinite(coefficient).all() and (coefficient > 0).all()):
            raise ValueError("coefficient has entries at the nodes that are not positive")
        self._nodes = coefficient.shape[0]
        inner = self._nodes - 2
        across, along = faces(coefficient)
        band = np.zeros((inner, inner, inner + 1))  # entry (k + d, k) of the matrix is at k, d
        band[:, :, 0] = across[:-1] + across[1:] + along[:, :-1] + along[:, 1:]
        band[:, :-1, 1] = -along[:, 1:-1]
        band[:-1, :, inner] = -across[1:-1]
        self._factor, info = dpbtrf(band.reshape(inner**2, inner + 1).T, lower=1, overwrite_ab=1)
        assert info == 0  # positive coefficients make a positive definite matrix

    def pressure(self, source: Float[np.ndarray, "*sources nodes nodes"]) -> Float[np.ndarray, "*sources nodes nodes"]:
        """Solution for each source ``f`` at the nodes; its values on the boundary do not matter."""
        inner = self._nodes - 2
        right = source[..., 1:-1, 1:-1].reshape(-1, inner**2).T / (self._nodes - 1) ** 2
        solution, _ = dpbtrs(self._factor, right, lower=1)
        pressure = np.zeros(source.shape)
        pressure[..., 1:-1, 1:-1] = solution.T.reshape(*source.shape[:-2], inner, inner)
        return pressure


def faces(
    coefficient: Float[np.ndarray, "*samples nodes nodes"],
) -> tuple[Float[np.ndarray, "*samples between inner"], Float[np.ndarray, "*samples inner between"]]:
    """Coefficient on the faces that interior nodes have across the first index and along the second."""
    across = (coefficient[..., 1:, 1:-1] + coefficient[..., :-1, 1:-1]) / 2
    along = (coefficient[..., 1:-1, 1:] + coefficient[..., 1:-1, :-1]) / 2
    return across, along


def minus_divergence(
    coefficient: Float[np.ndarray, "*samples nodes nodes"], pressure: Float[np.ndarray, "*samples nodes nodes"]
) -> Float[np.ndarray, "*samples inner inner"]:
    """``-div(a grad u)`` at the interior nodes."""
    across, along = faces(coefficient)
    first = np.diff(across * np.diff(pressure[..., 1:-1], axis=-2), axis=-2)
    second = np.diff(along * np.diff(pressure[..., 1:-1, :], axis=-1), axis=-1)
    return -((coefficient.shape[-1] - 1) ** 2) * (first + second)


@cache
def _transfers(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Matrices of linear interpolation from centres to nodes, and of cubic splines from nodes to centres."""
    nodes, centres = grid_points(count), grid_points(count, grid="canonical")
    to_nodes = np.stack([np.interp(nodes, centres, unit) for unit in np.eye(count)], axis=1)
    return to_nodes, make_interp_spline(nodes, np.eye(count), k=3)(centres)


def _norm(fields: np.ndarray) -> np.ndarray:
    return np.sqrt((fields**2).sum(axis=(-2, -1)))
