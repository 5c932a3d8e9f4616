"""Rank of integer matrices modulo a prime, without rounding: a certificate from below for the rank over the reals."""

import numpy as np
from jaxtyping import Int

# products of two residues stay below 2^30, so that 2^33 of them fit into 64 bits
PRIME = 32003


def field_rank(matrix: Int[np.ndarray, "rows columns"], *, prime: int = PRIME) -> int:
    """Rank over the integers modulo ``prime``, below 2^15.5, by Gaussian elimination.

    A minor that is not zero modulo ``prime`` is not zero, so that this is at most the rank over the rationals, which is
    the rank over the reals. For random entries the two differ with probability O(1 / prime) (Schwartz, Zippel).


    >>> field_rank(np.array([[1, 2], [2, 4]])), field_rank(np.array([[1, 2], [3, 4]]))
    (1, 2)
    >>> field_rank(np.array([[1, 2], [3, 4]]), prime=2)
    1
    """
    if prime**2 >= 2**31:
        raise ValueError(f"prime is {prime}: allowed is at most 46337, so that sums of products fit into 64 bits")
    A = np.array(matrix, dtype=np.int64) % prime
    rank = 0
    for column in range(A.shape[1]):
        if rank == A.shape[0]:
            break
        # the rest of the matrix is reduced where it is read: each step adds less than prime^2 to an entry
        A[rank:, column] %= prime
        nonzero = np.flatnonzero(A[rank:, column])
        if not nonzero.size:
            continue
        pivot = rank + int(nonzero[0])
        A[[rank, pivot]] = A[[pivot, rank]]
        A[rank, column + 1 :] %= prime
        factors = A[rank + 1 :, column] * pow(int(A[rank, column]), -1, prime) % prime
        A[rank + 1 :, column + 1 :] -= factors[:, None] * A[rank, column + 1 :]
        rank += 1
    return rank
