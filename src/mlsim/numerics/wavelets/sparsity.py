"""Sparsity of coefficients: Gini index, and the largest magnitudes."""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def gini(coefficients: Float[Tensor, "*batch count"]) -> Float[Tensor, "*batch"]:
    """Gini index of the magnitudes: 0 where all are equal, ``1 - 1/N`` where one alone is not zero.

    ``sum_i (2 i - N - 1) |c|_(i) / (N sum_i |c|_i)`` with the magnitudes in rising order, ``i = 1..N``. Zero for a zero
    vector. Differentiable wherever no two magnitudes are equal.

    >>> gini(torch.tensor([[1.0, 1.0], [0.0, -3.0]])).tolist()
    [0.0, 0.5]
    """
    count = coefficients.shape[-1]
    rising = coefficients.abs().sort(dim=-1).values
    weights = 2.0 * torch.arange(1, count + 1, dtype=rising.dtype) - count - 1
    tiny = torch.finfo(rising.dtype).tiny
    return (rising * weights).sum(dim=-1) / (count * rising.sum(dim=-1)).clamp(min=tiny)


def largest_alone(coefficients: Float[Tensor, "*batch count"], *, kept: int) -> Float[Tensor, "*batch count"]:
    """The coefficients with zeros in place of all but the ``kept`` largest magnitudes.

    >>> largest_alone(torch.tensor([1.0, -3.0, 2.0]), kept=2).tolist()
    [0.0, -3.0, 2.0]
    """
    chosen = coefficients.abs().topk(kept, dim=-1).indices
    return torch.zeros_like(coefficients).scatter(-1, chosen, coefficients.gather(-1, chosen))


def needed_count(coefficients: Float[Tensor, "*batch count"], *, tolerance: float) -> Int[Tensor, "*batch"]:
    """How many of the largest are needed for a relative error of at most ``tolerance``.

    For coefficients in an orthonormal basis, where the squared error is the sum of the squares left out.

    Args:
        coefficients: not all zero.
        tolerance: relative error in the Euclidean norm, in (0, 1).

    >>> [int(needed_count(torch.tensor([3.0, 0.0, 4.0]), tolerance=t)) for t in (0.7, 0.5)]
    [1, 2]
    """
    squares = coefficients.square().sort(dim=-1).values
    left_out = squares.cumsum(dim=-1)
    return (left_out > tolerance**2 * left_out[..., -1:]).sum(dim=-1)
