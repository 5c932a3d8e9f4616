"""Derivatives of samples: exactness on polynomials and waves, at the ends, along any axis."""

import numpy as np
import pytest

from mlsim.numerics.dynamics.data_derivatives import (
    difference_derivative,
    polynomial_derivative,
    polynomial_weights,
    spectral_derivative,
)

X = np.linspace(-1.0, 2.0, 31)
SPACING = X[1] - X[0]


def power(degree: int, order: int) -> np.ndarray:
    """Derivative of ``x^degree``."""
    return np.polynomial.Polynomial.basis(degree).deriv(order)(X) if order else X**degree


# highest degree on which a formula is exact, ends included
@pytest.mark.parametrize(("order", "degree"), [(1, 2), (2, 3), (3, 4), (4, 4), (5, 4)])
def test_differences_are_exact_on_polynomials(order, degree):
    for each in range(degree + 1):
        found = difference_derivative(X**each, spacing=SPACING, order=order, axis=0)
        # rounding of values up to 32 with weights that sum to 100, divided by the power of the spacing
        np.testing.assert_allclose(found, power(each, order), rtol=0, atol=1e-12 / SPACING**order)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_differences_are_of_order_two(order):
    def error(points: int) -> float:
        x = np.linspace(0, 1, points)
        exact = (np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x))[order - 1](x)
        found = difference_derivative(np.sin(x), spacing=x[1], order=order, axis=0)
        return float(np.abs(found - exact).max())

    assert np.log2(error(41) / error(81)) == pytest.approx(2, abs=0.2)


def test_derivatives_of_an_odd_order_change_sign_under_reflection():
    u = np.exp(X)
    for order, sign in ((1, -1), (2, 1), (3, -1)):
        found = difference_derivative(u[::-1], spacing=SPACING, order=order, axis=0)[::-1]
        np.testing.assert_allclose(
            sign * found, difference_derivative(u, spacing=SPACING, order=order, axis=0), rtol=1e-9
        )


def test_fitted_polynomials_are_those_of_numpy():
    rng = np.random.default_rng(0)
    u, degree, width = rng.normal(size=X.size), 4, 6
    for order in (1, 2, 3):
        found = polynomial_derivative(u, spacing=SPACING, order=order, axis=0, degree=degree, width=width)
        for j in range(width, X.size - width):
            window = slice(j - width, j + width)
            fit = np.polynomial.Polynomial.fit(X[window], u[window], degree)
            assert found[j - width] == pytest.approx(fit.deriv(order)(X[j]), rel=1e-9, abs=1e-9)


def test_wider_windows_let_less_noise_through():
    norms = [np.linalg.norm(polynomial_weights(order=2, degree=4, width=width)) for width in (4, 8, 16)]
    # the deviation of a second derivative falls like the width to the power 5/2
    assert np.log2(norms[0] / norms[1]) > 2
    assert np.log2(norms[1] / norms[2]) > 2


def test_derivatives_along_an_axis_leave_the_others_alone():
    u = np.exp(X)[:, None] * np.array([1.0, 2.0])
    for derivative in (
        lambda f, axis: difference_derivative(f, spacing=SPACING, order=1, axis=axis),
        lambda f, axis: polynomial_derivative(f, spacing=SPACING, order=1, axis=axis, degree=3, width=4),
        lambda f, axis: spectral_derivative(f, period=3.1, order=1, axis=axis),
    ):
        np.testing.assert_allclose(derivative(u, 0)[:, 1], 2 * derivative(u[:, 0], 0), rtol=1e-12)
        np.testing.assert_allclose(derivative(u.T, 1), derivative(u, 0).T, rtol=1e-12)


def test_spectral_derivative_of_a_complex_wave():
    x = 2 * np.pi * np.arange(16) / 16
    wave = np.exp(3j * x)
    np.testing.assert_allclose(spectral_derivative(wave, period=2 * np.pi, order=2, axis=0), -9 * wave, atol=1e-12)
