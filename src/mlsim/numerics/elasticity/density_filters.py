"""Filters of topology optimisation: weighted means over the neighbours of each element."""

from math import ceil

import numpy as np
import scipy.sparse as sp
from jaxtyping import Float

from mlsim.numerics.elasticity.quadrilaterals import Grid


def cone_weights(grid: Grid, *, radius: float) -> sp.csr_array:
    """Symmetric matrix ``H_ij = max(0, radius - |c_i - c_j|)`` of all element centres, ``radius`` in element sides.

    Raises:
        ValueError: the radius is not positive.

    Source:
        O. Sigmund, Struct. Multidisc. Optim. 21 (2001), eq. 6.

    >>> weights = cone_weights(Grid(columns=3, rows=3), radius=1.5)
    >>> [round(float(w), 4) for w in weights.toarray()[4, :5]]
    [0.0858, 0.5, 0.0858, 0.5, 1.5]
    """
    if radius <= 0:
        raise ValueError(f"radius is {radius}: a filter radius is positive")
    reach = ceil(radius) - 1
    x, y = np.divmod(np.arange(grid.elements), grid.rows)
    rows, columns, values = [], [], []
    for dx in range(-reach, reach + 1):
        for dy in range(-reach, reach + 1):
            weight = radius - np.hypot(dx, dy)
            inside = (x + dx >= 0) & (x + dx < grid.columns) & (y + dy >= 0) & (y + dy < grid.rows)
            if weight > 0:
                rows.append(np.flatnonzero(inside))
                columns.append(rows[-1] + dx * grid.rows + dy)
                values.append(np.full(rows[-1].size, weight))
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sp.csr_array(entries, shape=(grid.elements, grid.elements))


class ConeFilter:
    """The sensitivity filter and the density filter with cone weights."""

    def __init__(self, grid: Grid, *, radius: float) -> None:
        self._weights = cone_weights(grid, radius=radius)
        self._sums = np.asarray(self._weights.sum(axis=1)).ravel()

    def sensitivity(
        self, gradient: Float[np.ndarray, " elements"], density: Float[np.ndarray, " elements"], *, floor: float
    ) -> Float[np.ndarray, " elements"]:
        """Sigmund's filtered sensitivity ``sum_j H_ij x_j g_j / (max(floor, x_i) sum_j H_ij)``."""
        return self._weights @ (density * gradient) / (self._sums * np.maximum(floor, density))

    def mean(self, density: Float[np.ndarray, " elements"]) -> Float[np.ndarray, " elements"]:
        """Filtered density ``H x / sum_j H_ij``."""
        return self._weights @ density / self._sums

    def adjoint(self, gradient: Float[np.ndarray, " elements"]) -> Float[np.ndarray, " elements"]:
        """Gradient with respect to the density, given the one with respect to :meth:`mean`."""
        return self._weights @ (gradient / self._sums)
