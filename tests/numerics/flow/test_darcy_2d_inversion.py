"""Misfit of Darcy's inversion and penalties: gradients, data, closed forms; L-BFGS; sigmoid with a volume."""

import numpy as np
import pytest
from scipy.optimize import rosen, rosen_der

from mlsim.numerics.elasticity.constrained_sigmoid import constrained_sigmoid, constrained_sigmoid_adjoint
from mlsim.numerics.estimation.quasi_newton import minimised
from mlsim.numerics.flow.darcy_2d import Factor, minus_divergence
from mlsim.numerics.flow.darcy_2d_inversion import Misfit, bounded, smoothed_total_variation, sources, tikhonov

NODES, SENSORS = 9, np.array([10, 20, 30, 40, 50, 60, 70])


def random_field(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(NODES, NODES))


def misfit_of(log_k: np.ndarray, *, noise: float, seed: int = 0) -> Misfit:
    exact = Factor(np.exp(log_k)).pressure(sources(NODES)).reshape(3, -1)[:, SENSORS]
    deviation = noise * np.abs(exact).max(axis=1)
    observed = exact + deviation[:, None] * np.random.default_rng(seed).normal(size=exact.shape)
    return Misfit(observed, deviation=deviation, sensors=SENSORS, nodes=NODES)


def central_difference(function, place: np.ndarray, direction: np.ndarray, step: float = 1e-5) -> float:
    return (function(place + step * direction)[0] - function(place - step * direction)[0]) / (2.0 * step)


def test_gradient_of_the_misfit_is_a_central_difference():
    misfit, place = misfit_of(random_field(0), noise=0.05), 0.5 * random_field(1)
    _, gradient = misfit(place)
    for seed in (2, 3):
        direction = random_field(seed)
        # the difference has an error of order 1e-10 relative to third derivatives of the misfit
        expected = central_difference(misfit, place, direction)
        assert float((gradient * direction).sum()) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("penalty", [tikhonov, smoothed_total_variation])
def test_gradient_of_a_penalty_is_a_central_difference(penalty):
    place, direction = random_field(0), random_field(1)
    expected = central_difference(penalty, place, direction)
    assert float((penalty(place)[1] * direction).sum()) == pytest.approx(expected, rel=1e-6)


def test_penalties_of_a_ramp_are_those_of_its_slope():
    ramp = np.add.outer(3.0 * np.arange(5), 4.0 * np.arange(5))
    assert tikhonov(ramp)[0] == pytest.approx(20 * 9 + 20 * 16)
    assert smoothed_total_variation(ramp)[0] == pytest.approx(16 * np.sqrt(25 + 1e-4))


def test_matrix_of_the_equation_is_symmetric_positive_definite():
    k, inner = np.exp(random_field(0)), NODES - 2
    fields = np.zeros((inner**2, NODES, NODES))
    fields[:, 1:-1, 1:-1] = np.eye(inner**2).reshape(-1, inner, inner)
    matrix = minus_divergence(np.broadcast_to(k, fields.shape), fields).reshape(inner**2, -1)
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-9 * matrix.max())
    assert np.linalg.eigvalsh(matrix).min() > 0


def test_truth_has_a_misfit_of_about_one():
    truth = random_field(0)
    values = [misfit_of(truth, noise=0.01, seed=seed)(truth)[0] for seed in range(100)]
    # mean of chi-squared over its 21 degrees of freedom
    assert np.mean(values) == pytest.approx(1.0, abs=4 * np.sqrt(2 / 21 / 100))


def test_bounded_values_stay_between_the_bounds_with_the_right_slope():
    free, step = np.linspace(-30, 30, 64).reshape(8, 8), 1e-6
    value, slope = bounded(free, low=-0.2, high=1.8)
    rounding = 1e-12
    assert -0.2 - rounding <= value.min() < value.max() <= 1.8 + rounding
    difference = (bounded(free + step, low=-0.2, high=1.8)[0] - bounded(free - step, low=-0.2, high=1.8)[0]) / 2 / step
    np.testing.assert_allclose(slope, difference, atol=1e-9)


def test_search_keeps_the_least_value_and_its_budget():
    seen = []

    def watched(x: np.ndarray) -> tuple[float, np.ndarray]:
        seen.append(float(rosen(x)))
        return seen[-1], rosen_der(x)

    found = minimised(watched, np.array([-1.2, 1.0, 2.0]), evaluations=17)
    assert len(seen) == len(found.values) == 17
    np.testing.assert_array_equal(found.values, np.minimum.accumulate(seen))
    assert rosen(found.argument) == min(seen)
    assert minimised(watched, found.argument, evaluations=500).values[-1] < 1e-12


def test_search_forgets_no_least_value_over_one_that_is_no_number():
    calls = 0

    def broken(x: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal calls
        calls += 1
        return (float("nan") if calls == 4 else float(rosen(x))), rosen_der(x)

    found = minimised(broken, np.array([-1.2, 1.0, 2.0]), evaluations=12)
    assert np.isfinite(found.values).all()
    assert (np.diff(found.values) <= 0).all()
    assert rosen(found.argument) == found.values[-1]


def test_search_stops_at_a_value_that_is_enough():
    found = minimised(lambda x: (rosen(x), rosen_der(x)), np.array([-1.2, 1.0]), evaluations=500, enough=0.5)
    assert found.values[-1] <= 0.5 < found.values[-2]


def test_constrained_sigmoid_has_its_weighted_mean_and_keeps_the_order():
    rng = np.random.default_rng(0)
    for mean in (0.1, 0.5, 0.9):
        logits, weights = 20.0 * rng.normal(size=200), rng.uniform(0.5, 1.5, size=200)
        density = constrained_sigmoid(logits, weights=weights, mean=mean)
        assert float(weights @ density / weights.sum()) == pytest.approx(mean, abs=1e-10)
        assert (np.diff(density[np.argsort(logits)]) >= 0).all()


def test_gradient_through_the_constraint_is_a_central_difference():
    rng = np.random.default_rng(0)
    logits, weights, linear, direction = rng.normal(size=(4, 50))
    weights = np.exp(weights)

    def value(s: np.ndarray) -> tuple[float, None]:
        density = constrained_sigmoid(s, weights=weights, mean=0.4)
        return float(linear @ density**2), None

    density = constrained_sigmoid(logits, weights=weights, mean=0.4)
    gradient = constrained_sigmoid_adjoint(density, 2.0 * linear * density, weights=weights)
    assert float(gradient @ direction) == pytest.approx(central_difference(value, logits, direction), rel=1e-6)
    # moving all logits together changes nothing
    assert float(gradient.sum()) == pytest.approx(0.0, abs=1e-12)
