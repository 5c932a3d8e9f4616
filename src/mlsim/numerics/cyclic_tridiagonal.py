"""Symmetric positive definite systems that couple neighbours on a ring, many at once."""

import numpy as np
from jaxtyping import Float


def solve(
    diagonal: Float[np.ndarray, "points samples"], right: Float[np.ndarray, "points sides samples"], *, off: float
) -> Float[np.ndarray, "points sides samples"]:
    """Solutions of ``A x = b`` with ``A = diag(d) + off (S + S^T)``, ``S`` the cyclic shift by one point.

    The corners are split off as ``A = T - v v^T`` with ``T`` tridiagonal and again positive definite, so that
    elimination needs no pivots; the rank-one term follows by the formula of Sherman and Morrison.

    Args:
        diagonal: ``d``; each sample's matrix must be positive definite. At least three points.
        right: right-hand sides ``b``, several per sample.
        off: the coupling of two neighbours, not zero.

    Source:
        Temperton, J. Comput. Phys. 19 (1975) 317, for the splitting of the corners.

    >>> solve(np.full((4, 1), 3.0), np.ones((4, 1, 1)), off=-1.0).ravel().round(12).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    root = np.sqrt(abs(off))
    first, last = root, -off / root  # v = first e_0 + last e_end
    pivots = diagonal.copy()
    pivots[0] += first**2
    pivots[-1] += last**2
    border = np.zeros((diagonal.shape[0], 1, diagonal.shape[1]))
    border[0, 0], border[-1, 0] = first, last
    solution = _eliminated(pivots, np.concatenate([right, border], axis=1), off=off)
    x, z = solution[:, :-1], solution[:, -1:]
    along_x, along_z = (first * each[0] + last * each[-1] for each in (x, z))
    return x + z * (along_x / (1.0 - along_z))


def _eliminated(pivots: np.ndarray, right: np.ndarray, *, off: float) -> np.ndarray:
    """Solution of the open chain by elimination down and substitution up; both arguments are overwritten."""
    for i in range(1, pivots.shape[0]):
        factor = off / pivots[i - 1]
        pivots[i] -= off * factor
        right[i] -= factor * right[i - 1]
    right[-1] /= pivots[-1]
    for i in range(pivots.shape[0] - 2, -1, -1):
        right[i] -= off * right[i + 1]
        right[i] /= pivots[i]
    return right
