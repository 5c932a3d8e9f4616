"""Bilinear elements."""

import numpy as np

from mlsim.numerics.elasticity.quadrilaterals import plane_stress_stiffness


def test_plane_stress_stiffness_is_the_integral_over_the_shape_functions():
    # 2 x 2 Gauss points integrate bilinear elements exactly
    nu, points = 0.3, (np.array([-1.0, 1.0]) / np.sqrt(3) + 1) / 2
    material = np.array([[1, nu, 0], [nu, 1, 0], [0, 0, (1 - nu) / 2]]) / (1 - nu**2)
    exact = np.zeros((8, 8))
    for x in points:
        for y in points:
            dx, dy = np.array([-(1 - y), 1 - y, y, -y]), np.array([-(1 - x), -x, x, 1 - x])
            strain = np.zeros((3, 8))
            strain[0, ::2], strain[1, 1::2], strain[2, ::2], strain[2, 1::2] = dx, dy, dy, dx
            exact += strain.T @ material @ strain / 4
    np.testing.assert_allclose(plane_stress_stiffness(poisson_ratio=nu), exact, atol=1e-14)
