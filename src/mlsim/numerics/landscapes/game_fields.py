"""The vector field of a two-player game, the gradients of each player's loss in its parameters, and its rotation.

``v = (grad_theta L_G, grad_phi L_D)`` is no gradient: its Jacobian has complex eigenvalues. Along eigenvectors whose
eigenvalue has a positive real part the motion ``-v`` is attracted to an equilibrium, with a negative one repelled; the
imaginary parts are rotations.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Complex, Float
from torch import Tensor
from torch.nn.functional import softplus

from mlsim.numerics.landscapes.hessians import FieldDerivative

Parameters = dict[str, Tensor]
GameLoss = Callable[[Parameters], Tensor]


def game_field(losses: Mapping[str, GameLoss], parameters: Parameters) -> FieldDerivative:
    """The field and its Jacobian at the parameters of all players.

    Args:
        losses: by player; those of ``<name>`` are the parameters whose names begin with ``<name>.``.
        parameters: of all players.

    Raises:
        ValueError: a parameter belongs to no player.
    """
    for name in parameters:
        if name.partition(".")[0] not in losses:
            raise ValueError(f"parameter {name} has no player: allowed are names that begin with {', '.join(losses)}")

    def field(at: dict[str, Tensor]) -> list[Tensor]:
        components: dict[str, Tensor] = {}
        for player, loss in losses.items():
            owned = {name: value for name, value in at.items() if name.partition(".")[0] == player}
            slopes = torch.autograd.grad(loss(at), list(owned.values()), create_graph=True, materialize_grads=True)
            components |= dict(zip(owned, slopes, strict=True))
        return [components[name] for name in at]

    return FieldDerivative(field, parameters)


@dataclass(frozen=True, kw_only=True)
class Turning:
    """Properties of the motion ``-v`` from the eigenvalues ``mu`` of a game's Jacobian."""

    rotation: float  # largest ``|Im mu|``
    attraction: float  # smallest ``Re mu``; negative where a direction repels
    largest: float  # largest ``|mu|``
    # percent of the eigenvalues with ``|Im mu| > |Re mu|`` among those above a millionth of the largest
    complex_percent: float
    repelling: int  # number of eigenvalues with a real part below minus a millionth of the largest


def turning(eigenvalues: Complex[np.ndarray, " size"]) -> Turning:
    """Summary of a spectrum.

    >>> turning(np.array([1j, -1j, 1.0 + 0j, 2.0 + 0j])).complex_percent
    50.0
    """
    largest = float(np.abs(eigenvalues).max())
    counted = eigenvalues[np.abs(eigenvalues) > 1e-6 * largest]
    complex_percent = 100 * float(np.mean(np.abs(np.imag(counted)) > np.abs(np.real(counted)))) if counted.size else 0.0
    return Turning(
        rotation=float(np.abs(np.imag(eigenvalues)).max()),
        attraction=float(np.real(eigenvalues).min()),
        largest=largest,
        complex_percent=complex_percent,
        repelling=int((np.real(eigenvalues) < -1e-6 * largest).sum()),
    )


def dirac_losses(*, penalty: float) -> dict[str, GameLoss]:
    """The smallest game: the data are one point at zero, the generator is a point, the critic is linear.

    ``D(x) = phi x``, ``L_D = softplus(-D(0)) + softplus(D(theta)) + penalty phi^2 / 2``, and for the generator
    ``L_G = -softplus(D(theta))``. At the equilibrium, zero, the Jacobian has the eigenvalues
    :func:`dirac_eigenvalues`: without the penalty the players orbit the equilibrium.

    Source:
        L. Mescheder, A. Geiger, S. Nowozin, Which training methods for GANs do actually converge?, arXiv:1801.04406.
    """

    def critic(at: Parameters) -> Tensor:
        theta, phi = at["generator.theta"], at["critic.phi"]
        return (softplus(-0.0 * phi) + softplus(phi * theta) + penalty * phi**2 / 2).sum()

    def generator(at: Parameters) -> Tensor:
        return -softplus(at["critic.phi"] * at["generator.theta"]).sum()

    return {"generator": generator, "critic": critic}


def dirac_eigenvalues(*, penalty: float) -> Complex[np.ndarray, " 2"]:
    """Eigenvalues at the equilibrium of the smallest game, ``penalty / 2 +- sqrt(penalty^2 / 4 - 1 / 4)``.

    >>> dirac_eigenvalues(penalty=0.0).imag.tolist()
    [0.5, -0.5]
    """
    root = np.sqrt(complex(penalty**2 / 4 - 0.25))
    return np.array([penalty / 2 + root, penalty / 2 - root])


def projected_field(
    losses: Mapping[str, GameLoss], parameters: Parameters, plane: Float[Tensor, "size 2"], *, at: tuple[float, float]
) -> Float[np.ndarray, " 2"]:
    """Components of the motion ``-v`` along two orthonormal directions, at ``theta + a d + b e``."""
    shift = plane @ torch.tensor(at, dtype=plane.dtype)
    moved, start = {}, 0
    for name, value in parameters.items():
        moved[name] = value + shift[start : start + value.numel()].reshape(value.shape)
        start += value.numel()
    return -(plane.T @ game_field(losses, moved).value).numpy()


def turning_plane(jacobian: Float[Tensor, "size size"]) -> Float[Tensor, "size 2"]:
    """Orthonormal directions that span real and imaginary part of the eigenvector of the largest ``Im mu``."""
    values, vectors = np.linalg.eig(jacobian.numpy())
    fastest = vectors[:, int(np.imag(values).argmax())]
    orthonormal, _ = np.linalg.qr(np.stack([np.real(fastest), np.imag(fastest)], axis=1))
    return torch.from_numpy(orthonormal)
