"""Losses of GANs, for several independent GANs in one tensor.

A critic maps ``members batch dimension`` to ``members batch 1``; losses are means over the batch, one per member.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import softplus

Points = Float[Tensor, "members batch dimension"]
Logits = Float[Tensor, "members batch 1"]
Losses = Float[Tensor, " members"]
Critic = Callable[[Tensor], Tensor]


def classification_loss(real: Logits, fake: Logits) -> Losses:
    """Discriminator of the non-saturating GAN: ``E softplus(-D(x)) + E softplus(D(G(z)))``.

    Source:
        I. Goodfellow et al., Generative adversarial nets, arXiv:1406.2661.

    >>> round(classification_loss(torch.zeros(1, 2, 1), torch.zeros(1, 2, 1)).item(), 4)  # 2 log 2
    1.3863
    """
    return softplus(-real).mean(dim=(1, 2)) + softplus(fake).mean(dim=(1, 2))


def non_saturating_loss(fake: Logits) -> Losses:
    """Generator of the non-saturating GAN: ``E softplus(-D(G(z)))``."""
    return softplus(-fake).mean(dim=(1, 2))


def relativistic_loss(winner: Logits, loser: Logits) -> Losses:
    """``E softplus(D(loser) - D(winner))`` over pairs; for the critic the winner is the real sample.

    Source:
        A. Jolicoeur-Martineau, arXiv:1807.00734; N. Huang et al., The GAN is dead, long live the GAN, arXiv:2501.05441.
    """
    return softplus(loser - winner).mean(dim=(1, 2))


def wasserstein_loss(real: Logits, fake: Logits) -> Losses:
    """Critic of the Wasserstein GAN: ``E D(G(z)) - E D(x)``.

    Source:
        M. Arjovsky, S. Chintala, L. Bottou, arXiv:1701.07875.
    """
    return fake.mean(dim=(1, 2)) - real.mean(dim=(1, 2))


def squared_slope(critic: Critic, x: Points) -> Float[Tensor, "members batch"]:
    """``|grad D(x)|^2`` at each point, with its graph, so that it can be minimised.

    Where ``x`` has a graph, such as that of a generator, the result is differentiable through it.

    >>> squared_slope(lambda x: 3.0 * x, torch.zeros(1, 1, 1)).tolist()
    [[9.0]]
    """
    return scores_and_squared_slopes(critic, x)[1]


def scores_and_squared_slopes(critic: Critic, x: Points) -> tuple[Logits, Float[Tensor, "members batch"]]:
    """``D(x)`` and ``|grad D(x)|^2`` of one pass, both with their graphs; see :func:`squared_slope`."""
    point = x if x.requires_grad else x.detach().requires_grad_()
    scores = critic(point)
    (slope,) = torch.autograd.grad(scores.sum(), point, create_graph=True)
    return scores, slope.square().sum(dim=2)


def zero_centred_penalty(critic: Critic, real: Points, fake: Points) -> Losses:
    """R1 and R2: ``(E |grad D(x)|^2 + E |grad D(G(z))|^2) / 2``.

    Source:
        L. Mescheder, A. Geiger, S. Nowozin, Which training methods for GANs do actually converge?, arXiv:1801.04406.
    """
    slopes = squared_slope(critic, torch.cat([real, fake], dim=1))
    return slopes.mean(dim=1)


def one_centred_penalty(critic: Critic, real: Points, fake: Points, *, share: Logits) -> Losses:
    """``E (|grad D| - 1)^2`` at random interpolates of real and fake points.

    Source:
        I. Gulrajani et al., Improved training of Wasserstein GANs, arXiv:1704.00028.
    """
    slope = (squared_slope(critic, real + share * (fake - real)) + 1e-12).sqrt()
    return (slope - 1).square().mean(dim=1)


def packed(x: Points, *, size: int) -> Float[Tensor, "members packs packed_dimension"]:
    """``size`` samples side by side, as one input of the discriminator.

    Source:
        Z. Lin, A. Khetan, G. Fanti, S. Oh, PacGAN, arXiv:1712.04086.

    >>> packed(torch.arange(4.0).reshape(1, 4, 1), size=2).tolist()
    [[[0.0, 1.0], [2.0, 3.0]]]
    """
    return x.reshape(x.shape[0], x.shape[1] // size, size * x.shape[2])
