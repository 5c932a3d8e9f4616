"""The Lorenz system of three equations, a model of convection."""

import numpy as np
from jaxtyping import Float

from mlsim.numerics.dynamics.runge_kutta import runge_kutta_path

States = Float[np.ndarray, "*members 3"]


def lorenz_velocity(state: States) -> States:
    """``x' = 10 (y - x), y' = x (28 - z) - y, z' = x y - 8/3 z``.

    Source:
        E. N. Lorenz, Deterministic nonperiodic flow, J. Atmos. Sci. 20 (1963).

    >>> float(np.abs(lorenz_velocity(np.array([72**0.5, 72**0.5, 27.0]))).max()) < 1e-12  # a fixed point
    True
    """
    x, y, z = np.moveaxis(state, -1, 0)
    return np.stack([10 * (y - x), x * (28 - z) - y, x * y - 8 * z / 3], axis=-1)


def lorenz_after(state: States, *, time: float, step: float) -> States:
    """State after ``time`` by the classical Runge-Kutta method in equal steps of at most ``step``."""
    count = max(1, int(np.ceil(time / step - 1e-9)))
    for following in runge_kutta_path(lorenz_velocity, state, step=time / count, count=count):
        state = following
    return state
