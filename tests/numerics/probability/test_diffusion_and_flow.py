"""Diffusion and flow matching on a Gaussian distribution."""

import math
from itertools import pairwise

import pytest
import torch

from mlsim.numerics.probability.diffusion_and_flow import (
    NoiseLevels,
    denoised,
    denoising_loss,
    flow_loss,
    heun_samples,
    midpoint_samples,
)

DEVIATION = 0.5


def _noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def _exact_network(x: torch.Tensor, log_level: torch.Tensor) -> torch.Tensor:
    """F of the denoiser of N(0, DEVIATION^2), ``D(x, s) = x d^2 / (d^2 + s^2)``, in the scaled coordinates."""
    level = torch.exp(4 * log_level)
    spread = (level**2 + 1).sqrt()
    point = x * spread
    target = point * DEVIATION**2 / (DEVIATION**2 + level**2)
    return (target - point / spread**2) * spread / level


def test_denoiser_of_a_gaussian_is_its_posterior_mean():
    x, level = _noise(1, 20, 1), torch.full((1, 20, 1), 0.7, dtype=torch.float64)
    expected = x * DEVIATION**2 / (DEVIATION**2 + 0.49)
    torch.testing.assert_close(denoised(_exact_network, x, level=level), expected)


def test_posterior_mean_minimises_the_denoising_loss():
    clean, noise = DEVIATION * _noise(1, 20_000, 1), _noise(1, 20_000, 1, seed=1)
    level = torch.full((1, 20_000, 1), 0.7, dtype=torch.float64)
    losses = [
        denoising_loss(lambda x, t, c=change: c * _exact_network(x, t), clean, noise=noise, level=level).item()
        for change in (0.9, 1.0, 1.1)
    ]
    assert losses[1] == min(losses)
    # (s^2 + 1) / s^2 times the posterior variance d^2 s^2 / (d^2 + s^2); its sampling error is 1 percent
    expected = 1.49 / 0.49 * (0.25 * 0.49 / 0.74)
    assert losses[1] == pytest.approx(expected, rel=0.03)


def test_heun_samples_of_the_exact_denoiser_have_the_deviation_of_the_data():
    levels = NoiseLevels(smallest=0.002, largest=20.0).falling(40)
    noise = _noise(1, 1000, 1)
    drawn = heun_samples(_exact_network, noise, levels=levels)
    # the flow is linear, the error of 39 steps of second order: see the next test
    torch.testing.assert_close(drawn, DEVIATION * noise, rtol=1e-2, atol=0)


def test_heun_converges_with_the_second_power_of_the_levels():
    noise = torch.ones(1, 1, 1, dtype=torch.float64)
    exact = 20.0 * DEVIATION / math.sqrt(DEVIATION**2 + 20.0**2)
    errors = [
        abs(heun_samples(_exact_network, noise, levels=NoiseLevels().falling(count)).item() - exact)
        for count in (41, 81)
    ]
    assert 3 < errors[0] / errors[1] < 5


def test_levels_fall_between_their_ends_and_random_ones_are_log_uniform():
    levels = NoiseLevels(smallest=0.01, largest=10.0)
    falling = levels.falling(10)
    assert falling[0] == pytest.approx(10.0)
    assert falling[-1] == pytest.approx(0.01)
    assert all(a > b for a, b in pairwise(falling))
    middle = levels.random(torch.full((1, 1, 1), 0.5)).item()
    assert middle == pytest.approx(math.sqrt(0.01 * 10.0), rel=1e-6)


def test_exact_velocity_minimises_the_flow_loss_and_transports_the_gaussian():
    def velocity(x: torch.Tensor, t: torch.Tensor, factor: float = 1.0) -> torch.Tensor:
        # E[x_1 - x_0 | x_t] for x_0 ~ N(0, 1), x_1 ~ N(0, d^2)
        variance = (1 - t) ** 2 + t**2 * DEVIATION**2
        return factor * x * (t * DEVIATION**2 - (1 - t)) / variance

    clean, noise = DEVIATION * _noise(1, 20_000, 1), _noise(1, 20_000, 1, seed=1)
    time = torch.rand(1, 20_000, 1, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    losses = [
        flow_loss(lambda x, t, f=factor: velocity(x, t, f), clean, noise=noise, time=time).item()
        for factor in (0.8, 1.0, 1.2)
    ]
    assert losses[1] == min(losses)
    drawn = midpoint_samples(velocity, noise, steps=100)
    torch.testing.assert_close(drawn, DEVIATION * noise, rtol=1e-3, atol=1e-5)
