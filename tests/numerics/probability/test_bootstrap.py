"""The bootstrap against the closed form of the mean."""

import numpy as np
import pytest

from mlsim.numerics.probability.bootstrap import bootstrap


def test_bootstrap_error_of_the_mean_is_the_standard_error():
    sample = np.random.default_rng(0).normal(size=400)
    result = bootstrap(sample, np.mean, resamplings=4000, rng=np.random.default_rng(1))
    # the error of a standard deviation from 4,000 resamplings is about one percent
    assert result.error == pytest.approx(sample.std() / 20, rel=0.05)
    assert result.value == pytest.approx(sample.mean())
    assert result.lower == pytest.approx(result.value - 1.96 * result.error, abs=0.15 * result.error)
    assert result.upper == pytest.approx(result.value + 1.96 * result.error, abs=0.15 * result.error)
