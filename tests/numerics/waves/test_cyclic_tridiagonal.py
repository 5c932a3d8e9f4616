"""Elimination on the ring against dense solution."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mlsim.numerics.waves.cyclic_tridiagonal import solve


@given(points=st.integers(3, 48), off=st.floats(0.1, 5.0), sign=st.sampled_from([-1, 1]), seed=st.integers(0, 9))
def test_elimination_agrees_with_dense_solution(points: int, off: float, sign: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    diagonal, right = 2.2 * off + rng.random((points, 3)), rng.normal(size=(points, 2, 3))
    neighbours = np.roll(np.eye(points), 1, axis=1) + np.roll(np.eye(points), -1, axis=1)
    found = solve(diagonal, right, off=sign * off)
    for k in range(3):
        dense = np.linalg.solve(np.diag(diagonal[:, k]) + sign * off * neighbours, right[:, :, k])
        # diagonally dominant: the condition number stays below 50
        assert np.abs(found[:, :, k] - dense).max() < 1e-12 * np.abs(dense).max()
