"""Piecewise smooth functions."""

import numpy as np

from mlsim.numerics.periodic.piecewise_smooth import piecewise_linear


def test_functions_jump_as_often_as_asked_and_are_linear_between():
    x = piecewise_linear(200, 400, jumps=4, rng=np.random.default_rng(0))
    # the second difference on the ring vanishes but next to a jump, where two entries do not
    bends = np.abs(np.roll(x, 1, axis=1) - 2 * x + np.roll(x, -1, axis=1)) > 1e-12
    assert bends.sum(axis=1).max() == 8
    assert np.median(bends.sum(axis=1)) == 8


def test_jumps_stay_within_their_reach():
    x = piecewise_linear(50, 100, jumps=4, reach=0.5, rng=np.random.default_rng(0))
    bends = np.abs(np.roll(x, 1, axis=1) - 2 * x + np.roll(x, -1, axis=1)) > 1e-12
    assert not bends[:, 52:].any()


def test_the_law_is_invariant_under_shifts_unless_its_jumps_are_confined():
    spread = {}
    for reach in (1.0, 0.5):
        x = piecewise_linear(20000, 16, jumps=3, reach=reach, rng=np.random.default_rng(0))
        neighbours = (x * np.roll(x, 1, axis=1)).mean(axis=0)
        spread[reach] = neighbours.max() - neighbours.min()
    # sampling leaves about 4 standard errors of 0.01 between the largest and the smallest of 16 means
    assert spread[1.0] < 0.06 < spread[0.5]
