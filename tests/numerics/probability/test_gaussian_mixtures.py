"""Mixtures of Gaussian distributions and their scores."""

import numpy as np
import pytest

from mlsim.numerics.probability.gaussian_mixtures import (
    grid_mixture,
    mixture_samples,
    mode_scores,
    ring_mixture,
    true_high_quality,
)

MIXTURES = {"ring": ring_mixture(), "grid": grid_mixture()}


@pytest.mark.parametrize("name", MIXTURES)
def test_true_law_scores_the_closed_forms(name):
    mixture, count = MIXTURES[name], 40_000
    scores = mode_scores(mixture_samples(mixture, count, rng=np.random.default_rng(0)), mixture)
    share = true_high_quality() / 100
    assert abs(scores.high_quality / 100 - share) < 3 * np.sqrt(share * (1 - share) / count)
    K = len(mixture.means)
    assert scores.modes == scores.fair_modes == K
    # 2 n KL is chi-squared with K - 1 degrees of freedom: mean K - 1, deviation sqrt(2 (K - 1))
    assert abs(2 * count * share * scores.reverse_kl - (K - 1)) < 4 * np.sqrt(2 * (K - 1))


@pytest.mark.parametrize("name", MIXTURES)
def test_scale_is_the_deviation_of_one_coordinate(name):
    samples = mixture_samples(MIXTURES[name], 100_000, rng=np.random.default_rng(0))
    np.testing.assert_allclose(samples.std(axis=0), MIXTURES[name].scale, rtol=0.01)


def test_a_collapsed_map_keeps_one_mode_and_a_single_sample_makes_no_fair_one():
    mixture = grid_mixture()
    samples = np.concatenate([np.tile(mixture.means[0], (9_999, 1)), mixture.means[1:2]])
    scores = mode_scores(samples, mixture)
    assert (scores.modes, scores.fair_modes, scores.high_quality) == (2, 1, 100.0)
    # nearly all mass on one of K modes: log K up to the entropy of the other sample
    assert scores.reverse_kl == pytest.approx(np.log(25), abs=2e-3)


def test_samples_far_from_all_modes_count_for_nothing():
    scores = mode_scores(np.full((10, 2), 1.0), grid_mixture())
    assert (scores.modes, scores.fair_modes, scores.high_quality, scores.reverse_kl) == (0, 0, 0.0, 0.0)
