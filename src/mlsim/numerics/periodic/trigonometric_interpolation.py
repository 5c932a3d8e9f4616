"""Trigonometric interpolation between uniform grids of the periodic unit interval."""

import numpy as np
from jaxtyping import Float


def points(count: int) -> Float[np.ndarray, " count"]:
    """The grid ``x_j = j / N``, ``j = 1..N``, of all periodic functions here.

    >>> points(4).tolist()
    [0.25, 0.5, 0.75, 1.0]
    """
    return np.arange(1, count + 1) / count


def resampled(values: Float[np.ndarray, "*samples coarse"], count: int) -> Float[np.ndarray, "*samples count"]:
    """Values at ``count`` points of the trigonometric polynomial through the given ones.

    The first points of the two grids differ, so each mode turns by its own phase. With fewer points than given, the
    modes that they cannot represent are dropped.

    Args:
        values: at ``x_j = j / N``, ``j = 1..N``, along the last axis.
        count: number of new points, at ``j / count``.

    >>> cosine = lambda n: np.cos(2 * np.pi * points(n))
    >>> bool(np.allclose(resampled(cosine(5), 12), cosine(12), atol=1e-14))
    True
    """
    given = values.shape[-1]
    modes = np.arange(min(given, count) // 2 + 1)
    coefficients = np.fft.rfft(values)[..., : modes.size] * np.exp(-2j * np.pi * modes / given) / given
    if count > given and given % 2 == 0:
        coefficients[..., -1] /= 2  # the highest mode of an even grid is that of both signs
    if count < given and count % 2 == 0:
        coefficients[..., -1] = 2 * coefficients[..., -1].real
    return np.fft.irfft(coefficients * np.exp(2j * np.pi * modes / count) * count, n=count)
