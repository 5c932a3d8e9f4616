"""Counts of numpy programs whose operations are known."""

import numpy as np

from mlsim.numerics import cyclic_tridiagonal
from mlsim.numerics.counted_arrays import counted_operations
from mlsim.numerics.schroedinger import ground_states


def test_elementwise_functions_cost_one_per_number_also_in_place_and_on_views():
    def program(x):
        x[2:] -= 3.0 * x[2:]
        x += np.sqrt(x[:1])
        return np.concatenate([x, x]) / 2

    assert counted_operations(program, np.ones(10)) == 8 + 8 + 1 + 10 + 20


def test_sums_cost_one_per_number_summed_and_movement_costs_nothing():
    assert counted_operations(lambda x: np.roll(x, 1).T.reshape(2, 6)[:, ::2].copy().sum(axis=0), np.ones((3, 4))) == 6


def test_cyclic_elimination_costs_a_multiple_of_the_points():
    counts = [
        counted_operations(
            lambda d: cyclic_tridiagonal.solve(d, np.ones((d.shape[0], 1, 1)), off=-1.0), np.full((n, 1), 4.0)
        )
        for n in (50, 100, 200)
    ]
    # doubling the points doubles what grows with them: the counts are affine
    assert counts[2] - counts[1] == 2 * (counts[1] - counts[0])


def test_counting_leaves_the_result_as_it_is():
    potential = 1.0 + np.cos(2 * np.pi * np.arange(1, 33) / 32)[None] ** 2
    found = []
    assert counted_operations(lambda v: found.append(ground_states(v, interaction=10.0)), potential) > 32 * 100
    assert np.array_equal(np.asarray(found[0].state), ground_states(potential, interaction=10.0).state)
