"""Random potentials: their laws and their symmetries."""

import numpy as np
import pytest
from scipy.stats import kstest

from mlsim.numerics.periodic.potentials import (
    gaussian_wells,
    gaussian_wells_2d,
    lognormal,
    separated_on_interval,
    separated_on_ring,
)


def test_positions_on_the_ring_keep_their_distance_and_are_uniform() -> None:
    positions = separated_on_ring(4000, 4, gap=0.1, rng=np.random.default_rng(0))
    cyclic = np.diff(np.concatenate([positions, positions[:, :1] + 1], axis=1), axis=1)
    assert cyclic.min() >= 0.1 - 1e-12
    assert positions.min() >= 0
    assert positions.max() < 1
    chosen = positions[np.arange(4000), np.random.default_rng(1).integers(4, size=4000)]
    assert kstest(chosen, "uniform").pvalue > 1e-3


def test_positions_on_the_ring_have_the_law_of_rejection() -> None:
    """Reference: draw independent positions, keep those that are far enough apart; compare the first distance."""
    rng = np.random.default_rng(0)
    draws = np.sort(rng.random((40000, 2)), axis=1)
    distance = draws[:, 1] - draws[:, 0]
    kept = distance[(distance >= 0.2) & (distance <= 0.8)]
    ours = separated_on_ring(8000, 2, gap=0.2, rng=rng)
    assert kstest(ours[:, 1] - ours[:, 0], kept).pvalue > 1e-3


def test_positions_on_an_interval_have_the_law_of_rejection() -> None:
    rng = np.random.default_rng(0)
    draws = np.sort(rng.uniform(0.2, 0.8, size=(60000, 3)), axis=1)
    kept = draws[(np.diff(draws, axis=1) >= 0.1).all(axis=1)]
    ours = separated_on_interval(8000, 3, ends=(0.2, 0.8), gap=0.1, rng=rng)
    assert np.diff(ours, axis=1).min() >= 0.1 - 1e-12
    for i in range(3):
        assert kstest(ours[:, i], kept[:, i]).pvalue > 1e-3


@pytest.mark.parametrize("draw", [separated_on_ring, lambda *a, **k: separated_on_interval(*a, ends=(0.0, 1.0), **k)])
def test_positions_that_do_not_fit_are_refused(draw) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        draw(2, 30, gap=0.05, rng=np.random.default_rng(0))


def test_wells_have_the_integral_of_their_strengths() -> None:
    """The mean of the lowered part is ``-sum rho``: images beyond the neighbouring periods weigh less than 1e-12."""
    one = gaussian_wells(5, 320, wells=1, strengths=(20.0, 20.0 + 1e-12), rng=np.random.default_rng(0))
    assert one.min(axis=1) == pytest.approx(1.0)
    depth = one.max(axis=1) - one.mean(axis=1)  # the flat part is at the top
    assert depth == pytest.approx(20.0, rel=1e-9)


def test_lognormal_potentials_are_negative_with_the_stated_median() -> None:
    potential = lognormal(400, 40, rng=np.random.default_rng(0))
    assert potential.max() < 0
    assert np.median(potential) == pytest.approx(-20.0, rel=0.05)


def test_wells_on_the_square_have_the_integral_of_their_strengths() -> None:
    """``rho sqrt(2 pi T)`` each: the factor of one dimension leaves one width."""
    one = gaussian_wells_2d(
        5,
        80,
        wells=1,
        strengths=(4.0, 4.0 + 1e-12),
        variances=(3e-3, 3e-3 + 1e-15),
        rng=np.random.default_rng(0),
    )
    assert one.min(axis=(1, 2)) == pytest.approx(1.0)
    depth = one.max(axis=(1, 2)) - one.mean(axis=(1, 2))
    assert depth == pytest.approx(4.0 * np.sqrt(2 * np.pi * 3e-3), rel=1e-9)


def test_a_coordinate_of_a_well_on_the_square_says_nothing_about_the_other() -> None:
    """The deeper of two wells lies to the right of the other, or above it, independently of one another."""
    potential = gaussian_wells_2d(400, 40, variances=(2e-3, 2e-3 + 1e-15), rng=np.random.default_rng(0))
    lowest = potential.reshape(400, -1).argmin(axis=1)
    right, above = lowest // 40 >= 20, lowest % 40 >= 20
    assert abs(np.corrcoef(right, above)[0, 1]) < 3 / np.sqrt(400)
