"""Filters against direct sums, multiplier rules against each other and against Kuhn-Tucker."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlsim.numerics.elasticity.density_filters import ConeFilter, cone_weights
from mlsim.numerics.elasticity.optimality import Bisection, Newton, Step
from mlsim.numerics.elasticity.quadrilaterals import Grid

GRID = Grid(columns=6, rows=5)


@pytest.mark.parametrize("radius", [0.5, 1.0, 1.5, 2.4, 3.0])
def test_cone_weights_are_the_direct_double_loop(radius):
    centres = np.array([(x, y) for x in range(6) for y in range(5)], dtype=float)
    distance = np.linalg.norm(centres[:, None] - centres[None], axis=-1)
    np.testing.assert_allclose(cone_weights(GRID, radius=radius).toarray(), np.maximum(0, radius - distance))


def test_sensitivity_filter_is_the_published_quotient():
    rng = np.random.default_rng(0)
    gradient, density = -rng.uniform(size=30), rng.uniform(0, 1, size=30)
    weights = cone_weights(GRID, radius=1.5).toarray()
    expected = [
        sum(weights[i, j] * density[j] * gradient[j] for j in range(30)) / (max(1e-3, density[i]) * weights[i].sum())
        for i in range(30)
    ]
    np.testing.assert_allclose(ConeFilter(GRID, radius=1.5).sensitivity(gradient, density, floor=1e-3), expected)


def test_adjoint_of_the_density_filter_satisfies_its_identity():
    cone, rng = ConeFilter(GRID, radius=2.4), np.random.default_rng(0)
    a, b = rng.normal(size=(2, 30))
    assert cone.mean(a) @ b == pytest.approx(a @ cone.adjoint(b), rel=1e-13)


def test_density_filter_keeps_constants():
    np.testing.assert_allclose(ConeFilter(GRID, radius=2.4).mean(np.full(30, 0.3)), 0.3)


def test_radius_zero_is_refused():
    with pytest.raises(ValueError, match=r"radius is 0\.0"):
        cone_weights(GRID, radius=0.0)


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
