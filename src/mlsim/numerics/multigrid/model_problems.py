"""Stencils of elliptic problems beyond the constant Laplacian: Helmholtz, convection, random coefficients.

All are second differences times ``h^2`` with value zero on the boundary, on ``n`` interior nodes per side of the unit
interval or square, ``h = 1 / (n + 1)``.
"""

import numpy as np
import torch
from jaxtyping import Float
from scipy.ndimage import gaussian_filter
from torch import Tensor


def helmholtz(wave_number: float, *, size: int) -> Float[Tensor, "1 3"]:
    """``-u'' - k^2 u`` in one dimension, ``k`` per unit length; indefinite where ``k`` exceeds about pi.

    >>> helmholtz(2.0, size=1).tolist()
    [[-1.0, 1.0, -1.0]]
    """
    h = 1.0 / (size + 1)
    return torch.tensor([[-1.0, 2.0 - (wave_number * h) ** 2, -1.0]], dtype=torch.float64)


def convection_diffusion(diffusion: float, *, size: int) -> Float[Tensor, "1 3"]:
    """``-epsilon u'' + u'`` in one dimension with upwind differences, over ``epsilon``.

    ``diffusion`` is ``epsilon``, relative to velocity times length, positive; singularly perturbed when small.

    >>> convection_diffusion(0.5, size=1).tolist()
    [[-2.0, 3.0, -1.0]]
    """
    cells = 1.0 / ((size + 1) * diffusion)
    return torch.tensor([[-1.0 - cells, 2.0 + cells, -1.0]], dtype=torch.float64)


def lognormal_field(
    shape: tuple[int, ...], *, deviation: float, length: float, rng: np.random.Generator
) -> Float[np.ndarray, "*cells"]:
    """Exponential of a Gaussian field with mean zero and covariance ``deviation^2 exp(-r^2 / (4 length^2))``.

    White noise under a Gaussian kernel, cut from a field that is larger by the kernel's reach on each side.

    Args:
        shape: cells per direction.
        deviation: standard deviation of the logarithm.
        length: standard deviation of the kernel in cells; zero gives independent cells.
        rng: source of the field.
    """
    if length == 0:
        return np.exp(deviation * rng.normal(size=shape))
    reach = int(np.ceil(4 * length))
    noise = rng.normal(size=tuple(cells + 2 * reach for cells in shape))
    impulse = np.zeros((2 * reach + 1,) * len(shape))
    impulse[(reach,) * len(shape)] = 1.0
    # the variance of filtered white noise is the sum of the squared kernel
    spread = np.sqrt((gaussian_filter(impulse, length, mode="constant", truncate=4.0) ** 2).sum())
    smooth = gaussian_filter(noise, length, mode="constant", truncate=4.0) / spread
    return np.exp(deviation * smooth[(slice(reach, -reach),) * len(shape)])


def variable_laplacian(coefficient: Float[np.ndarray, "*cells"]) -> Float[Tensor, "height width rows columns"]:
    """``-div(k grad u)`` with ``k`` constant in each cell.

    In two dimensions the coefficient of the edge between two nodes is the mean of the two cells beside it. A constant
    coefficient one gives the Laplacian.

    Args:
        coefficient: positive, ``n + 1`` cells per direction.
    """
    k = torch.from_numpy(coefficient)
    if k.ndim == 1:
        west, east = k[:-1], k[1:]
        return torch.stack([-west, west + east, -east])[None, :, None, :]
    vertical = (k[:, :-1] + k[:, 1:]) / 2  # edges that run from row to row
    horizontal = (k[:-1] + k[1:]) / 2
    north, south = -vertical[:-1], -vertical[1:]
    west, east = -horizontal[:, :-1], -horizontal[:, 1:]
    none, centre = torch.zeros_like(north), -(north + south + west + east)
    return torch.stack([torch.stack(line) for line in ((none, north, none), (west, centre, east), (none, south, none))])


def ideal_interpolation(operator: Float[Tensor, "1 3 1 nodes"]) -> Float[Tensor, "1 3 1 coarse"]:
    """Operator-dependent interpolation in one dimension, ``-D_F^-1 A_FC`` at the fine nodes and one at the coarse.

    Its coarse operator is the Schur complement: what a direct solver would eliminate.
    """
    left, centre, right = operator[0, :, 0]
    fine = slice(0, None, 2)  # the fine nodes that are no coarse ones
    from_left, from_right = -left[fine] / centre[fine], -right[fine] / centre[fine]
    # coarse node j is between the fine nodes j and j + 1, and is the right neighbour of the first
    return torch.stack([from_right[:-1], torch.ones_like(from_left[1:]), from_left[1:]])[None, :, None, :]
