"""The wavelet tensor train."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from oracles.formulas import orthogonal_filters

from mlsim.numerics.wavelets.wavelet_tensor_train import coefficients_of, filters_from, signals_of


def _random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def _powers(highest, *, points=256):
    grid = torch.arange(1, points + 1, dtype=torch.float64) / points
    powers = torch.stack([grid**q for q in range(highest + 1)])
    return powers / powers.norm(dim=1, keepdim=True)


@given(shares=st.lists(st.floats(0, 1), min_size=6, max_size=6), seed=st.integers(0, 99))
def test_transform_is_orthogonal_for_any_ranks(shares, seed):
    ranks = []
    for share in shares:
        ranks.append(1 + int(share * (2 * (ranks[-1] if ranks else 1) - 1)))
    filters = orthogonal_filters(ranks, generator=torch.Generator().manual_seed(seed))
    signals = _random(3, 64, seed=seed)
    coefficients = coefficients_of(signals, filters)
    assert coefficients.shape == signals.shape
    assert (coefficients.norm(dim=1) / signals.norm(dim=1) - 1).abs().max() < 1e-12
    assert (signals_of(coefficients, filters) - signals).abs().max() < 1e-12


def test_constants_give_haar():
    filters = filters_from(torch.ones(1, 256, dtype=torch.float64), rank=8)
    assert filters.ranks == (1,) * 8
    for basis in filters.bases:
        assert (basis.abs() - 0.5**0.5).abs().max() < 1e-12


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_powers_together_annihilate_their_degree_and_not_the_next(degree):
    powers = _powers(degree + 1)
    filters = filters_from(powers[:-1], rank=2 * degree)
    coefficients = coefficients_of(powers, filters)
    details = coefficients[:, filters.ranks[-1] :].norm(dim=1)
    assert details[:-1].max() < 1e-11
    assert details[-1] > 1e-3


def test_one_power_leaves_details_where_the_coarse_side_caps_the_rank():
    """``x^3`` alone has ranks 2, 4, ..., 4, 2, 1: lower degrees are annihilated but for the last two steps."""
    powers = _powers(3)
    filters = filters_from(powers[3:], rank=8)
    assert filters.ranks == (2, 4, 4, 4, 4, 4, 2, 1)
    square = coefficients_of(powers[2:3], filters)[0]
    last_two = (2 * 4 - 2) * 2 + (2 * 2 - 1) * 1
    assert square[1 + last_two :].norm() < 1e-11
    assert square[1 : 1 + last_two].norm() > 1e-3


@pytest.mark.parametrize(("function", "rank"), [("sine", 2), ("exponential", 1)])
def test_ranks_of_waves_and_exponentials_are_those_of_their_addition_theorems(function, rank):
    grid = torch.arange(1, 257, dtype=torch.float64) / 256
    signal = torch.sin(40 * grid) if function == "sine" else torch.exp(-3 * grid)
    filters = filters_from(signal[None], rank=8, tolerance=1e-10)
    assert filters.ranks == (rank,) * 7 + (1,)


def test_order_of_the_bits_matters():
    """Neighbours first: on the signal with its bits reversed the filters of a polynomial annihilate nothing."""
    powers = _powers(2)
    reversed_bits = [int(format(i, "08b")[::-1], 2) for i in range(256)]
    filters = filters_from(powers, rank=4)
    assert coefficients_of(powers, filters)[:, 3:].norm() < 1e-11
    assert coefficients_of(powers[:, reversed_bits], filters)[1:, 3:].norm() > 0.1


def test_points_that_are_no_power_of_two_are_refused():
    with pytest.raises(ValueError, match="power of two"):
        filters_from(torch.ones(1, 12, dtype=torch.float64), rank=1)
