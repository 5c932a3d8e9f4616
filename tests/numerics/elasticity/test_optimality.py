"""Updates by optimality criteria."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlsim.numerics.elasticity.optimality import Bisection, Newton, Step


def _step(gradient, density):
    lower, upper = np.maximum(1e-3, density - 0.2), np.minimum(1.0, density + 0.2)
    return Step(scale=density * np.sqrt(gradient), lower=lower, upper=upper)


@given(
    gradient=arrays(float, 30, elements=st.floats(1e-8, 1e8)),
    density=arrays(float, 30, elements=st.floats(1e-3, 1.0)),
)
def test_newton_meets_the_volume_and_agrees_with_a_long_bisection(gradient, density):
    step, target = _step(gradient, density), float(density.sum())
    newton = Newton()(step, lambda x: float(x.sum()), target=target)
    # the lower bound of the multiplier is the one at which all densities reach their upper bounds
    assert newton.sum() == pytest.approx(target, abs=1e-9)
    bisected = Bisection(upper=1e20, tolerance=1e-14)(step, lambda x: float(x.sum()), target=target)
    np.testing.assert_allclose(newton, bisected, atol=1e-7)


def test_free_densities_share_one_multiplier():
    rng = np.random.default_rng(0)
    gradient, density = rng.uniform(0.5, 2.0, 30), rng.uniform(0.3, 0.7, 30)
    step = _step(gradient, density)
    updated = Newton()(step, lambda x: float(x.sum()), target=float(density.sum()))
    free = (updated > step.lower) & (updated < step.upper)
    multipliers = gradient[free] * (density[free] / updated[free]) ** 2
    assert free.sum() > 5
    assert np.ptp(multipliers) / multipliers.mean() < 1e-10


@pytest.mark.parametrize(
    "rule", [Bisection(upper=1e9, tolerance=1e-3), Bisection(upper=1e5, tolerance=1e-4, relative=False)]
)
def test_bisection_meets_the_volume_up_to_its_tolerance(rule):
    rng = np.random.default_rng(0)
    density = rng.uniform(0.3, 0.7, 30)
    step, target = _step(rng.uniform(0.5, 2.0, 30), density), float(density.sum())
    updated = rule(step, lambda x: float(x.sum()), target=target)
    # the volume goes as lambda**(-1/2): half the relative length of the interval (twice the sum of its ends) at most
    assert updated.sum() == pytest.approx(target, rel=rule.tolerance)


def test_volume_of_heat_runs_is_met_whatever_the_size_of_the_source():
    # the absolute tolerance of the classical rule is right for one size of the multiplier alone
    density, errors = np.random.default_rng(0).uniform(0.3, 0.7, 30), {}
    for rule in (Newton(), Bisection(upper=1e5, tolerance=1e-4, relative=False)):
        for source in (1e-2, 1e-4):
            step = _step(source**2 * np.random.default_rng(1).uniform(0.5, 2.0, 30), density)
            updated = rule(step, lambda x: float(x.sum()), target=float(density.sum()))
            errors[type(rule).__name__, source] = abs(updated.mean() - density.mean())
    assert errors["Newton", 1e-2] < 1e-9
    assert errors["Newton", 1e-4] < 1e-9
    assert errors["Bisection", 1e-4] > 1e-3
