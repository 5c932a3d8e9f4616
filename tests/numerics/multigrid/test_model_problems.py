"""Diffusion with variable coefficients."""

import numpy as np
import torch

from mlsim.numerics.multigrid.model_problems import lognormal_field, variable_laplacian
from mlsim.numerics.multigrid.stencils import (
    diagonal,
    laplacian,
    matrix,
)


def test_logarithm_of_a_random_field_has_the_declared_covariance():
    deviation, length = 0.7, 1.5
    draws = [
        np.log(lognormal_field((24, 24), deviation=deviation, length=length, rng=np.random.default_rng(i)))
        for i in range(400)
    ]
    fields = np.stack(draws)
    # 400 fields of some 30 independent patches: errors of a few percent
    assert abs(fields.mean()) < 0.03
    for lag in (0, 1, 2, 4):
        covariance = (fields[:, :, : 24 - lag] * fields[:, :, lag:]).mean()
        assert abs(covariance / deviation**2 - np.exp(-(lag**2) / (4 * length**2))) < 0.05
    assert abs((fields[:, :, 0] * fields[:, :, -1]).mean()) < 0.08  # opposite edges do not know each other


def test_variable_laplacian_with_coefficient_one_is_the_laplacian():
    for dimensions in (1, 2):
        stencil = variable_laplacian(np.ones((8,) * dimensions))
        shape = (7, 7) if dimensions == 2 else (1, 7)
        assert torch.equal(matrix(stencil, shape=shape), matrix(laplacian(dimensions=dimensions), shape=shape))


def test_variable_laplacian_is_symmetric_with_zero_row_sums_inside():
    stencil = variable_laplacian(lognormal_field((8, 8), deviation=1.0, length=1.0, rng=np.random.default_rng(1)))
    dense = matrix(stencil, shape=(7, 7))
    torch.testing.assert_close(dense, dense.T, rtol=0, atol=0)
    assert stencil.sum(dim=(0, 1)).abs().max() < 1e-13
    assert (diagonal(stencil) > 0).all()
