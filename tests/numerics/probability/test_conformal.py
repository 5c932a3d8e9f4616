"""Conformal prediction intervals."""

import numpy as np
import pytest

from mlsim.numerics.probability.conformal import conformal_radius


@pytest.mark.parametrize("level", [0.5, 0.9])
def test_conformal_intervals_cover_at_their_level(level):
    """Over many calibration sets the mean coverage is ceil((n + 1) level) / (n + 1), whatever the law of the scores."""
    rng = np.random.default_rng(0)
    covered = [rng.exponential(size=1) <= conformal_radius(rng.exponential(size=19), level=level) for _ in range(4000)]
    assert float(np.mean(covered)) == pytest.approx(level, abs=4 * np.sqrt(level * (1 - level) / 4000))


def test_conformal_level_out_of_range_is_refused():
    with pytest.raises(ValueError, match="level is 1"):
        conformal_radius(np.arange(5.0), level=1)
