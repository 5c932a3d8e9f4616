"""Chains of the preconditioned Crank-Nicolson method."""

import numpy as np
from scipy.stats import kstest, multivariate_normal

from mlsim.numerics.probability.linear_gaussian import smoothing_problem
from mlsim.numerics.probability.preconditioned_crank_nicolson import pcn_chains


def test_chains_have_the_exact_posterior_of_a_linear_problem():
    problem = smoothing_problem(noise=0.5)
    y = np.array([0.5, -0.2, 0.3, 0.1])
    rng = np.random.default_rng(0)
    chains = pcn_chains(
        lambda theta: ((y - theta @ problem.operator.T) ** 2).sum(axis=1) / (2 * problem.noise**2),
        rng.normal(size=(400, 8)), step=0.6, burn_in=150, kept=10, thinning=20, rng=rng,
    )  # fmt: skip
    factor = np.linalg.inv(np.linalg.cholesky(problem.covariance))
    whitened = (chains.samples.reshape(-1, 8) - problem.mean(y)) @ factor.T
    # 400 independent chains of 10 samples, correlated by half at most: at least 2000 effective samples
    assert np.abs(whitened.mean(axis=0)).max() < 4.5 / np.sqrt(2000)
    assert np.abs(np.cov(whitened, rowvar=False) - np.eye(8)).max() < 6 / np.sqrt(2000)
    assert 0.1 < chains.acceptance.mean() < 0.9


def test_chains_without_data_accept_everything_and_keep_the_prior():
    rng = np.random.default_rng(0)
    chains = pcn_chains(
        lambda theta: np.zeros(len(theta)), rng.normal(size=(2000, 1)), step=0.5, burn_in=0, kept=1, thinning=3, rng=rng
    )
    assert (chains.acceptance == 1).all()
    assert kstest(chains.samples.ravel(), multivariate_normal.cdf).pvalue > 1e-3
