"""Losses and penalties of generative adversarial networks."""

import math

import numpy as np
import pytest
import torch

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


def _noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


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
