"""Matrices of integral operators on the periodic unit interval, ``x_j = j / N``."""

from typing import Literal

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from mlsim.numerics.periodic.trigonometric_interpolation import points

Kernel = Literal["logarithm", "sawtooth", "convection"]
Matrix = Float[Tensor, "size size"]


def kernel_matrix(kernel: Kernel, *, size: int) -> Matrix:
    """The matrix of one kernel; see the functions of this module."""
    if kernel == "logarithm":
        return circulant(logarithm(size))
    return circulant(sawtooth(size)) if kernel == "sawtooth" else convection_inverse(size)


def circulant(column: Float[Tensor, " size"]) -> Matrix:
    """``A_ij = a_(i-j mod N)``.

    >>> circulant(torch.tensor([1.0, 2.0, 3.0])).int().tolist()
    [[1, 3, 2], [2, 1, 3], [3, 2, 1]]
    """
    index = torch.arange(column.shape[0])
    return column[(index[:, None] - index) % column.shape[0]]


def logarithm(size: int) -> Float[Tensor, " size"]:
    """First column of ``log|2 sin(pi (x_i - x_j))|`` with ``-log N`` on the diagonal: singular there, smooth elsewhere.

    The single-layer potential of the circle.

    >>> logarithm(4)[2].exp().item()
    2.0
    """
    distance = torch.arange(1, size, dtype=torch.float64) / size
    diagonal = -torch.log(torch.tensor([float(size)], dtype=torch.float64))
    return torch.cat([diagonal, torch.log(2 * torch.sin(torch.pi * distance))])


def sawtooth(size: int) -> Float[Tensor, " size"]:
    """First column of ``1/2 - (x_i - x_j mod 1)``, zero on the diagonal: antisymmetric, linear beside its jump.

    The inverse of ``d/dx`` on functions of mean zero.

    >>> sawtooth(4).tolist()
    [0.0, 0.25, 0.0, -0.25]
    """
    column = 0.5 - torch.arange(size, dtype=torch.float64) / size
    column[0] = 0.0
    return column


def convection_inverse(size: int, *, contrast: float = 10.0, velocity: float = 30.0, reaction: float = 100.0) -> Matrix:
    """Inverse of ``-(k u')' + c u' + r u`` by finite volumes, upwind: neither symmetric nor a convolution.

    ``k`` is one, and ``contrast`` on the middle half of the interval; ``c`` is not negative, the others are positive.
    """
    middle = (points(size) > 0.25) & (points(size) <= 0.75)
    right = np.where(middle, contrast, 1.0) * size**2  # face between x_j and x_(j+1)
    left = np.roll(right, 1)
    index = np.arange(size)
    matrix = np.diag(left + right + velocity * size + reaction)
    matrix[index, (index + 1) % size] -= right
    matrix[index, index - 1] -= left + velocity * size
    return torch.from_numpy(np.linalg.inv(matrix))
