"""Posterior distributions of linear Gaussian problems."""

import numpy as np
from oracles.formulas import kalman_update

from mlsim.numerics.probability.linear_gaussian import smoothing_problem


def test_posterior_by_information_is_the_posterior_by_the_kalman_gain():
    problem = smoothing_problem()
    y = np.random.default_rng(0).normal(size=4)
    mean, covariance = kalman_update(np.zeros(8), np.eye(8), y=y, operator=problem.operator, noise=problem.noise)
    np.testing.assert_allclose(problem.mean(y), mean, atol=1e-12)
    np.testing.assert_allclose(problem.covariance, covariance, atol=1e-12)


def test_posterior_deviations_do_not_depend_on_signs_of_eigenvectors():
    # computed once from the formulas in another program, three digits
    expected = [0.087, 0.207, 0.332, 0.472, 0.993, 0.903, 0.96, 0.986]
    np.testing.assert_allclose(np.sqrt(np.diag(smoothing_problem().covariance)), expected, atol=6e-4)


def test_exact_sampler_has_mean_and_covariance_of_the_posterior():
    problem, count = smoothing_problem(), 20_000
    y = np.ones(4)
    samples = problem.posterior_samples(y, count, rng=np.random.default_rng(0))
    whitened = (samples - problem.mean(y)) @ np.linalg.inv(np.linalg.cholesky(problem.covariance)).T
    assert np.abs(whitened.mean(axis=0)).max() < 4.5 / np.sqrt(count)
    assert np.abs(np.cov(whitened, rowvar=False) - np.eye(8)).max() < 6 / np.sqrt(count)
