"""Convolutions of periodic functions, whose channels come last, and the points that they repeat."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


def pointwise(layer: nn.Module, x: Float[Tensor, "batch points channels"]) -> Float[Tensor, "batch points outputs"]:
    """A convolution with one tap, as the matrix product that it is."""
    assert isinstance(layer, nn.Conv1d)
    return functional.linear(x, layer.weight.squeeze(2), layer.bias)


def on_ring(layer: nn.Module, x: Float[Tensor, "batch points channels"]) -> Float[Tensor, "batch points outputs"]:
    """A convolution of periodic functions with an odd number of taps: as many points come out as go in.

    Channels stand last in memory, and the ring is an image of one row: so torch takes half the time of its convolution
    of one dimension where the taps lie apart.
    """
    assert isinstance(layer, nn.Conv1d)
    dilation = layer.dilation[0]
    reach = dilation * (layer.kernel_size[0] // 2)
    image = wrapped(x, reach, reach, dim=1).mT.unsqueeze(2)
    return functional.conv2d(image, layer.weight.unsqueeze(2), layer.bias, dilation=(1, dilation)).squeeze(2).mT


def wrapped(x: Tensor, before: int, after: int, *, dim: int = -1) -> Tensor:
    """The periodic function with so many of its points repeated before its first and after its last one.

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
