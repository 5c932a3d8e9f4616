"""Distances of laws: zero for equal ones, closed forms, and slow references."""

from itertools import product

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import chi2

from mlsim.numerics.probability.two_sample_distances import (
    energy_distance,
    energy_floor,
    exact_w2,
    gaussian_w2,
    rank_deviation,
    ranks,
    sliced_w2,
    spread,
    two_sample_accuracy,
    unit_directions,
)


def test_energy_distance_of_equal_laws_is_zero_on_average_and_never_biased():
    rng = np.random.default_rng(0)
    values = [energy_distance(rng.normal(size=(40, 2)), rng.normal(size=(50, 2))) for _ in range(400)]
    assert abs(np.mean(values)) < 4 * np.std(values) / np.sqrt(400)
    assert min(values) < 0  # a biased estimate is never negative


@pytest.mark.parametrize("sizes", [(7, 9), (300, 200), (128, 257)])  # within one part of the rows, and across parts
def test_energy_distance_is_the_triple_loop(sizes: tuple[int, int]):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(sizes[0], 3)), rng.normal(size=(sizes[1], 3)) + 1
    within = [cdist(z, z).sum() / (len(z) * (len(z) - 1)) for z in (x, y)]
    expected = 2 * cdist(x, y).mean() - sum(within)
    assert energy_distance(x, y) == pytest.approx(expected, rel=1e-10)
    assert spread(y) == pytest.approx(within[1], rel=1e-12)
    assert energy_distance(x, y, spread_of_y=spread(y)) == energy_distance(x, y)


def test_energy_distance_of_two_gaussians_on_the_line_is_its_closed_form():
    # E|N(m, s^2)| = s sqrt(2 / pi) exp(-m^2 / 2 s^2) + m erf(m / (s sqrt 2)); here differences have variance 2
    from math import erf, exp, pi, sqrt

    rng, shift, count = np.random.default_rng(0), 1.0, 4000

    def mean(m):
        return sqrt(2) * sqrt(2 / pi) * exp(-(m**2) / 4) + m * erf(m / 2)

    value = energy_distance(rng.normal(size=(count, 1)), shift + rng.normal(size=(count, 1)))
    # the deviation of the estimate is below 2 / sqrt(count)
    assert abs(value - 2 * (mean(shift) - mean(0.0))) < 4 * 2 / np.sqrt(count)


def test_floor_of_the_energy_distance_is_its_deviation_over_many_pairs_of_sets():
    rng, count, pairs = np.random.default_rng(0), 20, 2000
    values = [energy_distance(rng.normal(size=(count, 2)), rng.normal(size=(count, 2))) for _ in range(pairs)]
    root = np.sqrt(np.mean(np.square(values)))
    error = np.std(np.square(values)) / np.sqrt(pairs) / (2 * root)
    assert abs(energy_floor(rng.normal(size=(3000, 2)), count=count) - root) < 4 * error
    assert error < root / 20


@pytest.mark.parametrize("count", [2, 3])
def test_floor_of_a_fair_coin_is_the_mean_square_over_all_pairs_of_sets(count: int):
    sets = [np.array(signs)[:, None] for signs in product([-1.0, 1.0], repeat=count)]
    squares = [energy_distance(x, y) ** 2 for x in sets for y in sets]
    signs = np.repeat([-1.0, 1.0], 2000)[:, None]
    assert energy_floor(signs, count=count) ** 2 == pytest.approx(np.mean(squares), rel=4 / len(signs))


def test_floor_does_not_see_shifts_and_refuses_too_few_samples():
    x = np.random.default_rng(0).normal(size=(50, 2))
    assert energy_floor(x + 1e8, count=5) == pytest.approx(energy_floor(x, count=5), rel=1e-6)
    assert energy_floor(np.ones((50, 2)), count=5) == 0.0
    with pytest.raises(ValueError, match="allowed are 2 or more from 4 or more"):
        energy_floor(x[:3], count=5)


