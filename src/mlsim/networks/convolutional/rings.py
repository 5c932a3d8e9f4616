"""Convolutions of periodic functions, and periodic padding.

A function is an image of one row with channels last in memory: for dilated convolutions torch takes half the time of
its one-dimensional convolution.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from mlsim.networks.convolutional.pointwise import at_every_pixel

Images = Float[Tensor, "batch channels 1 points"]
Outputs = Float[Tensor, "batch outputs 1 points"]


def as_images(x: Float[Tensor, "batch channels points"]) -> Images:
    """Functions on a ring as images of one row."""
    return x.unsqueeze(2)


def pointwise(layer: nn.Module, x: Images) -> Outputs:
    """A convolution with one tap as a matrix product; the output has its channels last in memory."""
    assert isinstance(layer, nn.Conv1d)
    return at_every_pixel(x, layer.weight.squeeze(2), layer.bias)


def on_ring(layer: nn.Module, x: Images) -> Outputs:
    """A convolution of periodic functions with an odd number of taps, at every point.

    Weights, bias and dilation are those of the layer; its padding and stride are ignored.
    """
    assert isinstance(layer, nn.Conv1d)
    dilation = layer.dilation[0]
    reach = dilation * (layer.kernel_size[0] // 2)
    weight = layer.weight.unsqueeze(2)
    return functional.conv2d(wrapped(x, reach, reach), weight, layer.bias, dilation=(1, dilation))


def wrapped(x: Tensor, before: int, after: int, *, dim: int = -1) -> Tensor:
    """Periodic padding: the last ``before`` points are repeated at the beginning, the first ``after`` at the end.

    >>> wrapped(torch.arange(3), 1, 2).tolist()
    [2, 0, 1, 2, 0, 1]
    >>> wrapped(torch.arange(2), 3, 0).tolist()  # more than once around the ring
    [1, 0, 1, 0, 1]
    """
    points = x.shape[dim]
    if max(before, after) > points:
        return x.index_select(dim, torch.arange(-before, points + after, device=x.device) % points)
    parts = [x.narrow(dim, points - before, before), x, x.narrow(dim, 0, after)]
    return torch.cat([part for part in parts if part.shape[dim]], dim=dim)
