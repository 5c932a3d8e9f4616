"""Dyadic partitions of the unit interval or square into blocks of points, in the order of a tree."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Partition:
    """Blocks of ``m 2^(L-l)`` points per side on the levels ``l <= L`` of a grid with ``m 2^L`` points per side.

    The four children of a square follow each other, so that the blocks of every level are consecutive points in one
    order, that of :meth:`order`. In one dimension this is the order of the points themselves.

    >>> Partition(dimensions=1, levels=6, leaf=5).side
    320
    """

    dimensions: int  # one or two
    levels: int  # the finest level ``L``, at least two
    leaf: int  # points per side ``m`` of the finest blocks

    def __post_init__(self) -> None:
        if self.dimensions not in (1, 2) or self.levels < 2 or self.leaf < 1:
            raise ValueError(f"{self}: dimensions are 1 or 2, levels at least 2, leaf at least 1")

    @property
    def side(self) -> int:
        """Points per side."""
        return self.leaf * 2**self.levels

    def blocks(self, level: int) -> int:
        """Number of blocks of one level."""
        return 2 ** (self.dimensions * level)

    def points(self, level: int) -> int:
        """Points in one block of the level."""
        return (self.leaf * 2 ** (self.levels - level)) ** self.dimensions

    def positions(self, level: int) -> Int[np.ndarray, "blocks dimensions"]:
        """Row and column of each block of the level, in the order of the tree.

        >>> Partition(dimensions=2, levels=2, leaf=1).positions(1).tolist()
        [[0, 0], [0, 1], [1, 0], [1, 1]]
        """
        positions = np.zeros((1, self.dimensions), dtype=np.int64)
        children = _box(2, self.dimensions)
        for _ in range(level):
            positions = (2 * positions[:, None] + children[None]).reshape(-1, self.dimensions)
        return positions

    def order(self) -> Int[np.ndarray, " points"]:
        """Indices of all points of the row-major grid in the order of the tree, row-major inside the finest blocks."""
        corners = self.leaf * self.positions(self.levels)
        points = (corners[:, None] + _box(self.leaf, self.dimensions)[None]).reshape(-1, self.dimensions)
        return points @ np.array([self.side, 1])[-self.dimensions :]

    def neighbours(self, levels: Sequence[int], *, half_width: int, periodic: bool) -> Int[Tensor, "blocks neighbours"]:
        """Blocks at most ``half_width`` blocks away, for all blocks of some levels, one level after the other.

        Neighbours are ordered by row and column. Those outside of a domain that is not periodic have the index past the
        last block of all levels.

        >>> Partition(dimensions=1, levels=2, leaf=1).neighbours([2], half_width=1, periodic=False).tolist()
        [[4, 0, 1], [0, 1, 2], [1, 2, 3], [2, 3, 4]]
        """
        total = sum(self.blocks(level) for level in levels)
        shifts = _box(2 * half_width + 1, self.dimensions) - half_width
        tables, begin = [], 0
        for level in levels:
            side, positions = 2**level, self.positions(level)
            number = np.empty((side,) * self.dimensions, dtype=np.int64)
            number[tuple(positions.T)] = np.arange(len(positions))
            near = positions[:, None] + shifts[None]
            inside = ((near >= 0) & (near < side)).all(axis=2) | periodic
            tables.append(np.where(inside, begin + number[tuple((near % side).transpose(2, 0, 1))], total))
            begin += len(positions)
        return torch.from_numpy(np.concatenate(tables))


def _box(side: int, dimensions: int) -> Int[np.ndarray, "points dimensions"]:
    axes = np.meshgrid(*(np.arange(side),) * dimensions, indexing="ij")
    return np.stack([axis.ravel() for axis in axes], axis=1)
