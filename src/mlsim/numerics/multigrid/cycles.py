"""Multigrid cycles: matrix-free, batched, and differentiable in their operators, transfers and smoother weights.

A cycle on a level consists of pre-smoothing by sweeps ``x <- x + w D^-1 (b - A x)`` with one weight ``w`` each; the
coarse-grid correction ``x <- x + P e``, where ``e`` comes from ``gamma`` cycles for ``R A P e = R (b - A x)`` on the
next level (``gamma`` = 1 is the V-cycle, 2 the W-cycle); and post-smoothing. The coarsest level is solved directly.

``E`` is the error propagation operator of a cycle: for ``A u = b`` one cycle maps the error ``x - u`` to ``E (x - u)``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi

import torch
from jaxtyping import Float, Int
from torch import Tensor

from mlsim.numerics.multigrid.stencils import (
    Functions,
    Stencil,
    applied,
    coarse_shape,
    diagonal,
    galerkin,
    matrix,
    prolonged,
    restricted,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Transfer:
    """Transfer between two neighbouring levels: stencils of the restriction ``R`` and the prolongation ``P``."""

    restriction: Stencil
    prolongation: Stencil


@dataclass(frozen=True, kw_only=True, eq=False)
class Sweeps:
    """Weights of damped Jacobi on one level, one per sweep."""

    before: Float[Tensor, " sweeps_before"]  # pre-smoothing
    after: Float[Tensor, " sweeps_after"]  # post-smoothing


@dataclass(frozen=True, kw_only=True, eq=False)
class Level:
    """One level and the transfer to the next coarser one."""

    operator: Stencil  # ``A``
    shape: tuple[int, int]  # rows and columns of the grid
    transfer: Transfer


@dataclass(frozen=True, kw_only=True, eq=False)
class Hierarchy:
    """All levels, the finest first, and the LU factors of the operator on the coarsest."""

    levels: tuple[Level, ...]  # without the coarsest
    factors: Float[Tensor, "unknowns unknowns"]
    pivots: Int[Tensor, " unknowns"]

    def solve_coarsest(self, b: Functions) -> Functions:
        """Direct solution on the coarsest level."""
        columns = b.reshape(b.shape[0], -1).T
        return torch.linalg.lu_solve(self.factors, self.pivots, columns).T.reshape(b.shape)


def chebyshev_weights(sweeps: int) -> Float[Tensor, " sweeps"]:
    """Damped-Jacobi weights that minimise the smoothing factor of the 5-point Laplacian.

    The smoothing factor is the largest absolute value of the error polynomial ``prod_k (1 - w_k t)`` for ``t`` in
    [1/2, 2], the eigenvalues of ``D^-1 A`` on high frequencies. It is smallest, ``1 / T_sweeps(5/3)``, where the roots
    ``1 / w_k`` are those of the Chebyshev polynomial of this interval. On fine grids the two-grid convergence factor
    with bilinear transfers equals it for one and two sweeps; for more sweeps it is larger.

    >>> chebyshev_weights(1).tolist()
    [0.8]
    """
    angles = (2 * torch.arange(1, sweeps + 1, dtype=torch.float64) - 1) * (pi / (2 * sweeps))
    return 1.0 / (1.25 + 0.75 * torch.cos(angles))


# the coarsest level is factorised densely: beyond 31 x 31 nodes that would cost more than the cycle
MAX_COARSEST_UNKNOWNS = 31 * 31


def level_shapes(shape: tuple[int, int], *, levels: int) -> list[tuple[int, int]]:
    """Rows and columns of the grids, the finest first.

    There are ``levels`` of them; fewer where a grid of one node per direction is reached before, more where the last
    one would have more than ``MAX_COARSEST_UNKNOWNS`` nodes.

    >>> level_shapes((1, 15), levels=3)
    [(1, 15), (1, 7), (1, 3)]
    >>> level_shapes((255, 255), levels=2)[-1]
    (31, 31)
    """
    shapes = [shape]
    while max(shapes[-1]) > 2 and (len(shapes) < levels or shapes[-1][0] * shapes[-1][1] > MAX_COARSEST_UNKNOWNS):
        rows, columns = shapes[-1]
        shapes.append(((rows - 1) // 2 if rows > 1 else 1, (columns - 1) // 2))
    return shapes


def hierarchy(operator: Stencil, *, shape: tuple[int, int], transfers: Sequence[Transfer]) -> Hierarchy:
    """Levels with Galerkin coarse operators ``R A P``.

    Args:
        operator: stencil on the finest grid.
        shape: rows and columns of the finest grid.
        transfers: one for each pair of neighbouring levels, the finest first; at least one.

    Raises:
        ValueError: no transfer is given, or a grid cannot be coarsened.
    """
    if not transfers:
        raise ValueError("transfers are empty: a hierarchy has at least two levels")
    levels = []
    for transfer in transfers:
        levels.append(Level(operator=operator, shape=shape, transfer=transfer))
        operator = galerkin(transfer.restriction, operator, transfer.prolongation, shape=shape)
        shape = coarse_shape(transfer.prolongation, shape)
    factors, pivots = torch.linalg.lu_factor(matrix(operator, shape=shape))
    return Hierarchy(levels=tuple(levels), factors=factors, pivots=pivots)


def cycle(
    hierarchy: Hierarchy, b: Functions, x: Functions | None = None, *, sweeps: Sequence[Sweeps], gamma: int = 1
) -> Functions:
    """One cycle for ``A x = b``.

    Args:
        hierarchy: all levels.
        b: right-hand sides on the finest grid.
        x: approximate solutions that the cycle improves; None means zero.
        sweeps: smoother weights of each level but the coarsest, the finest first.
        gamma: recursive cycles on the next level per visit of a level; 1: V-cycle, 2: W-cycle.
    """
    return _cycle(hierarchy, b, x, sweeps=sweeps, gamma=gamma, depth=0)


def error_after_cycle(hierarchy: Hierarchy, x: Functions, *, sweeps: Sequence[Sweeps], gamma: int = 1) -> Functions:
    """``E x``, the error left of ``x`` by one cycle; linear in ``x``. Arguments as in :func:`cycle`."""
    return cycle(hierarchy, torch.zeros_like(x), x, sweeps=sweeps, gamma=gamma)


def error_matrix(
    hierarchy: Hierarchy, *, sweeps: Sequence[Sweeps], gamma: int = 1
) -> Float[Tensor, "unknowns unknowns"]:
    """``E`` as a dense matrix, for small grids. Arguments as in :func:`cycle`."""
    shape = hierarchy.levels[0].shape
    unknowns = shape[0] * shape[1]
    unit = torch.eye(unknowns, dtype=torch.float64).reshape(unknowns, *shape)
    return error_after_cycle(hierarchy, unit, sweeps=sweeps, gamma=gamma).reshape(unknowns, unknowns).T


def _cycle(
    hierarchy: Hierarchy, b: Functions, x: Functions | None, *, sweeps: Sequence[Sweeps], gamma: int, depth: int
) -> Functions:
    if depth == len(hierarchy.levels):
        return hierarchy.solve_coarsest(b)
    level = hierarchy.levels[depth]
    x = _smoothed(level.operator, b, x, weights=sweeps[depth].before)
    residual = b if x is None else b - applied(level.operator, x)
    coarse_b = restricted(level.transfer.restriction, residual)
    correction = None
    # one visit of a level that is solved directly is enough
    for _ in range(gamma if depth + 1 < len(hierarchy.levels) else 1):
        correction = _cycle(hierarchy, coarse_b, correction, sweeps=sweeps, gamma=gamma, depth=depth + 1)
    assert correction is not None
    fine = prolonged(level.transfer.prolongation, correction)
    smoothed = _smoothed(level.operator, b, fine if x is None else x + fine, weights=sweeps[depth].after)
    assert smoothed is not None
    return smoothed


def _smoothed(operator: Stencil, b: Functions, x: Functions | None, *, weights: Tensor) -> Functions | None:
    inverse = 1.0 / diagonal(operator)
    for weight in weights:
        x = weight * inverse * b if x is None else x + weight * inverse * (b - applied(operator, x))
    return x
