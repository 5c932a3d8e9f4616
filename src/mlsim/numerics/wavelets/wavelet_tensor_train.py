"""The wavelet tensor train: a wavelet transform whose filters are singular vectors of the data.

A signal of ``2**d`` values is a tensor of ``d`` bits, the fastest first: pairs of neighbours are filtered first.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

Signals = Float[Tensor, "samples points"]


@dataclass(frozen=True, kw_only=True, eq=False)
class TensorTrainFilters:
    """Filters of every step."""

    bases: tuple[Float[Tensor, "_ _"], ...]  # orthogonal matrices ``U_k`` of size ``2 r_(k-1)``, ``r_0 = 1``
    ranks: tuple[int, ...]  # ``r_k``, how many rows of ``U_k^T`` go on; the others give details

    @property
    def parameters(self) -> int:
        """Entries of all bases."""
        return sum(basis.numel() for basis in self.bases)


def filters_from(training: Signals, *, rank: int, tolerance: float = 1e-12) -> TensorTrainFilters:
    """Filters from training signals: left singular vectors of their unfoldings side by side.

    Args:
        training: signals of ``2**d`` values.
        rank: largest number of rows that go on at a step.
        tolerance: singular values below this fraction of the largest one count as zero.

    Raises:
        ValueError: the number of points is no power of two.

    Source:
        I. Oseledets, E. Tyrtyshnikov, SIAM J. Sci. Comput. 33 (2011) 1315-1328.

    >>> constant = filters_from(torch.ones(1, 8, dtype=torch.float64), rank=4)
    >>> constant.ranks, constant.bases[0].abs().round(decimals=4).tolist()
    ((1, 1, 1), [[0.7071, 0.7071], [0.7071, 0.7071]])
    """
    bases, ranks = [], []
    carried = training[:, None]
    for _ in range(_steps(training.shape[-1])):
        unfolding = _unfolded(carried)
        basis, count = _singular_basis(unfolding, rank=rank, tolerance=tolerance)
        bases.append(basis)
        ranks.append(count)
        carried = (basis.T @ unfolding)[:, :count]
    return TensorTrainFilters(bases=tuple(bases), ranks=tuple(ranks))


def coefficients_of(signals: Signals, filters: TensorTrainFilters) -> Signals:
    """The transform: what went on to the end, then the details from the last step to the first.

    Orthogonal for any ranks. Details vanish at the steps where the signals are in the span of the rows that go on.
    """
    details = []
    carried = signals[:, None]
    for basis, rank in zip(filters.bases, filters.ranks, strict=True):
        filtered = basis.T @ _unfolded(carried)
        carried = filtered[:, :rank]
        details.append(filtered[:, rank:].flatten(1))
    return torch.cat([carried.flatten(1), *reversed(details)], dim=1)


def signals_of(coefficients: Signals, filters: TensorTrainFilters) -> Signals:
    """Inverse of :func:`coefficients_of`."""
    points = coefficients.shape[-1]
    columns = [points >> step for step in range(1, len(filters.ranks) + 1)]
    sizes = [(b.shape[0] - r) * c for b, r, c in zip(filters.bases, filters.ranks, columns, strict=True)]
    carried, *details = coefficients.split([filters.ranks[-1], *reversed(sizes)], dim=1)
    carried = carried[..., None]
    last_first = zip(reversed(filters.bases), reversed(filters.ranks), reversed(columns), details, strict=True)
    for basis, rank, count, detail in last_first:
        filtered = torch.cat([carried, detail.reshape(len(carried), basis.shape[0] - rank, count)], dim=1)
        carried = (basis @ filtered).unflatten(1, (-1, 2)).transpose(2, 3).flatten(2)
    return carried[:, 0]


def _unfolded(carried: Float[Tensor, "samples rank points"]) -> Float[Tensor, "samples twice half"]:
    """Neighbours stacked: row ``2 r + bit`` of column ``m`` is entry ``2 m + bit`` of row ``r``."""
    return carried.unflatten(2, (-1, 2)).transpose(2, 3).flatten(1, 2)


def _singular_basis(
    unfolding: Float[Tensor, "samples rows columns"], *, rank: int, tolerance: float
) -> tuple[Float[Tensor, "rows rows"], int]:
    """All left singular vectors of the unfoldings side by side, and how many of them matter."""
    long = unfolding.transpose(1, 2).flatten(0, 1)  # the transpose
    triangle = torch.linalg.qr(long, mode="r").R  # has the same right singular vectors, and is small
    _, values, rows = torch.linalg.svd(triangle)
    counted = int((values > tolerance * values[0]).sum())
    return rows.T, max(1, min(rank, counted))


def _steps(points: int) -> int:
    steps = points.bit_length() - 1
    if points < 2 or 1 << steps != points:
        raise ValueError(f"signals have {points} points: a power of two is needed")
    return steps
