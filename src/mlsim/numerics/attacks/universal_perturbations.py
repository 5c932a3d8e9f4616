"""Single perturbations that are added to any image, bounded in the maximum norm, and how many images they fool."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from mlsim.numerics.attacks.single_image import Classifier, Images, Labels, deepfool, perturbed, predicted

Perturbation = Float[Tensor, "channel row column"]


def fooled(logits: Classifier, images: Images, perturbation: Perturbation, *, clean: Labels) -> Bool[Tensor, " image"]:
    """Where ``argmax f(clamp(x + v, 0, 1))`` differs from ``clean``, the class of the clean image."""
    return predicted(logits, perturbed(images, perturbation)) != clean


def random_signs(shape: tuple[int, ...], *, norm: float, generator: torch.Generator) -> Float[Tensor, "*shape"]:
    """Each value ``norm`` or ``-norm`` with equal probability: the baseline of every attack."""
    return norm * (2.0 * torch.randint(2, shape, generator=generator) - 1)


def sequential_perturbation(
    logits: Classifier, images: Images, *, norm: float, passes: int, enough: float = 0.8, steps: int = 10,
    generator: torch.Generator,
) -> Perturbation:  # fmt: skip
    """DeepFool's steps of one image after the other, added up and cut to the cube.

    ``v <- clamp(v + deepfool(x + v), -norm, norm)`` for each image ``x`` that ``v`` does not fool yet, in random order,
    unless DeepFool needs the last of its ``steps``; at most ``passes`` times over all images, until a fraction
    ``enough`` of them is fooled.

    Source:
        S.-M. Moosavi-Dezfooli, A. Fawzi, O. Fawzi, P. Frossard, Universal adversarial perturbations,
        arXiv:1610.08401, and the code released with it.
    """
    clean = predicted(logits, images)
    v = torch.zeros_like(images[0])
    for _ in range(passes):
        if float(fooled(logits, images, v, clean=clean).double().mean()) >= enough:
            break
        for index in torch.randperm(len(images), generator=generator).tolist():
            at = images[index : index + 1] + v
            if int(predicted(logits, at)) != int(clean[index]):
                continue
            step, taken = deepfool(logits, at, steps=steps)
            if int(taken) < steps:
                v = (v + step[0]).clamp(-norm, norm)
    return v


def gradient_perturbation(
    logits: Classifier, images: Images, *, norm: float, steps: int, step: float, cap: float = 9.0
) -> Perturbation:
    """Ascent on the mean cross entropy of the clean class along the signs of its gradient, inside the cube.

    ``v <- clamp(v + step sign(grad mean min(loss, cap)), -norm, norm)`` on all images at once.

    Source:
        A. Shafahi, M. Najibi, Z. Xu, J. Dickerson, L. Davis, T. Goldstein, Universal adversarial training,
        arXiv:1811.11304.
    """
    clean = predicted(logits, images)
    v = torch.zeros_like(images[0])
    for _ in range(steps):
        at = v.clone().requires_grad_()
        loss = functional.cross_entropy(logits(images + at), clean, reduction="none").clamp_max(cap).mean()
        v = (v + step * torch.autograd.grad(loss, at)[0].sign()).clamp(-norm, norm)
    return v
