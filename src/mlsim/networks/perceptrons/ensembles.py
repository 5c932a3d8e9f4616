"""Several independent perceptrons of one shape in one tensor: small networks are trained at once, one per seed.

Written out as batched products, for speed; :class:`mlsim.networks.wrappers.stacked.Stacked` is for any network.
"""

import copy
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

Activation = Literal["silu", "relu", "leaky_relu"]
SLOPE = 0.2


class PerceptronEnsemble(nn.Module):
    """One perceptron per generator, all of the same widths and independent of each other.

    The inputs are one or two tensors: coordinates, to which their sines and cosines ``sin(2^k pi x / 2)`` are appended
    (a perceptron of raw coordinates learns narrow features late), and a context that is taken as it is.

    Args:
        inputs: number of coordinates.
        outputs: number of outputs.
        context: number of further inputs.
        hidden: widths of the hidden layers.
        activation: between the layers.
        frequencies: number of frequencies ``k``; zero for the bare coordinates.
        generators: random numbers of the initial parameters, one per member, uniform in ``+-1 / sqrt(fan in)``.

    Source:
        M. Tancik et al., Fourier features let networks learn high frequency functions, arXiv:2006.10739.

    >>> net = PerceptronEnsemble(inputs=2, outputs=1, hidden=(3,), activation="relu", generators=[torch.Generator()])
    >>> sum(p.numel() for p in net.parameters())
    13
    """

    def __init__(
        self,
        *,
        inputs: int,
        outputs: int,
        hidden: Sequence[int],
        activation: Activation,
        generators: Sequence[torch.Generator],
        context: int = 0,
        frequencies: int = 0,
    ) -> None:
        super().__init__()
        widths = [inputs * (1 + 2 * frequencies) + context, *hidden, outputs]
        self.activation = activation
        self.frequencies: Tensor
        self.register_buffer("frequencies", math.pi / 2 * 2.0 ** torch.arange(frequencies), persistent=False)
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for inner, outer in pairwise(widths):
            bound = 1 / math.sqrt(inner)
            drawn = [bound * (2 * torch.rand(inner + 1, outer, generator=generator) - 1) for generator in generators]
            whole = torch.stack(drawn)
            self.weights.append(nn.Parameter(whole[:, :-1].contiguous()))
            self.biases.append(nn.Parameter(whole[:, -1:].contiguous()))

    def forward(
        self, x: Float[Tensor, "members batch inputs"], context: Float[Tensor, "members batch context"] | None = None
    ) -> Float[Tensor, "members batch outputs"]:
        """Outputs of every member on its own batch."""
        parts = [x]
        if len(self.frequencies):
            angles = (x[..., None] * self.frequencies).flatten(-2)
            parts += [angles.sin(), angles.cos()]
        if context is not None:
            parts.append(context)
        values = torch.cat(parts, dim=-1) if len(parts) > 1 else x
        last = len(self.weights) - 1
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            values = torch.baddbmm(bias, values, weight)
            if layer < last:
                values = self._activated(values)
        return values

    def _activated(self, values: Tensor) -> Tensor:
        if self.activation == "silu":
            return functional.silu(values)
        return functional.leaky_relu(values, SLOPE) if self.activation == "leaky_relu" else functional.relu(values)


def clip_members(parameters: Sequence[nn.Parameter], *, norm: float) -> None:
    """Scale the gradients so that those of each member have at most the norm ``norm``.

    Args:
        parameters: members along the first axis, and any others behind it.
        norm: the largest, positive.
    """
    gradients = [p.grad for p in parameters if p.grad is not None]
    square = torch.stack([g.reshape(len(g), -1).square().sum(dim=1) for g in gradients]).sum(dim=0)
    factors = norm / square.sqrt().clamp(min=norm)
    for gradient in gradients:
        gradient.mul_(factors.reshape(-1, *(1,) * (gradient.ndim - 1)))


def single(network: nn.Module, index: int) -> nn.Module:
    """A copy of an ensemble, or of a list of networks, that holds one member alone."""
    if isinstance(network, nn.ModuleList):
        return nn.ModuleList([network[index]])
    assert isinstance(network, PerceptronEnsemble)
    alone = copy.deepcopy(network)
    for parameters in (alone.weights, alone.biases):
        for layer, parameter in enumerate(parameters):
            parameters[layer] = nn.Parameter(parameter[index : index + 1].detach().clone())
    return alone
