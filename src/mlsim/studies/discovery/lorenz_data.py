"""What all methods see of Lorenz' system: one noisy trajectory, and starts of forecasts that none has seen."""

import numpy as np
import xarray as xr

from mlsim.numerics.lorenz import lorenz_after
from mlsim.training.seeding import numpy_generator

APART = 2.0  # time between two starts
SETTLED = 20.0  # time until a trajectory is on the attractor
STEP = 0.002


def noisy_states(data: xr.Dataset, *, percent: float, seed: int) -> np.ndarray:
    """States ``(time, 3)`` with normal noise in percent of the deviation of each component."""
    clean = data["state"].values
    rng = numpy_generator(seed, "noise", "lorenz", f"{percent:g}")
    return clean + percent / 100 * clean.std(axis=0) * rng.standard_normal(clean.shape)


def forecast_starts(count: int, *, seed: int) -> np.ndarray:
    """States on the attractor, ``(count, 3)``: those of one long trajectory, ``APART`` units of time apart."""
    start = numpy_generator(seed, "forecast starts").normal([0.0, 0.0, 25.0], 5.0)
    state, states = lorenz_after(start, time=SETTLED, step=STEP), []
    for _ in range(count):
        state = lorenz_after(state, time=APART, step=STEP)
        states.append(state)
    return np.stack(states)
