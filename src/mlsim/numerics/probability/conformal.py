"""Prediction intervals from calibration samples (split conformal prediction)."""

import math

import numpy as np
from jaxtyping import Float


def conformal_radius(scores: Float[np.ndarray, " calibration"], *, level: float) -> float:
    """The radius that the score of a further sample stays below with probability ``level`` or more.

    It is the ``ceil((n + 1) level)``-th smallest of n scores, infinite if there is none. The only assumption is that
    all samples are exchangeable; the predictor is any that was not trained or selected on them.

    Args:
        scores: of calibration samples, such as ``|y - f(x)|``.
        level: wanted coverage, in (0, 1).

    Source:
        H. Papadopoulos et al., Inductive confidence machines for regression (2002); J. Lei et al., arXiv:1604.04173.

    >>> conformal_radius(np.arange(1.0, 20.0), level=0.9)
    18.0
    >>> conformal_radius(np.arange(1.0, 5.0), level=0.9)
    inf
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level}: allowed is above 0 and below 1")
    # 20 x 0.95 is 19 in exact numbers and a little more in floating-point ones
    rank = math.ceil((scores.size + 1) * level - 1e-9)
    return float(np.sort(scores)[rank - 1]) if rank <= scores.size else math.inf
