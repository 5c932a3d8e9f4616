"""Fully connected networks."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


class Dense(nn.Module):
    """Multilayer perceptron ``y = W_L s(... s(W_1 x + b_1) ...) + b_L``, the last layer linear.

    Args:
        widths: length of the input, of every hidden layer, and of the output.
        activation: ``s``.
        generator: random numbers of the initial parameters, uniform on ``+-1 / sqrt(inputs of the layer)``.

    Raises:
        ValueError: fewer than two widths are given.

    >>> net = Dense(widths=(320, 320, 320, 320), generator=torch.Generator())
    >>> sum(p.numel() for p in net.parameters())
    308160
    """

    def __init__(
        self, *, widths: Sequence[int], activation: Literal["gelu", "relu"] = "gelu", generator: torch.Generator
    ) -> None:
        super().__init__()
        if len(widths) < 2:
            raise ValueError(f"widths are {list(widths)}: allowed are two or more, input and output")
        self.activation = functional.relu if activation == "relu" else functional.gelu
        self.layers = nn.ModuleList(nn.Linear(inner, outer) for inner, outer in pairwise(widths))
        for layer in self.layers:
            fill_uniform(layer, generator=generator)

    def forward(self, x: Float[Tensor, "batch inputs"]) -> Float[Tensor, "batch outputs"]:
        """Output for every row."""
        for layer in self.layers[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)


def fill_uniform(layer: nn.Module, *, generator: torch.Generator, gain: float = 1.0) -> None:
    """Initial parameters of a linear layer or a convolution, uniform on ``+-gain / sqrt(inputs of one output)``.

    With ``gain`` = 1 the distribution of torch's layers, from a named generator.
    """
    weight, bias = layer.weight, layer.bias
    assert isinstance(weight, Tensor)
    bound = gain / weight[0].numel() ** 0.5
    nn.init.uniform_(weight, -bound, bound, generator=generator)
    if isinstance(bias, Tensor):
        nn.init.uniform_(bias, -bound, bound, generator=generator)
