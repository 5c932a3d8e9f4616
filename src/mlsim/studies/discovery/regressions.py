"""Regressions of pysindy on given columns: thresholded, ensembles; and least squares on known terms."""

import warnings

import numpy as np

ALPHA = 1e-8  # ridge penalty
LEFT_OUT = 1  # terms that a regression of an ensemble does not see


def thresholded_weights(columns: np.ndarray, rate: np.ndarray, *, threshold: float, alpha: float = ALPHA) -> np.ndarray:
    """Sequentially thresholded least squares; one row of weights per target where ``rate`` has two axes."""
    from pysindy import STLSQ

    optimizer = STLSQ(threshold=threshold, alpha=alpha)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparsity parameter is too big")  # then no term is found
        optimizer.fit(columns, rate.reshape(len(rate), -1))
    return np.asarray(optimizer.coef_).reshape(*rate.shape[1:], columns.shape[1])


def ensemble_weights(
    columns: np.ndarray, rate: np.ndarray, *, threshold: float, models: int, alpha: float = ALPHA
) -> np.ndarray:
    """Median over regressions on resampled rows, each with one column left out; draws from numpy's global state.

    A term is kept where at least half of the regressions found it: the median of the others is zero.
    """
    from pysindy import STLSQ, EnsembleOptimizer

    optimizer = EnsembleOptimizer(
        STLSQ(threshold=threshold, alpha=alpha),
        bagging=True,
        library_ensemble=True,
        n_models=models,
        n_candidates_to_drop=LEFT_OUT,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparsity parameter is too big")
        optimizer.fit(columns, rate.reshape(len(rate), -1))
    return np.asarray(optimizer.coef_).reshape(*rate.shape[1:], columns.shape[1])


def known_weights(columns: np.ndarray, rate: np.ndarray, support: np.ndarray) -> np.ndarray:
    """Least squares on the columns of ``support``; zero elsewhere. One row of weights per target, as ``support``.

    >>> known_weights(np.eye(2), np.array([3.0, 4.0]), np.array([True, False])).tolist()
    [3.0, 0.0]
    """
    targets = np.atleast_2d(support)
    found = np.zeros(targets.shape)
    for w, kept, y in zip(found, targets, rate.reshape(len(rate), -1).T, strict=True):
        w[kept] = np.linalg.lstsq(columns[:, kept], y, rcond=None)[0]
    return found.reshape(support.shape)
