"""Layers of networks on trees of blocks, fast for few channels.

Between the layers everything has the shape (blocks, channels, samples), the blocks of all levels one after the other:
one batched product computes one layer of all levels, whether the blocks share their weights or not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from mlsim.networks.hierarchical.gathered_rows import GatheredRows
from mlsim.numerics.hierarchical.block_partition import Partition

Blocks = Float[Tensor, "blocks channels samples"]


class PointBlocks(nn.Module):
    """From grid functions to the finest blocks of their points, in the order of the tree, and back."""

    def __init__(self, partition: Partition) -> None:
        super().__init__()
        self.shape = partition.blocks(partition.levels), partition.points(partition.levels)
        order = torch.from_numpy(partition.order())[:, None]
        # on an interval the order of the tree is that of the points
        line, count = partition.dimensions == 1, order.shape[0]
        self.sort = None if line else GatheredRows(order, rows=count)
        self.unsort = None if line else GatheredRows(order.argsort(dim=0), rows=count)

    def forward(self, v: Float[Tensor, "samples *grid"]) -> Blocks:
        """Blocks of points."""
        x = v.flatten(1).T.contiguous()
        x = x if self.sort is None else self.sort(x)
        return x.reshape(*self.shape, -1)

    def back(self, u: Blocks, *, shape: Sequence[int]) -> Float[Tensor, "samples *grid"]:
        """The grid function of the given shape."""
        x = u.reshape(-1, u.shape[-1])
        x = x if self.unsort is None else self.unsort(x).flatten(0, 1)
        return x.T.reshape(shape)


class BlockMap(nn.Module):
    """One affine map from ``inputs`` to ``outputs`` channels of every block: a convolution whose stride is its width.

    The map is the same for all blocks or not (``shared``). Initial weights are Glorot-uniform, for a kernel over
    ``width`` positions; biases start at zero.
    """

    def __init__(
        self,
        blocks: int,
        inputs: int,
        outputs: int,
        *,
        shared: bool,
        width: int = 1,
        bias: bool,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        self.blocks = blocks
        copies = 1 if shared else blocks
        limit = (6 / (inputs + width * outputs)) ** 0.5
        self.weight = _uniform((copies, outputs, inputs), limit=limit, generator=generator)
        self.bias = nn.Parameter(torch.zeros(copies, outputs, 1)) if bias else None

    def forward(self, x: Float[Tensor, "blocks inputs samples"]) -> Float[Tensor, "blocks outputs samples"]:
        """Channels after the map."""
        weight = self.weight.expand(self.blocks, -1, -1)
        return torch.bmm(weight, x) if self.bias is None else torch.baddbmm(self.bias, weight, x)


@dataclass(frozen=True, kw_only=True)
class Neighbourhood:
    """Which blocks a convolution couples."""

    partition: Partition
    half_widths: dict[int, int]  # of the kernels, without the centre, by level
    periodic: bool  # whether the domain is periodic; otherwise values outside are zero


class NeighbourLayers(nn.Module):
    """Convolutions over the blocks of several levels at once, all with the same number of channels.

    The first ``active`` of the ``layers`` convolutions are followed by ReLU. The blocks of one level have the same
    weights or not (``shared``). Initial weights are Glorot-uniform, biases start at zero.
    """

    def __init__(
        self,
        neighbourhood: Neighbourhood,
        *,
        channels: int,
        layers: int,
        shared: bool,
        active: int,
        bias: bool,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        partition, half_widths = neighbourhood.partition, neighbourhood.half_widths
        self.layers, self.active, self.dimensions = layers, active, partition.dimensions
        counts = [partition.blocks(level) for level in half_widths]
        # per level: half width, blocks, and sets of weights
        self.plan = [(h, n, 1 if shared else n) for h, n in zip(half_widths.values(), counts, strict=True)]
        self.weights, self.biases = nn.ParameterDict(), nn.ParameterDict()
        for half in sorted({half for half, _, _ in self.plan}):
            copies = sum(sets for level_half, _, sets in self.plan if level_half == half)
            taps = (2 * half + 1,) * self.dimensions
            limit = (3 / (channels * prod(taps))) ** 0.5
            shape = (layers, copies, channels, *taps, channels)
            self.weights[str(half)] = _uniform(shape, limit=limit, generator=generator)
            if bias:
                self.biases[str(half)] = nn.Parameter(torch.zeros(layers, copies, channels, 1))
        widest = max(half_widths.values())
        table = partition.neighbours(tuple(half_widths), half_width=widest, periodic=neighbourhood.periodic)
        self.near = GatheredRows(table, rows=sum(counts))

    def forward(self, x: Blocks) -> Blocks:
        """Channels after all layers."""
        weights, biases = self._per_block()
        for layer in range(self.layers):
            near = self.near(x).flatten(1, 2)
            weight = weights[layer]
            x = torch.bmm(weight, near) if biases is None else torch.baddbmm(biases[layer], weight, near)
            if layer < self.active:
                x = functional.relu(x)
        return x

    def _per_block(self) -> tuple[Tensor, Tensor | None]:
        """Weights (layers, blocks, channels, neighbours x channels) and biases of every block."""
        widest = max(half for half, _, _ in self.plan)
        begin = dict.fromkeys((half for half, _, _ in self.plan), 0)
        weights, biases = [], []
        for half, blocks, sets in self.plan:
            part = slice(begin[half], begin[half] + sets)
            begin[half] += sets
            weight = self.weights[str(half)][:, part]
            if half < widest:  # a narrow kernel is padded with zeros
                weight = functional.pad(weight, (0, 0, *(widest - half,) * (2 * self.dimensions)))
            weights.append(weight.flatten(3).expand(-1, blocks, -1, -1))
            if len(self.biases):
                biases.append(self.biases[str(half)][:, part].expand(-1, blocks, -1, -1))
        return torch.cat(weights, dim=1), torch.cat(biases, dim=1) if biases else None


def _uniform(shape: tuple[int, ...], *, limit: float, generator: torch.Generator) -> nn.Parameter:
    return nn.Parameter((2 * torch.rand(shape, generator=generator) - 1) * limit)
