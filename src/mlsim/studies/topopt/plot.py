"""Figures: accuracy against the iteration at which SIMP is stopped, and what the networks make of single problems."""

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mlsim.figures import new_figure
from mlsim.numerics.segmentation import binary_accuracy, mean_intersection_over_union
from mlsim.studies.topopt.layouts import METHODS

COLOURS = {
    "thresholding": "#444444",
    "cnn_poisson_5": "#0072b2",
    "cnn_poisson_10": "#009e73",
    "cnn_poisson_30": "#d55e00",
    "cnn_uniform": "#cc79a7",
    "cnn_uniform_skip": "#e69f00",
}
COLUMNS = {
    "input": "stopped SIMP",
    "thresholding": "thresholding",
    "prediction": "network",
    "truth": "after all updates",
}


def accuracy_figure(*, table: pd.DataFrame) -> Figure:
    """Accuracy and gain over thresholding on the elastic problems; open markers are the published values."""
    chosen = table[table["case"] == "compliance_40x40"]
    figure = new_figure(width=9.0, height=3.8)
    left, right = figure.subplots(1, 2)
    for method in _methods(chosen):
        rows = _rows(chosen, method, "accuracy")
        _curve(left, rows, method)
        published = rows.dropna(subset="published")
        left.plot(published["x"], published["published"], "o", mfc="none", color=COLOURS.get(method), ms=4)
        if method != "thresholding":
            _curve(right, _rows(chosen, method, "gain"), method)
    left.plot([], [], "o", mfc="none", color="black", ms=4, label="published")
    _finish(left, "accuracy, percent")
    _finish(right, "gain over thresholding, points")
    right.axhline(0.0, color=COLOURS["thresholding"], lw=1)
    left.legend(fontsize=7)
    return figure


def heat_figure(*, table: pd.DataFrame) -> Figure:
    """Gain over thresholding of the networks trained on elasticity, applied to heat conduction."""
    chosen = table[table["case"] == "heat_40x40"]
    figure = new_figure(width=9.0, height=3.8)
    left, right = figure.subplots(1, 2)
    for method in _methods(chosen):
        _curve(left, _rows(chosen, method, "accuracy"), method)
        if method != "thresholding":
            _curve(right, _rows(chosen, method, "gain"), method)
    _finish(left, "accuracy on heat conduction, percent")
    _finish(right, "gain over thresholding, points")
    right.axhline(0.0, color=COLOURS["thresholding"], lw=1)
    left.legend(fontsize=7)
    return figure


def problems_figure(*, predictions: xr.Dataset) -> Figure:
    """One row per problem: the stopped density, thresholding, the network's design, the design after all updates."""
    count = predictions.sizes["problem"]
    figure = new_figure(width=7.2, height=1.9 * count)
    axes = figure.subplots(count, len(COLUMNS), squeeze=False)
    for row, problem in enumerate(range(count)):
        each = predictions.isel(problem=problem)
        truth = each["truth"].values > 0.5
        for ax, (name, title) in zip(axes[row], COLUMNS.items(), strict=True):
            image = each[name].values
            ax.imshow(1.0 - image, cmap="gray", vmin=0.0, vmax=1.0, interpolation="nearest")
            ax.set(xticks=[], yticks=[])
            ax.grid(visible=False)
            ax.spines[["top", "right"]].set_visible(True)
            ax.set_title(title if row == 0 else "", fontsize=9)
            if name in ("thresholding", "prediction"):
                accuracy, overlap = (
                    binary_accuracy(image > 0.5, truth),
                    mean_intersection_over_union(image > 0.5, truth),
                )
                ax.set_xlabel(f"accuracy {float(accuracy):.3f}, IoU {float(overlap):.3f}", fontsize=8)
        label = str(each["name"].values).replace("_", " ")
        axes[row, 0].set_ylabel(f"{label}\n{int(each['stopped_after'])} updates", fontsize=8)
    return figure


def _methods(table: pd.DataFrame) -> list[str]:
    """Thresholding first, then the paper's networks, then ours."""
    present = table.loc[table["quantity"] == "gain", "method"].unique().tolist()
    return sorted(present, key=lambda name: (list(METHODS).index(name) if name in METHODS else len(METHODS), name))


def _rows(table: pd.DataFrame, method: str, quantity: str) -> pd.DataFrame:
    chosen = table[(table["method"] == method) & (table["quantity"] == quantity)]
    return chosen.sort_values("x")


def _curve(ax: Axes, rows: pd.DataFrame, method: str) -> None:
    label = METHODS.get(method, method.removeprefix("cnn_").replace("_", " ") + " (ours)")
    dashes = "--" if method == "thresholding" else ":" if method not in METHODS else "-"
    error = np.nan_to_num(rows["se"].to_numpy())
    (line,) = ax.plot(rows["x"], rows["value"], dashes, color=COLOURS.get(method), lw=1.4, label=label)
    low, high = rows["value"] - error, rows["value"] + error
    ax.fill_between(rows["x"], low, high, color=line.get_color(), alpha=0.15, lw=0)


def _finish(ax: Axes, label: str) -> None:
    ax.set(xlabel="updates of SIMP before the stop", ylabel=label)
