"""Bilinear quadrilateral elements on a regular grid: numbering and element matrices.

Nodes and elements are numbered down the columns, ``node = (rows + 1) * x + y``, ``element = rows * x + y`` with ``y``
pointing down; so the band of the stiffness matrix has the width of one column of nodes.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int, Shaped


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A grid of ``columns`` x ``rows`` unit squares."""

    columns: int
    rows: int

    def __post_init__(self) -> None:
        if self.columns < 1 or self.rows < 1:
            raise ValueError(f"a grid needs at least one column and one row, not {self.columns} x {self.rows}")

    @property
    def elements(self) -> int:
        """Number of elements."""
        return self.columns * self.rows

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return (self.columns + 1) * (self.rows + 1)

    @cached_property
    def node_coordinates(self) -> Int[np.ndarray, "nodes 2"]:
        """Column and row ``(x, y)`` of every node, ``y`` downwards."""
        x, y = np.divmod(np.arange(self.nodes), self.rows + 1)
        return np.stack([x, y], axis=1)

    @cached_property
    def element_nodes(self) -> Int[np.ndarray, "elements 4"]:
        """Nodes of every element: lower left, lower right, upper right, upper left as seen with ``y`` downwards."""
        x, y = np.divmod(np.arange(self.elements), self.rows)
        upper_left = (self.rows + 1) * x + y
        upper_right = upper_left + self.rows + 1
        return np.stack([upper_left + 1, upper_right + 1, upper_right, upper_left], axis=1)

    def element_dofs(self, *, dofs_per_node: int) -> Int[np.ndarray, "elements element_dofs"]:
        """Degrees of freedom of every element, node by node."""
        nodes = self.element_nodes[:, :, None]
        return (dofs_per_node * nodes + np.arange(dofs_per_node)).reshape(self.elements, -1)

    def image(self, values: Shaped[np.ndarray, "*batch elements"]) -> Shaped[np.ndarray, "*batch rows columns"]:
        """Element values as an image with rows downwards."""
        return values.reshape(*values.shape[:-1], self.columns, self.rows).swapaxes(-1, -2)

    def flat(self, image: Shaped[np.ndarray, "*batch rows columns"]) -> Shaped[np.ndarray, "*batch elements"]:
        """Inverse of :meth:`image`."""
        return np.ascontiguousarray(image.swapaxes(-1, -2)).reshape(*image.shape[:-2], self.elements)

    def node_image(
        self, values: Shaped[np.ndarray, "*batch nodes"]
    ) -> Shaped[np.ndarray, "*batch node_rows node_columns"]:
        """Node values as an image with rows downwards."""
        return values.reshape(*values.shape[:-1], self.columns + 1, self.rows + 1).swapaxes(-1, -2)

    def flat_nodes(
        self, image: Shaped[np.ndarray, "*batch node_rows node_columns"]
    ) -> Shaped[np.ndarray, "*batch nodes"]:
        """Inverse of :meth:`node_image`."""
        return np.ascontiguousarray(image.swapaxes(-1, -2)).reshape(*image.shape[:-2], self.nodes)


def plane_stress_stiffness(*, poisson_ratio: float = 0.3) -> Float[np.ndarray, "8 8"]:
    """Stiffness of the unit-square bilinear element in plane stress, Young's modulus and thickness one.

    Args:
        poisson_ratio: in (-1, 0.5), dimensionless.

    Returns:
        Symmetric positive semi-definite matrix with three rigid motions in its kernel.

    Source:
        O. Sigmund, A 99 line topology optimization code written in Matlab, 2001.

    >>> stiffness = plane_stress_stiffness()
    >>> int((np.linalg.eigvalsh(stiffness) > 1e-12).sum())
    5
    """
    nu = poisson_ratio
    k = np.array(
        [
            1 / 2 - nu / 6,
            1 / 8 + nu / 8,
            -1 / 4 - nu / 12,
            -1 / 8 + 3 * nu / 8,
            -1 / 4 + nu / 12,
            -1 / 8 - nu / 8,
            nu / 6,
            1 / 8 - 3 * nu / 8,
        ]
    )
    rows = ["01234567", "10765432", "27056341", "36507214", "45670123", "54321076", "63412705", "72143650"]
    pattern = np.array([[int(index) for index in row] for row in rows])
    return k[pattern] / (1 - nu**2)


def conduction_matrix() -> Float[np.ndarray, "4 4"]:
    """Conductivity of the unit-square bilinear element for heat conduction, conductivity one.

    >>> bool(abs(conduction_matrix().sum(axis=1)).max() < 1e-15)
    True
    """
    row = np.array([2 / 3, -1 / 6, -1 / 3, -1 / 6])
    return np.stack([np.roll(row, shift) for shift in range(4)])
