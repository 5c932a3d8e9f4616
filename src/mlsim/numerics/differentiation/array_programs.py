"""Two programs of arrays: the smallest eigenvalue of a chain of springs, and the loss of a perceptron."""

import torch
from jaxtyping import Float, Inexact
from torch import Tensor

Scalar = Inexact[Tensor, ""]


def smallest_eigenvalue(stiffness: Float[Tensor, " springs"]) -> Float[Tensor, ""]:
    """Square of the lowest frequency of unit masses between springs, both ends fixed.

    The matrix is ``tridiag(-k_i, k_i + k_{i+1}, -k_{i+1})``, with one row fewer than springs.

    >>> round(float(smallest_eigenvalue(torch.ones(3, dtype=torch.float64))), 12)  # 4 sin(pi / 6)^2
    1.0
    """
    inner = stiffness[1:-1]
    matrix = (
        torch.diag_embed(stiffness[:-1] + stiffness[1:])
        - torch.diag_embed(inner, offset=1)
        - torch.diag_embed(inner, offset=-1)
    )
    return torch.linalg.eigh(matrix)[0][0]


def perceptron_shapes(*, inputs: int, width: int) -> list[tuple[int, ...]]:
    """Shapes of weights and biases, layer by layer.

    >>> perceptron_shapes(inputs=2, width=3)
    [(3, 2), (3,), (3, 3), (3,), (1, 3), (1,)]
    """
    return [(width, inputs), (width,), (width, width), (width,), (1, width), (1,)]


def perceptron_loss(
    parameters: Inexact[Tensor, " parameters"], samples: Float[Tensor, "samples inputs"], *, width: int
) -> Scalar:
    """Mean square output of a perceptron with two hidden layers of ``width`` tanh units.

    ``parameters`` are all weights and biases in one vector, in the order of :func:`perceptron_shapes`.
    """
    shapes = perceptron_shapes(inputs=samples.shape[1], width=width)
    parts = parameters.split([torch.Size(shape).numel() for shape in shapes])
    arrays = [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
    hidden = samples.to(parameters.dtype)
    for weight, bias in zip(arrays[:4:2], arrays[1:4:2], strict=True):
        hidden = torch.tanh(hidden @ weight.mT + bias)
    output = hidden @ arrays[4].mT + arrays[5]
    return (output * output).mean()
