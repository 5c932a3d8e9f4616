"""Ensemble Kalman updates."""

import numpy as np

from mlsim.numerics.probability.ensemble_kalman import ensemble_update, inflated
from mlsim.numerics.probability.linear_gaussian import smoothing_problem


def test_ensemble_update_tends_to_the_kalman_update_at_the_rate_of_monte_carlo():
    rng = np.random.default_rng(0)
    problem = smoothing_problem()
    y = rng.normal(size=4)
    errors = {}
    for members in (500, 50_000):
        ensemble = ensemble_update(
            rng.normal(size=(members, 8)), y=y, operator=problem.operator, noise=problem.noise, rng=rng
        )
        assert np.linalg.norm(ensemble.mean(axis=0) - problem.mean(y)) < 15 / np.sqrt(members)
        errors[members] = np.abs(np.cov(ensemble, rowvar=False) - problem.covariance).max()
    assert errors[50_000] < 6 / np.sqrt(50_000)
    # a hundred times the members: a tenth of the error, within a factor of two and a half
    assert errors[50_000] < errors[500] / 4


def test_ensembles_of_several_problems_are_those_of_each_problem():
    problem = smoothing_problem()
    prior, y = np.random.default_rng(0).normal(size=(2, 50, 8)), np.ones((2, 4))
    both = ensemble_update(prior, y=y, operator=problem.operator, noise=1e-9, rng=np.random.default_rng(1))
    one = ensemble_update(prior[1], y=y[1], operator=problem.operator, noise=1e-9, rng=np.random.default_rng(2))
    # without noise nothing random is left
    np.testing.assert_allclose(both[1], one, atol=1e-5)


def test_inflation_scales_the_deviations_and_keeps_the_mean():
    ensemble = np.random.default_rng(0).normal(size=(7, 3))
    larger = inflated(ensemble, factor=2.0)
    np.testing.assert_allclose(larger.mean(axis=0), ensemble.mean(axis=0), atol=1e-14)
    np.testing.assert_allclose(np.cov(larger, rowvar=False), 4 * np.cov(ensemble, rowvar=False), rtol=1e-12)
