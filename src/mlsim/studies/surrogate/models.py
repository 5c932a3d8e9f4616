"""The networks of the study, from the logarithms of the cells to that of the effective conductivity."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import nn

from mlsim.networks.dense import Dense, fill_uniform
from mlsim.networks.monotone import ConvexConcaveNetwork, ExponentialNetwork, ResistorNetwork
from mlsim.networks.stacked import Stacked
from mlsim.networks.symmetrised import Flat, Homogeneous, Reflected
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
    """One network per training size and seed, see :func:`runs_of`; equal seeds begin with equal parameters."""
    named = [torch_generator(seed, "initial parameters", variant.network) for _, seed in runs]
    return Stacked([network(variant, side=side, generator=each) for each in named])


def runs_of(samples: Sequence[int], seeds: Sequence[int]) -> list[tuple[int, int]]:
    """Training size and seed of every member, in the order of the members."""
    return [(size, seed) for size in samples for seed in seeds]


def _convolutions(widths: Sequence[int], *, side: int, generator: torch.Generator) -> nn.Module:
    """Convolutions of three by three cells with zeros around, then two dense layers."""
    channels = [1, *widths[:-1]]
    layers: list[nn.Module] = [nn.Unflatten(1, (1, side))]
    for inner, outer in pairwise(channels):
        layers += [nn.Conv2d(inner, outer, 3, padding=1), nn.GELU()]
    layers += [nn.Flatten(), nn.Linear(channels[-1] * side**2, widths[-1]), nn.GELU(), nn.Linear(widths[-1], 1)]
    for layer in layers:
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            fill_uniform(layer, generator=generator)
    layers.append(nn.Flatten(0))
    return nn.Sequential(*layers)
