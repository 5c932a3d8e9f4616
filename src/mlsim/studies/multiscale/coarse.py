"""The classical baseline: the equation solved on a coarser grid and interpolated."""

from functools import partial

import numpy as np
from scipy.interpolate import CubicSpline

from mlsim.numerics.differentiation.numpy_operations import counted_operations
from mlsim.numerics.flow.darcy_2d import pressures
from mlsim.numerics.periodic.trigonometric_interpolation import resampled
from mlsim.numerics.waves.radiative_transfer import cell_centres, scalar_fluxes
from mlsim.numerics.waves.schroedinger import ground_states
from mlsim.numerics.waves.schroedinger_2d import ground_states_2d
from mlsim.studies.multiscale.generate import ABSORPTION
from mlsim.studies.multiscale.settings import Data

FEWEST = {"nlse_1d": 8, "nlse_2d": 8, "rte_slab": 8, "darcy_2d": 5}  # points per side of a coarse grid


def coarse_solvers(settings: Data, factors: tuple[int, ...]) -> dict[int, partial]:
    """Solvers by the points per side of their grids, for all factors by which the grid can be coarsened."""
    if settings.grid == "canonical":
        return {}
    solve = {
        "nlse_1d": partial(coarse_states, interaction=settings.interaction),
        "nlse_2d": partial(coarse_states_2d, interaction=settings.interaction),
        "rte_slab": coarse_fluxes,
        "darcy_2d": coarse_pressures,
    }[settings.case]
    ends = int(settings.case == "darcy_2d")  # its nodes include both ends of a side
    points = {f: (settings.size - ends) // f + ends for f in factors if (settings.size - ends) % f == 0}
    return {count: partial(solve, factor=f) for f, count in points.items() if count >= FEWEST[settings.case]}


def coarse_states(potential: np.ndarray, *, factor: int, interaction: float) -> np.ndarray:
    """Ground states on every ``factor``-th point, interpolated by trigonometric polynomials."""
    coarse = ground_states(potential[:, factor - 1 :: factor].copy(), interaction=interaction)
    return resampled(coarse.state, potential.shape[1])


def coarse_states_2d(potential: np.ndarray, *, factor: int, interaction: float) -> np.ndarray:
    """Ground states on every ``factor``-th point of both directions, interpolated by trigonometric polynomials."""
    coarse_points = slice(factor - 1, None, factor)
    coarse = ground_states_2d(potential[:, coarse_points, coarse_points].copy(), interaction=interaction)
    along_last = resampled(coarse.state, potential.shape[2])
    return resampled(along_last.swapaxes(1, 2), potential.shape[1]).swapaxes(1, 2)


def coarse_fluxes(scattering: np.ndarray, *, factor: int) -> np.ndarray:
    """Fluxes for the means over ``factor`` cells, interpolated between the centres by cubic splines."""
    samples, size = scattering.shape
    coarse = scalar_fluxes(scattering.reshape(samples, -1, factor).mean(axis=2), absorption=ABSORPTION)
    return CubicSpline(cell_centres(size // factor), coarse.flux, axis=1)(cell_centres(size))


def coarse_pressures(permeability: np.ndarray, *, factor: int) -> np.ndarray:
    """Pressures on every ``factor``-th node, interpolated by cubic splines."""
    coarse = pressures(permeability[:, ::factor, ::factor].copy()).pressure
    coarse_nodes, nodes = (np.linspace(0, 1, n) for n in (coarse.shape[1], permeability.shape[1]))
    for axis in (1, 2):
        coarse = CubicSpline(coarse_nodes, coarse, axis=axis)(nodes)
    return coarse


def operations_per_sample(solver: partial, coefficients: np.ndarray) -> float:
    """Mean arithmetic operations of a solver made of numpy's elementwise functions, sums and Fourier transforms."""
    return float(np.mean([counted_operations(solver, coefficient[None]) for coefficient in coefficients]))
