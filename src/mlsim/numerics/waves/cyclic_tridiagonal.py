"""Symmetric positive definite systems that couple neighbours on a ring, many at once."""

import numpy as np
from jaxtyping import Float

Diagonal = Float[np.ndarray, "points samples"]
Sides = Float[np.ndarray, "points sides samples"]


def solve(diagonal: Diagonal, right: Sides, *, off: float) -> Sides:
    """Solutions of ``A x = b`` with ``A = diag(d) + off (S + S^T)``, ``S`` the cyclic shift by one point.

    Every second point is eliminated for as long as the ring has an even number of them; the rest goes point by point.
    All Schur complements are positive definite, so that no elimination needs pivots.

    Args:
        diagonal: ``d``; each sample's matrix must be positive definite. At least three points.
        right: right-hand sides ``b``, several per sample.
        off: the coupling of two neighbours, not zero.

    Source:
        Hockney, J. ACM 12 (1965) 95, for cyclic reduction; Temperton, J. Comput. Phys. 19 (1975) 317, for the
        splitting of the corners.

    >>> solve(np.full((4, 1), 3.0), np.ones((4, 1, 1)), off=-1.0).ravel().round(12).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    return _reduced(diagonal, np.full((len(diagonal), 1), off), right)


def _reduced(diagonal: Diagonal, coupling: Float[np.ndarray, "points #samples"], right: Sides) -> Sides:
    """Solution by reduction to the even points; ``coupling`` joins each point to the next one."""
    size = len(diagonal)
    if size % 2 or size < 6:
        return _eliminated(diagonal, np.broadcast_to(coupling, diagonal.shape), right)
    back, ahead = coupling[0::2], coupling[1::2]  # from an odd point to its two even neighbours
    inverse = 1.0 / diagonal[1::2]
    to_back, to_ahead = back * inverse, ahead * inverse
    even = diagonal[0::2] - back * to_back
    _subtract_from_next(even, ahead * to_ahead)
    odd_right = right[1::2]
    even_right = right[0::2] - to_back[:, None] * odd_right
    _subtract_from_next(even_right, to_ahead[:, None] * odd_right)
    x = _reduced(even, -back * to_ahead, even_right)
    solution = np.empty_like(right)
    solution[0::2] = x
    odd = np.multiply(odd_right, inverse[:, None], out=even_right)
    odd -= to_back[:, None] * x
    odd[:-1] -= to_ahead[:-1, None] * x[1:]
    odd[-1] -= to_ahead[-1] * x[0]
    solution[1::2] = odd
    return solution


def _subtract_from_next(fields: np.ndarray, terms: np.ndarray) -> None:
    fields[1:] -= terms[:-1]
    fields[0] -= terms[-1]


def _eliminated(diagonal: Diagonal, coupling: Diagonal, right: Sides) -> Sides:
    """Solution point by point.

    The corners are split off as ``A = T - v v^T`` with ``T`` tridiagonal and again positive definite; the rank-one
    term follows by the formula of Sherman and Morrison.
    """
    first = np.sqrt(np.abs(coupling[-1]))
    last = -np.sign(coupling[-1]) * first  # v = first e_0 + last e_end
    pivots = diagonal.copy()
    pivots[0] += first**2
    pivots[-1] += last**2
    border = np.zeros((len(diagonal), 1, diagonal.shape[1]))
    border[0, 0], border[-1, 0] = first, last
    solution = _chain(pivots, coupling, np.concatenate([right, border], axis=1))
    x, z = solution[:, :-1], solution[:, -1:]
    along_x, along_z = (first * field[0] + last * field[-1] for field in (x, z))
    return x + z * (along_x / (1.0 - along_z))


def _chain(pivots: Diagonal, coupling: Diagonal, right: Sides) -> Sides:
    """Solution of the open chain by elimination down and substitution up; overwrites pivots and right-hand side."""
    for i in range(1, len(pivots)):
        factor = coupling[i - 1] / pivots[i - 1]
        pivots[i] -= coupling[i - 1] * factor
        right[i] -= factor * right[i - 1]
    right[-1] /= pivots[-1]
    for i in range(len(pivots) - 2, -1, -1):
        right[i] -= coupling[i] * right[i + 1]
        right[i] /= pivots[i]
    return right
