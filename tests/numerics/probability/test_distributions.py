"""Mixtures, laws with formulas, filters and chains: closed forms, limits, and slow references."""

from itertools import pairwise

import numpy as np
import pytest
from oracles.formulas import effective_permeability, kalman_update
from scipy.linalg import solve
from scipy.stats import kstest, multivariate_normal

from mlsim.numerics.dynamics.lorenz import lorenz_after
from mlsim.numerics.flow.darcy_1d import exponential_modes, gaussian_logarithms, line_pressures
from mlsim.numerics.probability.ensemble_kalman import ensemble_update, inflated
from mlsim.numerics.probability.gaussian_mixtures import (
    grid_mixture,
    mixture_samples,
    mode_scores,
    ring_mixture,
    true_high_quality,
)
from mlsim.numerics.probability.linear_gaussian import smoothing_problem
from mlsim.numerics.probability.preconditioned_crank_nicolson import pcn_chains

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


def test_pressure_is_positive_and_vanishes_at_the_right_end():
    modes = exponential_modes(256, length=0.15, count=32)
    u = line_pressures(gaussian_logarithms(modes, np.random.default_rng(0).normal(size=(2000, 32))))
    assert u[:, :-1].min() > 0
    assert np.abs(u[:, -1]).max() < 1e-12


def test_quadrature_is_the_solution_of_the_finite_volume_system():
    g = np.random.default_rng(0).normal(size=16)
    n, k = len(g), np.exp(g)
    # unknowns: pressures at the cell boundaries; flux k_i (u_i - u_{i-1}) n through cell i, source 1 between centres
    matrix = np.zeros((n - 1, n - 1))
    for i in range(n - 1):
        matrix[i, i] = (k[i] + k[i + 1]) * n
        if i:
            matrix[i, i - 1] = -k[i] * n
        if i < n - 2:
            matrix[i, i + 1] = -k[i + 1] * n
    reference = solve(matrix, np.full(n - 1, 1 / n))
    np.testing.assert_allclose(line_pressures(g)[:-1], reference, rtol=1e-10)


def test_constant_permeability_has_the_parabola():
    u = line_pressures(np.full(64, np.log(2.0)))
    x = np.arange(1, 65) / 64
    np.testing.assert_allclose(u, x * (1 - x) / 4, atol=1e-14)


def test_effective_permeability_lies_between_the_extremes_and_has_the_lognormal_mean():
    modes = exponential_modes(64, length=0.15, count=16)
    g = gaussian_logarithms(modes, np.random.default_rng(0).normal(size=(20_000, 16)))
    effective = effective_permeability(g)
    assert (effective > np.exp(g.min(axis=1))).all()
    assert (effective < np.exp(g.max(axis=1))).all()
    inverse = 1 / effective
    expected = np.exp(modes.variance / 2).mean()
    assert abs(inverse.mean() - expected) < 4 * inverse.std() / np.sqrt(len(g))


def test_all_modes_give_variance_one_and_the_exponential_covariance():
    modes = exponential_modes(16, length=0.3, count=16)
    covariance = (modes.vectors * modes.values) @ modes.vectors.T
    x = (np.arange(16) + 0.5) / 16
    np.testing.assert_allclose(covariance, np.exp(-np.abs(x[:, None] - x) / 0.3), atol=1e-13)


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


def test_lorenz_steps_converge_with_the_fourth_power():
    start = np.array([1.0, 2.0, 20.0])
    ends = [lorenz_after(start, time=0.4, step=step) for step in (0.02, 0.01, 0.005)]
    first, second = (np.linalg.norm(coarse - fine) for coarse, fine in pairwise(ends))
    assert 12 < first / second < 20


def test_lorenz_contracts_volumes_at_the_rate_of_its_divergence():
    # div = -(10 + 1 + 8/3) everywhere: the Jacobian determinant of the flow is exp(div t)
    start, time, small = np.array([1.0, 2.0, 20.0]), 0.1, 1e-5
    moved = lorenz_after(start + small * np.vstack([np.eye(3), -np.eye(3)]), time=time, step=0.002)
    jacobian = (moved[:3] - moved[3:]) / (2 * small)
    assert np.linalg.det(jacobian) == pytest.approx(np.exp(-(41 / 3) * time), rel=1e-5)


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
