"""Regressions by pysindy on given columns, single and in ensembles; least squares on known terms."""

import warnings
from typing import Any

import numpy as np

ALPHA = 1e-8  # ridge penalty
LEFT_OUT = 1  # terms that each regression of an ensemble leaves out


def thresholded_weights(columns: np.ndarray, rate: np.ndarray, *, threshold: float, alpha: float = ALPHA) -> np.ndarray:
    """Sequentially thresholded least squares; one row of weights per target where ``rate`` has two axes."""
    from pysindy import STLSQ

    return _weights(STLSQ(threshold=threshold, alpha=alpha), columns, rate)


def ensemble_weights(
    columns: np.ndarray, rate: np.ndarray, *, threshold: float, models: int, alpha: float = ALPHA
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
    return _weights(optimizer, columns, rate)


def known_weights(columns: np.ndarray, rate: np.ndarray, support: np.ndarray) -> np.ndarray:
    """Least squares on the columns of ``support``; zero elsewhere. One row of weights per target, as ``support``.

    >>> known_weights(np.eye(2), np.array([3.0, 4.0]), np.array([True, False])).tolist()
    [3.0, 0.0]
    """
    supports = np.atleast_2d(support)
    weights = np.zeros(supports.shape)
    for w, used, target in zip(weights, supports, rate.reshape(len(rate), -1).T, strict=True):
        w[used] = np.linalg.lstsq(columns[:, used], target, rcond=None)[0]
    return weights.reshape(support.shape)


def _weights(optimizer: Any, columns: np.ndarray, rate: np.ndarray) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparsity parameter is too big")  # then no term is selected
        optimizer.fit(columns, rate.reshape(len(rate), -1))
    return np.asarray(optimizer.coef_).reshape(*rate.shape[1:], columns.shape[1])
