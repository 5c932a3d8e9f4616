"""Rows gathered by a fixed table, with a gradient that gathers too; the one of torch's indexing scatters, slowly."""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class GatheredRows(nn.Module):
    """``rows[table]`` along the first axis; the index past the last row gives zeros.

    >>> shift = GatheredRows(torch.tensor([[1], [2], [3]]), rows=3)
    >>> shift(torch.tensor([[1.0], [2.0], [3.0]])).flatten().tolist()
    [2.0, 3.0, 0.0]
    """

    def __init__(self, table: Int[Tensor, "outputs taps"], *, rows: int) -> None:
        super().__init__()
        back = transposed(table, rows=rows)
        self.register_buffer("table", table, persistent=False)
        self.register_buffer("back", back, persistent=False)
        self.padded = bool((table == rows).any()), bool((back == table.numel()).any())

    def forward(self, rows: Float[Tensor, "rows *rest"]) -> Float[Tensor, "outputs taps *rest"]:
        """The rows that the table names."""
        return _Gathered.apply(rows, self.table, self.back, self.padded)  # pyright: ignore[reportReturnType]


def transposed(table: Int[Tensor, "outputs taps"], *, rows: int) -> Int[Tensor, "rows readers"]:
    """Positions of each row in the flattened table, padded with the number of all positions.

    >>> transposed(torch.tensor([[0, 1], [1, 0], [1, 2]]), rows=2).tolist()
    [[0, 3, 6], [1, 2, 4]]
    """
    readers: list[list[int]] = [[] for _ in range(rows)]
    for position, row in enumerate(table.flatten().tolist()):
        if row < rows:
            readers[row].append(position)
    most = max(map(len, readers))
    return torch.tensor([positions + [table.numel()] * (most - len(positions)) for positions in readers])


class _Gathered(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, rows: Tensor, table: Tensor, back: Tensor, padded: tuple[bool, bool]) -> Tensor:
        ctx.save_for_backward(back)
        ctx.padded = padded[1]
        return _taken(rows, table, padded=padded[0])

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None, None]:
        (back,) = ctx.saved_tensors
        return _taken(gradients[0].flatten(0, 1), back, padded=ctx.padded).sum(dim=1), None, None, None


def _taken(rows: Tensor, table: Tensor, *, padded: bool) -> Tensor:
    if padded:
        rows = torch.cat([rows, rows.new_zeros(1, *rows.shape[1:])])
    return rows.index_select(0, table.flatten()).unflatten(0, tuple(table.shape))
