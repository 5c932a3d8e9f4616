"""Accuracy, intersection over union, connectivity."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlsim.numerics.images.segmentation import (
    binary_accuracy,
    disconnected,
    elements_at,
    mean_intersection_over_union,
)

images = arrays(bool, (2, 5, 5), elements=st.booleans())


@given(pair=images)
def test_accuracy_and_iou_are_symmetric_bounded_and_one_together(pair):
    a, b = pair
    accuracy, overlap = float(binary_accuracy(a, b)), float(mean_intersection_over_union(a, b))
    assert 0 <= overlap <= accuracy <= 1 or (a.all() or b.all() or not a.any() or not b.any())
    assert (accuracy == 1) == (overlap == 1) == bool((a == b).all())
    assert overlap == float(mean_intersection_over_union(b, a))
    assert overlap == float(mean_intersection_over_union(~a, ~b))


@given(pair=images)
def test_iou_is_the_published_count_of_pixels(pair):
    predicted, truth = pair
    w = {(t, p): int(((truth == t) & (predicted == p)).sum()) for t in (0, 1) for p in (0, 1)}
    n0, n1 = w[0, 0] + w[0, 1], w[1, 0] + w[1, 1]
    first = w[0, 0] / (n0 + w[1, 0]) if n0 + w[1, 0] else 1.0
    second = w[1, 1] / (n1 + w[0, 1]) if n1 + w[0, 1] else 1.0
    np.testing.assert_allclose(mean_intersection_over_union(predicted, truth), (first + second) / 2)


def _nodes(*places):
    mask = np.zeros((4, 4), dtype=bool)
    for row, column in places:
        mask[row, column] = True
    return mask


def test_connectivity_of_small_designs():
    left, tip = _nodes((0, 0), (1, 0)), _nodes((0, 3))
    bar = np.zeros((3, 3), dtype=bool)
    bar[0] = True
    assert not disconnected(bar, supports=left, loads=tip)
    hinge = np.array([[True, False, False], [False, True, True], [False, False, True]])
    assert disconnected(hinge, supports=left, loads=_nodes((3, 3)))
    assert not disconnected(hinge, supports=left, loads=_nodes((3, 3)), through_corners=True)
    floating = bar.copy()
    floating[2, 1] = True
    assert disconnected(floating, supports=left, loads=tip)
    assert disconnected(np.zeros((3, 3), dtype=bool), supports=left, loads=tip)
    assert not disconnected(bar, supports=left, loads=_nodes())


def test_elements_at_a_node_are_its_up_to_four_neighbours():
    assert elements_at(_nodes((1, 1))).sum() == 4
    assert elements_at(_nodes((0, 0))).sum() == 1
    assert elements_at(_nodes((0, 2))).sum() == 2
