"""Ranks modulo a prime."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsim.numerics.tensors.finite_field_rank import PRIME, field_rank


def _rank_over_the_rationals(matrix):
    """Gaussian elimination in fractions."""
    rows = [[Fraction(int(entry)) for entry in row] for row in matrix]
    rank = 0
    for column in range(len(rows[0])):
        pivot = next((k for k in range(rank, len(rows)) if rows[k][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for k in range(rank + 1, len(rows)):
            factor = rows[k][column] / rows[rank][column]
            rows[k] = [a - factor * b for a, b in zip(rows[k], rows[rank], strict=True)]
        rank += 1
    return rank


@given(seed=st.integers(0, 10**6), rank=st.integers(0, 5))
def test_rank_modulo_a_prime_is_that_of_the_rationals_for_small_integers(seed, rank):
    # minors of 6 x 6 products of entries in -3..3 stay far below multiples of 32003 most of the time; at any rate the
    # rank modulo the prime is never larger
    rng = np.random.default_rng(seed)
    matrix = rng.integers(-3, 4, size=(6, rank)) @ rng.integers(-3, 4, size=(rank, 7))
    assert field_rank(matrix) <= _rank_over_the_rationals(matrix) <= rank


def test_rank_modulo_a_prime_is_exact_for_triangular_matrices():
    rng = np.random.default_rng(0)
    lower = np.tril(rng.integers(PRIME, size=(40, 40)), -1) + np.eye(40, dtype=int)
    upper = np.triu(rng.integers(PRIME, size=(40, 40)), 1) + np.diag([1] * 23 + [0] * 17)
    upper[23:] = 0
    assert field_rank(lower @ upper % PRIME) == 23
    assert field_rank((lower @ upper % PRIME)[:, ::-1].T) == 23


def test_a_prime_whose_products_overflow_is_refused():
    with pytest.raises(ValueError, match="prime is 65537"):
        field_rank(np.eye(2, dtype=int), prime=65537)
