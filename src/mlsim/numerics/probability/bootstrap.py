"""Errors of statistics by the bootstrap."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True, kw_only=True)
class Bootstrap:
    """A statistic of a sample with its bootstrap error."""

    value: float  # statistic of the sample itself
    # half the width of the central 68.3 % of the resamplings: the standard deviation where they are normal, and finite
    # where single resamplings are wild
    error: float
    lower: float  # 2.5 % quantile over the resamplings
    upper: float  # 97.5 % quantile


def bootstrap(
    sample: Float[np.ndarray, " n"], statistic: Callable[..., np.ndarray], *, resamplings: int, rng: np.random.Generator
) -> Bootstrap:
    """Resample independent observations with replacement; for paired data pass the differences.

    ``statistic`` is a numpy reduction that takes ``axis``, such as ``np.mean`` or ``np.median``.

    Source:
        B. Efron, Bootstrap methods: another look at the jackknife, Ann. Statist. 7 (1979).

    >>> bootstrap(np.ones(5), np.mean, resamplings=100, rng=np.random.default_rng(0)).error
    0.0
    """
    chosen = rng.integers(0, sample.size, size=(resamplings, sample.size))
    values = np.asarray(statistic(sample[chosen], axis=1))
    lower, low, high, upper = (float(q) for q in np.quantile(values, [0.025, 0.1587, 0.8413, 0.975]))
    return Bootstrap(value=float(statistic(sample)), error=(high - low) / 2, lower=lower, upper=upper)
