"""Assembly and solution of the equilibrium ``K(E) u = f`` of a grid with one modulus per element.

Fixed degrees of freedom are not removed: their rows and columns are zero, their diagonal is one. The structure of the
matrix then depends on the grid alone, so that one precomputed sparse product maps the moduli to the matrix.
"""

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
import scipy.sparse as sp
from jaxtyping import Bool, Float, Int
from scipy.linalg.lapack import dpbtrf, dpbtrs  # pyright: ignore[reportAttributeAccessIssue]

from mlsim.numerics.elasticity.quadrilaterals import Grid


class SingularStiffnessError(ValueError):
    """The structure can move without deforming, or a modulus is not positive."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Equilibrium:
    """What defines ``K(E) u = f`` apart from the moduli ``E``."""

    grid: Grid  # the mesh
    element_matrix: Float[np.ndarray, "element_dofs element_dofs"]  # matrix of one element of unit modulus
    fixed: Bool[np.ndarray, " dofs"]  # fixed degrees of freedom
    force: Float[np.ndarray, " dofs"]  # right-hand side; entries at fixed degrees of freedom are ignored
    dofs: Int[np.ndarray, "elements element_dofs"] = field(init=False)

    def __post_init__(self) -> None:
        per_node = self.element_matrix.shape[0] // 4
        expected = per_node * self.grid.nodes
        if self.fixed.shape != (expected,) or self.force.shape != (expected,):
            raise ValueError(f"fixed and force need {expected} entries, not {self.fixed.size} and {self.force.size}")
        object.__setattr__(self, "dofs", self.grid.element_dofs(dofs_per_node=per_node))
        object.__setattr__(self, "force", np.where(self.fixed, 0.0, self.force))

    def entries(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Rows, columns, elements and coefficients of all matrix entries between free degrees of freedom."""
        size = self.element_matrix.shape[0]
        rows = np.repeat(self.dofs, size, axis=1).ravel()
        columns = np.tile(self.dofs, (1, size)).ravel()
        elements = np.repeat(np.arange(self.grid.elements), size * size)
        coefficients = np.tile(self.element_matrix.ravel(), self.grid.elements)
        free = ~(self.fixed[rows] | self.fixed[columns])
        return rows[free], columns[free], elements[free], coefficients[free]

    def energies(self, displacement: Float[np.ndarray, " dofs"]) -> Float[np.ndarray, " elements"]:
        """Energy products ``u_e^T k u_e`` of all elements at unit modulus."""
        local = displacement[self.dofs]
        return np.einsum("ei,ei->e", local @ self.element_matrix, local)


@runtime_checkable
class Solver(Protocol):
    """Solves one equilibrium for many fields of moduli."""

    def solve(self, moduli: Float[np.ndarray, " elements"]) -> Float[np.ndarray, " dofs"]:
        """Displacement (or temperature) for the given element moduli."""
        ...


class BandSolver:
    """Band Cholesky factorisation by LAPACK, the fastest way on one core for narrow grids."""

    def __init__(self, equilibrium: Equilibrium) -> None:
        self._force = equilibrium.force
        self._fixed = np.flatnonzero(equilibrium.fixed)
        rows, columns, elements, coefficients = equilibrium.entries()
        lower = rows >= columns
        rows, columns = rows[lower], columns[lower]
        dofs = equilibrium.dofs
        self._height = int((dofs.max(axis=1) - dofs.min(axis=1)).max()) + 1
        # position in Fortran-ordered lower band storage: entry (i, j) is at row i - j of column j
        positions = columns * self._height + rows - columns
        self._positions, index = np.unique(positions, return_inverse=True)
        shape = (self._positions.size, equilibrium.grid.elements)
        self._product = sp.csr_array((coefficients[lower], (index, elements[lower])), shape=shape)

    def solve(self, moduli: Float[np.ndarray, " elements"]) -> Float[np.ndarray, " dofs"]:
        """Displacement for the given moduli.

        Raises:
            SingularStiffnessError: the matrix is not positive definite.
        """
        band = np.zeros(self._height * self._force.size)
        band[self._positions] = self._product @ moduli
        band[self._fixed * self._height] = 1.0
        matrix = band.reshape(self._force.size, self._height).T
        factor, info = dpbtrf(matrix, lower=1, overwrite_ab=1)
        if info != 0:
            raise SingularStiffnessError(
                f"the stiffness matrix is not positive definite at degree of freedom {info - 1}"
            )
        solution, _ = dpbtrs(factor, self._force, lower=1)
        return solution
