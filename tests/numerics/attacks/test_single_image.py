"""Attacks on single images."""

import torch

from mlsim.numerics.attacks import single_image
from mlsim.numerics.attacks.single_image import deepfool, fgsm, loss_gradients, pgd, predicted


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


def distances(logits, weights, x) -> torch.Tensor:
    """From each image to the nearest face of its class, in the 2-norm."""
    values = logits(x)
    own = values.argmax(dim=1)
    gaps = values.gather(1, own[:, None]) - values
    lengths = (weights[own][:, None] - weights[None]).norm(dim=2)
    return torch.where(lengths > 0, gaps / lengths, torch.inf).amin(dim=1)


def test_one_step_of_deepfool_reaches_the_nearest_face_of_an_affine_classifier():
    logits, weights = affine()
    x = images()
    step, taken = deepfool(logits, x, steps=5)
    assert bool((predicted(logits, x + step) != predicted(logits, x)).all())
    assert set(taken.tolist()) == {1}
    # overshoot 0.02; the term 1e-4 that keeps steps from being zero is divided by lengths of about one
    torch.testing.assert_close(step.flatten(1).norm(dim=1), 1.02 * distances(logits, weights, x), rtol=0, atol=1e-4)


def test_attacks_on_many_images_are_those_on_each(monkeypatch):
    logits, _ = affine()
    x = images(23)
    labels = predicted(logits, x)
    whole = deepfool(logits, x, steps=3)[0], loss_gradients(logits, x, labels), predicted(logits, x)
    monkeypatch.setattr(single_image, "BATCH", 5)
    parts = deepfool(logits, x, steps=3)[0], loss_gradients(logits, x, labels), predicted(logits, x)
    for found, expected in zip(parts, whole, strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-14)


def test_deepfool_reports_images_that_resist():
    x = images(3)
    step, taken = deepfool(lambda at: at.flatten(1)[:, :2] * 0 + torch.tensor([1.0, 0.0]).double(), x, steps=2)
    assert taken.tolist() == [3, 3, 3]
    assert bool(torch.isfinite(step).all())


def test_fgsm_of_two_classes_is_the_sign_of_the_difference_of_their_weights():
    logits, weights = affine(classes=2)
    x = images()
    own = predicted(logits, x)
    direction = (weights[1 - own] - weights[own]).sign().reshape(x.shape)
    torch.testing.assert_close(fgsm(logits, x, norm=0.05), x + 0.05 * direction)


def test_no_perturbation_of_the_same_norm_changes_an_affine_gap_more_than_pgd():
    logits, _ = affine(classes=2)
    x = images()
    attacked = pgd(logits, x, norm=0.05, steps=10, generator=generator())
    assert float((attacked - x).abs().max()) <= 0.05 + 1e-12
    # ten steps of a quarter of the norm end in the corner, wherever they began
    torch.testing.assert_close(attacked, fgsm(logits, x, norm=0.05))


def test_gradients_of_the_loss_are_difference_quotients():
    logits, _ = affine()
    x, own = images(2), torch.tensor([0, 1])
    gradient = loss_gradients(logits, x, own)
    step = torch.zeros_like(x)
    step[:, 1, 0, 1] = 1e-6
    loss = torch.nn.functional.cross_entropy
    quotient = (loss(logits(x + step), own, reduction="none") - loss(logits(x - step), own, reduction="none")) / 2e-6
    torch.testing.assert_close(gradient[:, 1, 0, 1], quotient, rtol=1e-7, atol=1e-9)
