"""Trigonometric interpolation is exact for what the coarser grid can carry."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mlsim.numerics.periodic.trigonometric_interpolation import points, resampled


def polynomial(degree: int, count: int) -> np.ndarray:
    modes = np.arange(degree + 1)[:, None]
    a, b = np.random.default_rng(degree).normal(size=(2, degree + 1, 1))
    angle = 2 * np.pi * modes * points(count)
    return (a * np.cos(angle) + b * np.sin(angle)).sum(axis=0)


@given(coarse=st.integers(3, 20), fine=st.integers(3, 40))
def test_polynomials_below_the_highest_mode_are_carried_over_exactly(coarse: int, fine: int) -> None:
    degree = (min(coarse, fine) - 1) // 2
    assert np.abs(resampled(polynomial(degree, coarse), fine) - polynomial(degree, fine)).max() < 1e-12


@given(coarse=st.integers(3, 20), factor=st.integers(2, 4))
def test_interpolants_pass_through_the_given_values(coarse: int, factor: int) -> None:
    values = np.random.default_rng(coarse).normal(size=(2, coarse))
    assert np.abs(resampled(values, factor * coarse)[:, factor - 1 :: factor] - values).max() < 1e-12


@given(coarse=st.integers(3, 20), fine=st.integers(3, 40))
def test_interpolation_there_and_back_is_the_identity(coarse: int, fine: int) -> None:
    values = np.random.default_rng(fine).normal(size=min(coarse, fine))
    assert np.abs(resampled(resampled(values, max(coarse, fine)), values.size) - values).max() < 1e-12
