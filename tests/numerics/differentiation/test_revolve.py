"""Checkpoints with the fewest repeated steps."""

import pytest
from oracles.formulas import recursive_extra_steps

from mlsim.numerics.differentiation.revolve import extra_steps, split


@pytest.mark.parametrize("snapshots", [1, 2, 3, 4, 7, 60])
def test_formula_is_the_minimum_over_all_schedules(snapshots):
    for steps in range(1, 61):
        assert extra_steps(steps, snapshots=snapshots) == recursive_extra_steps(steps, snapshots=snapshots)


# steps, snapshots: extra steps; computed by the recursion in a program apart from this one
@pytest.mark.parametrize(
    ("steps", "snapshots", "extra"), [(10, 3, 15), (35, 3, 105), (100, 4, 374), (200, 5, 790), (100, 10, 222)]
)
def test_known_optima(steps, snapshots, extra):
    assert extra_steps(steps, snapshots=snapshots) == extra
    assert recursive_extra_steps(steps, snapshots=snapshots) == extra


def test_one_snapshot_makes_the_extra_steps_a_triangular_number():
    assert [extra_steps(l, snapshots=1) for l in range(1, 8)] == [l * (l - 1) // 2 for l in range(1, 8)]  # noqa: E741


def test_as_many_snapshots_as_steps_run_each_step_but_the_last_once_more():
    assert [extra_steps(l, snapshots=l) for l in range(1, 8)] == list(range(7))  # noqa: E741


def test_split_attains_the_optimum():
    for steps in range(2, 40):
        j = split(steps, snapshots=4)
        parts = extra_steps(steps - j, snapshots=3) + extra_steps(j, snapshots=4)
        assert j + parts == extra_steps(steps, snapshots=4)


@pytest.mark.parametrize(("steps", "snapshots"), [(0, 3), (3, 0)])
def test_revolve_refuses_no_steps_and_no_snapshots(steps, snapshots):
    with pytest.raises(ValueError, match="allowed is at least 1"):
        extra_steps(steps, snapshots=snapshots)
