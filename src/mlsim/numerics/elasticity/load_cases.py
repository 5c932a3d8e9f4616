"""Random load cases of topology optimisation, and the test that a load case can be solved.

A rigid plane body moves by two translations and one rotation. Supports fix it exactly when the rows ``[1, 0, -y]`` of
the nodes fixed in x and ``[0, 1, x]`` of the nodes fixed in y have rank three: sparse solvers do not notice when they
do not.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from mlsim.numerics.elasticity.quadrilaterals import Grid
from mlsim.numerics.elasticity.stiffness import Equilibrium

MOST_DRAWS = 100_000


@dataclass(frozen=True, kw_only=True, eq=False)
class LoadCase:
    """Supports, loads and volume of one problem on a grid."""

    fixed_x: Bool[np.ndarray, " nodes"]  # no horizontal displacement
    fixed_y: Bool[np.ndarray, " nodes"]  # no vertical displacement
    load: Float[np.ndarray, " nodes"]  # size of the vertical force on every node, all in one direction
    volume_fraction: float  # fraction of solid material, in (0, 1)


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """Distribution of random load cases."""

    mean_fixed_x: float  # Poisson mean of the number of nodes fixed in x
    mean_fixed_y: float  # Poisson mean of the number of nodes fixed in y
    mean_loads: float  # Poisson mean of the number of loaded nodes
    boundary_factor: float  # weight of a boundary node relative to an inner node
    volume_mean: float  # mean of the normal distribution of the volume fraction
    volume_deviation: float  # its standard deviation
    volume_range: tuple[float, float]  # interval to which the volume fraction is clipped


def node_probabilities(grid: Grid, *, boundary_factor: float) -> Float[np.ndarray, " nodes"]:
    """Probability of every node to be drawn first; boundary nodes have the weight ``boundary_factor``, others one."""
    x, y = grid.node_coordinates.T
    boundary = (x == 0) | (x == grid.columns) | (y == 0) | (y == grid.rows)
    weights = np.where(boundary, boundary_factor, 1.0)
    return weights / weights.sum()


def rigid_motions(case: LoadCase, *, grid: Grid) -> int:
    """Number of rigid motions that the supports leave free, 0 to 3.

    >>> grid = Grid(columns=2, rows=2)
    >>> left = grid.node_coordinates[:, 0] == 0
    >>> corner = np.arange(grid.nodes) == 8
    >>> rigid_motions(LoadCase(fixed_x=left, fixed_y=corner, load=np.ones(9), volume_fraction=0.5), grid=grid)
    0
    >>> rigid_motions(LoadCase(fixed_x=corner, fixed_y=corner, load=np.ones(9), volume_fraction=0.5), grid=grid)
    1
    """
    x, y = grid.node_coordinates.astype(float).T
    one, zero = np.ones(grid.nodes), np.zeros(grid.nodes)
    horizontal = np.stack([one, zero, -y], axis=1)[case.fixed_x]
    vertical = np.stack([zero, one, x], axis=1)[case.fixed_y]
    constraints = np.concatenate([horizontal, vertical])
    return 3 - int(np.linalg.matrix_rank(constraints)) if constraints.size else 3


def well_posed(case: LoadCase, *, grid: Grid) -> bool:
    """Whether the body is fixed and at least one load acts on the body and not on its support alone."""
    return bool((case.load[~case.fixed_y] != 0).any()) and rigid_motions(case, grid=grid) == 0


def draw(distribution: Distribution, *, grid: Grid, rng: np.random.Generator) -> LoadCase:
    """One raw load case, which need not be well posed.

    The three sets of nodes are drawn independently of each other, each without replacement; all loads have unit size.

    Source:
        I. Sosnovik, data generator of arXiv:1709.09578.
    """
    probabilities = node_probabilities(grid, boundary_factor=distribution.boundary_factor)

    def nodes(mean: float) -> Bool[np.ndarray, " nodes"]:
        chosen = np.zeros(grid.nodes, dtype=bool)
        chosen[rng.choice(grid.nodes, size=rng.poisson(mean), replace=False, p=probabilities)] = True
        return chosen

    fixed_x, fixed_y, loaded = (
        nodes(mean) for mean in (distribution.mean_fixed_x, distribution.mean_fixed_y, distribution.mean_loads)
    )
    fraction = rng.normal(distribution.volume_mean, distribution.volume_deviation)
    return LoadCase(
        fixed_x=fixed_x,
        fixed_y=fixed_y,
        load=loaded.astype(float),
        volume_fraction=float(np.clip(fraction, *distribution.volume_range)),
    )


def random_load_case(distribution: Distribution, *, grid: Grid, rng: np.random.Generator) -> LoadCase:
    """The first well-posed one of a sequence of raw load cases.

    Raises:
        ValueError: none of 100,000 raw load cases is well posed; of the published distribution a quarter is.
    """
    for _ in range(MOST_DRAWS):
        case = draw(distribution, grid=grid, rng=rng)
        if well_posed(case, grid=grid):
            return case
    raise ValueError(f"none of {MOST_DRAWS} random load cases is held and loaded: raise the means of {distribution}")


def elastic_equilibrium(case: LoadCase, *, grid: Grid, element_matrix: Float[np.ndarray, "8 8"]) -> Equilibrium:
    """Plane-stress equilibrium of a load case; dofs alternate between horizontal and vertical."""
    fixed = np.stack([case.fixed_x, case.fixed_y], axis=1).ravel()
    force = np.stack([np.zeros(grid.nodes), -case.load], axis=1).ravel()
    return Equilibrium(grid=grid, element_matrix=element_matrix, fixed=fixed, force=force)


def heat_equilibrium(
    cold: Bool[np.ndarray, " nodes"], *, grid: Grid, source: float, element_matrix: Float[np.ndarray, "4 4"]
) -> Equilibrium:
    """Heat conduction from a uniform ``source`` per node to ``cold`` nodes, whose temperature is zero."""
    return Equilibrium(grid=grid, element_matrix=element_matrix, fixed=cold, force=np.full(grid.nodes, source))
