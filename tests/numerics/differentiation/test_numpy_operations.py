"""Counts of numpy programs whose operations are known."""

from itertools import pairwise

import numpy as np

from mlsim.numerics.differentiation.numpy_operations import counted_operations
from mlsim.numerics.periodic.trigonometric_interpolation import points
from mlsim.numerics.waves.schroedinger import ground_states


def test_elementwise_functions_cost_one_per_number_also_in_place_and_on_views():
    def program(x):
        x[2:] -= 3.0 * x[2:]
        x += np.sqrt(x[:1])
        return np.concatenate([x, x]) / 2

    assert counted_operations(program, np.ones(10)) == 8 + 8 + 1 + 10 + 20


def test_sums_cost_one_per_number_summed_and_movement_costs_nothing():
    assert counted_operations(lambda x: np.roll(x, 1).T.reshape(2, 6)[:, ::2].copy().sum(axis=0), np.ones((3, 4))) == 6


def test_transforms_and_sums_of_products_have_their_cost():
    x = np.ones((3, 8))
    assert counted_operations(np.fft.fft, x) == 3 * 5 * 8 * 3
    assert counted_operations(np.fft.rfft, x) == counted_operations(lambda v: np.fft.irfft(v, n=8), x[:, :5]) == 180
    assert counted_operations(lambda v: np.einsum("ps,ps->s", v, v), x) == 2 * 24
    # what comes out of them is counted further
    assert counted_operations(lambda v: 2 * np.fft.rfft(v), x) == 180 + 3 * 5


def test_cost_of_ground_states_is_linear_in_the_points():
    costs = [
        counted_operations(lambda v: ground_states(v, interaction=10.0), 1.0 + 50 * np.cos(2 * np.pi * points(n))[None])
        for n in (160, 320, 640)
    ]
    # the coarsest grid and the number of Newton steps vary, the cost per point by less than a factor of two
    assert all(1.0 < fine / coarse < 4.0 for coarse, fine in pairwise(costs))
    # one solve alone costs more than twenty operations per point
    assert costs[0] > 20 * 160


def test_counting_leaves_the_result_as_it_is():
    potential = 1.0 + np.cos(2 * np.pi * np.arange(1, 33) / 32)[None] ** 2
    found = []
    assert counted_operations(lambda v: found.append(ground_states(v, interaction=10.0)), potential) > 32 * 100
    assert np.array_equal(np.asarray(found[0].state), ground_states(potential, interaction=10.0).state)
