"""Closed-form regression: dense formulas, interpolation, equivariance, the gates of the notes at a small size."""

import numpy as np
import pytest
from scipy.special import gamma, kv

from mlsim.numerics.estimation.kernel_ridge import (
    canonical_shifts,
    in_canonical_frame,
    kernel_ridge,
    low_pass,
    matern,
    moved,
    ridge,
    validated_length_scale,
)
from mlsim.numerics.estimation.relative_errors import relative_errors
from mlsim.numerics.periodic.potentials import gaussian_wells
from mlsim.numerics.waves.schroedinger import ground_states


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def test_the_kernel_is_that_of_matern_with_smoothness_five_halves() -> None:
    """Source: ``2^(1-nu) / Gamma(nu) q^nu K_nu(q)``, ``q = sqrt(2 nu) d / l``."""
    v, w = normal(4, 3), normal(5, 3, seed=1)
    distance = np.sqrt(((v[:, None] - w[None]) ** 2).mean(axis=2))
    q = np.sqrt(5) * distance / 0.7
    expected = 2 ** (1 - 2.5) / gamma(2.5) * q**2.5 * kv(2.5, q)
    assert np.abs(matern(v, w, length_scale=0.7) - expected).max() < 1e-13


def test_predictions_equal_the_dense_formula() -> None:
    v, u, w = normal(12, 3), normal(12, 2, seed=1), normal(5, 3, seed=2)
    found = kernel_ridge(v, u, length_scale=1.5, nugget=1e-3)(w)
    inverse = np.linalg.inv(matern(v, v, length_scale=1.5) + 1e-3 * np.eye(12))
    expected = u.mean(axis=0) + matern(w, v, length_scale=1.5) @ inverse @ (u - u.mean(axis=0))
    assert np.abs(found - expected).max() < 1e-12


def test_a_small_nugget_interpolates_the_training_data() -> None:
    v, u = normal(20, 3), normal(20, 2, seed=1)
    assert np.abs(kernel_ridge(v, u, length_scale=0.5, nugget=1e-12)(v) - u).max() < 1e-9


def test_a_large_nugget_leaves_the_mean() -> None:
    v, u = normal(20, 3), normal(20, 2, seed=1)
    assert np.abs(kernel_ridge(v, u, length_scale=0.5, nugget=1e9)(v) - u.mean(axis=0)).max() < 1e-7


def test_the_length_scale_is_the_best_one_on_the_validation_part() -> None:
    """A smooth function of one number: hopeless with a kernel far too narrow, or when the nugget hides the rest."""
    x = np.linspace(0, 1, 60)[:, None]
    u = 2 + np.sin(2 * np.pi * x)
    chosen = validated_length_scale((x[::2], u[::2]), (x[1::2], u[1::2]), candidates=(1e-3, 0.5, 1e5))
    assert chosen == 0.5


def test_ridge_solves_the_penalised_normal_equations() -> None:
    """The gradient of the penalised square vanishes; found by least squares with the penalty as further rows."""
    v, u = 200 * normal(30, 4), normal(30, 2, seed=1)
    design = np.concatenate([v / 200, np.ones((30, 1))], axis=1)
    rows = np.concatenate([design, np.sqrt(0.1) * np.eye(5)])
    expected = np.linalg.lstsq(rows, np.concatenate([u, np.zeros((5, 2))]), rcond=None)[0]
    assert np.abs(ridge(v, u, penalty=0.1)(v) - design @ expected).max() < 1e-12


def test_moving_a_potential_moves_its_frame() -> None:
    potential = gaussian_wells(20, 64, rng=np.random.default_rng(0))
    for s in (1, 17, 40):
        assert ((canonical_shifts(np.roll(potential, s, axis=1)) + s - canonical_shifts(potential)) % 64 == 0).all()


def test_a_single_well_comes_to_the_middle() -> None:
    potential = gaussian_wells(20, 64, wells=1, rng=np.random.default_rng(0))
    lowest = moved(potential, canonical_shifts(potential)).argmin(axis=1)
    # points are counted from one in x_j = j / N; centres lie between points
    assert np.abs(lowest + 1 - 32).max() <= 1


def test_the_canonical_frame_makes_every_map_equivariant_exactly() -> None:
    potential = gaussian_wells(20, 64, rng=np.random.default_rng(0))
    weights = normal(64, 64)
    predict = in_canonical_frame(lambda v: np.tanh(low_pass(v) @ weights / 100))
    for s in (1, 17, 40):
        assert (predict(np.roll(potential, s, axis=1)) == np.roll(predict(potential), s, axis=1)).all()


def test_regression_learns_ground_states_in_the_order_of_what_it_knows() -> None:
    """Mean, linear map, kernel, kernel in the moving frame: each at least halves the error at 300 samples."""
    potential = gaussian_wells(400, 80, rng=np.random.default_rng(0))
    state = ground_states(potential, interaction=10.0).state
    v, u, w, exact = potential[:300], state[:300], potential[300:], state[300:]
    shifts = canonical_shifts(v)
    kernel = kernel_ridge(low_pass(v), u, length_scale=60.0)
    canonical = kernel_ridge(low_pass(moved(v, shifts)), moved(u, shifts), length_scale=60.0)
    predictions = [
        np.broadcast_to(u.mean(axis=0), exact.shape),
        ridge(v, u)(w),
        kernel(low_pass(w)),
        in_canonical_frame(lambda each: canonical(low_pass(each)))(w),
    ]
    errors = np.array([relative_errors(each, exact).mean() for each in predictions])
    assert (errors[1:] < errors[:-1] / 2).all()
    assert errors[1] == pytest.approx(0.17, abs=0.07)
    assert errors[3] < 2e-2
