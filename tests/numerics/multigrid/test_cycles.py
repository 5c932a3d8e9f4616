"""Stencils, multigrid cycles and their exact Fourier analysis against closed forms and dense algebra."""

from math import cos, pi

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mlsim.numerics.multigrid.algebraic_multigrid import poisson_matrix
from mlsim.numerics.multigrid.cycles import (
    Sweeps,
    Transfer,
    chebyshev_weights,
    cycle,
    error_after_cycle,
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
from mlsim.numerics.multigrid.model_problems import ideal_interpolation, lognormal_field, variable_laplacian
from mlsim.numerics.multigrid.spectral_radius import arpack_radius, dense_radius, gelfand_loss, power_radius
from mlsim.numerics.multigrid.stencils import (
    applied,
    diagonal,
    galerkin,
    laplacian,
    linear_interpolation,
    matrix,
    prolonged,
    restricted,
)

WEIGHTS = [0.5235, 1.9493, 0.7847, 0.811]


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def sweeps(weights: list[float], *, levels: int) -> list[Sweeps]:
    middle = len(weights) // 2
    each = torch.tensor(weights, dtype=torch.float64)
    return [Sweeps(before=each[:middle], after=each[middle:])] * (levels - 1)


def linear(dimensions: int) -> Transfer:
    interpolation = linear_interpolation(dimensions=dimensions)
    return Transfer(restriction=interpolation / 2**dimensions, prolongation=interpolation)


def poisson(size: int, *, levels: int, dimensions: int = 2):
    shape = (size, size) if dimensions == 2 else (1, size)
    return hierarchy(laplacian(dimensions=dimensions), shape=shape, transfers=[linear(dimensions)] * (levels - 1))


def propagation_radius(levels, weights) -> float:
    return dense_radius(error_matrix(levels, sweeps=weights)).value


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


def test_arpack_dense_and_power_radii_agree_and_are_named():
    levels, weights = poisson(15, levels=4), sweeps([2 / 3] * 4, levels=4)
    dense = error_matrix(levels, sweeps=weights).numpy()
    start = np.random.default_rng(0).normal(size=225)
    exact = dense_radius(torch.from_numpy(dense))
    arpack = arpack_radius(lambda v: dense @ v, size=225, start=start)
    power = power_radius(lambda v: dense @ v, start=start)
    assert (exact.estimate, arpack.estimate, power.estimate) == ("dense", "arpack", "power")
    assert abs(arpack.value - exact.value) < 1e-6
    assert arpack.residual < 1e-3
    # the growth lags behind for as long as neighbours of the largest eigenvalue matter
    assert exact.value - 0.01 < power.value < exact.value + 1e-9


@pytest.mark.parametrize("damping", [2 / 3, 0.8])
def test_arpack_finds_the_closed_form_at_63(damping):
    levels, weights = poisson(63, levels=4), sweeps([damping] * 4, levels=4)

    def apply(vector: np.ndarray) -> np.ndarray:
        x = torch.from_numpy(vector.ravel().copy()).reshape(1, 63, 63)
        return error_after_cycle(levels, x, sweeps=weights).numpy().ravel()

    radius = arpack_radius(apply, size=63 * 63, start=np.random.default_rng(0).normal(size=63 * 63))
    assert radius.estimate == "arpack"
    assert abs(radius.value - (1 - damping + damping / 2 * cos(pi / 64)) ** 4) < 1e-6


def test_arpack_draws_the_same_vectors_each_time_when_its_own_come_to_an_end():
    """A start that is an eigenvector spans one dimension; scipy fills the others from the system's entropy."""
    values = np.repeat([0.5, 0.25, 0.125], 40)
    radii = [arpack_radius(lambda v: values * v.ravel(), size=120, start=np.eye(120)[50]) for _ in range(4)]
    assert abs(radii[0].value - 0.5) < 1e-12  # not that of the start, which is 0.25
    assert all((each.value, each.residual) == (radii[0].value, radii[0].residual) for each in radii)


def test_failed_arpack_is_flagged_as_power_iteration():
    close = np.linspace(0.5, 1.0, 4000)  # too many neighbours for a single restart
    radius = arpack_radius(lambda v: close * v.ravel(), size=4000, start=np.ones(4000), restarts=1)
    assert radius.estimate == "power"


def test_gelfand_estimate_times_its_factor_bounds_the_radius_and_tends_to_it():
    levels, weights = poisson(15, levels=4), sweeps([2 / 3] * 4, levels=4)
    signs = torch.from_numpy(np.random.default_rng(0).choice([-1.0, 1.0], size=(64, 15, 15)))
    radius = propagation_radius(levels, weights)
    bounds = []
    for power in (4, 16, 64):
        rate = gelfand_loss(lambda x: error_after_cycle(levels, x, sweeps=weights), signs, power=power)
        bounds.append(float(rate.exp()) * 225 ** (1 / (2 * power)))
    # ||E^K||_F >= rho^K; 64 random vectors estimate its square within some percent
    assert bounds[0] > bounds[1] > bounds[2] > 0.99 * radius
    assert bounds[2] < 1.1 * radius


def test_gradient_of_the_cycle_is_that_of_differences():
    def loss(weight: torch.Tensor) -> torch.Tensor:
        levels = poisson(7, levels=2)
        each = Sweeps(before=weight[:2], after=weight[2:])
        return log_norm_of_power(error_matrix(levels, sweeps=[each])[None], squarings=4)[0]

    weight = torch.tensor(WEIGHTS, dtype=torch.float64)
    assert torch.autograd.gradcheck(loss, weight.requires_grad_())
