"""Sparse regression: the reduction keeps every least-squares problem, scaling changes nothing, the search ends well."""

import numpy as np
import pytest

from mlsim.numerics.dynamics.sparse_regression import reduced, searched, selected, stridge

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 6)) * np.array([1.0, 10.0, 0.1, 1.0, 5.0, 1.0])
W = np.array([2.0, 0.0, 30.0, 0.0, -0.5, 0.0])
Y = X @ W + 0.01 * RNG.normal(size=200)
ALL = np.ones(6, dtype=bool)


def test_reduced_problem_has_the_solutions_and_residuals_of_the_whole():
    problem = reduced(X.copy(), Y)
    assert problem.columns.shape == (7, 6)
    for support in (ALL, W != 0, np.arange(6) < 2):
        w = problem.least_squares(support)
        np.testing.assert_allclose(w[support], np.linalg.lstsq(X[:, support], Y, rcond=None)[0], rtol=1e-10)
        assert problem.residual(w) == pytest.approx(np.linalg.norm(X @ w - Y), rel=1e-10)
    ridge = np.linalg.solve(X.T @ X + 0.3 * np.eye(6), X.T @ Y)
    np.testing.assert_allclose(problem.ridge(ALL, 0.3), ridge, rtol=1e-9)


def test_reduction_works_for_complex_columns():
    columns, target = X + 1j * X[:, ::-1], Y + 1j * Y[::-1]
    found = reduced(columns.copy(), target).least_squares(ALL)
    np.testing.assert_allclose(found, np.linalg.lstsq(columns, target, rcond=None)[0], rtol=1e-9)


def test_true_terms_are_found_and_their_weights_are_those_of_least_squares():
    problem = reduced(X.copy(), Y)
    w = stridge(problem, penalty=1e-5, threshold=1.0)
    np.testing.assert_array_equal(w != 0, W != 0)
    np.testing.assert_allclose(w, problem.least_squares(W != 0), rtol=1e-12)


def test_scaling_a_column_leaves_the_model_unchanged():
    scale = np.array([1.0, 1e3, 1e-4, 7.0, 1.0, 1.0])
    one, other = (stridge(reduced(x.copy(), Y), penalty=1e-5, threshold=1.0) for x in (X, X * scale))
    np.testing.assert_allclose(other * scale, one, rtol=1e-9)


def test_too_high_a_threshold_returns_the_ridge_solution_of_the_scaled_columns():
    problem = reduced(X.copy(), Y)
    scaled = reduced(X / np.linalg.norm(X, axis=0), Y)
    found = stridge(problem, penalty=1e-5, threshold=1e9)
    np.testing.assert_allclose(found, scaled.ridge(ALL, 1e-5), rtol=1e-9)


def test_search_keeps_the_least_loss_and_the_last_of_equals():
    train, test = reduced(X[:160].copy(), Y[:160]), reduced(X[160:].copy(), Y[160:])
    tried = list(searched(train, test, penalty=1e-5, first=0.1))
    assert len(tried) == 26  # least squares and 25 thresholds
    assert tried[0].threshold == 0.0
    best = selected(train, test, penalty=1e-5, first=0.1)
    assert best.loss == min(each.loss for each in tried)
    assert best.threshold == max(each.threshold for each in tried if each.loss == best.loss)
    np.testing.assert_array_equal(best.weights != 0, W != 0)


def test_loss_is_a_norm_and_not_its_square():
    train, test = reduced(X[:160].copy(), Y[:160]), reduced(X[160:].copy(), Y[160:])
    first = next(searched(train, test, penalty=1e-5, first=0.1))
    price = 1e-3 * np.linalg.cond(X)
    assert first.loss == pytest.approx(np.linalg.norm(X[160:] @ first.weights - Y[160:]) + 6 * price, rel=1e-9)
