"""Stencils, transfers and Galerkin operators."""

import numpy as np
import pytest
import torch
from tests.numerics.multigrid.problems import linear, random

from mlsim.numerics.multigrid.algebraic_multigrid import poisson_matrix
from mlsim.numerics.multigrid.cycles import (
    hierarchy,
)
from mlsim.numerics.multigrid.model_problems import lognormal_field, variable_laplacian
from mlsim.numerics.multigrid.stencils import (
    applied,
    galerkin,
    laplacian,
    matrix,
    prolonged,
    restricted,
)


def per_node(stencil: torch.Tensor, *, rows: int, columns: int) -> torch.Tensor:
    return stencil[:, :, None, None].expand(*stencil.shape, rows, columns).clone()


def test_stencil_of_the_laplacian_is_the_five_point_matrix():
    assert np.array_equal(matrix(laplacian(dimensions=2), shape=(5, 5)).numpy(), poisson_matrix(5).toarray())


@pytest.mark.parametrize(("stencil", "shape"), [(random(3, 3), (7, 5)), (random(1, 3), (1, 9))])
def test_constant_and_per_node_stencils_do_the_same(stencil, shape):
    coarse = [(n - 1) // 2 if n > 1 else 1 for n in shape]
    x, y = random(2, *shape), random(2, *coarse)
    fine_stencil = per_node(stencil, rows=shape[0], columns=shape[1])
    coarse_stencil = per_node(stencil, rows=coarse[0], columns=coarse[1])
    torch.testing.assert_close(applied(fine_stencil, x), applied(stencil, x), rtol=0, atol=1e-13)
    torch.testing.assert_close(restricted(coarse_stencil, x), restricted(stencil, x), rtol=0, atol=1e-13)
    torch.testing.assert_close(prolonged(coarse_stencil, y), prolonged(stencil, y), rtol=0, atol=1e-13)


@pytest.mark.parametrize("nodes", [(), (3, 5)])
def test_prolongation_is_the_transpose_of_restriction(nodes):
    stencil, x, y = random(3, 3, *nodes), random(1, 7, 11), random(1, 3, 5)
    left = (restricted(stencil, x) * y).sum()
    torch.testing.assert_close(left, (x * prolonged(stencil, y)).sum(), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("nodes", [False, True])
@pytest.mark.parametrize("shape", [(7, 7), (1, 15), (3, 7)])
def test_galerkin_stencil_is_the_sparse_triple_product(shape, nodes):
    size = (1, 3) if shape[0] == 1 else (3, 3)
    coarse = tuple((n - 1) // 2 if n > 1 else 1 for n in shape)
    operator = random(*size, *(shape if nodes else ()))
    restriction, prolongation = (random(*size, *(coarse if nodes else ()), seed=seed) for seed in (1, 2))
    count = coarse[0] * coarse[1]
    unit = torch.eye(count, dtype=torch.float64).reshape(count, *coarse)
    dense = restricted(restriction, applied(operator, prolonged(prolongation, unit))).reshape(count, count).T
    stencil = galerkin(restriction, operator, prolongation, shape=shape)
    assert (stencil.ndim == 4) == nodes
    torch.testing.assert_close(matrix(stencil, shape=coarse), dense, rtol=0, atol=1e-12)


def test_galerkin_operator_is_symmetric_when_restriction_is_a_multiple_of_the_transpose():
    operator = variable_laplacian(lognormal_field((8, 8), deviation=1.0, length=1.0, rng=np.random.default_rng(0)))
    prolongation = random(3, 3, 3, 3)
    coarse = matrix(galerkin(prolongation / 4, operator, prolongation, shape=(7, 7)), shape=(3, 3))
    torch.testing.assert_close(coarse, coarse.T, rtol=0, atol=1e-13)


def test_grid_that_cannot_be_coarsened_is_refused():
    with pytest.raises(ValueError, match=r"shape is \(8, 8\): allowed are odd"):
        hierarchy(laplacian(dimensions=2), shape=(8, 8), transfers=[linear(2)])
    with pytest.raises(ValueError, match="at least two levels"):
        hierarchy(laplacian(dimensions=2), shape=(7, 7), transfers=[])
