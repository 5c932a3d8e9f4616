"""Maps from noise and losses of games, on laws where the optimum is a formula."""

import math
from itertools import pairwise

import numpy as np
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
from mlsim.numerics.probability.gan_losses import (
    classification_loss,
    non_saturating_loss,
    one_centred_penalty,
    packed,
    relativistic_loss,
    scores_and_squared_slopes,
    squared_slope,
    wasserstein_loss,
    zero_centred_penalty,
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


def test_discriminator_of_the_original_game_is_optimal_at_the_log_ratio():
    # two points with probabilities p (real) and q (fake): the minimum of the loss is at D = log(p / q)
    real, fake = torch.tensor([0.0, 0.0, 0.0, 1.0]), torch.tensor([0.0, 1.0, 1.0, 1.0])
    logits = torch.tensor([math.log(3.0), math.log(1 / 3)], requires_grad=True)
    loss = classification_loss(logits[real.long()].reshape(1, 4, 1), logits[fake.long()].reshape(1, 4, 1))
    (gradient,) = torch.autograd.grad(loss.sum(), logits)
    torch.testing.assert_close(gradient, torch.zeros(2), atol=1e-6, rtol=0)


def test_relativistic_losses_of_the_players_mirror_each_other_and_see_differences_alone():
    real, fake = _noise(2, 5, 1), _noise(2, 5, 1, seed=1)
    torch.testing.assert_close(relativistic_loss(real, fake), relativistic_loss(real + 3, fake + 3))
    equal = relativistic_loss(real, real)
    torch.testing.assert_close(equal, torch.full((2,), math.log(2.0), dtype=torch.float64))
    # softplus(-a) - softplus(a) = -a
    difference = relativistic_loss(real, fake) - relativistic_loss(fake, real)
    torch.testing.assert_close(difference, (fake - real).mean(dim=(1, 2)))


def test_generator_loss_of_the_original_game_falls_as_the_fakes_convince():
    losses = [non_saturating_loss(torch.full((1, 1, 1), value)).item() for value in (-2.0, 0.0, 2.0)]
    assert losses == sorted(losses, reverse=True)


def test_penalties_of_a_linear_critic_are_those_of_its_slope():
    slope = torch.tensor([[3.0], [4.0]], dtype=torch.float64)
    x, y = _noise(1, 6, 2), _noise(1, 6, 2, seed=1)

    def critic(point: torch.Tensor) -> torch.Tensor:
        return point @ slope

    share = torch.rand(1, 6, 1, dtype=torch.float64)
    assert zero_centred_penalty(critic, x, y).item() == pytest.approx(25.0)
    assert one_centred_penalty(critic, x, y, share=share).item() == pytest.approx(16.0)
    torch.testing.assert_close(squared_slope(critic, x), torch.full((1, 6), 25.0, dtype=torch.float64))
    assert wasserstein_loss(critic(x), critic(x + 1)).item() == pytest.approx(7.0)


def test_scores_and_slopes_of_one_pass_are_those_of_two():
    x = _noise(2, 5, 3)

    def critic(point: torch.Tensor) -> torch.Tensor:
        return point.square().sin().sum(dim=2, keepdim=True)

    scores, slopes = scores_and_squared_slopes(critic, x)
    torch.testing.assert_close(scores.detach(), critic(x))
    torch.testing.assert_close(slopes.detach(), (2 * x * x.square().cos()).square().sum(dim=2))


def test_penalty_has_a_gradient_for_the_critic():
    weight = torch.tensor([[2.0]], requires_grad=True)
    zero_centred_penalty(lambda x: x @ weight, torch.zeros(1, 3, 1), torch.zeros(1, 3, 1)).sum().backward()
    assert weight.grad is not None
    assert weight.grad.item() == pytest.approx(4.0)  # d w^2 / d w


def test_packing_keeps_every_sample_once():
    x = torch.arange(24.0).reshape(2, 6, 2)
    several = packed(x, size=3)
    assert several.shape == (2, 2, 6)
    assert np.array_equal(np.sort(several.numpy(), axis=None), np.sort(x.numpy(), axis=None))
    torch.testing.assert_close(several[1, 0], x[1, :3].flatten())
