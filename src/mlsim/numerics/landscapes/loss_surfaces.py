"""Curves and surfaces of a loss around its parameters, along random directions with the norms of the filters.

A loss is a function of named parameters; nothing here changes them.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

Parameters = dict[str, Tensor]
Loss = Callable[[Parameters], Tensor]
FilterAxes = Callable[[str, Tensor], int]


def rows_are_filters(_name: str, parameter: Tensor) -> int:
    """Number of leading axes that count filters: one of a matrix or a convolution, none of a bias."""
    return int(parameter.ndim >= 2)


def random_direction(parameters: Parameters, *, generator: torch.Generator) -> dict[str, Tensor]:
    """Independent standard normal numbers in the shapes of the parameters.

    They are drawn in double precision, so that networks of two precisions get the same ones.
    """
    drawn = {
        name: torch.randn(value.shape, generator=generator, dtype=torch.float64) for name, value in parameters.items()
    }
    return {name: drawn[name].to(value) for name, value in parameters.items()}


def filter_normalised(
    direction: Parameters, parameters: Parameters, *, filter_axes: FilterAxes = rows_are_filters
) -> dict[str, Tensor]:
    """The direction with the norm of each filter, ``d_f |w_f| / |d_f|``, and zero for biases.

    For units without scale (``relu``) a curve along it does not change when a layer's weights and bias are multiplied
    by a positive number and the next layer's weights are divided by it. With a different factor for each neuron it
    does, since the columns of the next matrix change by different factors and its rows by no common one.

    Args:
        direction: one number for each parameter.
        parameters: around which the loss is evaluated.
        filter_axes: number of leading axes of a parameter that count its filters; zero for a bias.

    Source:
        H. Li, Z. Xu, G. Taylor, C. Studer, T. Goldstein, Visualizing the loss landscape of neural nets,
        arXiv:1712.09913.

    >>> filter_normalised({"w": torch.tensor([[0.0, 2.0]])}, {"w": torch.tensor([[3.0, 4.0]])})["w"].tolist()
    [[0.0, 5.0]]
    """
    scaled = {}
    for name, parameter in parameters.items():
        axes = filter_axes(name, parameter)
        if axes == 0:
            scaled[name] = torch.zeros_like(parameter)
            continue
        rest = tuple(range(axes, parameter.ndim))
        norm, drawn = (torch.linalg.vector_norm(x, dim=rest, keepdim=True) for x in (parameter, direction[name]))
        scaled[name] = direction[name] * (norm / drawn)
    return scaled


def moved(parameters: Parameters, *steps: tuple[float, Parameters]) -> dict[str, Tensor]:
    """``theta + a d + b e + ...``; with zeros the parameters themselves, bit for bit."""
    return {name: sum((a * d[name] for a, d in steps), start=value) for name, value in parameters.items()}


def curve(
    loss: Loss, parameters: Parameters, direction: Parameters, *, coordinates: Sequence[float]
) -> Float[np.ndarray, " points"]:
    """``L(theta + a d)`` at each coordinate ``a``; NaN stays NaN.

    The points are evaluated one by one: batched products add in another order, and the value at the origin would
    differ from the loss in the last bit.

    >>> square = lambda p: (p["w"] ** 2).sum()
    >>> curve(square, {"w": torch.tensor([1.0])}, {"w": torch.tensor([2.0])}, coordinates=[-1.0, 0.0, 1.0]).tolist()
    [1.0, 1.0, 9.0]
    """
    with torch.no_grad():
        return np.array([float(loss(moved(parameters, (a, direction)))) for a in coordinates])


def surface(
    loss: Loss, parameters: Parameters, directions: tuple[Parameters, Parameters], *, coordinates: Sequence[float]
) -> Float[np.ndarray, "first second"]:
    """``L(theta + a d + b e)`` at all pairs of coordinates, ``a`` in the rows."""
    first, second = directions
    with torch.no_grad():
        values = [[float(loss(moved(parameters, (a, first), (b, second)))) for b in coordinates] for a in coordinates]
    return np.array(values)
