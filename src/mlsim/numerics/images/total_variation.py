"""Inpainting by least total variation: what the prior of the deep image prior is compared with."""

import numpy as np
from jaxtyping import Bool, Float


def inpainted(
    image: Float[np.ndarray, "rows columns"], seen: Bool[np.ndarray, "rows columns"], *, iterations: int = 500
) -> Float[np.ndarray, "rows columns"]:
    """The image of least total variation that has the given values where they are seen.

    The primal-dual method with both steps ``1 / sqrt(8)``; the seen values are put back at every iteration.

    Args:
        image: values; those not seen do not matter.
        seen: mask, at least one pixel.
        iterations: of the method.

    Source:
        Chambolle, Pock, J. Math. Imaging Vision 40 (2011), algorithm 1.
    """
    step = 1.0 / np.sqrt(8.0)
    found = np.where(seen, image, image[seen].mean())
    ahead, dual = found, np.zeros((2, *image.shape))
    for _ in range(iterations):
        dual = dual + step * _gradient(ahead)
        dual /= np.maximum(1.0, np.sqrt((dual**2).sum(axis=0)))
        moved = np.where(seen, image, found - step * _gradient_adjoint(dual))
        ahead, found = 2.0 * moved - found, moved
    return found


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
