"""Spectral radii by ARPACK, dense matrices and powers."""

from math import cos, pi

import numpy as np
import pytest
import torch
from tests.numerics.multigrid.problems import poisson, propagation_radius, sweeps

from mlsim.numerics.multigrid.cycles import (
    error_after_cycle,
    error_matrix,
)
from mlsim.numerics.multigrid.spectral_radius import arpack_radius, dense_radius, gelfand_loss, power_radius


def test_arpack_dense_and_power_radii_agree_and_are_named():
    levels, weights = poisson(15, levels=4), sweeps([2 / 3] * 4, levels=4)
    dense = error_matrix(levels, sweeps=weights).numpy()
    start = np.random.default_rng(0).normal(size=225)
    exact = dense_radius(torch.from_numpy(dense))
    arpack = arpack_radius(lambda v: dense @ v, size=225, start=start)
    power = power_radius(lambda v: dense @ v, start=start)
    assert (exact.estimate, arpack.estimate, power.estimate) == ("dense", "arpack", "power")
    assert abs(arpack.value - exact.value) < 1e-6
    assert arpack.residual < 1e-3
    # the growth lags behind for as long as neighbours of the largest eigenvalue matter
    assert exact.value - 0.01 < power.value < exact.value + 1e-9


@pytest.mark.parametrize("damping", [2 / 3, 0.8])
def test_arpack_finds_the_closed_form_at_63(damping):
    levels, weights = poisson(63, levels=4), sweeps([damping] * 4, levels=4)

    def apply(vector: np.ndarray) -> np.ndarray:
        x = torch.from_numpy(vector.ravel().copy()).reshape(1, 63, 63)
        return error_after_cycle(levels, x, sweeps=weights).numpy().ravel()

    radius = arpack_radius(apply, size=63 * 63, start=np.random.default_rng(0).normal(size=63 * 63))
    assert radius.estimate == "arpack"
    assert abs(radius.value - (1 - damping + damping / 2 * cos(pi / 64)) ** 4) < 1e-6


def test_arpack_draws_the_same_vectors_each_time_when_its_own_come_to_an_end():
    """A start that is an eigenvector spans one dimension; scipy fills the others from the system's entropy."""
    values = np.repeat([0.5, 0.25, 0.125], 40)
    radii = [arpack_radius(lambda v: values * v.ravel(), size=120, start=np.eye(120)[50]) for _ in range(4)]
    assert abs(radii[0].value - 0.5) < 1e-12  # not that of the start, which is 0.25
    assert all((each.value, each.residual) == (radii[0].value, radii[0].residual) for each in radii)


def test_failed_arpack_is_flagged_as_power_iteration():
    close = np.linspace(0.5, 1.0, 4000)  # too many neighbours for a single restart
    radius = arpack_radius(lambda v: close * v.ravel(), size=4000, start=np.ones(4000), restarts=1)
    assert radius.estimate == "power"


def test_gelfand_estimate_times_its_factor_bounds_the_radius_and_tends_to_it():
    levels, weights = poisson(15, levels=4), sweeps([2 / 3] * 4, levels=4)
    signs = torch.from_numpy(np.random.default_rng(0).choice([-1.0, 1.0], size=(64, 15, 15)))
    radius = propagation_radius(levels, weights)
    bounds = []
    for power in (4, 16, 64):
        rate = gelfand_loss(lambda x: error_after_cycle(levels, x, sweeps=weights), signs, power=power)
        bounds.append(float(rate.exp()) * 225 ** (1 / (2 * power)))
    # ||E^K||_F >= rho^K; 64 random vectors estimate its square within some percent
    assert bounds[0] > bounds[1] > bounds[2] > 0.99 * radius
    assert bounds[2] < 1.1 * radius