def test_squared_distance_variance_in_the_floor_is_that_of_the_centred_matrix():
    rng, n = np.random.default_rng(0), 150  # more than one part of the rows
    x = rng.normal(size=(n, 3))
    a = cdist(x, x)
    rows = a.sum(axis=1)
    centred = a - rows / (n - 2) - rows[:, None] / (n - 2) + a.sum() / ((n - 1) * (n - 2))
    np.fill_diagonal(centred, 0.0)
    variance = np.square(centred).sum() / (n * (n - 3))
    assert energy_floor(x, count=2) == pytest.approx(np.sqrt(variance * (4 / 2 + 4 / 4)), rel=1e-10)


def test_sliced_distance_of_a_shift_is_its_projected_length():
    rng = np.random.default_rng(0)
    x, shift = rng.normal(size=(50, 3)), np.array([1.0, -2.0, 0.5])
    directions = unit_directions(64, 3, rng=rng)
    assert sliced_w2(x, x + shift, directions=directions) == pytest.approx(
        np.sqrt(((directions @ shift) ** 2).mean()), rel=1e-12
    )
    with pytest.raises(ValueError, match="equal ones"):
        sliced_w2(x, x[1:], directions=directions)


def test_directions_are_unit_vectors_without_a_preferred_one():
    directions = unit_directions(20_000, 3, rng=np.random.default_rng(0))
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1.0)
    np.testing.assert_allclose(directions.T @ directions / 20_000, np.eye(3) / 3, atol=0.01)


def test_exact_transport_is_sorting_on_the_line():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(60, 1)), rng.exponential(size=(60, 1))
    assert exact_w2(x, y) == pytest.approx(np.sqrt(((np.sort(x, 0) - np.sort(y, 0)) ** 2).mean()), rel=1e-9)


def test_gaussian_distance_has_the_closed_form_of_commuting_covariances():
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    first, second = rng.uniform(0.1, 2, size=(2, 4))
    mean = rng.normal(size=4)
    value = gaussian_w2(
        np.zeros(4), basis * first @ basis.T, other_mean=mean, other_covariance=basis * second @ basis.T
    )
    assert value == pytest.approx(np.sqrt((mean**2).sum() + ((np.sqrt(first) - np.sqrt(second)) ** 2).sum()), rel=1e-9)


def test_gaussian_distance_to_itself_is_zero():
    factor = np.random.default_rng(0).normal(size=(5, 5))
    S = factor @ factor.T
    # the root of the rounding error
    assert gaussian_w2(np.ones(5), S, other_mean=np.ones(5), other_covariance=S) < 1e-6


def test_classifier_cannot_tell_equal_laws_and_tells_others():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 1000, 2))
    # 2000 labels: a deviation of 0.011 by chance
    assert abs(two_sample_accuracy(x, y, folds=3, seed=0) - 0.5) < 0.05
    # two unit Gaussians 2 apart: the best classifier has Phi(1) = 0.841
    assert 0.78 < two_sample_accuracy(x, y + np.array([2.0, 0.0]), folds=3, seed=0) < 0.88


def test_ranks_of_draws_from_the_law_of_the_truth_are_uniform_and_others_are_not():
    rng = np.random.default_rng(0)
    truth, draws = rng.normal(size=4000), rng.normal(size=(7, 4000))
    exact = rank_deviation(np.bincount(ranks(truth, draws), minlength=8))
    narrow = rank_deviation(np.bincount(ranks(truth, 0.7 * draws), minlength=8))
    assert exact[1] > 1e-3
    assert narrow[1] < 1e-6


def test_rank_deviation_has_the_chi_squared_law():
    counts = np.random.default_rng(0).multinomial(800, np.full(8, 1 / 8), size=2000)
    values = 7 * np.array([rank_deviation(each)[0] for each in counts])
    assert abs(values.mean() - 7) < 4 * np.sqrt(14 / 2000)
    assert abs((values > chi2.isf(0.1, 7)).mean() - 0.1) < 0.03
