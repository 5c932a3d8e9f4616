"""Figures are equal from run to run and untouched by the user's settings."""

import matplotlib as mpl
import numpy as np
import pandas as pd

from mlsim.figures import (
    curve,
    draw_methods,
    legend_once,
    new_figure,
    number,
    rendered,
    series,
    set_ticks,
    show_image,
    style,
)


def _bytes(kind):
    with style():
        figure, ax = new_figure(width=3.0, height=2.0)
        ax.plot([0, 1], [1, 0], label="a")
        return rendered(figure, kind=kind)


def test_equal_figures_have_equal_bytes():
    for kind, head in (("png", b"\x89PNG"), ("svg", b"<?xml")):
        assert _bytes(kind) == _bytes(kind)
        assert _bytes(kind).startswith(head)


def test_settings_of_the_user_neither_leak_in_nor_change():
    before = _bytes("svg")
    with mpl.rc_context({"lines.linewidth": 9.0, "font.size": 30.0}):
        assert _bytes("svg") == before
        assert mpl.rcParams["font.size"] == 30.0


TABLE = pd.DataFrame(
    [
        ("a", 2.0, "error", 4.0, 0.5),
        ("a", 1.0, "error", 3.0, np.nan),
        ("a", np.nan, "error", 9.0, 0.5),
        ("a", 1.0, "cost", 7.0, 0.5),
        ("b", 1.0, "error", 5.0, 0.5),
    ],
    columns=["method", "x", "quantity", "value", "se"],
)
STYLES = {"a": ("first", "C0", "o"), "b": ("second", "C1", "s"), "c": ("absent", "C2", "v")}


def test_a_curve_has_the_rows_of_its_labels_in_the_order_of_x():
    assert curve(TABLE, method="a", quantity="error")["value"].tolist() == [3.0, 4.0]
    assert series(TABLE, method="a", quantity="error").to_dict() == {1.0: 3.0, 2.0: 4.0}
    assert number(TABLE, method="a", quantity="cost") == 7.0


def test_methods_without_rows_are_neither_drawn_nor_in_the_legend():
    figure, axes = new_figure(1, 2, width=3.0, height=2.0)
    for ax, bars in zip(axes, (False, True), strict=True):
        draw_methods(ax, curve(TABLE, quantity="error"), STYLES, bars=bars)
        assert [line.get_xydata().tolist() for line in ax.lines] == [[[1.0, 3.0], [2.0, 4.0]], [[1.0, 5.0]]]
        assert [line.get_marker() for line in ax.lines] == ["o", "s"]
    # a missing standard error is a bar of no length
    heights = [np.ptp(segment[:, 1]) for segment in axes[1].containers[0][2][0].get_segments()]
    assert heights == [0.0, 1.0]
    legend_once(figure, axes, loc="outside upper center")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["first", "second"]


def test_ticks_are_the_distinct_finite_values():
    _, ax = new_figure(width=3.0, height=2.0)
    ax.set_xscale("log")
    set_ticks(ax, pd.Series([8.0, 2.0, np.nan, 8.0]))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["2", "8"]
    assert len(ax.get_xticks(minor=True)) == 0


def test_images_keep_their_orientation_and_colours():
    _, (colours, grey) = new_figure(1, 2, width=3.0, height=2.0)
    image = np.random.default_rng(0).random((3, 4, 5))
    show_image(colours, image)
    show_image(grey, image[:1])
    np.testing.assert_array_equal(colours.images[0].get_array(), np.stack(list(image), axis=-1))
    np.testing.assert_array_equal(grey.images[0].get_array(), image[0])
