"""The classical baseline: the equation itself, solved on a coarser grid and interpolated."""

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
    if settings.case == "darcy_2d":
        inner = settings.size - 1
        fits = [
            f for f in factors if settings.grid == "node" and inner % f == 0 and inner // f + 1 >= FEWEST["darcy_2d"]
        ]
        return {inner // f + 1: partial(coarse_pressures, factor=f) for f in fits}
    solve = {
        "nlse_1d": partial(coarse_states, interaction=settings.interaction),
        "nlse_2d": partial(coarse_states_2d, interaction=settings.interaction),
        "rte_slab": coarse_fluxes,
    }[settings.case]
    fits = [f for f in factors if settings.size % f == 0 and settings.size // f >= FEWEST[settings.case]]
    return {settings.size // f: partial(solve, factor=f) for f in fits}


def coarse_states(potential: np.ndarray, *, factor: int, interaction: float) -> np.ndarray:
    """Ground states on every ``factor``-th point, interpolated by trigonometric polynomials."""
    coarse = ground_states(potential[:, factor - 1 :: factor].copy(), interaction=interaction)
    return resampled(coarse.state, potential.shape[1])


def coarse_states_2d(potential: np.ndarray, *, factor: int, interaction: float) -> np.ndarray:
    """The same on the square."""
    some = slice(factor - 1, None, factor)
    coarse = ground_states_2d(potential[:, some, some].copy(), interaction=interaction)
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
    given, wanted = (np.linspace(0, 1, n) for n in (coarse.shape[1], permeability.shape[1]))
    for axis in (1, 2):
        coarse = CubicSpline(given, coarse, axis=axis)(wanted)
    return coarse


def operations_per_sample(solver: partial, coefficients: np.ndarray) -> float:
    """Arithmetic operations of a solver that stays in numpy's elementwise functions, sums and transforms."""
    return float(np.mean([counted_operations(solver, one[None]) for one in coefficients]))
