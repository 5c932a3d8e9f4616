"""The one-dimensional Darcy equation."""

import numpy as np
from oracles.formulas import effective_permeability
from scipy.linalg import solve

from mlsim.numerics.flow.darcy_1d import exponential_modes, gaussian_logarithms, line_pressures


def test_pressure_is_positive_and_vanishes_at_the_right_end():
    modes = exponential_modes(256, length=0.15, count=32)
    u = line_pressures(gaussian_logarithms(modes, np.random.default_rng(0).normal(size=(2000, 32))))
    assert u[:, :-1].min() > 0
    assert np.abs(u[:, -1]).max() < 1e-12


def test_quadrature_is_the_solution_of_the_finite_volume_system():
    g = np.random.default_rng(0).normal(size=16)
    n, k = len(g), np.exp(g)
    # unknowns: pressures at the cell boundaries; flux k_i (u_i - u_{i-1}) n through cell i, source 1 between centres
    matrix = np.zeros((n - 1, n - 1))
    for i in range(n - 1):
        matrix[i, i] = (k[i] + k[i + 1]) * n
        if i:
            matrix[i, i - 1] = -k[i] * n
        if i < n - 2:
            matrix[i, i + 1] = -k[i + 1] * n
    reference = solve(matrix, np.full(n - 1, 1 / n))
    np.testing.assert_allclose(line_pressures(g)[:-1], reference, rtol=1e-10)


def test_constant_permeability_has_the_parabola():
    u = line_pressures(np.full(64, np.log(2.0)))
    x = np.arange(1, 65) / 64
    np.testing.assert_allclose(u, x * (1 - x) / 4, atol=1e-14)


def test_effective_permeability_lies_between_the_extremes_and_has_the_lognormal_mean():
    modes = exponential_modes(64, length=0.15, count=16)
    g = gaussian_logarithms(modes, np.random.default_rng(0).normal(size=(20_000, 16)))
    effective = effective_permeability(g)
    assert (effective > np.exp(g.min(axis=1))).all()
    assert (effective < np.exp(g.max(axis=1))).all()
    inverse = 1 / effective
    expected = np.exp(modes.variance / 2).mean()
    assert abs(inverse.mean() - expected) < 4 * inverse.std() / np.sqrt(len(g))


def test_all_modes_give_variance_one_and_the_exponential_covariance():
    modes = exponential_modes(16, length=0.3, count=16)
    covariance = (modes.vectors * modes.values) @ modes.vectors.T
    x = (np.arange(16) + 0.5) / 16
    np.testing.assert_allclose(covariance, np.exp(-np.abs(x[:, None] - x) / 0.3), atol=1e-13)
