"""Densities between zero and one with a prescribed mean, from unbounded numbers."""

import numpy as np
from jaxtyping import Float
from scipy.special import expit, logit


def constrained_sigmoid(
    logits: Float[np.ndarray, " elements"], *, weights: Float[np.ndarray, " elements"], mean: float
) -> Float[np.ndarray, " elements"]:
    """``x_i = 1 / (1 + exp(-s_i - b))`` with ``b`` such that ``sum w_i x_i = mean sum w_i``, by bisection.

    Args:
        logits: ``s``.
        weights: ``w``, positive; those of a filter's mean where the filtered density has the volume.
        mean: between 0 and 1.

    Source:
        Hoyer, Sohl-Dickstein, Greydanus, arXiv:1909.04240, with the weights added.

    >>> x = constrained_sigmoid(np.array([0.0, 0.0, 5.0, -3.0]), weights=np.ones(4), mean=0.3)
    >>> round(float(x.mean()), 10)
    0.3
    """
    low, high = logit(mean) - logits.max(), logit(mean) - logits.min()
    target = mean * weights.sum()
    for _ in range(100):
        middle = (low + high) / 2.0
        if weights @ expit(logits + middle) > target:
            high = middle
        else:
            low = middle
        if high - low <= 1e-13 * max(1.0, abs(middle)):
            break
    return expit(logits + (low + high) / 2.0)


def constrained_sigmoid_adjoint(
    density: Float[np.ndarray, " elements"],
    gradient: Float[np.ndarray, " elements"],
    *,
    weights: Float[np.ndarray, " elements"],
) -> Float[np.ndarray, " elements"]:
    """Gradient in the logits from the one in the density, the shift by the implicit function theorem.

    ``d_i (g_i - w_i (d . g) / (d . w))`` with ``d = x (1 - x)``.
    """
    slope = density * (1.0 - density)
    scale = float(slope @ weights)
    # zero where every density is at a bound
    return slope * (gradient - weights * (float(slope @ gradient) / scale if scale > 0 else 0.0))
