"""Perturbations of single images that change the class which a classifier predicts.

A classifier is a function from images with values in [0, 1] to logits. The reference is its prediction for the clean
image, right or wrong.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

Images = Float[Tensor, "image channel row column"]
Labels = Int[Tensor, " image"]
Classifier = Callable[[Tensor], Tensor]
# images in one pass of the network: what bounds the memory
BATCH = 250


def predicted(logits: Classifier, images: Images) -> Labels:
    """The class with the largest logit of each image."""
    with torch.no_grad():
        return torch.cat([logits(part).argmax(dim=1) for part in images.split(BATCH)])


def perturbed(images: Images, perturbation: Float[Tensor, "*shape"]) -> Images:
    """``clamp(x + v, 0, 1)``, for one perturbation or one per image."""
    return (images + perturbation).clamp(0, 1)


def loss_gradients(logits: Classifier, images: Images, labels: Labels) -> Images:
    """Gradient of the cross entropy of each image."""
    gradients = []
    for part, part_labels in zip(images.detach().split(BATCH), labels.split(BATCH), strict=True):
        at = part.clone().requires_grad_()
        loss = functional.cross_entropy(logits(at), part_labels, reduction="sum")
        gradients.append(torch.autograd.grad(loss, at)[0])
    return torch.cat(gradients)


def fgsm(logits: Classifier, images: Images, *, norm: float) -> Images:
    """Attacked images ``clamp(x + norm sign(gradient of the loss))``.

    Source:
        I. Goodfellow, J. Shlens, C. Szegedy, arXiv:1412.6572.
    """
    gradient = loss_gradients(logits, images, predicted(logits, images))
    return perturbed(images, norm * gradient.sign())


def pgd(logits: Classifier, images: Images, *, norm: float, steps: int, generator: torch.Generator) -> Images:
    """Attacked images by steps of ``norm / 4`` along the signs of the gradient, from a random start in the cube.

    Source:
        A. Madry, A. Makelov, L. Schmidt, D. Tsipras, A. Vladu, arXiv:1706.06083.
    """
    labels = predicted(logits, images)
    noise = norm * (2 * torch.rand(images.shape, generator=generator, dtype=images.dtype) - 1)
    attacked = perturbed(images, noise)
    for _ in range(steps):
        step = 0.25 * norm * loss_gradients(logits, attacked, labels).sign()
        attacked = perturbed(images, (attacked + step - images).clamp(-norm, norm))
    return attacked


def deepfool(
    logits: Classifier, images: Images, *, classes: int = 10, steps: int, overshoot: float = 0.02
) -> tuple[Images, Labels]:
    """Nearly shortest perturbations in the 2-norm: steps to the nearest face of the linearised decision boundary.

    ``r <- r + |d_k| w_k / ||w_k||^2`` with ``w_k = grad f_k - grad f_l``, ``d_k = f_k - f_l``, for the ``k`` of the
    least ``|d_k| / ||w_k||`` among the classes with the largest clean logits, until ``x + (1 + overshoot) r`` is no
    longer of the class ``l``. For an affine classifier one step is exact.

    Args:
        logits: the classifier; its gradients are taken.
        images: need not lie in [0, 1].
        classes: number of classes that are considered.
        steps: at most; images that are done take no part in the later ones.
        overshoot: fraction by which the perturbation is lengthened.

    Returns:
        Perturbations, overshoot included, and the steps that each image took: ``steps + 1`` where it resisted.

    Source:
        S.-M. Moosavi-Dezfooli, A. Fawzi, P. Frossard, DeepFool, arXiv:1511.04599.
    """
    with torch.no_grad():
        first = torch.cat([logits(part) for part in images.split(BATCH)])
    ranked = first.topk(min(classes, first.shape[1]), dim=1).indices
    total = torch.zeros_like(images)
    taken = torch.full((len(images),), steps + 1)
    active = torch.arange(len(images))
    for step in range(steps):
        attacked = images[active] + (1 + overshoot) * total[active]
        parts = (rows.split(max(1, BATCH // ranked.shape[1])) for rows in (attacked, ranked[active]))
        total[active] += torch.cat([_shortest_step(logits, *pair) for pair in zip(*parts, strict=True)])
        done = predicted(logits, images[active] + (1 + overshoot) * total[active]) != ranked[active, 0]
        taken[active[done]] = step + 1
        active = active[~done]
        if len(active) == 0:
            break
    return (1 + overshoot) * total, taken


def _shortest_step(logits: Classifier, images: Images, ranked: Int[Tensor, "image rank"]) -> Images:
    """Step of each image to the nearest face, from one reverse sweep over all pairs of image and class."""
    count, ranks = ranked.shape
    at = images.repeat_interleave(ranks, dim=0).requires_grad_()
    values = logits(at).gather(1, ranked.reshape(-1, 1))
    (gradient,) = torch.autograd.grad(values.sum(), at)
    gradient = gradient.reshape(count, ranks, -1)
    values = values.detach().reshape(count, ranks)
    normals = gradient[:, 1:] - gradient[:, :1]
    lengths = normals.norm(dim=2).clamp_min(1e-12)
    # a distance of zero would be a step of zero: the boundary is to be crossed, not reached
    gaps = (values[:, 1:] - values[:, :1]).abs() + 1e-4
    nearest = (gaps / lengths).argmin(dim=1, keepdim=True)
    length = lengths.gather(1, nearest)
    normal = normals.gather(1, nearest[:, :, None].expand(-1, -1, normals.shape[2]))[:, 0]
    return (gaps.gather(1, nearest) / length**2 * normal).reshape(images.shape)
