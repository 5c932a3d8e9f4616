"""The equilibrium ``K(E) u = f`` by a general sparse solver, with which tests compare the fast ones."""

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float
from scipy.sparse.linalg import spsolve

from mlsim.numerics.elasticity.stiffness import Equilibrium


class SparseSolver:
    """Sparse LU by SuperLU."""

    def __init__(self, equilibrium: Equilibrium) -> None:
        self._equilibrium = equilibrium
        self._entries = equilibrium.entries()

    def solve(self, moduli: Float[np.ndarray, " elements"]) -> Float[np.ndarray, " dofs"]:
        """Displacement for the given moduli."""
        rows, columns, elements, coefficients = self._entries
        fixed = np.flatnonzero(self._equilibrium.fixed)
        values = np.concatenate([coefficients * moduli[elements], np.ones(fixed.size)])
        positions = (np.concatenate([rows, fixed]), np.concatenate([columns, fixed]))
        size = self._equilibrium.force.size
        return np.asarray(spsolve(sp.csc_array((values, positions), shape=(size, size)), self._equilibrium.force))
