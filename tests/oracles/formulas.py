"""Formulas, recursions and conversions that tests compare the library with."""

from collections.abc import Sequence
from functools import cache
from math import prod

import numpy as np
import torch
from jaxtyping import Float, Shaped
from torch import Tensor

from mlsim.networks.multigrid.mgnet import Activation
from mlsim.numerics.flow.darcy_1d import Cells
from mlsim.numerics.landscapes.hessians import Parameters
from mlsim.numerics.multigrid.stencils import Functions, Stencil, applied
from mlsim.numerics.tensors.formats import Array
from mlsim.numerics.wavelets.wavelet_tensor_train import TensorTrainFilters


def total_variation(image: Float[np.ndarray, "rows columns"]) -> float:
    """``sum sqrt(gx^2 + gy^2)`` of forward differences, zero at the last row and column.

    >>> step = np.repeat([[0.0, 0.0, 1.0, 1.0]], 3, axis=0)
    >>> total_variation(step)
    3.0
    """
    down = np.diff(image, axis=0, append=image[-1:])
    right = np.diff(image, axis=1, append=image[:, -1:])
    return float(np.sqrt(down**2 + right**2).sum())


def effective_permeability(logarithm: Cells) -> Float[np.ndarray, "*samples"]:
    """Harmonic mean of the permeability: the flux under a unit difference of pressure."""
    return 1.0 / np.exp(-logarithm).mean(axis=-1)


def kalman_update(
    mean: Float[np.ndarray, " state"],
    covariance: Float[np.ndarray, "state state"],
    *,
    y: Float[np.ndarray, " observations"],
    operator: Float[np.ndarray, "observations state"],
    noise: float,
) -> tuple[Float[np.ndarray, " state"], Float[np.ndarray, "state state"]]:
    """Mean and covariance after ``y = H x + e``: ``K = P H^T (H P H^T + R)^-1``, ``m + K (y - H m)``, ``(I - K H) P``.

    >>> one = np.eye(1)
    >>> mean, covariance = kalman_update(np.zeros(1), one, y=np.ones(1), operator=one, noise=1.0)
    >>> mean.tolist(), covariance.tolist()
    ([0.5], [[0.5]])
    """
    H = operator
    gain = np.linalg.solve(H @ covariance @ H.T + noise**2 * np.eye(len(H)), H @ covariance).T
    return mean + gain @ (y - H @ mean), covariance - gain @ H @ covariance


@cache
def recursive_extra_steps(steps: int, *, snapshots: int) -> int:
    """``revolve.extra_steps`` by its recursion, for few steps."""
    if steps == 1:
        return 0
    if snapshots == 1:
        return steps * (steps - 1) // 2
    return min(_extra_steps_after(steps, j, snapshots=snapshots) for j in range(1, steps))


def _extra_steps_after(steps: int, j: int, *, snapshots: int) -> int:
    later = recursive_extra_steps(steps - j, snapshots=snapshots - 1)
    return j + later + recursive_extra_steps(j, snapshots=snapshots)


def chain_exponents(operations: int) -> tuple[int, int]:
    """Exponents a, b of the Fibonacci chain, exact integers; at ``(1, 1)`` they are its gradient.

    >>> [chain_exponents(k) for k in range(1, 7)]
    [(1, 1), (1, 0), (2, 1), (1, 1), (3, 2), (2, 1)]
    """
    previous, last = (1, 0), (0, 1)
    for k in range(operations):
        sign = 1 if k % 2 == 0 else -1
        previous, last = last, (last[0] + sign * previous[0], last[1] + sign * previous[1])
    return last


def reduced_residual(
    r: Functions, operator: Stencil, *, smoothers: Sequence[Stencil] | Tensor, activation: Activation
) -> Functions:
    """``r <- r - A * s(B * s(r))``, once for each smoother ``B``: what ``mgnet.corrected`` does to ``f - A u``."""
    for smoother in smoothers:
        r = r - applied(operator, activation(applied(smoother, activation(r))))
    return r


def split_like(vector: Float[Tensor, " size"], parameters: Parameters) -> dict[str, Tensor]:
    """One vector cut into the names and shapes of the parameters.

    >>> split_like(torch.arange(3.0), {"a": torch.zeros(1, 2), "b": torch.zeros(1)})["a"].tolist()
    [[0.0, 1.0]]
    """
    parts = vector.split([prod(each.shape) for each in parameters.values()])
    return {name: part.reshape(each.shape) for part, (name, each) in zip(parts, parameters.items(), strict=True)}


def canonical_as_train(factors: Shaped[Array, "sites mode rank"]) -> list[Array]:
    """A canonical tensor as a train of the same rank: diagonal cores ``G_t[i] = diag(A_t[i])``."""
    rank = factors.shape[-1]
    inner = [factor.T[:, :, None] * np.eye(rank, dtype=factors.dtype)[:, None] for factor in factors[1:-1]]
    return [factors[0][None], *inner, factors[-1].T[..., None]]


def orthogonal_filters(ranks: Sequence[int], *, generator: torch.Generator) -> TensorTrainFilters:
    """Random orthogonal bases with given ranks, ``r_k`` at most ``2 r_(k-1)``."""
    bases = []
    for before in (1, *ranks[:-1]):
        square = torch.randn(2 * before, 2 * before, generator=generator, dtype=torch.float64)
        bases.append(torch.linalg.qr(square).Q)
    return TensorTrainFilters(bases=tuple(bases), ranks=tuple(ranks))
