"""Spectral radii of linear maps: values with their residuals for reports, differentiable estimates for training."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from scipy.sparse.linalg import ArpackError, ArpackNoConvergence, LinearOperator, eigs
from torch import Tensor

from mlsim.numerics.multigrid.stencils import Functions

POWER_ITERATIONS = 300
# of the vectors that ARPACK draws when its Krylov space is exhausted; by default scipy seeds them at random
ARPACK_SEED = 0


@dataclass(frozen=True, kw_only=True)
class Radius:
    """A spectral radius and how far it can be trusted."""

    value: float  # largest modulus of an eigenvalue
    residual: float  # ``||M v - lambda v|| / |lambda|`` of a unit vector ``v``; zero for ``dense``
    # ``dense`` (all eigenvalues), ``arpack``, or ``power`` where ARPACK failed: power iteration ends below the true
    # value when eigenvalues are close together
    estimate: Literal["dense", "arpack", "power"]


def linear_map(apply: Callable[[np.ndarray], np.ndarray], *, size: int) -> LinearOperator:
    """A linear map on real vectors of length ``size`` as an operator of scipy."""
    return LinearOperator((size, size), matvec=apply, dtype=np.float64)  # pyright: ignore[reportCallIssue]


def dense_radius(matrix: Float[Tensor, "size size"]) -> Radius:
    """Spectral radius of a matrix from all its eigenvalues.

    >>> round(dense_radius(torch.tensor([[0.0, 2.0], [2.0, 0.0]], dtype=torch.float64)).value, 12)
    2.0
    """
    return Radius(value=float(torch.linalg.eigvals(matrix.detach()).abs().max()), residual=0.0, estimate="dense")


def arpack_radius(
    apply: Callable[[np.ndarray], np.ndarray], *, size: int, start: Float[np.ndarray, " size"], restarts: int = 300
) -> Radius:
    """Spectral radius of a linear map by implicitly restarted Arnoldi iterations.

    Two eigenvalues are sought: with a single one the dominant pair can be missed. The tolerance is that
    of the residual; the eigenvalue is far more exact for nearly symmetric maps, and where exact Fourier blocks exist
    the tests and the tables compare the two.

    Args:
        apply: the map on vectors of length ``size``.
        size: length of the vectors, at least 50.
        start: start vector.
        restarts: most restarts; after them the flagged power iteration answers.
    """
    try:
        pairs = eigs(
            linear_map(apply, size=size), k=2, ncv=40, v0=start, maxiter=restarts,
            tol=3e-5, rng=np.random.default_rng(ARPACK_SEED),  # pyright: ignore[reportArgumentType]
        )  # fmt: skip
    except (ArpackError, ArpackNoConvergence):
        # some eigenvalues may have converged, but perhaps not the largest one
        return power_radius(apply, start=start)
    values, vectors = (np.asarray(part, dtype=complex) for part in pairs)
    largest = int(np.abs(values).argmax())
    value, vector = complex(values[largest]), vectors[:, largest]
    image = apply(np.ascontiguousarray(np.real(vector))) + 1j * apply(np.ascontiguousarray(np.imag(vector)))
    residual = float(np.linalg.norm(image - value * vector) / abs(value))
    return Radius(value=float(abs(value)), residual=residual, estimate="arpack")


def power_radius(apply: Callable[[np.ndarray], np.ndarray], *, start: Float[np.ndarray, " size"]) -> Radius:
    """Estimate of the spectral radius by power iteration, flagged as such.

    The growth over the second half of the iterations, so that a complex pair does not make it swing.
    """
    vector, logarithms = start / np.linalg.norm(start), []
    image = vector
    for _ in range(POWER_ITERATIONS):
        image = apply(vector)
        norm = float(np.linalg.norm(image))
        if norm == 0.0:
            return Radius(value=0.0, residual=0.0, estimate="power")
        logarithms.append(np.log(norm))
        vector = image / norm
    value = float(np.exp(np.mean(logarithms[len(logarithms) // 2 :])))
    image = apply(vector)
    return Radius(
        value=value, residual=float(np.linalg.norm(image - vector * (vector @ image)) / value), estimate="power"
    )


def gelfand_loss(apply: Callable[[Functions], Functions], z: Functions, *, power: int) -> Float[Tensor, ""]:
    """Stochastic estimate of the logarithm of the radius, ``log(||M^power z||^2 / ||z||^2) / (2 power)``.

    Without the factor ``N^(1 / 2 power)`` of the Frobenius norm it is an estimate per unknown, and no upper bound.

    Args:
        apply: the map on a batch of grid functions.
        z: random signs (Rademacher), drawn anew in each step, to avoid overfitting to them.
        power: exponent, positive.

    Source:
        A. Katrutsa, T. Daulbaev, I. Oseledets, arXiv:1711.03825, with the normalisation changed.
    """
    log_growth = torch.zeros((), dtype=z.dtype)
    for _ in range(power):
        z, before = apply(z), z
        growth = (z.square().sum() / before.square().sum()).log()
        log_growth = log_growth + growth
        z = z / z.square().mean().sqrt().detach()
    return log_growth / (2 * power)
