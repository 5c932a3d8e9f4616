"""Filling by least total variation."""

import numpy as np
from oracles.formulas import total_variation

from mlsim.numerics.images.degradations import (
    observed_pixels,
)
from mlsim.numerics.images.total_variation import inpainted


def test_filling_recovers_stripes_and_keeps_what_is_seen():
    truth = np.repeat([[0.0] * 8 + [1.0] * 8], 16, axis=0)
    seen = observed_pixels(16, 16, hidden=0.5, rng=np.random.default_rng(0))
    seen[:, 7:9] = True  # else the place of the edge is free within its gap
    found = inpainted(np.where(seen, truth, 9.0), seen, iterations=2000)
    np.testing.assert_array_equal(found[seen], truth[seen])
    np.testing.assert_allclose(found, truth, atol=1e-3)


def test_filling_has_no_more_total_variation_than_the_truth():
    smooth = np.add.outer(np.sin(np.linspace(0, 3, 24)), np.cos(np.linspace(0, 4, 24)))
    seen = observed_pixels(24, 24, hidden=0.5, rng=np.random.default_rng(0))
    # the method converges at the rate 1/iterations
    assert total_variation(inpainted(smooth, seen, iterations=1000)) <= total_variation(smooth) * 1.001
