"""One SIMP iteration at 40 x 40 against the loop that the well-known Python codes run.

The slow loop assembles the stiffness matrix from triplets, removes the fixed degrees of freedom, factorises with a
fresh ``spsolve``, and bisects for the multiplier, as the 165-line Python code of Aage and Johansen does. Both loops
solve the same problem with the same rules; their compliances are compared before any time is printed.
"""

from collections.abc import Callable
from itertools import islice
from time import perf_counter

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import spsolve

from mlsim.numerics.elasticity.density_filters import cone_weights
from mlsim.numerics.elasticity.load_cases import LoadCase, elastic_equilibrium
from mlsim.numerics.elasticity.quadrilaterals import Grid, plane_stress_stiffness
from mlsim.numerics.elasticity.simp import Simp, preset
from mlsim.numerics.elasticity.stiffness import Equilibrium

SIDE, FRACTION, RADIUS, UPDATES, REPEATS = 40, 0.5, 1.5, 20, 5


def half_mbb_beam() -> Equilibrium:
    """The half MBB beam on the square."""
    grid = Grid(columns=SIDE, rows=SIDE)
    x, y = grid.node_coordinates.T
    corner = (x == SIDE) & (y == SIDE)
    load = ((x == 0) & (y == 0)).astype(float)
    case = LoadCase(fixed_x=x == 0, fixed_y=corner, load=load, volume_fraction=FRACTION)
    return elastic_equilibrium(case, grid=grid, element_matrix=plane_stress_stiffness())


def ours(problem: Equilibrium) -> list[float]:
    """Compliances of the first iterates with precomputed assembly and band Cholesky."""
    simp = Simp(problem, filter_radius=RADIUS, rules=preset("top88"))
    start = np.full(problem.grid.elements, FRACTION)
    return [iterate.compliance for iterate in islice(simp.iterates(start), UPDATES)]


def triplets_and_spsolve(problem: Equilibrium) -> list[float]:
    """The same compliances with triplet assembly and a fresh sparse factorisation in every iteration."""
    stiffness, dofs, size = problem.element_matrix, problem.dofs, problem.force.size
    rows, columns = np.kron(dofs, np.ones((8, 1))).ravel(), np.kron(dofs, np.ones((1, 8))).ravel()
    free = np.flatnonzero(~problem.fixed)
    weights = cone_weights(problem.grid, radius=RADIUS)
    sums = np.asarray(weights.sum(axis=1)).ravel()
    x = np.full(problem.grid.elements, FRACTION)
    compliances = []
    for _ in range(UPDATES):
        values = (stiffness.ravel()[None] * (1e-9 + x**3 * (1 - 1e-9))[:, None]).ravel()
        matrix = sp.coo_array((values, (rows, columns)), shape=(size, size)).tocsc()
        displacement = np.zeros(size)
        displacement[free] = np.asarray(spsolve(matrix[free][:, free], problem.force[free]))
        local = displacement[dofs]
        energies = ((local @ stiffness) * local).sum(axis=1)
        compliances.append(float(((1e-9 + x**3 * (1 - 1e-9)) * energies).sum()))
        gradient = -3 * x**2 * (1 - 1e-9) * energies
        filtered = np.asarray(weights @ (x * gradient)) / sums / np.maximum(1e-3, x)
        x = _bisected(x, filtered, volume=FRACTION * x.size)
    return compliances


def _bisected(x: np.ndarray, gradient: np.ndarray, *, volume: float) -> np.ndarray:
    low, high, updated = 0.0, 1e9, x
    while (high - low) / (low + high) > 1e-3:
        middle = (low + high) / 2
        scaled = x * np.sqrt(-gradient / middle)
        updated = np.maximum(0.0, np.maximum(x - 0.2, np.minimum(1.0, np.minimum(x + 0.2, scaled))))
        low, high = (middle, high) if updated.sum() > volume else (low, middle)
    return updated


def seconds(loop: Callable[[Equilibrium], list[float]], problem: Equilibrium) -> float:
    """Seconds of one iteration in one run of the loop."""
    start = perf_counter()
    loop(problem)
    return (perf_counter() - start) / UPDATES


def main() -> None:
    """Print milliseconds per iteration and their ratio."""
    problem = half_mbb_beam()
    np.testing.assert_allclose(ours(problem), triplets_and_spsolve(problem), rtol=1e-9)
    times = [(seconds(ours, problem), seconds(triplets_and_spsolve, problem)) for _ in range(REPEATS)]
    fast, slow = (1e3 * min(column) for column in zip(*times, strict=True))
    print(f"SIMP iteration at {SIDE} x {SIDE}, one core")
    print(f"  triplets and spsolve     {slow:7.2f} ms")
    print(f"  precomputed band Cholesky{fast:7.2f} ms   {slow / fast:.1f} times faster")
