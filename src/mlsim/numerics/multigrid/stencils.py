"""Compact stencils on structured grids: operators, transfer between grids, and Galerkin coarse operators.

A grid has ``rows x columns`` interior nodes with value zero outside; one row makes it one-dimensional. A stencil has
three entries per direction that has more than one node, and is either constant, shape ``(height, width)``, or has one
set of entries per node, shape ``(height, width, rows, columns)``. The coarse grid takes every second node, the first
coarse node being the second fine one, so that a direction of ``n = 2 m + 1`` nodes becomes one of ``m``.

All functions are differentiable in every argument and work on a batch of grid functions at once.
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

Functions = Float[Tensor, "batch rows columns"]
OtherGrid = Float[Tensor, "batch other_rows other_columns"]
Stencil = Float[Tensor, "height width ..."]


def laplacian(*, dimensions: int) -> Float[Tensor, "height width"]:
    """Negative Laplacian by second differences, without the factor ``1/h^2``: -1, 2 d, -1.

    >>> laplacian(dimensions=1).tolist()
    [[-1.0, 2.0, -1.0]]
    """
    if dimensions == 1:
        return torch.tensor([[-1.0, 2.0, -1.0]], dtype=torch.float64)
    return torch.tensor([[0, -1, 0], [-1, 4, -1], [0, -1, 0]], dtype=torch.float64)


def linear_interpolation(*, dimensions: int) -> Float[Tensor, "height width"]:
    """Linear (bilinear) interpolation from the coarse grid; its transpose over ``2^d`` is full weighting.

    >>> linear_interpolation(dimensions=1).tolist()
    [[0.5, 1.0, 0.5]]
    """
    line = torch.tensor([[0.5, 1.0, 0.5]], dtype=torch.float64)
    return line if dimensions == 1 else line * line.T


def coarse_shape(stencil: Stencil, shape: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns of the coarse grid.

    Raises:
        ValueError: a direction that the stencil coarsens has an even number of nodes, or fewer than three.
    """
    coarse = []
    for reach, nodes in zip(stencil.shape[:2], shape, strict=True):
        if reach == 3 and (nodes < 3 or nodes % 2 == 0):
            raise ValueError(f"shape is {shape}: allowed are odd numbers of nodes, 3 or more, in coarsened directions")
        coarse.append((nodes - 1) // 2 if reach == 3 else nodes)
    return coarse[0], coarse[1]


def applied(stencil: Stencil, x: Functions) -> Functions:
    """The operator applied: ``y_i = sum_o stencil_o[i] x_(i + o)``."""
    height, width = stencil.shape[:2]
    padding = (height // 2, width // 2)
    if stencil.ndim == 2:
        return functional.conv2d(x[:, None], stencil[None, None], padding=padding)[:, 0]
    patches = functional.unfold(x[:, None], (height, width), padding=padding)
    return _weighted_sum(stencil, patches)


def restricted(stencil: Stencil, x: Functions) -> OtherGrid:
    """Fine to coarse: ``y_i = sum_o stencil_o[i] x_(2 i + 1 + o)``, counted from zero; per-node entries are coarse."""
    height, width = stencil.shape[:2]
    if stencil.ndim == 2:
        return functional.conv2d(x[:, None], stencil[None, None], stride=_strides(stencil))[:, 0]
    patches = functional.unfold(x[:, None], (height, width), stride=_strides(stencil))
    return _weighted_sum(stencil, patches)


def prolonged(stencil: Stencil, x: Functions) -> OtherGrid:
    """Coarse to fine: ``y_(2 j + 1 + o) += stencil_o[j] x_j``, the transpose of :func:`restricted`."""
    height, width = stencil.shape[:2]
    if stencil.ndim == 2:
        return functional.conv_transpose2d(x[:, None], stencil[None, None], stride=_strides(stencil))[:, 0]
    strides = _strides(stencil)
    fine = [stride * nodes + (1 if stride == 2 else 0) for stride, nodes in zip(strides, x.shape[1:], strict=True)]
    spread = (stencil[None] * x[:, None, None]).reshape(x.shape[0], height * width, -1)
    return functional.fold(spread, (fine[0], fine[1]), (height, width), stride=strides)[:, 0]


def diagonal(operator: Stencil) -> Float[Tensor, "..."]:
    """The operator's diagonal: one number, or one per node."""
    return operator[operator.shape[0] // 2, operator.shape[1] // 2]


def galerkin(restriction: Stencil, operator: Stencil, prolongation: Stencil, *, shape: tuple[int, int]) -> Stencil:
    """Stencil of ``R A P``, constant where all three are constant.

    Found by probing: coarse nodes three apart do not interact, so that a few responses have every entry. ``shape`` is
    that of the fine grid.

    Raises:
        ValueError: the fine grid cannot be coarsened.
    """
    rows, columns = coarse_shape(prolongation, shape)
    constant = max(stencil.ndim for stencil in (restriction, operator, prolongation)) == 2
    if constant:  # three coarse nodes per direction, of which the middle one sees no boundary
        rows, columns = prolongation.shape[:2]
    probes = _probes(prolongation, rows=rows, columns=columns)
    responses = restricted(restriction, applied(operator, prolonged(prolongation, probes)))
    entries = _entries(responses, height=prolongation.shape[0], width=prolongation.shape[1])
    return entries[:, :, rows // 2, columns // 2] if constant else entries


def matrix(operator: Stencil, *, shape: tuple[int, int]) -> Float[Tensor, "unknowns unknowns"]:
    """The operator as a dense matrix, nodes in row-major order."""
    unknowns = shape[0] * shape[1]
    unit = torch.eye(unknowns, dtype=operator.dtype).reshape(unknowns, *shape)
    return applied(operator, unit).reshape(unknowns, unknowns).T


def _weighted_sum(stencil: Stencil, patches: Float[Tensor, "batch entries nodes"]) -> Functions:
    rows, columns = stencil.shape[2:]
    weights = stencil.reshape(-1, rows * columns)
    return (patches * weights).sum(dim=1).reshape(-1, rows, columns)


def _strides(stencil: Stencil) -> tuple[int, int]:
    height, width = stencil.shape[:2]
    return 2 if height == 3 else 1, 2 if width == 3 else 1


def _probes(stencil: Stencil, *, rows: int, columns: int) -> Functions:
    """One grid function per colour; a direction with three entries has three colours."""
    height, width = stencil.shape[:2]
    row, column = torch.meshgrid(torch.arange(rows) % height, torch.arange(columns) % width, indexing="ij")
    colours = torch.arange(height * width)
    return (row * width + column == colours[:, None, None]).to(stencil.dtype)


def _entries(responses: Functions, *, height: int, width: int) -> Stencil:
    """Stencil entries from the responses to :func:`_probes`: entry ``o`` of node ``i`` answers colour ``i + o``."""
    rows, columns = responses.shape[1:]
    row, column = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    lines = []
    for dy in range(-(height // 2), height // 2 + 1):
        neighbours = []
        for dx in range(-(width // 2), width // 2 + 1):
            colour = (row + dy) % height * width + (column + dx) % width
            inside = (row + dy >= 0) & (row + dy < rows) & (column + dx >= 0) & (column + dx < columns)
            neighbours.append(torch.where(inside, responses[colour, row, column], 0.0))
        lines.append(torch.stack(neighbours))
    return torch.stack(lines)
