"""Networks of logarithms of positive numbers that cannot fall when an input rises, by construction."""

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

Inputs = Float[Tensor, "batch inputs"]
Outputs = Float[Tensor, " batch"]


class ResistorNetwork(nn.Module):
    """Conductors in series and in parallel, with learned cross-sections: ``g_(l+1) = 1 / (W_l (g_l, k^s))``.

    The rows of ``W`` are not negative and have the sum one. Layers are conductances and resistances in turn, so that
    parallel and series connections alternate, and every layer also has the inputs (``s`` = 1 or -1, by the kind of the
    layer). For any parameters the output is, like the effective conductivity of a network of resistors, increasing in
    the inputs, homogeneous of degree one, concave, smooth, exact for equal inputs, and between the smallest and the
    largest of them. Inputs and output are logarithms.

    Args:
        inputs: number of conductors.
        hidden: widths of the hidden layers; their number is odd, so that the output is a conductance.
        spread: standard deviation of the initial logarithms of ``W``; a large one makes connections to few units.
        generator: random numbers of the initial parameters.

    Raises:
        ValueError: the number of hidden layers is even.

    >>> net = ResistorNetwork(inputs=3, hidden=(4,), spread=1.0, generator=torch.Generator())
    >>> [round(y, 5) for y in net(torch.log(torch.tensor([[5.0, 5.0, 5.0]]))).exp().tolist()]
    [5.0]
    """

    def __init__(self, *, inputs: int, hidden: Sequence[int], spread: float, generator: torch.Generator) -> None:
        super().__init__()
        if len(hidden) % 2 == 0:
            raise ValueError(f"hidden is {list(hidden)}: allowed is an odd number of layers")
        before = [0, *hidden]
        self.shares = nn.ParameterList(
            nn.Parameter(spread * torch.randn(after, width + inputs, generator=generator))
            for width, after in zip(before, [*hidden, 1], strict=True)
        )

    def forward(self, x: Inputs) -> Outputs:
        """Logarithm of the network's conductance from those of the conductors."""
        kinds = (x.exp(), (-x).exp())
        values = kinds[0][:, :0]
        for layer, shares in enumerate(self.shares):
            values = 1 / functional.linear(torch.cat([values, kinds[layer % 2]], dim=1), shares.softmax(dim=1))
        return values[:, 0].log()


class ExponentialNetwork(nn.Module):
    """Perceptron with weights ``exp(parameter)`` and tanh, and a linear part ``sum_i x_i exp(a_i) / inputs``.

    The initial weights are ``exp(N(0, 1) / 2) / inputs of the layer``: larger ones saturate tanh at once. ``hidden``
    are the widths of the hidden layers.
    """

    def __init__(self, *, inputs: int, hidden: Sequence[int], generator: torch.Generator) -> None:
        super().__init__()
        widths = [inputs, *hidden, 1]
        self.weights = nn.ParameterList(
            nn.Parameter(0.5 * torch.randn(outer, inner, generator=generator) - math.log(inner))
            for inner, outer in pairwise(widths)
        )
        self.biases = nn.ParameterList(nn.Parameter(torch.zeros(outer)) for outer in widths[1:])
        self.linear = nn.Parameter(torch.zeros(inputs))

    def forward(self, x: Inputs) -> Outputs:
        """One number per row."""
        values = x
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            values = functional.linear(values.tanh() if layer else values, weight.exp(), bias)
        return values[:, 0] + (x * self.linear.exp()).mean(dim=1)


class ConvexConcaveNetwork(nn.Module):
    """Perceptron with weights ``|parameter|`` and three kinds of increasing units: convex, concave, saturated.

    With ``ELU`` and units in thirds: ``ELU(a)``; ``-ELU(-b)``; ``ELU(c + 1) - ELU(1)`` for negative c and
    ``ELU(1) - ELU(1 - c)`` otherwise. The initial weights of each unit are random with the sum ``gain``: weights of one
    sign and the usual size would add up to large numbers. ``hidden`` are the widths of the hidden layers, multiples of
    three.

    Raises:
        ValueError: a width is no multiple of three.

    Source:
        D. Runje, S. M. Shankaranarayana, Constrained monotonic neural networks, ICML 2023.
    """

    def __init__(self, *, inputs: int, hidden: Sequence[int], generator: torch.Generator, gain: float = 4.0) -> None:
        super().__init__()
        if any(width % 3 for width in hidden):
            raise ValueError(f"hidden is {list(hidden)}: allowed are multiples of three")
        widths = [inputs, *hidden, 1]
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for layer, (inner, outer) in enumerate(pairwise(widths)):
            drawn = torch.randn(outer, inner, generator=generator).abs()
            scale = gain if layer < len(hidden) else 1.0
            self.weights.append(nn.Parameter(scale * drawn / drawn.sum(dim=1, keepdim=True)))
            self.biases.append(nn.Parameter(torch.zeros(outer)))

    def forward(self, x: Inputs) -> Outputs:
        """One number per row."""
        values = x
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            values = functional.linear(_units(values) if layer else values, weight.abs(), bias)
        return values[:, 0]


def _units(values: Tensor) -> Tensor:
    convex, concave, saturated = values.chunk(3, dim=1)
    elu = functional.elu
    both = torch.where(saturated < 0, elu(saturated + 1) - 1, 1 - elu(1 - saturated))
    return torch.cat([elu(convex), -elu(-concave), both], dim=1)
