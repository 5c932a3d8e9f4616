"""Measures of sparsity."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.autograd import gradcheck

from mlsim.numerics.wavelets.sparsity import gini, largest_alone, needed_count


def _random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@given(count=st.integers(1, 40), scale=st.floats(0.1, 10.0))
def test_gini_of_equal_numbers_is_zero_and_of_one_spike_nearly_one(count, scale):
    signs = scale * _random(count).sign()
    assert abs(float(gini(signs))) < 1e-12
    spike = torch.zeros(count, dtype=torch.float64)
    spike[count // 2] = -scale
    assert abs(float(gini(spike)) - (count - 1) / count) < 1e-12


def test_gini_is_the_mean_difference_over_twice_the_mean():
    magnitudes = _random(3, 17).abs()
    differences = (magnitudes[:, :, None] - magnitudes[:, None, :]).abs().mean(dim=(1, 2))
    assert (gini(magnitudes) - differences / (2 * magnitudes.mean(dim=1))).abs().max() < 1e-12
    assert gradcheck(gini, (_random(2, 7).requires_grad_(),))
    assert float(gini(torch.zeros(4))) == 0.0


@given(tolerance=st.floats(0.05, 0.9), seed=st.integers(0, 99))
def test_needed_coefficients_are_the_fewest_that_suffice(tolerance, seed):
    coefficients = _random(30, seed=seed)
    count = int(needed_count(coefficients, tolerance=tolerance))

    def error(kept):
        return float((coefficients - largest_alone(coefficients, kept=kept)).norm() / coefficients.norm())

    assert error(count) <= tolerance * (1 + 1e-12)
    assert count == 0 or error(count - 1) > tolerance * (1 - 1e-12)
