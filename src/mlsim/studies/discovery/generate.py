"""Observations: fields of equations of evolution, and one trajectory of Lorenz' system."""

import numpy as np
import xarray as xr
from scipy.integrate import solve_ivp

from mlsim.numerics.evolution_equations import EVOLUTIONS, solution
from mlsim.numerics.lorenz import lorenz_velocity
from mlsim.studies.discovery.lorenz_settings import Trajectory
from mlsim.studies.discovery.settings import Grid

LORENZ_START = (-8.0, 8.0, 27.0)


def generate(settings: Grid) -> xr.Dataset:
    """Clean fields ``(time, field, x, ...)``; of a complex one the real and the imaginary part on a last axis."""
    equation = EVOLUTIONS[settings.equation]
    times = np.linspace(0.0, settings.time, settings.snapshots)
    fields = solution(equation, points=settings.points, times=times, substeps=settings.substeps)
    axes = ("time", "unknown", "x", "y")[: 2 + equation.dimension]
    if not equation.real:
        fields, axes = np.stack([np.real(fields), np.imag(fields)], axis=-1), (*axes, "part")
    place = {"units": "1", "long_name": "place"}
    grid = equation.grid(settings.points)
    coordinates = {"time": ("time", times, {"units": "1", "long_name": "time"})}
    coordinates |= {axis: (axis, grid, place) for axis in axes[2 : 2 + equation.dimension]}
    about = {"units": "1", "long_name": f"observed fields {', '.join(equation.fields)}"}
    attributes = {"equation": settings.equation, "points": settings.points}
    return xr.Dataset({"field": (axes, fields, about)}, coords=coordinates, attrs=attributes)


def generate_lorenz(settings: Trajectory) -> xr.Dataset:
    """States at equal times, to a tolerance of 1e-12."""
    times = np.arange(0.0, settings.time, settings.spacing)
    motion = solve_ivp(
        lambda _, state: lorenz_velocity(state), (0.0, times[-1]), LORENZ_START,
        method="DOP853", t_eval=times, rtol=1e-12, atol=1e-12,
    )  # fmt: skip
    about = {"units": "1", "long_name": "state of Lorenz' system"}
    clock = {"units": "1", "long_name": "time"}
    return xr.Dataset({"state": (("time", "component"), motion.y.T, about)}, coords={"time": ("time", times, clock)})
