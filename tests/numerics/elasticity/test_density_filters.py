"""Filters of densities and sensitivities."""

import numpy as np
import pytest

from mlsim.numerics.elasticity.density_filters import ConeFilter, cone_weights
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
