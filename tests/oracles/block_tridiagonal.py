"""Batched Cholesky factorisation of block-tridiagonal stiffness matrices, for many problems at once on a GPU.

One column of nodes is one block: the matrix of a grid couples a column to itself and its neighbours alone. Problems of
one grid share the pattern and differ in their moduli, supports and forces.
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from mlsim.numerics.elasticity.stiffness import Equilibrium, SingularStiffnessError

CORNERS = 4


class BlockTridiagonalSolver:
    """Solves one equilibrium per problem of a batch.

    Args:
        equilibria: problems on one grid with one element matrix.
        device: where to solve, in double precision: single precision does not resolve a contrast of 1e-9.
    """

    def __init__(self, equilibria: Sequence[Equilibrium], *, device: str | torch.device = "cpu") -> None:
        first = equilibria[0]
        if any(each.grid != first.grid for each in equilibria):
            raise ValueError("equilibria live on different grids: a batch needs one grid")
        if any(not np.array_equal(each.element_matrix, first.element_matrix) for each in equilibria):
            raise ValueError("equilibria have different element matrices: a batch needs one")
        self._blocks = first.grid.columns + 1
        self._width = first.force.size // self._blocks
        self._elements = first.grid.elements
        self._force = torch.as_tensor(np.stack([each.force for each in equilibria]), device=device)
        self._fixed = torch.as_tensor(np.stack([each.fixed for each in equilibria]), device=device)
        self._pattern = [torch.as_tensor(each, device=device) for each in _pattern(first, width=self._width)]

    def solve(self, moduli: Float[Tensor, "problems elements"]) -> Float[Tensor, "problems dofs"]:
        """Displacements for the moduli of every problem.

        Raises:
            SingularStiffnessError: a matrix is not positive definite.
        """
        diagonal, lower = self._assembled(moduli)
        factors, couplings = _factorised(diagonal, lower)
        force = self._force.view(-1, self._blocks, self._width, 1)
        return _substituted(factors, couplings, force).reshape(self._force.shape)

    def _assembled(self, moduli: Tensor) -> tuple[Tensor, Tensor]:
        """Diagonal blocks and blocks below them, rows and columns of fixed dofs replaced by the identity."""
        rows, columns, elements, coefficients = self._pattern
        padded = torch.nn.functional.pad(moduli, (0, 1))
        values = (padded[:, elements] * coefficients).sum(dim=-1)
        values = values * ~(self._fixed[:, rows] | self._fixed[:, columns])
        blocks, width = self._blocks, self._width
        row_block, column_block = rows // width, columns // width
        inside = row_block == column_block
        diagonal = moduli.new_zeros(moduli.shape[0], blocks, width, width)
        lower = moduli.new_zeros(moduli.shape[0], blocks - 1, width, width)
        row, column = rows % width, columns % width
        diagonal[:, row_block[inside], row[inside], column[inside]] = values[:, inside]
        below = ~inside
        lower[:, column_block[below], row[below], column[below]] = values[:, below]
        diagonal.diagonal(dim1=-2, dim2=-1).add_(self._fixed.view(-1, blocks, width).to(moduli.dtype))
        return diagonal, lower


class TorchSolver:
    """The batched solver for one problem in numpy, with the interface of the other solvers."""

    def __init__(self, equilibrium: Equilibrium, *, device: str | torch.device = "cpu") -> None:
        self._solver = BlockTridiagonalSolver([equilibrium], device=device)
        self._device = device

    def solve(self, moduli: Float[np.ndarray, " elements"]) -> Float[np.ndarray, " dofs"]:
        """Displacement for the given moduli."""
        return self._solver.solve(torch.as_tensor(moduli, device=self._device)[None])[0].cpu().numpy()


def _pattern(equilibrium: Equilibrium, *, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rows and columns of the entries on and below the diagonal blocks, and the elements that add to each entry.

    An entry receives from four elements at most; missing ones point to a modulus of zero behind the last element. So
    the sum of an entry has a fixed order, on a GPU too.
    """
    size = equilibrium.element_matrix.shape[0]
    rows = np.repeat(equilibrium.dofs, size, axis=1).ravel()
    columns = np.tile(equilibrium.dofs, (1, size)).ravel()
    elements = np.repeat(np.arange(equilibrium.grid.elements), size * size)
    coefficients = np.tile(equilibrium.element_matrix.ravel(), equilibrium.grid.elements)
    kept = rows // width >= columns // width
    keys = rows[kept] * equilibrium.force.size + columns[kept]
    order = np.argsort(keys, kind="stable")
    unique, starts, counts = np.unique(keys[order], return_index=True, return_counts=True)
    entry = np.repeat(np.arange(unique.size), counts)
    slot = np.arange(entry.size) - np.repeat(starts, counts)
    contributors = np.full((unique.size, CORNERS), equilibrium.grid.elements)
    weights = np.zeros((unique.size, CORNERS))
    contributors[entry, slot] = elements[kept][order]
    weights[entry, slot] = coefficients[kept][order]
    return *np.divmod(unique, equilibrium.force.size), contributors, weights


def _factorised(diagonal: Tensor, lower: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    """Block Cholesky: ``L_i L_i^T = D_i - C_i C_i^T`` with ``C_i = B_i L_{i-1}^{-T}``."""
    factors: list[Tensor] = []
    couplings: list[Tensor] = []
    for block in range(diagonal.shape[1]):
        remainder = diagonal[:, block]
        if block:
            coupling = torch.linalg.solve_triangular(factors[-1].mT, lower[:, block - 1], upper=True, left=False)
            couplings.append(coupling)
            remainder = remainder - coupling @ coupling.mT
        factor, info = torch.linalg.cholesky_ex(remainder)
        if bool(info.any()):
            problem = int(info.nonzero()[0, 0])
            raise SingularStiffnessError(f"the stiffness matrix of problem {problem} is not positive definite")
        factors.append(factor)
    return factors, couplings


def _substituted(factors: list[Tensor], couplings: list[Tensor], force: Tensor) -> Tensor:
    """Forward and backward substitution."""
    forward: list[Tensor] = []
    for block, factor in enumerate(factors):
        right = force[:, block] - (couplings[block - 1] @ forward[-1] if block else 0.0)
        forward.append(torch.linalg.solve_triangular(factor, right, upper=False))
    solution: list[Tensor] = []
    for block in reversed(range(len(factors))):
        right = forward[block] - (couplings[block].mT @ solution[-1] if solution else 0.0)
        solution.append(torch.linalg.solve_triangular(factors[block].mT, right, upper=True))
    return torch.stack(solution[::-1], dim=1)
