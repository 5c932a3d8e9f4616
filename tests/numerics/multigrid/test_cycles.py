"""Multigrid cycles against closed forms and dense algebra."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.numerics.multigrid.problems import WEIGHTS, linear, poisson, propagation_radius, random, sweeps

from mlsim.numerics.multigrid.cycles import (
    Sweeps,
    Transfer,
    chebyshev_weights,
    cycle,
    error_after_cycle,
    error_matrix,
    hierarchy,
)
from mlsim.numerics.multigrid.fourier_analysis import (
    blocks_radius,
    error_blocks,
    log_norm_of_power,
    symbol_levels,
)
from mlsim.numerics.multigrid.model_problems import ideal_interpolation, lognormal_field, variable_laplacian
from mlsim.numerics.multigrid.stencils import (
    applied,
    laplacian,
)


def test_error_of_a_cycle_is_linear_and_what_the_cycle_leaves():
    levels, weights = poisson(15, levels=3), sweeps(WEIGHTS, levels=3)
    x, y = random(1, 15, 15), random(1, 15, 15, seed=1)
    both = error_after_cycle(levels, 2 * x - 3 * y, sweeps=weights)
    one, other = (error_after_cycle(levels, each, sweeps=weights) for each in (x, y))
    torch.testing.assert_close(both, 2 * one - 3 * other, rtol=0, atol=1e-12)
    # a cycle for A u = b from x leaves the error E (x - u)
    b = applied(laplacian(dimensions=2), y)
    left = cycle(levels, b, x, sweeps=weights) - y
    torch.testing.assert_close(left, error_after_cycle(levels, x - y, sweeps=weights), rtol=0, atol=1e-12)


@pytest.mark.parametrize("sweep_count", [1, 2, 3, 4])
def test_chebyshev_weights_reach_their_bound_on_high_frequencies(sweep_count):
    t = torch.linspace(0.5, 2.0, 20001, dtype=torch.float64)
    product = torch.prod(1 - chebyshev_weights(sweep_count)[:, None] * t, dim=0).abs().max()
    assert abs(product - 1 / np.cosh(sweep_count * np.arccosh(5 / 3))) < 1e-12


@pytest.mark.parametrize(("sweep_count", "reached"), [(1, True), (2, True), (3, False), (4, False)])
def test_two_grid_factor_meets_the_chebyshev_bound_for_two_sweeps_at_most(sweep_count, reached):
    weights = Sweeps(before=chebyshev_weights(sweep_count), after=torch.zeros(0, dtype=torch.float64))
    symbols = symbol_levels(laplacian(dimensions=2), transfers=[linear(2)], sweeps=[weights])
    radius = blocks_radius(error_blocks(symbols, size=127))
    bound = 1 / np.cosh(sweep_count * np.arccosh(5 / 3))  # the Chebyshev polynomial outside [-1, 1]
    # at n = 127 the largest frequency is 1e-4 short of the limit
    assert (radius < bound + 1e-4) == reached
    assert radius > bound - 2e-3


@given(order=st.permutations(range(4)))
def test_order_of_the_four_weights_and_scale_of_the_prolongation_do_not_matter(order):
    plain = propagation_radius(poisson(7, levels=2), sweeps(WEIGHTS, levels=2))
    permuted = sweeps([WEIGHTS[i] for i in order], levels=2)
    scaled = Transfer(restriction=linear(2).restriction, prolongation=3.0 * linear(2).prolongation)
    levels = hierarchy(laplacian(dimensions=2), shape=(7, 7), transfers=[scaled])
    assert abs(propagation_radius(levels, permuted) - plain) < 1e-11


@pytest.mark.parametrize("split", [([1.0, 0.5], []), ([], [1.0, 0.5]), ([1.0], [0.5]), ([0.5], [1.0])])
@pytest.mark.parametrize("size", [7, 31])
def test_two_grid_cycle_in_one_dimension_with_weights_one_and_a_half_is_exact(split, size):
    before, after = (torch.tensor(each, dtype=torch.float64) for each in split)
    weights = [Sweeps(before=before, after=after)]
    square = torch.linalg.matrix_power(error_matrix(poisson(size, levels=2, dimensions=1), sweeps=weights), 2)
    assert square.norm() < 1e-11
    field = lognormal_field((size + 1,), deviation=1.0, length=0.0, rng=np.random.default_rng(size))
    operator = variable_laplacian(field)
    ideal = ideal_interpolation(operator)
    transfer = Transfer(restriction=ideal / 2, prolongation=ideal)
    levels = hierarchy(operator, shape=(1, size), transfers=[transfer])
    assert torch.linalg.matrix_power(error_matrix(levels, sweeps=weights), 2).norm() < 1e-10


def test_w_cycle_in_one_dimension_is_exact_and_the_three_level_v_cycle_is_not():
    weights = sweeps([1.0, 0.5], levels=3)
    levels = poisson(31, levels=3, dimensions=1)
    assert torch.linalg.matrix_power(error_matrix(levels, sweeps=weights, gamma=2), 2).norm() < 1e-11
    assert 0.05 < propagation_radius(levels, weights) < 0.13


def test_gradient_of_the_cycle_is_that_of_differences():
    def loss(weight: torch.Tensor) -> torch.Tensor:
        levels = poisson(7, levels=2)
        each = Sweeps(before=weight[:2], after=weight[2:])
        return log_norm_of_power(error_matrix(levels, sweeps=[each])[None], squarings=4)[0]

    weight = torch.tensor(WEIGHTS, dtype=torch.float64)
    assert torch.autograd.gradcheck(loss, weight.requires_grad_())
