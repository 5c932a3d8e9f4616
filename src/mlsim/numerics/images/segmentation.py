"""Comparison of binary images: accuracy, intersection over union, connectivity."""

import numpy as np
from jaxtyping import Bool, Float
from scipy import ndimage


def binary_accuracy(
    predicted: Bool[np.ndarray, "*batch rows columns"], truth: Bool[np.ndarray, "*batch rows columns"]
) -> Float[np.ndarray, "*batch"]:
    """Fraction of equal pixels per image, in [0, 1].

    >>> float(binary_accuracy(np.array([[True, True]]), np.array([[True, False]])))
    0.5
    """
    return np.asarray((predicted == truth).mean(axis=(-2, -1)))


def mean_intersection_over_union(
    predicted: Bool[np.ndarray, "*batch rows columns"], truth: Bool[np.ndarray, "*batch rows columns"]
) -> Float[np.ndarray, "*batch"]:
    """Mean over the two classes of intersection over union per image, in [0, 1]; a class absent from both gives one.

    >>> round(float(mean_intersection_over_union(np.array([[True, True, False]]), np.array([[True, False, False]]))), 3)
    0.5
    """
    return np.asarray((_overlap(predicted, truth) + _overlap(~predicted, ~truth)) / 2)


def _overlap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    union = np.asarray((a | b).sum(axis=(-2, -1)), dtype=float)
    shared = np.asarray((a & b).sum(axis=(-2, -1)), dtype=float)
    return np.divide(shared, union, out=np.ones_like(union), where=union > 0)


def elements_at(nodes: Bool[np.ndarray, "node_rows node_columns"]) -> Bool[np.ndarray, "rows columns"]:
    """Elements that touch at least one of the marked nodes."""
    return nodes[:-1, :-1] | nodes[1:, :-1] | nodes[:-1, 1:] | nodes[1:, 1:]


def disconnected(
    solid: Bool[np.ndarray, "rows columns"],
    *,
    supports: Bool[np.ndarray, "node_rows node_columns"],
    loads: Bool[np.ndarray, "node_rows node_columns"],
    through_corners: bool = False,
) -> bool:
    """Whether a load is not connected to any support, or material to neither supports nor loads.

    Elements are connected through common sides; a common corner alone is a hinge, which carries no moment but conducts
    heat.

    Args:
        solid: the design.
        supports: supported nodes.
        loads: nodes whose load the design has to carry.
        through_corners: whether a common corner connects.

    >>> beam = np.array([[True, True, True]])
    >>> left = np.zeros((2, 4), dtype=bool); left[:, 0] = True
    >>> tip = np.zeros((2, 4), dtype=bool); tip[1, 3] = True
    >>> disconnected(beam, supports=left, loads=tip)
    False
    >>> disconnected(np.array([[True, False, True]]), supports=left, loads=tip)
    True
    """
    parts = np.empty(solid.shape, dtype=np.int32)
    ndimage.label(solid, structure=np.ones((3, 3)) if through_corners else None, output=parts)
    supported = set(np.unique(parts[elements_at(supports)])) - {0}
    loaded = set(np.unique(parts[elements_at(loads)])) - {0}
    floating = int(parts.max()) > len(supported | loaded)
    for row, column in np.argwhere(loads):
        around = parts[max(0, row - 1) : row + 1, max(0, column - 1) : column + 1]
        if not supported & set(np.unique(around)):
            return True
    return floating
