"""The classical load cases of topology optimisation, shared by the tests."""

import numpy as np

from mlsim.numerics.elasticity.quadrilaterals import Grid, conduction_matrix, plane_stress_stiffness
from mlsim.numerics.elasticity.stiffness import Equilibrium


def half_mbb_beam(columns: int, rows: int) -> Equilibrium:
    """Load at the upper left corner, symmetry on the left, roller at the lower right corner."""
    grid = Grid(columns=columns, rows=rows)
    fixed = np.zeros(2 * grid.nodes, dtype=bool)
    fixed[0 : 2 * (rows + 1) : 2] = True
    fixed[-1] = True
    force = np.zeros(2 * grid.nodes)
    force[1] = -1.0
    return Equilibrium(grid=grid, element_matrix=plane_stress_stiffness(), fixed=fixed, force=force)


def cantilever(columns: int, rows: int) -> Equilibrium:
    """Clamped on the left, loaded at the lower right corner."""
    grid = Grid(columns=columns, rows=rows)
    fixed = np.zeros(2 * grid.nodes, dtype=bool)
    fixed[: 2 * (rows + 1)] = True
    force = np.zeros(2 * grid.nodes)
    force[-1] = -1.0
    return Equilibrium(grid=grid, element_matrix=plane_stress_stiffness(), fixed=fixed, force=force)


def heat_sink(side: int) -> Equilibrium:
    """Uniform source, cold in the middle of the left side."""
    grid = Grid(columns=side, rows=side)
    fixed = np.zeros(grid.nodes, dtype=bool)
    middle, reach = side // 2, side // 20
    fixed[middle - reach : middle + reach + 1] = True
    return Equilibrium(grid=grid, element_matrix=conduction_matrix(), fixed=fixed, force=np.full(grid.nodes, 0.01))
