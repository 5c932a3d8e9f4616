"""Bayesian optimisation: a Gaussian process for the logarithm of the value, and the largest expected improvement."""

import warnings
from typing import Any

import numpy as np
from scipy.stats import norm

from mlsim.studies.blackbox.counter import Counter
from mlsim.studies.blackbox.searches import starts
from mlsim.studies.blackbox.settings import Searches

CANDIDATES, FLOOR = 1000, 1e-12
# the lengths of its kernel are fitted at every call up to the first number, then at every fourth
FITTED_ALWAYS, FITTED_EVERY = 12, 4


def bayesian(counter: Counter, settings: Searches, rng: np.random.Generator) -> None:
    """Matérn-5/2 kernel, one length per parameter, after ``2 d`` draws from the distribution of the true parameters."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern

    drawn = [start for start, _ in zip(starts(counter, rng), range(2 * counter.dimension + 1), strict=False)]
    counter.restarts = 0
    points = np.array(drawn)
    values = counter.values(points)
    lengths = np.ones(counter.dimension)
    kernel = ConstantKernel(1.0, (1e-3, 1e3)) * Matern(lengths, (1e-2, 1e2), nu=2.5)  # pyright: ignore[reportArgumentType]
    while True:
        fitted = len(values) <= FITTED_ALWAYS or len(values) % FITTED_EVERY == 0
        options: dict[str, Any] = {} if fitted else {"optimizer": None}
        process = GaussianProcessRegressor(kernel, alpha=1e-8, normalize_y=True, **options)
        with warnings.catch_warnings():
            # a length at its bound belongs to a parameter without influence
            warnings.simplefilter("ignore", ConvergenceWarning)
            process.fit(points, np.log10(values + FLOOR))
        kernel = process.kernel_
        near = points[np.argmin(values)] + 10.0 ** rng.uniform(-3, 0, size=(CANDIDATES, 1)) * rng.normal(
            size=(CANDIDATES, counter.dimension)
        )
        candidates = np.concatenate([near, 1.5 * rng.normal(size=near.shape)])
        mean, deviation = (np.asarray(moment) for moment in process.predict(candidates, return_std=True))
        point = candidates[[np.argmax(expected_improvement(mean, deviation, np.log10(values.min() + FLOOR)))]]
        values = np.append(values, counter.values(point))
        points = np.concatenate([points, point])


def expected_improvement(mean: np.ndarray, deviation: np.ndarray, least: float) -> np.ndarray:
    """``E max(least - Y, 0)`` of a normal ``Y``.

    >>> round(float(expected_improvement(np.zeros(1), np.ones(1), 0.0)[0]), 6)  # 1 / sqrt(2 pi)
    0.398942
    """
    deviation = np.maximum(deviation, 1e-12)
    gap = (least - mean) / deviation
    return deviation * (gap * norm.cdf(gap) + norm.pdf(gap))
