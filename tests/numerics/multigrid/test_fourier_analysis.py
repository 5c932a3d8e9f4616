"""Fourier blocks of a cycle on the finite grid."""

from math import cos, pi

import pytest
import torch
from tests.numerics.multigrid.problems import WEIGHTS, linear, poisson, propagation_radius, random, sweeps

from mlsim.numerics.multigrid.cycles import (
    Transfer,
    error_matrix,
    hierarchy,
    level_shapes,
)
from mlsim.numerics.multigrid.fourier_analysis import (
    blocks_radius,
    error_blocks,
    log_norm_of_power,
    smooth_radius,
    symbol_levels,
)
from mlsim.numerics.multigrid.stencils import (
    laplacian,
    linear_interpolation,
)


@pytest.mark.parametrize("size", [7, 15, 31])
@pytest.mark.parametrize("damping", [2 / 3, 0.8])
def test_radius_of_linear_interpolation_is_its_closed_form_on_two_and_four_levels(size, damping):
    # modes with one frequency in the middle are invisible to the coarse grid and decide, for damping up to 0.8
    expected = (1 - damping + damping / 2 * cos(pi / (size + 1))) ** 4
    for levels in {2, len(level_shapes((size, size), levels=4))}:
        transfers = [linear(2)] * (levels - 1)
        weights = sweeps([damping] * 4, levels=levels)
        symbols = symbol_levels(laplacian(dimensions=2), transfers=transfers, sweeps=weights)
        # exact algebra: rounding alone
        assert abs(blocks_radius(error_blocks(symbols, size=size)) - expected) < 1e-12
        if size <= 15:
            assert abs(propagation_radius(poisson(size, levels=levels), weights) - expected) < 1e-12


def test_published_column_linear_is_the_closed_form():
    # the lecture's table, arXiv:1711.03825
    published = {7: 0.169132, 15: 0.190049, 31: 0.195635, 63: 0.197055, 127: 0.197412, 255: 0.197501}
    for size, value in published.items():
        assert abs(((1 + cos(pi / (size + 1))) / 3) ** 4 - value) < 5e-7


@pytest.mark.parametrize(("size", "depth", "gamma"), [(7, 2, 1), (7, 3, 1), (15, 2, 1), (15, 4, 1), (15, 4, 2)])
def test_fourier_blocks_hold_all_eigenvalues_of_the_finite_grid(size, depth, gamma):
    edge, corner = 0.53, 0.31  # far from bilinear, another restriction than the transpose
    stencil = torch.tensor([[corner, edge, corner], [edge, 1.0, edge], [corner, edge, corner]], dtype=torch.float64)
    transfer = Transfer(restriction=linear_interpolation(dimensions=2) / 4, prolongation=stencil)
    weights = sweeps(WEIGHTS, levels=depth)
    levels = hierarchy(laplacian(dimensions=2), shape=(size, size), transfers=[transfer] * (depth - 1))
    dense = torch.linalg.eigvals(error_matrix(levels, sweeps=weights, gamma=gamma)).abs().sort().values
    symbols = symbol_levels(laplacian(dimensions=2), transfers=[transfer] * (depth - 1), sweeps=weights)
    groups = error_blocks(symbols, size=size, gamma=gamma)
    exact = torch.cat([torch.linalg.eigvals(group).abs().ravel() for group in groups]).sort().values
    # modes that several levels down become an invisible one are counted with each family they belong to
    assert abs(exact[-1] - dense[-1]) < 1e-10
    for value in dense[dense > 1e-4]:
        assert (exact - value).abs().min() < 1e-8


def test_odd_stencil_is_refused_by_the_fourier_analysis():
    odd = Transfer(restriction=random(3, 3), prolongation=random(3, 3))
    with pytest.raises(ValueError, match="is not even"):
        symbol_levels(laplacian(dimensions=2), transfers=[odd], sweeps=sweeps(WEIGHTS, levels=2))


def test_smooth_radius_bounds_the_radius_from_above_and_tends_to_it():
    symbols = symbol_levels(laplacian(dimensions=2), transfers=[linear(2)] * 2, sweeps=sweeps(WEIGHTS, levels=3))
    blocks = error_blocks(symbols, size=15)
    exact = blocks_radius(blocks)
    rough, fine = (float(smooth_radius(blocks, sharpness=s, squarings=q).exp()) for s, q in ((40.0, 5), (4000.0, 9)))
    assert exact < fine < rough
    assert fine < exact * 1.01


def test_power_of_a_nilpotent_block_is_far_below_one_and_has_a_gradient():
    block = torch.tensor([[[0.0, 1.0], [0.0, 0.0]]], dtype=torch.float64, requires_grad=True)
    rate = log_norm_of_power(block, squarings=4)
    rate.sum().backward()
    assert rate.item() < -5
    assert torch.isfinite(block.grad).all()
