"""Runge-Kutta paths of the Lorenz system."""

import numpy as np
from scipy.integrate import solve_ivp

from mlsim.numerics.dynamics.lorenz import lorenz_after, lorenz_velocity
from mlsim.numerics.dynamics.runge_kutta import runge_kutta_path


def test_paths_are_those_of_lorenz_integrator():
    start = np.array([[1.0, 2.0, 20.0], [-3.0, 1.0, 25.0]])
    *_, last = runge_kutta_path(lorenz_velocity, start, step=0.01, count=50)
    np.testing.assert_allclose(last, lorenz_after(start, time=0.5, step=0.01), rtol=1e-12)


def test_paths_converge_to_those_of_an_independent_integrator_with_order_four():
    start = np.array([1.0, 2.0, 20.0])
    exact = solve_ivp(lambda _, x: lorenz_velocity(x), (0.0, 0.5), start, method="DOP853", rtol=1e-12, atol=1e-12).y[
        :, -1
    ]
    errors = []
    for count in (100, 200):
        *_, last = runge_kutta_path(lorenz_velocity, start, step=0.5 / count, count=count)
        errors.append(np.linalg.norm(last - exact))
    assert 14 < errors[0] / errors[1] < 18
