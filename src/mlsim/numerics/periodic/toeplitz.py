"""Convolutions on the ring as matrices, and best linear maps from samples: with free entries, or with a kernel's."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float


def circulant(kernel: Float[np.ndarray, " taps"], size: int) -> Float[np.ndarray, "size size"]:
    """Matrix of a convolution layer on the ring: ``(C x)_i = sum_o k_o x_(i + o)``, ``o`` from the centre, periodic.

    One number per diagonal. Like layers of networks, it does not reverse the kernel.

    Raises:
        ValueError: the number of taps is even.

    >>> circulant(np.array([1.0, 2.0, 3.0]), 3).tolist()
    [[2.0, 3.0, 1.0], [1.0, 2.0, 3.0], [3.0, 1.0, 2.0]]
    """
    if kernel.size % 2 == 0:
        raise ValueError(f"kernel has {kernel.size} taps: allowed are odd numbers")
    half, ring, rows = kernel.size // 2, np.zeros((size, size)), np.arange(size)
    for offset, tap in zip(range(-half, half + 1), kernel, strict=True):
        ring[rows, (rows + offset) % size] += tap
    return ring


def windows(x: Float[np.ndarray, "samples points"], taps: int) -> Float[np.ndarray, "samples points taps"]:
    """The inputs of a convolution on the ring at every point: the ``taps`` values around it.

    >>> windows(np.array([[1.0, 2.0, 3.0, 4.0]]), 3)[0, 0].tolist()
    [4.0, 1.0, 2.0]
    """
    points = x.shape[1]
    offsets = np.arange(taps) - taps // 2
    return x[:, (np.arange(points)[:, None] + offsets) % points]


def ridge_solutions(
    inputs: Float[np.ndarray, "rows unknowns"], outputs: Float[np.ndarray, "rows columns"], penalties: Sequence[float]
) -> list[Float[np.ndarray, "unknowns columns"]]:
    """Minimisers ``W`` of ``||X W - Y||^2 / rows + penalty ||W||^2``, one for each penalty, in closed form.

    Penalties are positive and relative to the mean diagonal of ``X^T X / rows``.

    >>> x = np.array([[1.0], [2.0]])
    >>> bool(abs(ridge_solutions(x, 3 * x, [1e-12])[0][0, 0] - 3) < 1e-9)
    True
    """
    gram, moment = inputs.T @ inputs / len(inputs), inputs.T @ outputs / len(inputs)
    values, vectors = np.linalg.eigh(gram)
    turned = vectors.T @ moment
    scale = gram.trace() / len(gram)
    return [vectors @ (turned / (values + penalty * scale)[:, None]) for penalty in penalties]
