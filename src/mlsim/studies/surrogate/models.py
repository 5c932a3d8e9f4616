"""The networks of the study, from the logarithms of the cells to that of the effective conductivity."""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from mlsim.networks.perceptrons.dense import Dense, fill_uniform
from mlsim.networks.perceptrons.monotone import ConvexConcaveNetwork, ExponentialNetwork, ResistorNetwork
from mlsim.networks.wrappers.stacked import Stacked
from mlsim.networks.wrappers.symmetrised import Flat, Homogeneous, Reflected
from mlsim.studies.surrogate.settings import Variant
from mlsim.training.seeding import torch_generator


def network(variant: Variant, *, side: int, generator: torch.Generator) -> nn.Module:
    """One network with its initial parameters."""
    inputs, hidden = side**2, variant.widths
    if variant.network == "convolutions":
        net: nn.Module = _convolutions(hidden, side=side, generator=generator)
    elif variant.network == "resistor":
        net = Flat(ResistorNetwork(inputs=inputs, hidden=hidden, spread=variant.spread, generator=generator))
    elif variant.network == "exponential":
        net = Flat(ExponentialNetwork(inputs=inputs, hidden=hidden, generator=generator))
    elif variant.network == "convex_concave":
        net = Flat(ConvexConcaveNetwork(inputs=inputs, hidden=hidden, generator=generator))
    else:
        net = Flat(Dense(widths=(inputs, *hidden, 1), generator=generator))
    if variant.homogeneous:
        net = Homogeneous(net)
    return Reflected(net) if variant.reflected else net


def members(variant: Variant, *, side: int, runs: Sequence[tuple[int, int]]) -> Stacked:
    """One network per training size and seed, see :func:`runs_of`; equal seeds have equal initial parameters."""
    generators = [torch_generator(seed, "initial parameters", variant.network) for _, seed in runs]
    return Stacked([network(variant, side=side, generator=generator) for generator in generators])


def runs_of(samples: Sequence[int], seeds: Sequence[int]) -> list[tuple[int, int]]:
    """Training size and seed of every member, in the order of the members."""
    return [(size, seed) for size in samples for seed in seeds]


class ToeplitzConvolution(nn.Module):
    """Convolution of three by three cells with zeros outside, as one product with its Toeplitz matrix.

    On a few cells one product with the matrices of all stacked members is many times faster than stacked convolutions.

    Args:
        side: cells per side.
        channels: of the input and of the output.
    """

    def __init__(self, *, side: int, channels: tuple[int, int]) -> None:
        super().__init__()
        self.side, self.channels = side, channels
        self.weight = nn.Parameter(torch.zeros(channels[1], 9 * channels[0]))
        self.bias = nn.Parameter(torch.zeros(channels[1]))

    def forward(self, values: Float[Tensor, "batch inputs"]) -> Float[Tensor, "batch outputs"]:
        """Channel by channel, the cells of each row by row."""
        inner, outer = self.channels
        cells = self.side**2
        shifts = torch.from_numpy(_shifts(self.side)).to(values)
        blocks = (self.weight.reshape(outer * inner, 9) @ shifts).reshape(outer, inner, cells, cells)
        matrix = blocks.transpose(1, 2).reshape(outer * cells, inner * cells)
        return functional.linear(values, matrix, self.bias[:, None].expand(-1, cells).reshape(-1))


@cache
def _shifts(side: int) -> np.ndarray:
    """For each of the nine entries of a window the matrix, as a row, that maps a field to its shifted copy."""
    unit = np.pad(np.eye(side**2).reshape(side**2, side, side), ((0, 0), (1, 1), (1, 1)))
    windows = [unit[:, i : i + side, j : j + side].reshape(side**2, -1).T for i in range(3) for j in range(3)]
    return np.stack(windows).reshape(9, -1)


def _convolutions(widths: Sequence[int], *, side: int, generator: torch.Generator) -> nn.Module:
    """Convolutions of three by three cells with zeros outside, then two dense layers."""
    channels = [1, *widths[:-1]]
    layers: list[nn.Module] = [nn.Flatten()]
    for pair in pairwise(channels):
        layers += [ToeplitzConvolution(side=side, channels=pair), nn.GELU()]
    layers += [nn.Linear(channels[-1] * side**2, widths[-1]), nn.GELU(), nn.Linear(widths[-1], 1), nn.Flatten(0)]
    for layer in layers:
        if isinstance(layer, (ToeplitzConvolution, nn.Linear)):
            fill_uniform(layer, generator=generator)
    return nn.Sequential(*layers)
