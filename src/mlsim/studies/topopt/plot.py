"""Figures: accuracy against the iteration at which SIMP is stopped, and designs that a network predicts."""

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mlsim.figures import curve, draw_curve, new_figure, show_image
from mlsim.numerics.images.segmentation import binary_accuracy, mean_intersection_over_union
from mlsim.studies.topopt.layouts import METHODS
from mlsim.studies.topopt.settings import ELASTIC, HEAT

COLOURS = {
    "thresholding": "#444444",
    "cnn_poisson_5": "#0072b2",
    "cnn_poisson_10": "#009e73",
    "cnn_poisson_30": "#d55e00",
    "cnn_uniform": "#cc79a7",
    "cnn_uniform_skip": "#e69f00",
    "cnn_uniform_released": "#882255",
    "cnn_poisson_5_gradient": "#56b4e9",
    "cnn_poisson_10_gradient": "#44aa99",
    "cnn_poisson_30_gradient": "#ee8866",
    "cnn_uniform_gradient": "#aa4499",
}
OTHER_COLOUR = "#999933"
COLUMNS = {
    "input": "stopped SIMP",
    "prediction": "network",
    "truth": "after all iterations",
    "thresholding": "thresholding",
}


def accuracy_figure(*, table: pd.DataFrame) -> Figure:
    """Accuracy and gain over thresholding on the elastic problems; open circles are the published values."""
    return _accuracy_and_gain(table[table["case"] == ELASTIC], label="accuracy, percent")


def heat_figure(*, table: pd.DataFrame) -> Figure:
    """Accuracy and gain over thresholding on heat conduction, of the networks trained on elasticity."""
    return _accuracy_and_gain(table[table["case"] == HEAT], label="accuracy on heat conduction, percent")


def _accuracy_and_gain(table: pd.DataFrame, *, label: str) -> Figure:
    figure, (left, right) = new_figure(1, 2, width=9.0, height=3.8)
    for method in _methods(table):
        rows = curve(table, method=method, quantity="accuracy")
        _draw(left, rows, method)
        published = rows.dropna(subset="published")
        left.plot(published["x"], published["published"], "o", mfc="none", color=_colour(method), ms=4)
        if method != "thresholding":
            _draw(right, curve(table, method=method, quantity="gain"), method)
    if table["published"].notna().any():
        left.plot([], [], "o", mfc="none", color="black", ms=4, label="published")
    for ax, ylabel in ((left, label), (right, "gain over thresholding, points")):
        ax.set(xlabel="SIMP iterations before the stop", ylabel=ylabel)
    right.axhline(0.0, color=COLOURS["thresholding"], ls="--", lw=1.4)
    left.legend(fontsize=7)
    return figure


def problems_figure(*, predictions: xr.Dataset) -> Figure:
    """One row per problem: the stopped density, the network's design, the design after all iterations, thresholding."""
    count = predictions.sizes["problem"]
    figure, axes = new_figure(count, len(COLUMNS), width=7.2, height=1.9 * count, squeeze=False)
    for row in range(count):
        problem = predictions.isel(problem=row)
        truth = problem["truth"].values > 0.5
        for ax, (name, title) in zip(axes[row], COLUMNS.items(), strict=True):
            heading = _name(str(predictions.attrs["method"])) if name == "prediction" else title
            show_image(ax, 1.0 - problem[name].values, title=heading if row == 0 else "", cmap="gray", vmin=0, vmax=1)
            ax.spines[["top", "right"]].set_visible(True)
            if name in ("thresholding", "prediction"):
                design = problem[name].values > 0.5
                accuracy, overlap = binary_accuracy(design, truth), mean_intersection_over_union(design, truth)
                ax.set_xlabel(f"accuracy {float(accuracy):.3f}, IoU {float(overlap):.3f}", fontsize=8)
        _supports_and_loads(axes[row, 0], problem)
        label = str(problem["name"].values).replace("_", " ")
        axes[row, 0].set_ylabel(f"{label}\n{int(problem['stopped_after'])} iterations", fontsize=8)
    return figure


def _supports_and_loads(ax: Axes, problem: xr.Dataset) -> None:
    """Nodes fixed in x, fixed in y, and loaded; node (0, 0) is the upper left corner of the image."""
    marks = {"fixed_x": (">", "#0072b2"), "fixed_y": ("^", "#009e73"), "load": ("v", "#d55e00")}
    for name, (marker, colour) in marks.items():
        y, x = np.nonzero(problem[name].values)
        ax.plot(x - 0.5, y - 0.5, marker, color=colour, ms=3, clip_on=False, zorder=3)


def _methods(table: pd.DataFrame) -> list[str]:
    """Thresholding first, then the paper's networks, then ours."""
    present = table.loc[table["quantity"] == "gain", "method"].unique().tolist()
    return sorted(present, key=lambda name: (list(METHODS).index(name) if name in METHODS else len(METHODS), name))


def _draw(ax: Axes, rows: pd.DataFrame, method: str) -> None:
    dashes = "--" if method == "thresholding" else ":" if method not in METHODS else "-"
    draw_curve(ax, rows, linestyle=dashes, color=_colour(method), lw=1.4, label=_name(method))
    low, high = (rows["value"] + sign * rows["se"].fillna(0.0) for sign in (-1, 1))
    ax.fill_between(rows["x"], low, high, color=_colour(method), alpha=0.15, lw=0)


def _colour(method: str) -> str:
    return COLOURS.get(method, OTHER_COLOUR)


def _name(method: str) -> str:
    """The paper's name of a network, or the variant's with "(ours)"."""
    ours = method.removeprefix("cnn_").replace("_", " ") + ("" if method.endswith("_released") else " (ours)")
    return METHODS.get(method, ours)
