"""Difference quotients on functions with known derivatives: orders and exactness."""

import cmath
import math

import pytest

from mlsim.numerics.differentiation.difference_quotients import (
    complex_step_derivative,
    extrapolated_difference,
    forward_difference,
    taylor_slope,
)


def test_complex_step_is_exact_to_rounding():
    def phi(t):
        return cmath.exp(cmath.sin(0.4 + 3 * t))

    assert complex_step_derivative(phi) == pytest.approx(3 * math.cos(0.4) * math.exp(math.sin(0.4)), rel=1e-15)


def test_forward_difference_is_of_first_order():
    # (e^h - 1) / h = 1 + h / 2 + h^2 / 6 + ...
    errors = [forward_difference(math.exp, step=h) - 1 for h in (1e-3, 5e-4)]
    assert errors[0] / errors[1] == pytest.approx(2.0, abs=1e-3)


def test_extrapolated_difference_is_of_sixth_order():
    errors = [abs(extrapolated_difference(math.exp, step=h) - 1) for h in (0.8, 0.4)]
    # the next order, h^2 relative to the first, is a few per cent here
    assert math.log2(errors[0] / errors[1]) == pytest.approx(6.0, abs=0.05)


@pytest.mark.parametrize(("derivative", "order"), [(1.0, 2), (1.001, 1), (0.9, 1)])
def test_remainder_is_of_second_order_for_the_right_derivative_alone(derivative, order):
    # steps so small that even an error of 1e-3 in the derivative outweighs the curvature
    steps = [1e-5 * 2.0**-k for k in range(4)]
    slope = taylor_slope(lambda t: math.exp(t), derivative=derivative, steps=steps)
    assert slope == pytest.approx(order, abs=0.05)
