"""Bounds by unfoldings."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mlsim.numerics.tensors.formats import (
    canonical_tensor,
)
from mlsim.numerics.tensors.unfolding_bounds import canonical_error_bounds, rank_needed


def test_bound_is_sharp_for_orthogonal_terms():
    # the sum of w_k e_k x ... x e_k: its best approximation of rank R keeps the largest R terms
    weights = np.array([3.0, 2.0, 1.0])
    X = np.zeros((3,) * 4)
    for k, weight in enumerate(weights):
        X[k, k, k, k] = weight
    expected = np.sqrt([1.0, 5 / 14, 1 / 14, 0.0])
    np.testing.assert_allclose(canonical_error_bounds(X)[:4], expected, atol=1e-12)
    assert rank_needed(canonical_error_bounds(X), error=0.3) == 2


@given(seed=st.integers(0, 10**6), rank=st.integers(1, 6))
def test_no_canonical_tensor_is_nearer_than_the_bound(seed, rank):
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(4, 3, 7))
    kept = factors.copy()
    kept[..., rank:] = 0  # a canonical tensor of smaller rank, near or far
    X = canonical_tensor(factors)
    error = np.linalg.norm(X - canonical_tensor(kept)) / np.linalg.norm(X)
    assert error >= canonical_error_bounds(X)[rank] - 1e-12
