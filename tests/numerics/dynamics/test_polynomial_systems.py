"""Polynomial systems: monomials, times of divergence."""

import numpy as np

from mlsim.numerics.dynamics.polynomial_systems import monomial_names, monomials, times_of_divergence


def test_monomials_are_those_of_their_names():
    states = np.random.default_rng(0).normal(size=(4, 5, 3))
    values = dict(zip("xyz", np.moveaxis(states, -1, 0), strict=True))
    found = monomials(states, 3)
    names = monomial_names("xyz", 3)
    assert found.shape == (4, 5, len(names))
    assert len(set(names)) == 20
    for name, column in zip(names, np.moveaxis(found, -1, 0), strict=True):
        expression, expected = name.replace("^2", "2").replace("^3", "3"), np.ones((4, 5))
        for place, letter in enumerate(expression):
            if letter in values:
                power = int(expression[place + 1]) if expression[place + 1 : place + 2].isdigit() else 1
                expected = expected * values[letter] ** power
        np.testing.assert_allclose(column, expected, rtol=1e-12)


def test_paths_that_drift_apart_linearly_are_lost_at_the_tolerance():
    speeds = np.array([1.0, 2.0, 0.0])
    drift = (np.stack([speeds * 0.1 * i, 0 * speeds], axis=-1) for i in range(1, 101))
    truth = (np.zeros(2) for _ in range(100))
    found = times_of_divergence(drift, truth, step=0.1, tolerance=0.36, scale=2.0)
    # the last times with an error of at most 0.72, and the end
    np.testing.assert_allclose(found, [0.7, 0.3, 10.0])
