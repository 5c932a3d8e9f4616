"""Networks from hierarchical matrices: MNN-H and MNN-H2.

A hierarchical matrix times a vector is ``u = u_ad + sum_l U_l M_l V_l^T v``: averages of ``v`` over the blocks of each
level, a matrix that couples blocks a few blocks apart, interpolation back, and the coupling of adjacent blocks of the
finest level. The networks have these steps, with several convolutions and ReLU in place of ``M_l``.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mlsim.networks.hierarchical.block_layers import BlockMap, Neighbourhood, NeighbourLayers, PointBlocks
from mlsim.numerics.hierarchical.block_partition import Partition

Weights = Literal["shared", "mixed", "local"]


@dataclass(frozen=True, kw_only=True)
class Design:
    """The sizes of MNN-H and MNN-H2."""

    partition: Partition  # blocks of the grid; the side of the grid is its ``leaf 2^levels``
    channels: int = 6  # rank ``alpha`` of the blocks
    layers: int = 5  # convolutions ``K`` per level
    # ``shared`` by all blocks of a level; ``local``: different for each block; ``mixed``: local restriction,
    # interpolation and last adjacent layer, else shared
    weights: Weights = "shared"
    periodic: bool | None = None  # whether the domain is periodic; None if and only if all weights are shared
    # half width of the kernels of level 2, 2 in the papers; 3 on an interval couples all blocks
    coarsest_half_width: int = 2
    activation: bool = True  # false leaves ReLU out
    bias: bool = True  # false leaves biases out

    def map(self, level: int, inputs: int, outputs: int, *, generator: torch.Generator, width: int = 1) -> BlockMap:
        """A map on the blocks of one level."""
        shared, blocks = self.weights == "shared", self.partition.blocks(level)
        return BlockMap(blocks, inputs, outputs, shared=shared, width=width, bias=self.bias, generator=generator)

    def kernels(self, *, generator: torch.Generator) -> NeighbourLayers:
        """The nonlinear kernels of all levels; every layer has ReLU."""
        levels = range(2, self.partition.levels + 1)
        return NeighbourLayers(
            self._near({level: self.coarsest_half_width if level == 2 else 3 for level in levels}),
            channels=self.channels,
            layers=self.layers,
            shared=self.weights != "local",
            active=self.layers if self.activation else 0,
            bias=self.bias,
            generator=generator,
        )

    def adjacent(self, *, generator: torch.Generator) -> nn.Sequential:
        """The coupling of adjacent blocks of the finest level; the last layer is linear."""
        counts = {"shared": [self.layers], "local": [self.layers], "mixed": [self.layers - 1, 1]}[self.weights]
        parts = [
            NeighbourLayers(
                self._near({self.partition.levels: 1}),
                channels=self.partition.points(self.partition.levels),
                layers=count,
                shared=self.weights == "shared" or (self.weights == "mixed" and number == 0),
                active=count - (number == len(counts) - 1) if self.activation else 0,
                bias=self.bias,
                generator=generator,
            )
            for number, count in enumerate(counts)
        ]
        return nn.Sequential(*parts)

    def _near(self, half_widths: dict[int, int]) -> Neighbourhood:
        periodic = self.weights == "shared" if self.periodic is None else self.periodic
        return Neighbourhood(partition=self.partition, half_widths=half_widths, periodic=periodic)


class MNNH(nn.Module):
    """MNN-H: each level has its own restriction and interpolation.

    ``u = u_ad + sum_{l=2..L} interpolation_l(kernel_l(restriction_l(v)))``; restriction and interpolation are linear,
    the kernel has ``K`` convolutions of ``alpha`` channels, each with ReLU, over 5 blocks on level 2 and over 7 on the
    others; ``u_ad`` has ``K`` over 3 blocks of the finest level, the last one linear. Initial weights are
    Glorot-uniform, biases start at zero.

    Source:
        Fan, Lin, Ying, Zepeda-Nunez, arXiv:1807.01883, and the code released with it.

    >>> size = Partition(dimensions=1, levels=6, leaf=5)
    >>> sum(p.numel() for p in MNNH(Design(partition=size), generator=torch.Generator()).parameters())
    8535
    """

    def __init__(self, design: Design, *, generator: torch.Generator) -> None:
        super().__init__()
        points = {level: design.partition.points(level) for level in range(2, design.partition.levels + 1)}
        channels = design.channels
        self.points = PointBlocks(design.partition)
        self.restrictions = nn.ModuleList(
            design.map(level, count, channels, generator=generator) for level, count in points.items()
        )
        self.kernels = design.kernels(generator=generator)
        self.interpolations = nn.ModuleList(
            design.map(level, channels, count, generator=generator) for level, count in points.items()
        )
        self.adjacent = design.adjacent(generator=generator)

    def forward(self, v: Float[Tensor, "samples *grid"]) -> Float[Tensor, "samples *grid"]:
        """Values at the grid points from values at the grid points."""
        x = self.points(v)
        restricted = [restrict(x.reshape(restrict.blocks, -1, x.shape[-1])) for restrict in self.restrictions]
        parts = self.kernels(torch.cat(restricted)).split([level.shape[0] for level in restricted])
        u = self.adjacent(x)
        for interpolation, part in zip(self.interpolations, parts, strict=True):
            u = u + interpolation(part).reshape(u.shape)
        return self.points.back(u, shape=v.shape)


class MNNH2(nn.Module):
    """MNN-H2: restriction and interpolation are nested, from each level to the next.

    ``xi_L`` is restricted from the points, ``xi_l`` from the children of each block in ``xi_{l+1}``; with the kernels
    of :class:`MNNH`, ``chi_2 = kernel_2(xi_2)``, ``chi_{l+1} = interpolation_l(chi_l) + kernel_{l+1}(xi_{l+1})``, and
    ``u = interpolation_L(chi_L) + u_ad``. Initial parameters as in :class:`MNNH`.

    Source:
        Fan, Feliu-Faba, Lin, Ying, Zepeda-Nunez, arXiv:1808.02376, and the code released with it.

    >>> size = Partition(dimensions=1, levels=6, leaf=5)
    >>> sum(p.numel() for p in MNNH2(Design(partition=size), generator=torch.Generator()).parameters())
    7209
    """

    def __init__(self, design: Design, *, generator: torch.Generator) -> None:
        super().__init__()
        partition, channels = design.partition, design.channels
        finest, children = partition.levels, 2**partition.dimensions
        points, family = partition.points(finest), 2**partition.dimensions * channels
        self.points = PointBlocks(partition)
        self.restriction = design.map(finest, points, channels, generator=generator)
        self.merges = nn.ModuleList(
            design.map(level, family, channels, width=children, generator=generator) for level in range(2, finest)
        )
        self.kernels = design.kernels(generator=generator)
        self.splits = nn.ModuleList(
            design.map(level, channels, family, generator=generator) for level in range(2, finest)
        )
        self.interpolation = design.map(finest, channels, points, generator=generator)
        self.adjacent = design.adjacent(generator=generator)

    def forward(self, v: Float[Tensor, "samples *grid"]) -> Float[Tensor, "samples *grid"]:
        """Values at the grid points from values at the grid points."""
        x = self.points(v)
        restricted = [self.restriction(x)]
        for merge in reversed(self.merges):
            restricted.insert(0, merge(restricted[0].reshape(merge.blocks, -1, x.shape[-1])))
        chi, *finer = self.kernels(torch.cat(restricted)).split([level.shape[0] for level in restricted])
        for split, part in zip(self.splits, finer, strict=True):
            chi = split(chi).reshape(part.shape) + part
        return self.points.back(self.interpolation(chi) + self.adjacent(x), shape=v.shape)
