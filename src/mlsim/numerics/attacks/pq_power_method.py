"""The leading (p, q)-singular vector of a linear map that is given by its products with vectors."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import torch
from jaxtyping import Float
from torch import Tensor

Vectors = Float[Tensor, "start *shape"]
PerStart = Float[Tensor, " start"]


@dataclass(frozen=True, kw_only=True)
class LinearMap:
    """A linear map ``A`` and its adjoint, each applied to a batch of vectors of any shape."""

    forward: Callable[[Tensor], Tensor]  # ``v -> A v``
    adjoint: Callable[[Tensor], Tensor]  # ``w -> A^T w``


@dataclass(frozen=True, kw_only=True)
class SingularVectors:
    """Results of the power method from each start."""

    vectors: Vectors  # unit vectors in the p-norm
    values: PerStart  # ``||A v||_q``, lower bounds on the norm of ``A`` from p to q
    history: Float[Tensor, "iteration start"]  # values before the first and after each iteration

    def best(self) -> Tensor:
        """The vector of the largest value."""
        return self.vectors[int(self.values.argmax())]


def pq_singular_vectors(
    linear: LinearMap, starts: Vectors, *, p: float, q: float, iterations: int, tolerance: float = 0.0
) -> SingularVectors:
    """Local maxima of ``||A v||_q`` over ``||v||_p = 1`` by Boyd's power method, from all starts at once.

    ``v <- psi_p'(A^T psi_q(A v))``, normalised, with ``psi_r(z) = sign(z) |z|^(r-1)`` and ``1/p + 1/p' = 1``. For
    ``p = q = 2`` it is the power method for ``A^T A``. The value never decreases. Its limit is known to be the global
    maximum for ``p = q = 2``, from almost every start, and for nonnegative ``A`` and ``p >= q``, from positive starts;
    in general it depends on the start, hence several. Powers are taken of numbers up to one, so that single precision
    suffices at any scale of ``A``.

    Args:
        linear: ``A`` and its adjoint.
        starts: one initial vector per start, none zero.
        p: norm of the vectors, 1 to infinity.
        q: norm of the images, 1 to infinity.
        iterations: at most; each costs one product with ``A`` and one with its adjoint.
        tolerance: stop when the relative gain of every start falls below it; zero never stops.

    Raises:
        ValueError: ``p`` or ``q`` below one.

    Source:
        D. W. Boyd, The power method for l^p norms, Linear Algebra Appl. 9 (1974); V. Khrulkov, I. Oseledets,
        arXiv:1709.03582.

    >>> A = torch.tensor([[1.0, 2.0], [3.0, -4.0]])
    >>> linear = LinearMap(forward=lambda v: v @ A.T, adjoint=lambda w: w @ A)
    >>> result = pq_singular_vectors(linear, torch.tensor([[1.0, 0.5]]), p=float("inf"), q=1, iterations=5)
    >>> result.vectors.tolist(), result.values.tolist()
    ([[1.0, -1.0]], [8.0])
    """
    for name, exponent in (("p", p), ("q", q)):
        if not exponent >= 1:
            raise ValueError(f"{name} is {exponent}: allowed are 1 to infinity")
    vectors = starts / _per_start(norms(starts, p), starts)
    images = linear.forward(vectors)
    history = [norms(images, q)]
    for _ in range(iterations):
        vectors = gradient_of_norm(linear.adjoint(gradient_of_norm(images, q)), conjugate(p))
        vectors = vectors / _per_start(norms(vectors, p), vectors)
        images = linear.forward(vectors)
        history.append(norms(images, q))
        if tolerance > 0 and bool((history[-1] <= (1 + tolerance) * history[-2]).all()):
            break
    return SingularVectors(vectors=vectors, values=history[-1], history=torch.stack(history))


def conjugate(p: float) -> float:
    """The exponent ``p'`` with ``1/p + 1/p' = 1``.

    >>> conjugate(1), conjugate(2.0), conjugate(inf)
    (inf, 2.0, 1.0)
    """
    if p == 1:
        return inf
    return 1.0 if p == inf else p / (p - 1)


def norms(z: Vectors, r: float) -> PerStart:
    """``||z||_r`` of each vector, without overflow: the largest entry is taken out before the powers."""
    size = z.abs().flatten(1)
    largest = size.amax(dim=1)
    if r == inf:
        return largest
    scaled = size / _positive(largest)[:, None]
    return largest * scaled.pow(r).sum(dim=1).pow(1 / r)


def gradient_of_norm(z: Vectors, r: float) -> Vectors:
    """``psi_r(z) = sign(z) |z|^(r-1)`` of each vector, up to a positive factor; largest entry one.

    At ``r = 1`` the signs; at infinity the sign of the largest entry there, zero elsewhere.
    """
    if r == 1:
        return z.sign()
    size = z.abs().flatten(1)
    largest = size.amax(dim=1)
    if r == inf:
        largest_only = torch.zeros_like(size).scatter_(1, size.argmax(dim=1, keepdim=True), 1.0)
        return z.sign() * largest_only.reshape(z.shape)
    return z.sign() * (size / _positive(largest)[:, None]).pow(r - 1).reshape(z.shape)


def jacobian(function: Callable[[Tensor], Tensor], at: Float[Tensor, "*shape"]) -> LinearMap:
    """The derivative of ``function`` at a point, as a linear map on batches of tangents.

    The function is run twice, once for forward and once for reverse derivatives, and not again for the products.
    Parameters that require gradients cost time and memory here.
    """
    with warnings.catch_warnings():
        # torch warns about constants of the graph that it makes
        warnings.filterwarnings("ignore", message="Attempted to insert a get_attr Node", category=UserWarning)
        _, push = torch.func.linearize(function, at)
    pull = torch.func.vjp(function, at)[1]
    return LinearMap(forward=torch.func.vmap(push), adjoint=torch.func.vmap(lambda w: pull(w)[0]))


def _positive(largest: PerStart) -> PerStart:
    """One in place of zero: a zero vector has norm zero and no direction."""
    return torch.where(largest > 0, largest, torch.ones_like(largest))


def _per_start(values: PerStart, like: Vectors) -> Tensor:
    return _positive(values).reshape(-1, *(1,) * (like.ndim - 1))
