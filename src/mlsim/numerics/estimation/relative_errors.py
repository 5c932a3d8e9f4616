"""Relative errors in the Euclidean norm."""

import numpy as np
from jaxtyping import Float


def relative_error(approximate: np.ndarray, exact: np.ndarray) -> float:
    """``|approximate - exact| / |exact|``, over all entries of arrays of one shape.

    >>> relative_error(np.array([3.0, 5.0]), np.array([3.0, 4.0]))
    0.2
    """
    return float(np.linalg.norm(approximate - exact) / np.linalg.norm(exact))


def relative_errors(
    approximate: Float[np.ndarray, "samples entries"], exact: Float[np.ndarray, "samples entries"]
) -> Float[np.ndarray, " samples"]:
    """Relative error of each sample.

    >>> relative_errors(np.array([[3.0, 5.0], [0.0, 0.0]]), np.array([[3.0, 4.0], [0.0, 1.0]]))
    array([0.2, 1. ])
    """
    return np.linalg.norm(approximate - exact, axis=1) / np.linalg.norm(exact, axis=1)


def mean_relative_error(
    approximate: Float[np.ndarray, "samples entries"], exact: Float[np.ndarray, "samples entries"]
) -> float:
    """Mean of the relative errors of all samples."""
    return float(relative_errors(approximate, exact).mean())
