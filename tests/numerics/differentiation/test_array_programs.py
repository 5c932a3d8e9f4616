"""Programs of arrays with values in closed form."""

import numpy as np
import pytest
import torch

from mlsim.numerics.differentiation.array_programs import perceptron_loss, perceptron_shapes, smallest_eigenvalue


def test_smallest_eigenvalue_of_equal_springs_is_a_sine():
    # 4 k sin^2(pi / (2 (rows + 1))), k = 3
    for rows in (1, 5, 20):
        value = smallest_eigenvalue(torch.full((rows + 1,), 3.0, dtype=torch.float64))
        assert float(value) == pytest.approx(12 * np.sin(np.pi / 2 / (rows + 1)) ** 2, rel=1e-12)


def test_perceptron_without_weights_yields_the_square_of_its_last_bias():
    shapes = perceptron_shapes(inputs=3, width=4)
    parameters = torch.zeros(sum(int(np.prod(shape)) for shape in shapes), dtype=torch.float64)
    parameters[-1] = -2.0
    samples = torch.ones(5, 3, dtype=torch.float64)
    assert float(perceptron_loss(parameters, samples, width=4)) == 4.0
