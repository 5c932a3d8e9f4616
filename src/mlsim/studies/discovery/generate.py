"""Observations: fields of evolution equations."""

import numpy as np
import xarray as xr

from mlsim.numerics.dynamics.evolution_equations import EVOLUTIONS, solution
from mlsim.studies.discovery.settings import Grid


def generate(settings: Grid) -> xr.Dataset:
    """Clean fields ``(time, unknown, x, ...)``; real and imaginary part of a complex field are on a last axis."""
    equation = EVOLUTIONS[settings.equation]
    times = np.linspace(0.0, settings.time, settings.snapshots)
    fields = solution(equation, points=settings.points, times=times, substeps=settings.substeps)
    axes = ("time", "unknown", "x", "y")[: 2 + equation.dimension]
    if not equation.real:
        fields, axes = np.stack([np.real(fields), np.imag(fields)], axis=-1), (*axes, "part")
    grid = equation.grid(settings.points)
    position = {"units": "1", "long_name": "position"}
    coordinates = {"time": ("time", times, {"units": "1", "long_name": "time"})}
    coordinates |= {axis: (axis, grid, position) for axis in axes[2 : 2 + equation.dimension]}
    about = {"units": "1", "long_name": f"observed fields {', '.join(equation.fields)}"}
    attributes = {"equation": settings.equation, "points": settings.points}
    return xr.Dataset({"field": (axes, fields, about)}, coords=coordinates, attrs=attributes)
