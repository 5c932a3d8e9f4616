"""Uniform hierarchical matrices on an interval, from a dense matrix."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float


@dataclass(frozen=True, kw_only=True, eq=False)
class Level:
    """One level: block ``(i, j)`` of the list of interactions is ``left[i] middle[i, j] right[j]^T``.

    Attributes:
        left: orthonormal bases of the block rows.
        middle: coupling, zero where two blocks do not interact on this level.
        right: orthonormal bases of the block columns.
    """

    left: Float[np.ndarray, "blocks points rank"]
    middle: Float[np.ndarray, "blocks blocks rank rank"]
    right: Float[np.ndarray, "blocks points rank"]


@dataclass(frozen=True, kw_only=True, eq=False)
class HMatrix:
    """``A = near + sum_l U_l M_l V_l^T``.

    Attributes:
        levels: levels ``2, 3, ..., L``.
        near: the blocks of the finest level that touch, zero elsewhere.
    """

    levels: list[Level]
    near: Float[np.ndarray, "size size"]

    def dense(self) -> Float[np.ndarray, "size size"]:
        """The matrix with all its entries."""
        total = self.near.copy()
        for level in self.levels:
            blocks = np.einsum("ipr,ijrs,jqs->ipjq", level.left, level.middle, level.right)
            total += blocks.reshape(total.shape)
        return total

    def __matmul__(self, v: Float[np.ndarray, " size"]) -> Float[np.ndarray, " size"]:
        """Product with a vector, level by level: restriction, coupling, interpolation."""
        u = self.near @ v
        for level in self.levels:
            averages = np.einsum("jqs,jq->js", level.right, v.reshape(level.right.shape[:2]))
            u += np.einsum("ipr,ijrs,js->ip", level.left, level.middle, averages).ravel()
        return u


def interactions(level: int) -> Bool[np.ndarray, "blocks blocks"]:
    """Pairs of blocks that do not touch, but whose parents do; on level 2 all pairs that do not touch.

    >>> interactions(2).sum(axis=1).tolist()
    [2, 1, 1, 2]
    """
    block = np.arange(2**level)
    apart = np.abs(block[:, None] - block) > 1
    parents_touch = np.abs(block[:, None] // 2 - block // 2) <= 1
    return apart & (parents_touch | (level == 2))


def uniform_h_matrix(dense: Float[np.ndarray, "size size"], *, levels: int, rank: int) -> HMatrix:
    """Hierarchical matrix whose blocks have rank ``rank`` and share one basis per block row and block column.

    The bases are the leading left singular vectors of what the level holds in the block row, and the right ones of the
    block column.

    Args:
        dense: the matrix; ``2**levels`` divides its size.
        levels: the finest level ``L``, at least two.
        rank: rank of the blocks, at most the size of the finest ones.

    Raises:
        ValueError: the size is no multiple of ``2**levels``, or the rank exceeds the finest blocks.

    Source:
        Hackbusch, Computing 62 (1999) 89-108; Fan, Lin, Ying, Zepeda-Nunez, arXiv:1807.01883, section 2.
    """
    size = len(dense)
    if levels < 2 or size % 2**levels:
        raise ValueError(f"the size {size} is no multiple of 2**levels, levels is {levels}, at least 2")
    if rank > size >> 2:
        raise ValueError(f"rank is {rank}: the blocks of level 2 have {size >> 2} points")
    block = np.arange(size) // (size >> levels)
    near = dense * (np.abs(block[:, None] - block) <= 1)
    return HMatrix(levels=[_level(dense, level, rank=rank) for level in range(2, levels + 1)], near=near)


def _level(dense: Float[np.ndarray, "size size"], level: int, *, rank: int) -> Level:
    blocks, points = 2**level, len(dense) >> level
    split = dense.reshape(blocks, points, blocks, points).transpose(0, 2, 1, 3)
    far = split * interactions(level)[:, :, None, None]
    rows = far.transpose(0, 2, 1, 3).reshape(blocks, points, -1)
    columns = far.transpose(1, 3, 0, 2).reshape(blocks, points, -1)
    left, right = (np.linalg.svd(part, full_matrices=False)[0] for part in (rows, columns))
    # a finest block has no more directions than points
    left, right = (_padded(basis[..., :rank], rank=rank) for basis in (left, right))
    return Level(left=left, middle=np.einsum("ipr,ijpq,jqs->ijrs", left, far, right), right=right)


def _padded(
    basis: Float[np.ndarray, "blocks points directions"], *, rank: int
) -> Float[np.ndarray, "blocks points rank"]:
    return np.pad(basis, [(0, 0), (0, 0), (0, rank - basis.shape[-1])])
