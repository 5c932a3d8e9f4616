"""Inpainting by least total variation, a baseline for the deep image prior."""

import numpy as np
from jaxtyping import Bool, Float


def inpainted(
    image: Float[np.ndarray, "rows columns"], observed: Bool[np.ndarray, "rows columns"], *, iterations: int = 500
) -> Float[np.ndarray, "rows columns"]:
    """The image of least total variation that has the given values where they are observed.

    The primal-dual method with both steps ``1 / sqrt(8)``; the observed values are restored at every iteration.

    Args:
        image: values; those that are not observed do not matter.
        observed: mask, at least one pixel.
        iterations: number of iterations.

    Source:
        Chambolle, Pock, J. Math. Imaging Vision 40 (2011), algorithm 1.
    """
    step = 1.0 / np.sqrt(8.0)
    primal = np.where(observed, image, image[observed].mean())
    ahead, dual = primal, np.zeros((2, *image.shape))
    for _ in range(iterations):
        dual = dual + step * _gradient(ahead)
        dual /= np.maximum(1.0, np.sqrt((dual**2).sum(axis=0)))
        moved = np.where(observed, image, primal - step * _gradient_adjoint(dual))
        ahead, primal = 2.0 * moved - primal, moved
    return primal


def _gradient(image: np.ndarray) -> np.ndarray:
    gradient = np.zeros((2, *image.shape))
    gradient[0, :-1] = image[1:] - image[:-1]
    gradient[1, :, :-1] = image[:, 1:] - image[:, :-1]
    return gradient


def _gradient_adjoint(dual: np.ndarray) -> np.ndarray:
    image = np.zeros(dual.shape[1:])
    image[:-1] -= dual[0, :-1]
    image[1:] += dual[0, :-1]
    image[:, :-1] -= dual[1, :, :-1]
    image[:, 1:] += dual[1, :, :-1]
    return image
