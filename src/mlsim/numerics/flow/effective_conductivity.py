"""Effective conductivity of a square of cells between a pressure of one on the left side and zero on the right.

Two-point finite volumes make the cells a network of resistors: ``T = 2 / (1/k_a + 1/k_b)`` between neighbours and
``2 k`` from a cell to the left or right side; nothing crosses the others. The flux times columns over rows is the
effective conductivity. It rises with each ``k`` (Rayleigh), is homogeneous of degree one and concave in ``k``, does not
change under reflections, and is between the bounds of :func:`conductivity_bounds`. Its gradient is a closed formula.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

Fields = Float[Tensor, "samples rows columns"]
PerSample = Float[Tensor, " samples"]
# entries of the matrices that are factorised together
LARGEST_BATCH = 2**24


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Exact bounds in rising order; the effective conductivity is between ``rows`` and ``layers``."""

    harmonic: PerSample  # harmonic mean of all cells
    rows: PerSample  # mean of the rows' harmonic means: flow between rows is forbidden
    layers: PerSample  # columns of cell centres are made equipotential, the layers between them are in series
    columns: PerSample  # harmonic mean of the columns' means: the faces between columns are made equipotential as well
    arithmetic: PerSample  # mean of all cells


def effective_conductivity(conductivity: Fields) -> PerSample:
    """Flux through the right side times columns over rows; torch can differentiate it twice.

    Args:
        conductivity: of the cells, positive, in double precision for the accuracy that the tests state.

    Raises:
        ValueError: a conductivity is not positive.

    >>> effective_conductivity(torch.tensor([[[2.0, 2.0], [6.0, 6.0]], [[2.0, 6.0], [2.0, 6.0]]]).double()).tolist()
    [4.0, 3.0]
    """
    rows, columns = conductivity.shape[-2:]
    flux = 2 * (conductivity[..., -1] * pressures(conductivity)[..., -1]).sum(dim=-1)
    return flux * (columns / rows)


def pressures(conductivity: Fields) -> Fields:
    """Pressure at the centres of the cells."""
    if not bool((conductivity > 0).all()):
        raise ValueError("conductivity has cells that are not positive")
    unknowns = conductivity.shape[-2] * conductivity.shape[-1]
    parts = conductivity.split(max(1, LARGEST_BATCH // unknowns**2))
    return torch.cat([torch.linalg.solve(*_system(part)).reshape(part.shape) for part in parts])


def with_gradient(conductivity: Fields) -> tuple[PerSample, Fields]:
    """Effective conductivity and its derivative in every cell, none negative, from the pressures alone.

    ``dk_eff/dT_e = (dp_e)^2`` for the link ``e``, ``dT/dk_a = 2 k_b^2 / (k_a + k_b)^2`` between cells and 2 at a side.
    No derivative of the pressures is needed since they minimise the dissipation.

    >>> with_gradient(torch.full((1, 2, 2), 3.0).double())[1].numpy().round(12).tolist()
    [[[0.25, 0.25], [0.25, 0.25]]]
    """
    k, p = conductivity, pressures(conductivity)
    rows, columns = k.shape[-2:]
    gradient = torch.zeros_like(k)
    gradient[..., 0] += 2 * (1 - p[..., 0]).square()
    gradient[..., -1] += 2 * p[..., -1].square()
    for axis in (-2, -1):
        links = k.shape[axis] - 1
        one, other = k.narrow(axis, 0, links), k.narrow(axis, 1, links)
        drop = p.diff(dim=axis) / (one + other)
        gradient.narrow(axis, 0, links).add_(2 * (other * drop).square())
        gradient.narrow(axis, 1, links).add_(2 * (one * drop).square())
    flux = 2 * (k[..., -1] * p[..., -1]).sum(dim=-1)
    return flux * (columns / rows), gradient * (columns / rows)


def conductivity_bounds(conductivity: Fields) -> Bounds:
    """Bounds by cutting links and by making points equipotential (Rayleigh).

    >>> bounds = vars(conductivity_bounds(torch.tensor([[[1.0, 3.0], [1.0, 1.0]]]).double()))
    >>> [round(float(value), 4) for value in bounds.values()]
    [1.2, 1.25, 1.2903, 1.3333, 1.5]
    """
    k = conductivity
    rows, columns = k.shape[-2:]
    layers = torch.cat([2 * k[..., :1], _transmissibility(k, -1), 2 * k[..., -1:]], dim=-1).sum(dim=-2)
    return Bounds(
        harmonic=1 / (1 / k).mean(dim=(-2, -1)),
        rows=(1 / (1 / k).mean(dim=-1)).mean(dim=-1),
        layers=columns / rows / (1 / layers).sum(dim=-1),
        columns=1 / (1 / k.mean(dim=-2)).mean(dim=-1),
        arithmetic=k.mean(dim=(-2, -1)),
    )


def _transmissibility(k: Tensor, axis: int) -> Tensor:
    """Of the links between neighbours along one axis."""
    links = k.shape[axis] - 1
    return 2 / (1 / k.narrow(axis, 0, links) + 1 / k.narrow(axis, 1, links))


def _system(k: Fields) -> tuple[Float[Tensor, "samples cells cells"], Float[Tensor, "samples cells"]]:
    """Matrix and right-hand side of the balance of fluxes in every cell."""
    _, rows, columns = k.shape
    cells = torch.arange(rows * columns, device=k.device).reshape(rows, columns)
    sides = torch.zeros_like(k)
    sides[..., 0] += 2 * k[..., 0]
    sides[..., -1] += 2 * k[..., -1]
    matrix = torch.diag_embed(sides.flatten(1))
    for axis in (-2, -1):
        link = _transmissibility(k, axis).flatten(1)
        one = cells.narrow(axis, 0, cells.shape[axis] - 1).flatten()
        other = cells.narrow(axis, 1, cells.shape[axis] - 1).flatten()
        for row, column, sign in ((one, one, 1), (other, other, 1), (one, other, -1), (other, one, -1)):
            matrix[:, row, column] += sign * link
    right = torch.zeros_like(k)
    right[..., 0] += 2 * k[..., 0]
    return matrix, right.flatten(1)
