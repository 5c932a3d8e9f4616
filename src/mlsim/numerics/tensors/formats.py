"""Tensor train, hierarchical Tucker and canonical format of integer tensors, their flattenings, and minimal cuts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from jaxtyping import Int, Shaped

from mlsim.numerics.tensors.finite_field_rank import PRIME

Cores = list[Int[np.ndarray, "_ mode _"]]
Array = np.ndarray


@dataclass(frozen=True, eq=False, kw_only=True)
class TuckerTree:
    """Hierarchical Tucker format on the balanced binary tree of ``2^L`` modes."""

    leaves: Int[np.ndarray, "sites mode rank"]  # frames, one ``mode x rank`` per mode
    # for each level above the leaves but the root, one ``rank x rank x rank`` per node: left child, right child, parent
    transfers: list[Int[np.ndarray, "_ rank rank rank"]]
    root: Int[np.ndarray, "rank rank"]  # ``rank x rank``


@dataclass(frozen=True, kw_only=True)
class TreeGraph:
    """A tensor network without cycles."""

    # of each vertex; vertices come after their children, the last one is the root, its own parent
    parent: tuple[int, ...]
    bond: tuple[int, ...]  # dimension of the edge to the parent, 1 for the root
    mode: tuple[int, ...]  # which mode of the tensor hangs at the vertex, -1 where there is none
    size: int  # number of values of each mode


def random_train(rng: np.random.Generator, *, n: int, r: int, d: int, shared: bool, prime: int = PRIME) -> Cores:
    """Cores ``G_1 (1 x n x r), G_2, ..., G_(d-1) (r x n x r), G_d (r x n x 1)`` with residues modulo ``prime``.

    ``shared``: one core for all modes but the first and the last.
    """
    inner = [rng.integers(prime, size=(r, n, r)) for _ in range(1 if shared else d - 2)]
    inner = inner * (d - 2) if shared else inner
    return [rng.integers(prime, size=(1, n, r)), *inner, rng.integers(prime, size=(r, n, 1))]


def random_tree(rng: np.random.Generator, *, n: int, r: int, d: int, prime: int = PRIME) -> TuckerTree:
    """Residues as entries; ``d`` is a power of two, at least 4."""
    counts = [d >> level for level in range(1, d.bit_length() - 1)]
    return TuckerTree(
        leaves=rng.integers(prime, size=(d, n, r)),
        transfers=[rng.integers(prime, size=(count, r, r, r)) for count in counts],
        root=rng.integers(prime, size=(r, r)),
    )


def train_tensor(cores: Sequence[Shaped[Array, "_ mode _"]], *, prime: int | None = None) -> Array:
    """``X[i_1, ..., i_d] = G_1[i_1] ... G_d[i_d]``, reduced after each product where there is a ``prime``.

    >>> ones = np.ones((1, 2, 1), dtype=int)
    >>> train_tensor([ones, 2 * ones, 3 * ones]).ravel().tolist()
    [6, 6, 6, 6, 6, 6, 6, 6]
    """
    X = cores[0]
    for core in cores[1:]:
        X = reduced(np.tensordot(X, core, axes=1), prime)
    return X.reshape(X.shape[1:-1])


def tree_tensor(tree: TuckerTree, *, prime: int | None = None) -> Array:
    """The tensor of a hierarchical Tucker format; a node is ``sum_ab B[a,b,k] left[..., a] right[..., b]``."""
    frames = list(tree.leaves)
    for transfers in tree.transfers:
        pairs = zip(frames[0::2], frames[1::2], transfers, strict=True)
        frames = [_joined(left, right, B, prime=prime) for left, right, B in pairs]
    n, d = tree.leaves.shape[1], tree.leaves.shape[0]
    return _joined(frames[0], frames[1], tree.root[..., None], prime=prime).reshape((n,) * d)


def canonical_tensor(factors: Shaped[Array, "sites mode rank"], *, prime: int | None = None) -> Array:
    """``X = sum_k a_k^(1) x ... x a_k^(d)``."""
    X = factors[0]
    for factor in factors[1:]:
        X = reduced(X[..., None, :] * factor, prime)
    return reduced(X.sum(axis=-1), prime)


def _joined(left: Array, right: Array, transfer: Array, *, prime: int | None) -> Array:
    """Frame of a node, ``(rows of left x rows of right) x rank``."""
    half = reduced(np.tensordot(left, transfer, axes=1), prime)
    whole = reduced(np.einsum("iak,ja->ijk", half, right), prime)
    return whole.reshape(-1, transfer.shape[-1])


def reduced(X: Array, prime: int | None) -> Array:
    """Entries modulo ``prime``, or as they are without one."""
    return X if prime is None else X % prime


def flattening(tensor: Array, rows: Collection[int]) -> Array:
    """Matrix whose rows are the modes ``rows``, counted from zero, and whose columns are the others.

    >>> flattening(np.arange(8).reshape(2, 2, 2), [1]).tolist()
    [[0, 1, 4, 5], [2, 3, 6, 7]]
    """
    columns = [mode for mode in range(tensor.ndim) if mode not in rows]
    height = int(np.prod([tensor.shape[mode] for mode in rows]))
    return tensor.transpose([*rows, *columns]).reshape(height, -1)


def balanced_splits(d: int) -> list[tuple[int, ...]]:
    """Half of the modes, in all ways, each split once: the first mode is always among them.

    >>> balanced_splits(4)
    [(0, 1), (0, 2), (0, 3)]
    """
    return [(0, *rest) for rest in combinations(range(1, d), d // 2 - 1)]


def train_graph(*, n: int, r: int, d: int) -> TreeGraph:
    """Chain of ``d`` cores."""
    bonds = (*(r,) * (d - 1), 1)
    return TreeGraph(parent=(*range(1, d), d - 1), bond=bonds, mode=tuple(range(d)), size=n)


def tucker_graph(*, n: int, r: int, d: int) -> TreeGraph:
    """Balanced binary tree over ``d`` leaves."""
    parents, first, count = [], 0, d
    while count > 1:
        parents += [first + count + k // 2 for k in range(count)]
        first, count = first + count, count // 2
    inner = len(parents) - d + 1
    bonds = (*(r,) * len(parents), 1)
    return TreeGraph(parent=(*parents, first), bond=bonds, mode=(*range(d), *(-1,) * inner), size=n)


def minimal_cut(graph: TreeGraph, rows: Collection[int]) -> int:
    """Upper bound on the rank of a flattening: the least product of dimensions that separates rows from columns.

    Each vertex goes to one of two sides. A mode of the other side than its vertex costs its size, an edge between the
    sides its dimension; the flattening factors through the indices that are cut.

    >>> minimal_cut(train_graph(n=4, r=2, d=8), range(0, 8, 2))
    128
    >>> minimal_cut(train_graph(n=2, r=4, d=8), range(0, 8, 2))
    16
    """
    costs = [[1 if mode < 0 or (mode in rows) == side else graph.size for side in (True, False)] for mode in graph.mode]
    for vertex, (parent, bond) in enumerate(zip(graph.parent[:-1], graph.bond[:-1], strict=True)):
        one, other = costs[vertex]
        costs[parent][0] *= min(one, bond * other)
        costs[parent][1] *= min(other, bond * one)
    return min(costs[-1])
