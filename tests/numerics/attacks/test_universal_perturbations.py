"""Perturbations of many images."""

import pytest
import torch

from mlsim.numerics.attacks.single_image import perturbed, predicted
from mlsim.numerics.attacks.universal_perturbations import (
    fooled,
    gradient_perturbation,
    random_signs,
    sequential_perturbation,
)


def generator(seed=0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def affine(classes=4, size=2, seed=1):
    """Logits ``W x + b``, and W with one row per class."""
    drawn = generator(seed)
    weights = torch.randn(classes, 3 * size * size, generator=drawn, dtype=torch.float64)
    shift = -0.5 * weights.sum(dim=1)
    return (lambda images: images.flatten(1) @ weights.T + shift), weights


def images(count=30, size=2) -> torch.Tensor:
    return 0.5 + 0.2 * (torch.rand(count, 3, size, size, generator=generator(5), dtype=torch.float64) - 0.5)


def test_perturbed_images_stay_in_range_and_nothing_fools_nothing():
    logits, _ = affine()
    x = images()
    attacked = perturbed(x, torch.full((3, 2, 2), 0.9, dtype=torch.float64))
    assert float(attacked.max()) == 1
    assert not bool(fooled(logits, x, torch.zeros(3, 2, 2).double(), clean=predicted(logits, x)).any())


def test_random_signs_have_exactly_their_norm():
    v = random_signs((3, 16, 16), norm=10 / 255, generator=generator())
    assert set(v.abs().unique().tolist()) == {torch.tensor(10 / 255).item()}
    # 768 fair signs: five standard deviations
    assert abs(float(v.sign().mean())) < 5 / 768**0.5


def biased(norm: float):
    """Two classes; all images on one side of a plane, within reach of a perturbation of ``norm``."""
    _, weights = affine(classes=2)
    normal = weights[1] - weights[0]
    x = images()
    gaps = x.flatten(1) @ normal
    bound = float(gaps.max()) + 0.1 * norm * float(normal.abs().sum())
    return (lambda at: torch.stack([torch.zeros(len(at)).double(), at.flatten(1) @ normal - bound], dim=1)), normal, x


def test_gradient_ascent_finds_the_best_corner_for_two_affine_classes():
    logits, normal, x = biased(norm=0.5)
    v = gradient_perturbation(logits, x, norm=0.5, steps=10, step=0.125)
    torch.testing.assert_close(v, 0.5 * normal.sign().reshape(v.shape))


def test_both_universal_attacks_fool_images_that_one_step_can_move_over_a_plane():
    logits, _, x = biased(norm=0.5)
    clean = predicted(logits, x)
    step = sequential_perturbation(logits, x, norm=0.5, passes=5, enough=1.0, generator=generator())
    ascent = gradient_perturbation(logits, x, norm=0.5, steps=10, step=0.125)
    for v in (step, ascent):
        assert float(v.abs().max()) <= 0.5
        assert bool((predicted(logits, x + v) != clean).all())


def test_the_sequential_attack_stops_when_enough_are_fooled():
    logits, _, x = biased(norm=0.5)
    none = sequential_perturbation(logits, x, norm=0.5, passes=5, enough=0.0, generator=generator())
    assert float(none.abs().max()) == 0


def test_an_image_beyond_the_cap_pulls_no_more():
    logits, _, x = biased(norm=0.5)
    # the loss of two classes exceeds 1e-9 before the first step: nothing pulls
    v = gradient_perturbation(logits, x, norm=0.5, steps=3, step=0.1, cap=1e-9)
    assert float(v.abs().max()) == pytest.approx(0, abs=1e-15)
