"""Exponential time differencing."""

import numpy as np

from mlsim.numerics.dynamics.exponential_runge_kutta import etdrk4


def test_step_is_that_of_a_scalar_equation():
    # u' = -3 u + u^2 has the solution of Bernoulli
    advance, u = etdrk4(np.array([-3.0]), lambda v: v**2, step=0.01), np.array([1.0 + 0j])
    for _ in range(100):
        u = advance(u)
    exact = 3 / (1 + 2 * np.exp(3.0))
    # the fourth power of the step is 1e-8
    assert abs(u[0] - exact) < 1e-8
