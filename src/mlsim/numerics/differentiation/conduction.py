"""Stationary heat conduction with variable conductivity: a bar of numbers, and bilinear elements on the square.

Both are ``K(k) u = b`` with zero temperature on the boundary and a unit source, solved by Gaussian elimination without
pivoting, which is stable since K is symmetric and positive definite.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Float, Inexact, Int
from torch import Tensor

from mlsim.numerics.differentiation.tape import Number
from mlsim.numerics.elasticity.quadrilaterals import Grid, conduction_matrix

Matrix = Inexact[Tensor, "n n"]
Vector = Inexact[Tensor, " n"]


def bar_temperatures(conductivity: Sequence[Number], source: Sequence[Number]) -> list[Number]:
    """Temperatures of the inner nodes of a bar, by elimination in the tridiagonal matrix.

    Args:
        conductivity: of each of the cells of length ``h = 1 / cells``.
        source: heat at each of the inner nodes, one fewer than cells; h for a unit source.

    >>> [round(u, 12) for u in bar_temperatures([1.0] * 4, [0.25] * 3)]  # x (1 - x) / 2
    [0.09375, 0.125, 0.09375]
    """
    cells = len(conductivity)
    a = [k * float(cells) for k in conductivity]
    d = [a[i] + a[i + 1] for i in range(cells - 1)]
    b = list(source)
    for i in range(1, cells - 1):
        m = a[i] / d[i - 1]
        d[i] = d[i] - m * a[i]
        b[i] = b[i] + m * b[i - 1]
    u = [b[-1] / d[-1]]
    for i in range(cells - 3, -1, -1):
        u.append((b[i] + a[i + 1] * u[-1]) / d[i])
    return u[::-1]


@dataclass(frozen=True, kw_only=True)
class Plate:
    """The unit square in bilinear elements, with ``side`` x ``side`` inner nodes.

    The ``(side + 1)^2`` elements have one conductivity each.
    """

    side: int

    @property
    def elements(self) -> int:
        """Number of conductivities."""
        return self._grid.elements

    @property
    def unknowns(self) -> int:
        """Number of inner nodes."""
        return self.side**2

    def matrix(self, conductivity: Inexact[Tensor, " elements"]) -> Inexact[Tensor, "unknowns unknowns"]:
        """Dense conduction matrix of the inner nodes."""
        positions, elements, coefficients = self._entries
        entries = conductivity[elements] * coefficients
        flat = torch.zeros(self.unknowns**2, dtype=conductivity.dtype).index_add(0, positions, entries)
        return flat.reshape(self.unknowns, self.unknowns)

    @property
    def source(self) -> Float[Tensor, " unknowns"]:
        """Heat of a unit source at each inner node, the area of an element."""
        return torch.full((self.unknowns,), 1.0 / self.elements, dtype=torch.float64)

    @cached_property
    def _grid(self) -> Grid:
        return Grid(columns=self.side + 1, rows=self.side + 1)

    @cached_property
    def _entries(self) -> tuple[Int[Tensor, " entries"], Int[Tensor, " entries"], Float[Tensor, " entries"]]:
        """Position in the flat matrix, element and coefficient of all element-matrix entries between inner nodes."""
        inner = np.full((self.side + 2, self.side + 2), -1)
        inner[1:-1, 1:-1] = np.arange(self.unknowns).reshape(self.side, self.side)
        nodes = inner.ravel()[self._grid.element_nodes]
        shape = (len(nodes), 4, 4)
        rows, columns = np.broadcast_to(nodes[:, :, None], shape), np.broadcast_to(nodes[:, None, :], shape)
        is_inner = (rows >= 0) & (columns >= 0)
        positions = rows[is_inner] * self.unknowns + columns[is_inner]
        coefficients = np.broadcast_to(conduction_matrix(), shape)[is_inner]
        return torch.from_numpy(positions), torch.from_numpy(np.nonzero(is_inner)[0]), torch.from_numpy(coefficients)


@dataclass(frozen=True, kw_only=True)
class Factors:
    """``K = L U`` with a unit lower triangular L."""

    lower: Matrix
    upper: Matrix

    def solution(self, right: Vector) -> Vector:
        """``K^-1 right`` by two substitutions."""
        forward = torch.linalg.solve_triangular(self.lower, right[:, None], upper=False, unitriangular=True)
        return torch.linalg.solve_triangular(self.upper, forward, upper=True)[:, 0]

    def transposed_solution(self, right: Vector) -> Vector:
        """``K^-T right`` with the same factors."""
        forward = torch.linalg.solve_triangular(self.upper.mT, right[:, None], upper=False)
        return torch.linalg.solve_triangular(self.lower.mT, forward, upper=True, unitriangular=True)[:, 0]


def eliminated(matrix: Matrix) -> Factors:
    """Gaussian elimination without pivoting, one column after the other, ``2 n^3 / 3`` operations to leading order.

    Written so that its reverse sweep is an elimination again: rows and columns are copied, so that the sweep stores
    ``O(n^2)`` numbers only, and the remainder is split instead of indexed, so that no zeros are added.

    >>> factors = eliminated(torch.tensor([[2.0, 1.0], [1.0, 2.0]]))
    >>> factors.lower[1].tolist(), factors.upper[1].tolist()
    ([0.5, 1.0], [0.0, 1.5])
    """
    n = len(matrix)
    lower, upper = [], []
    rest = matrix
    for k in range(n):
        top, below = rest.split([1, n - k - 1])
        column, rest = below.split([1, n - k - 1], dim=1)
        row = top.clone()
        multipliers = column.clone() / row[:, :1]
        rest = rest - multipliers * row[:, 1:]
        upper.append(torch.nn.functional.pad(row[0], (k, 0)))
        lower.append(torch.nn.functional.pad(multipliers[:, 0], (k + 1, 0)))
    identity = torch.eye(n, dtype=matrix.dtype)
    return Factors(lower=torch.stack(lower, dim=1) + identity, upper=torch.stack(upper))


def solved_through_factors(matrix: Matrix, right: Vector) -> Vector:
    """``K^-1 b``, differentiated operation by operation through the elimination and both substitutions."""
    return eliminated(matrix).solution(right)


class _ImplicitSolve(torch.autograd.Function):
    """``K^-1 b`` with the derivative of the implicit function theorem."""

    @staticmethod
    def forward(matrix: Tensor, right: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        factors = eliminated(matrix)
        return factors.solution(right), factors.lower, factors.upper

    @staticmethod
    def setup_context(ctx, inputs, output) -> None:
        solution, lower, upper = output
        ctx.mark_non_differentiable(lower, upper)
        ctx.save_for_backward(solution, lower, upper)

    @staticmethod
    def backward(ctx, *weights):
        solution, lower, upper = ctx.saved_tensors
        adjoint = Factors(lower=lower, upper=upper).transposed_solution(weights[0])
        return (-adjoint)[:, None] * solution[None, :], adjoint


def solved_implicitly(matrix: Matrix, right: Vector) -> Vector:
    """``K^-1 b``, differentiated by ``K^T lambda = dJ/du``: then ``dJ/db = lambda`` and ``dJ/dK = -lambda u^T``.

    The factors of the solution serve the adjoint system as well, so that the derivative costs ``O(n^2)``.
    """
    return _ImplicitSolve.apply(matrix, right)[0]  # pyright: ignore[reportIndexIssue]


def solved_by_library(matrix: Matrix, right: Vector) -> Vector:
    """``K^-1 b`` by LAPACK; its derivative is torch's closed formula for that of the factors, ``O(n^3)`` products."""
    factors, pivots = torch.linalg.lu_factor(matrix)
    return torch.linalg.lu_solve(factors, pivots, right[:, None])[:, 0]
