"""pysindy's integrals over random boxes as sparse matrices: one product per field in place of a loop over boxes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse


@dataclass(frozen=True, kw_only=True, eq=False)
class Boxes:
    """Integrals over boxes of a field, flattened, against test functions.

    Attributes:
        against: matrices of the test functions and of their derivatives in space of order 1, 2, ...
        against_time_derivative: matrix of their derivatives in time.
    """

    against: list[sparse.csr_matrix]
    against_time_derivative: sparse.csr_matrix


def box_matrices(library: Any) -> Boxes:
    """Matrices of a ``pysindy.WeakPDELibrary``, from its weights and the grid points of its boxes."""
    shape = library.spatiotemporal_grid.shape[:-1]
    boxes = [np.ix_(*(np.asarray(axis) for axis in box)) for box in library.inds_k]
    points = [np.ravel_multi_index(box, shape).ravel() for box in boxes]
    ends, columns = np.cumsum([0, *(len(inside) for inside in points)]), np.concatenate(points)

    def matrix(weights: list[np.ndarray]) -> sparse.csr_matrix:
        values = np.concatenate([np.asarray(in_box).ravel() for in_box in weights])
        return sparse.csr_matrix((values, columns, ends), shape=(len(boxes), int(np.prod(shape))))

    derived = [matrix([orders[k] for orders in library.fullweights1]) for k in range(library.num_derivatives)]
    return Boxes(against=[matrix(library.fullweights0), *derived], against_time_derivative=matrix(library.fulltweights))
