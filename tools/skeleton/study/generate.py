"""Ends of the oscillator's motion from random starts."""

import numpy as np
import xarray as xr
from mlsim.studies.oscillator.settings import Sampling
from scipy.integrate import solve_ivp

from mlsim.training.seeding import numpy_generator


def generate(settings: Sampling, *, seed: int) -> xr.Dataset:
    """Positions and momenta before and after ``settings.time``, by integration of ``q'' = -q``."""
    start = numpy_generator(seed, "starts").normal(size=(2, settings.starts))
    motion = solve_ivp(_velocity, (0.0, settings.time), start.ravel(), rtol=1e-10, atol=1e-12)
    end = motion.y[:, -1].reshape(start.shape)
    attributes = {"units": "1", "long_name": "position and momentum"}
    states = {"start": start, "end": end}
    variables = {name: (("component", "problem"), state, attributes) for name, state in states.items()}
    return xr.Dataset(variables, attrs={"time": settings.time})


def _velocity(_time: float, state: np.ndarray) -> np.ndarray:
    position, momentum = state.reshape(2, -1)
    return np.concatenate([momentum, -position])
