"""Figures are equal from run to run and untouched by the user's settings."""

import matplotlib as mpl

from mlsim.figures import new_figure, rendered, style


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
