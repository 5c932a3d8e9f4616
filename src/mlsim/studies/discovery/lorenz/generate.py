"""Data of the Lorenz system: one trajectory, its noisy observations, and new initial states of forecasts."""

import numpy as np
import xarray as xr
from scipy.integrate import solve_ivp

from mlsim.numerics.dynamics.lorenz import lorenz_after, lorenz_velocity
from mlsim.studies.discovery.lorenz.settings import Trajectory
from mlsim.training.seeding import numpy_generator

APART = 2.0  # time between two starts
SETTLED = 20.0  # time after which a trajectory is on the attractor
STEP = 0.002
LORENZ_START = (-8.0, 8.0, 27.0)


def generate_lorenz(settings: Trajectory) -> xr.Dataset:
    """States at equal times, to a tolerance of 1e-12."""
    times = np.arange(0.0, settings.time, settings.spacing)
    options = {"method": "DOP853", "t_eval": times, "rtol": 1e-12, "atol": 1e-12}
    motion = solve_ivp(lambda _, state: lorenz_velocity(state), (0.0, times[-1]), LORENZ_START, **options)
    about = {"units": "1", "long_name": "state of the Lorenz system"}
    clock = {"units": "1", "long_name": "time"}
    return xr.Dataset({"state": (("time", "component"), motion.y.T, about)}, coords={"time": ("time", times, clock)})


def noisy_states(data: xr.Dataset, *, percent: float, seed: int) -> np.ndarray:
    """States ``(time, 3)`` with normal noise in percent of the standard deviation of each component."""
    clean = data["state"].values
    rng = numpy_generator(seed, "noise", "lorenz", f"{percent:g}")
    return clean + percent / 100 * clean.std(axis=0) * rng.standard_normal(clean.shape)


def forecast_starts(count: int, *, seed: int) -> np.ndarray:
    """States on the attractor, ``(count, 3)``, of one long trajectory, ``APART`` units of time apart."""
    start = numpy_generator(seed, "forecast starts").normal([0.0, 0.0, 25.0], 5.0)
    state, states = lorenz_after(start, time=SETTLED, step=STEP), []
    for _ in range(count):
        state = lorenz_after(state, time=APART, step=STEP)
        states.append(state)
    return np.stack(states)
