"""Algebraic multigrid by pyamg: a baseline, and a hierarchy for learned smoother weights."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float
from scipy.sparse.linalg import LinearOperator

from mlsim.numerics.multigrid.spectral_radius import linear_map

if TYPE_CHECKING:
    from pyamg.multilevel import MultilevelSolver


def poisson_matrix(size: int) -> sp.csr_array:
    """The 5-point Laplacian on ``size x size`` interior nodes, without ``1/h^2``, nodes in row-major order.

    >>> poisson_matrix(2).toarray()[0].tolist()
    [4.0, -1.0, -1.0, 0.0]
    """
    line = sp.diags_array([-1.0, 2.0, -1.0], offsets=[-1, 0, 1], shape=(size, size))  # pyright: ignore[reportArgumentType]
    unit = sp.eye_array(size)
    return sp.csr_array(sp.kron(line, unit) + sp.kron(unit, line))


def ruge_stuben(matrix: sp.csr_array, *, omega: float, scaled: bool, levels: int) -> "MultilevelSolver":
    """Classical algebraic multigrid with two sweeps of damped Jacobi before and after.

    Args:
        matrix: symmetric positive definite.
        omega: damping.
        scaled: pyamg's default ``withrho=True`` divides ``omega`` by an estimate of the spectral radius of ``D^-1 A``,
            about two here. The estimate draws from numpy's global random state.
        levels: most levels.
    """
    from pyamg import ruge_stuben_solver

    # with few levels the coarsest one is large, and pyamg's default for it, a pseudo-inverse, takes minutes
    smoother = ("jacobi", {"omega": omega, "iterations": 2, "withrho": scaled})
    return ruge_stuben_solver(
        sp.csr_matrix(matrix),
        max_levels=levels,
        max_coarse=1,
        presmoother=smoother,
        postsmoother=smoother,
        coarse_solver="splu",
    )


def standard_solver(matrix: sp.csr_array, *, kind: str) -> "MultilevelSolver":
    """pyamg with its defaults: ``ruge_stuben`` or ``smoothed_aggregation``, symmetric Gauss-Seidel V(1,1)."""
    from pyamg import ruge_stuben_solver, smoothed_aggregation_solver

    solvers = {"ruge_stuben": ruge_stuben_solver, "smoothed_aggregation": smoothed_aggregation_solver}
    return solvers[kind](sp.csr_matrix(matrix))


def with_sweep_weights(
    solver: "MultilevelSolver",
    before: Sequence[Float[np.ndarray, " sweeps_before"]],
    after: Sequence[Float[np.ndarray, " sweeps_after"]],
) -> "MultilevelSolver":
    """Put damped Jacobi with one weight per sweep on the levels of a pyamg hierarchy, which is changed in place.

    ``before`` and ``after`` are the weights of the sweeps before and after the coarse correction, from the finest level
    on; where there are more levels than entries the last entry is repeated.
    """
    for depth, level in enumerate(solver.levels[:-1]):
        level.presmoother = _jacobi(before[min(depth, len(before) - 1)])
        level.postsmoother = _jacobi(after[min(depth, len(after) - 1)])
    return solver


def cycle_of(solver: "MultilevelSolver") -> LinearOperator:
    """One V-cycle from zero as an operator of scipy."""
    size = solver.levels[0].A.shape[0]
    return linear_map(lambda b: np.asarray(solver.solve(np.ravel(b), maxiter=1, tol=1e-300, cycle="V")), size=size)


def _jacobi(weights: Float[np.ndarray, " sweeps"]) -> Any:
    """A smoother in pyamg's form, which changes ``x`` in place."""

    def smooth(matrix: Any, x: np.ndarray, b: np.ndarray) -> None:
        inverse = 1.0 / matrix.diagonal()
        for weight in weights:
            x += weight * inverse * (b - matrix @ x)

    return smooth
