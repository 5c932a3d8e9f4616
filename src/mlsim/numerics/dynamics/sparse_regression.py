"""Sparse regression by sequentially thresholded ridge regression, on the triangular factor of the data."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Inexact
from scipy.linalg import qr

Columns = Inexact[np.ndarray, "rows terms"]
Weights = Inexact[np.ndarray, " terms"]
PENALTY = 1e-3  # of a term, over the condition number of the columns


@dataclass(frozen=True, kw_only=True, eq=False)
class Reduced:
    """Columns and right-hand side in an orthonormal basis of their span: all least-squares problems stay the same."""

    columns: Columns  # ``Q^* X``, as many rows as columns, and one more
    target: Inexact[np.ndarray, " rows"]  # ``Q^* y``

    def least_squares(self, support: Bool[np.ndarray, " terms"]) -> Weights:
        """Weights on ``support`` that minimise ``|X w - y|``, zero elsewhere."""
        w = np.zeros(self.columns.shape[1], dtype=np.result_type(self.columns, self.target))
        w[support] = np.linalg.lstsq(self.columns[:, support], self.target, rcond=None)[0]
        return w

    def residual(self, w: Weights) -> float:
        """``|X w - y|`` in the 2-norm."""
        return float(np.linalg.norm(self.columns @ w - self.target))

    def ridge(self, support: Bool[np.ndarray, " terms"], penalty: float) -> Weights:
        """Weights on ``support`` that minimise ``|X w - y|^2 + penalty |w|^2``."""
        x = self.columns[:, support]
        w = np.zeros(self.columns.shape[1], dtype=np.result_type(self.columns, self.target))
        gram = x.conj().T @ x + penalty * np.eye(x.shape[1])
        w[support] = np.linalg.lstsq(gram, x.conj().T @ self.target, rcond=None)[0]
        return w


def reduced(columns: Columns, target: Inexact[np.ndarray, " rows"]) -> Reduced:
    """The same least-squares problem with one row more than columns, by a QR factorisation.

    >>> x, y = np.array([[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]]), np.array([3.0, 4.0, 5.0])
    >>> problem = reduced(x, y)
    >>> problem.least_squares(np.ones(2, dtype=bool)).round(12).tolist(), round(problem.residual(np.zeros(2))**2, 9)
    ([3.0, 2.0], 50.0)
    """
    stacked = np.concatenate([columns, target[:, None]], axis=1)
    triangle = np.asarray(qr(stacked, mode="r", overwrite_a=True, check_finite=False)[0])[: stacked.shape[1]]
    return Reduced(columns=triangle[:, :-1], target=triangle[:, -1])


def stridge(problem: Reduced, *, penalty: float, threshold: float, iterations: int = 10) -> Weights:
    """Sequentially thresholded ridge regression.

    Columns are scaled to norm one. Terms whose weight is below ``threshold`` are dropped and the rest is solved again,
    until none is dropped; the last solution is by least squares. If the first pass drops all terms, the weights before
    it are returned. There are at most ``iterations`` passes.

    Source:
        Rudy, Brunton, Proctor, Kutz, Sci. Adv. 3 (2017), algorithm 1 of the supplement and its code.
    """
    scale = 1 / np.linalg.norm(problem.columns, axis=0)
    scaled = Reduced(columns=problem.columns * scale, target=problem.target)
    support = np.ones(len(scale), dtype=bool)
    w = scaled.ridge(support, penalty)
    relevant = len(scale)
    for passed in range(iterations):
        is_large = np.abs(w) >= threshold
        if is_large.sum() == relevant:
            break
        relevant = int(is_large.sum())
        if relevant == 0:
            if passed == 0:
                return w
            break
        support = is_large
        w = scaled.ridge(support, penalty)
    return scale * scaled.least_squares(support)


@dataclass(frozen=True, kw_only=True, eq=False)
class Search:
    """One threshold that was tried."""

    threshold: float
    weights: Weights
    loss: float


def searched(train: Reduced, test: Reduced, *, penalty: float, first: float, steps: int = 25) -> Iterator[Search]:
    """Least squares, then the results for the thresholds that are tried, see :func:`selected`.

    The loss is ``|X w - y|`` on the test rows plus ``1e-3 cond(X)`` for each term. The threshold grows while the loss
    falls, and is reduced by ever smaller steps where it rises. ``first`` is the first threshold and the first step,
    ``steps`` the number of thresholds.
    """
    both = np.concatenate([train.columns, test.columns])
    price = PENALTY * float(np.linalg.cond(both))

    def judged(threshold: float, w: Weights) -> Search:
        return Search(threshold=threshold, weights=w, loss=test.residual(w) + price * np.count_nonzero(w))

    best = judged(0.0, train.least_squares(np.ones(both.shape[1], dtype=bool)))
    yield best
    threshold = step = first
    for count in range(steps):
        tried = judged(threshold, stridge(train, penalty=penalty, threshold=threshold))
        yield tried
        if tried.loss <= best.loss:
            best = tried
            threshold += step
        else:
            threshold = max(0.0, threshold - 2 * step)
            step = 2 * step / (steps - count)
            threshold += step


def selected(train: Reduced, test: Reduced, *, penalty: float, first: float, steps: int = 25) -> Search:
    """The result of :func:`searched` with the smallest loss, the last one of equals."""
    tried = list(searched(train, test, penalty=penalty, first=first, steps=steps))
    least = min(search.loss for search in tried)
    return next(search for search in reversed(tried) if search.loss == least)
