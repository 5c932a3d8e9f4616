"""A multigrid cycle in use: as an operator for stationary iteration, CG and GMRES, with the iterations it takes."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from scipy.sparse.linalg import LinearOperator, cg, gmres

from mlsim.numerics.multigrid.cycles import Hierarchy, Sweeps, cycle
from mlsim.numerics.multigrid.spectral_radius import linear_map
from mlsim.numerics.multigrid.stencils import applied

Krylov = Literal["stationary", "cg", "gmres"]


def cycle_operator(hierarchy: Hierarchy, *, sweeps: Sequence[Sweeps], gamma: int = 1) -> LinearOperator:
    """One cycle from zero, the approximate inverse ``M``, as an operator of scipy on vectors in row-major order."""
    shape = hierarchy.levels[0].shape

    def apply(b: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            rhs = torch.from_numpy(np.ascontiguousarray(b, dtype=np.float64)).reshape(1, *shape)
            return cycle(hierarchy, rhs, sweeps=sweeps, gamma=gamma).numpy().ravel()

    return linear_map(apply, size=shape[0] * shape[1])


def stencil_operator(hierarchy: Hierarchy) -> LinearOperator:
    """The operator of the finest level on vectors in row-major order."""
    finest = hierarchy.levels[0]

    def apply(x: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            function = torch.from_numpy(np.ascontiguousarray(x, dtype=np.float64)).reshape(1, *finest.shape)
            return applied(finest.operator, function).numpy().ravel()

    return linear_map(apply, size=finest.shape[0] * finest.shape[1])


def iterations(norms: list[float], *, tolerance: float = 1e-10) -> float:
    """Number of iterations of a residual history; NaN where it does not reach the tolerance.

    >>> iterations([1.0, 1e-6, 1e-11]), iterations([1.0, 2.0])
    (2.0, nan)
    """
    # GMRES stops by its recurrence, which may end a rounding error above the tolerance
    return float(len(norms) - 1) if norms[-1] <= 1.01 * tolerance else float("nan")


def asymmetry(operator: LinearOperator, x: Float[np.ndarray, " size"]) -> float:
    """``|<M x, y> - <x, M y>|`` relative to ``||M x|| ||y||``, for ``y`` = ``x`` read backwards and squared."""
    y = x[::-1] ** 2
    image, other = np.asarray(operator @ x), np.asarray(operator @ y)
    return float(abs(image @ y - x @ other) / (np.linalg.norm(image) * np.linalg.norm(y)))


def residual_history(
    operator: LinearOperator,
    preconditioner: LinearOperator,
    b: Float[np.ndarray, " size"],
    *,
    krylov: Krylov,
    tolerance: float = 1e-10,
    most: int = 200,
) -> list[float]:
    """Norms of the residual relative to ``b`` after each iteration, the start included.

    Args:
        operator: ``A``.
        preconditioner: ``M``, an approximate inverse of ``A``.
        b: right-hand side; the start value is zero.
        krylov: ``stationary`` is ``x <- x + M (b - A x)``; ``cg`` needs a symmetric positive definite ``M``; ``gmres``
            is not restarted, and solves ``A M y = b``, ``x = M y``, so that it minimises
            the residual itself; its norms are those of the Arnoldi recurrence.
        tolerance: relative residual at which the iteration ends.
        most: largest number of iterations.
    """
    solve = {"stationary": _stationary, "cg": _cg, "gmres": _gmres}[krylov]
    return solve(operator, preconditioner, b, tolerance, most)


def _stationary(
    operator: LinearOperator, preconditioner: LinearOperator, b: np.ndarray, tolerance: float, most: int
) -> list[float]:
    x, residual, norms = np.zeros_like(b), b, [1.0]
    while norms[-1] > tolerance and len(norms) <= most:
        x = x + preconditioner @ residual
        residual = b - operator @ x
        norms.append(float(np.linalg.norm(residual) / np.linalg.norm(b)))
    return norms


def _cg(
    operator: LinearOperator, preconditioner: LinearOperator, b: np.ndarray, tolerance: float, most: int
) -> list[float]:
    norms = [1.0]

    def record(x: np.ndarray) -> None:
        norms.append(float(np.linalg.norm(b - operator @ x) / np.linalg.norm(b)))

    cg(operator, b, rtol=tolerance, atol=0.0, maxiter=most, M=preconditioner, callback=record)
    return norms


def _gmres(
    operator: LinearOperator, preconditioner: LinearOperator, b: np.ndarray, tolerance: float, most: int
) -> list[float]:
    norms = [1.0]
    right = linear_map(lambda y: np.asarray(operator @ (preconditioner @ y)), size=b.size)
    gmres(
        right, b, rtol=tolerance, atol=0.0, restart=most, maxiter=1,
        callback=lambda norm: norms.append(float(norm)), callback_type="pr_norm",
    )  # fmt: skip
    return norms
