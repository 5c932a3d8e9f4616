"""What a canonical decomposition of given rank cannot do better than, from the singular values of unfoldings."""

import numpy as np
from jaxtyping import Float

from mlsim.numerics.tensors.formats import balanced_splits, flattening


def canonical_error_bounds(tensor: Float[np.ndarray, "..."]) -> Float[np.ndarray, " ranks"]:
    """Lower bounds on the errors, relative to the norm of the tensor, of canonical approximations of rank 0, 1, 2, ...

    A canonical tensor of rank R has unfoldings of rank at most R, so that for each of them
    ``||X - CP_R||^2 >= sum_(k > R) sigma_k^2``; the largest bound over all balanced unfoldings is returned. The number
    of modes is even, and all have the same size.

    Source:
        C. Eckart, G. Young, Psychometrika 1 (1936).

    >>> canonical_error_bounds(np.eye(2)).round(3).tolist()
    [1.0, 0.707, 0.0]
    """
    squares = np.stack(
        [np.linalg.svd(flattening(tensor, rows), compute_uv=False) ** 2 for rows in balanced_splits(tensor.ndim)]
    )
    tails = np.cumsum(squares[:, ::-1], axis=1)[:, ::-1]
    bounds = np.sqrt((tails / tails[:, :1]).max(axis=0))
    return np.append(bounds, 0.0)


def rank_needed(bounds: Float[np.ndarray, " ranks"], *, error: float) -> int:
    """The smallest rank whose bound does not exclude the error.

    >>> rank_needed(np.array([1.0, 0.5, 0.2, 0.0]), error=0.3)
    2
    """
    return int(np.argmax(bounds <= error))
