"""Regressions by pysindy on given columns, single and in ensembles; least squares on known terms."""

import warnings
from typing import Any

import numpy as np

ALPHA = 1e-8  # ridge penalty
LEFT_OUT = 1  # terms that each regression of an ensemble leaves out


def thresholded_regression(
    columns: np.ndarray, targets: np.ndarray, *, threshold: float, alpha: float = ALPHA
) -> np.ndarray:
    """Sequentially thresholded least squares: ``(columns,)`` coefficients, or ``(targets, columns)``.

    Args:
        columns: values of the candidate terms, ``(rows, columns)``.
        targets: what their sum should be, ``(rows,)`` or ``(rows, targets)``.
        threshold: terms with smaller coefficients are dropped.
        alpha: ridge penalty.
    """
    from pysindy import STLSQ

    return _fitted(STLSQ(threshold=threshold, alpha=alpha), columns, targets)


def ensemble_regression(
    columns: np.ndarray, targets: np.ndarray, *, threshold: float, models: int, alpha: float = ALPHA
) -> np.ndarray:
    """Median over regressions on resampled rows, each with one column left out; draws from numpy's global state.

    A term that fewer than half of the regressions select has the median zero.
    """
    from pysindy import STLSQ, EnsembleOptimizer

    optimizer = EnsembleOptimizer(
        STLSQ(threshold=threshold, alpha=alpha),
        bagging=True,
        library_ensemble=True,
        n_models=models,
        n_candidates_to_drop=LEFT_OUT,
    )
    return _fitted(optimizer, columns, targets)


def known_regression(columns: np.ndarray, targets: np.ndarray, support: np.ndarray) -> np.ndarray:
    """Least squares on the columns of ``support``; zero elsewhere. One row per target, as ``support``.

    >>> known_regression(np.eye(2), np.array([3.0, 4.0]), np.array([True, False])).tolist()
    [3.0, 0.0]
    """
    supports = np.atleast_2d(support)
    solutions = np.zeros(supports.shape)
    for solution, used, target in zip(solutions, supports, targets.reshape(len(targets), -1).T, strict=True):
        solution[used] = np.linalg.lstsq(columns[:, used], target, rcond=None)[0]
    return solutions.reshape(support.shape)


def _fitted(optimizer: Any, columns: np.ndarray, targets: np.ndarray) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparsity parameter is too big")  # then no term is selected
        optimizer.fit(columns, targets.reshape(len(targets), -1))
    return np.asarray(optimizer.coef_).reshape(*targets.shape[1:], columns.shape[1])
