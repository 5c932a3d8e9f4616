"""Figures: errors and violations against samples, intervals, worst cases beside the exact derivative."""

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from mlsim.figures import new_figure
from mlsim.studies.surrogate.settings import CALIBRATION, CASE, WIDE

METHODS = {
    "mlp": ("dense network", "C3", "o"),
    "mlp_symmetric": ("dense, symmetries built in", "C1", "s"),
    "cnn": ("convolutions", "C5", "D"),
    "exponential": ("exponential weights, monotone", "C8", "^"),
    "convex_concave": ("convex and concave units, monotone", "C9", "v"),
    "resistor": ("resistor network, monotone", "C0", "P"),
    "resistor_symmetric": ("resistor network, reflected", "C2", "*"),
    "gaussian_process": ("Gaussian process", "C4", "X"),
    "boosting": ("boosting", "0.6", "<"),
    "monotone_boosting": ("boosting, monotone", "0.35", ">"),
}
LINES = {
    "geometric_mean": ("geometric mean, nothing learned", ":"),
    "row_bound": ("sharpest lower bound", "-."),
    "layer_bound": ("sharpest upper bound", "--"),
    "fitted_bounds": ("between the two, one number fitted", "-"),
}
# methods in the figure of the intervals
SHOWN = ("mlp", "mlp_symmetric", "cnn", "gaussian_process", "boosting", "resistor_symmetric")
NAMES = {"exact": "exact", "mlp": "dense network", "exponential": "exponential weights",
         "mlp_symmetric": "dense, symmetric", "resistor_symmetric": "resistor, reflected"}  # fmt: skip
PICTURES = {
    "derivative": "derivative at one field",
    "leading": "(2, 2) singular vector",
    "worst": "of the error: (2, 2)",
    "worst_signs": "of the error: (inf, q)",
}


def error_figure(*, table: pd.DataFrame) -> Figure:
    """Test error against the number of training samples, on the training distribution and on a wider one."""
    figure = new_figure(width=9.5, height=5.4)
    axes = figure.subplots(1, 2, sharey=True)
    titles = {CASE: "test fields of the training's law", WIDE: "fields of larger contrast"}
    for ax, (case, title) in zip(axes, titles.items(), strict=True):
        for method, (label, colour, marker) in METHODS.items():
            own = _rows(table, case, method, "nrmse")
            _drawn(ax, own, label=label, colour=colour, marker=marker)
        for method, (label, line) in LINES.items():
            own = _rows(table, case, method, "nrmse")
            ax.plot(own["x"], own["value"], color="black", linestyle=line, linewidth=1, label=label)
        ax.set(xscale="log", yscale="log", xlabel="training samples", title=title)
        _ticks(ax, table)
        _numbers(ax)
    axes[0].set_ylabel("NRMSE of log k")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3)
    return figure


def violation_figure(*, table: pd.DataFrame) -> Figure:
    """Violations of monotonicity, bounds, homogeneity and smoothness against the number of training samples."""
    panels = {
        "violating_points": "monotonicity: fields with a falling cell, %",
        "bound_violations": "bounds: values outside, %",
        "paired_homogeneity_error": "homogeneity: error of the scaling",
        "second_difference_error": "smoothness: relative error of second differences",
    }
    figure = new_figure(width=9.5, height=7.2)
    for ax, (quantity, title) in zip(figure.subplots(2, 2).flat, panels.items(), strict=True):
        for method, (label, colour, marker) in METHODS.items():
            _drawn(ax, _rows(table, CASE, method, quantity), label=label, colour=colour, marker=marker)
        ax.set(xscale="log", xlabel="training samples", title=title)
        if quantity == "paired_homogeneity_error":
            ax.set_yscale("symlog", linthresh=1e-3)
            ax.set_ylim(bottom=-2e-4)
        elif quantity == "second_difference_error":
            ax.set_yscale("log")
        _ticks(ax, table)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3)
    return figure


def interval_figure(*, table: pd.DataFrame, pictures: xr.Dataset) -> Figure:
    """Coverage against the nominal level; widths of intervals; predictions of the smallest and the largest errors."""
    figure = new_figure(width=10.0, height=3.9)
    axes = figure.subplots(1, 3)
    rows = table[(table["case"] == CALIBRATION) & (table["quantity"] == "coverage")]
    axes[0].plot([45, 100], [45, 100], color="black", linewidth=1)
    for method in SHOWN:
        _, colour, marker = METHODS[method]
        own = rows[rows["method"] == method].sort_values("x")
        axes[0].plot(own["x"], 100 * own["value"], color=colour, marker=marker, markersize=4, linestyle="none")
    axes[0].set(xlabel="nominal level, %", ylabel="test fields covered, %", title="conformal intervals")
    for method in SHOWN:
        label, colour, marker = METHODS[method]
        for quantity, filled in (("interval_width", colour), ("scaled_interval_width", "white")):
            own = _rows(table, CASE, method, quantity)
            text = label if quantity == "interval_width" else ""
            axes[1].plot(own["x"], own["value"], color=colour, marker=marker, markersize=5, mfc=filled, label=text)
    axes[1].set(xscale="log", yscale="log", xlabel="training samples", title="width at 90 % (hollow: scaled by gap)")
    _ticks(axes[1], table)
    _numbers(axes[1])
    _predicted(axes[2], pictures)
    figure.legend(*axes[1].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def input_figure(*, pictures: xr.Dataset) -> Figure:
    """Derivative, leading vectors and worst perturbations of the error; exact in the first column."""
    methods = [method for method in NAMES if method in pictures.attrs["methods"]]
    figure = new_figure(width=1.9 * len(methods) + 1.0, height=1.75 * len(PICTURES))
    grid = figure.subplots(len(PICTURES), len(methods), squeeze=False)
    for line, (key, title) in zip(grid, PICTURES.items(), strict=True):
        images = {method: _picture(pictures, key, method) for method in methods}
        largest = max(np.abs(image).max() for image in images.values())
        for ax, method in zip(line, methods, strict=True):
            ax.grid(visible=False)
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(method != "exact" or not key.startswith("worst"))
            if key.startswith("worst") and method == "exact":
                ax.text(0.5, 0.5, "no error", ha="center", va="center", transform=ax.transAxes)
                continue
            ax.imshow(images[method], cmap="RdBu_r", vmin=-largest, vmax=largest)
        if line[-1].images:
            figure.colorbar(line[-1].images[0], ax=line.tolist(), shrink=0.8)
        line[0].set_ylabel(title.replace(" at", "\nat").replace(": ", ":\n").replace(") s", ")\ns"))
    for ax, method in zip(grid[0], methods, strict=True):
        ax.set_title(NAMES[method], fontsize=9)
    return figure


def _predicted(ax: Axes, pictures: xr.Dataset) -> None:
    """Some test fields in the order of the truth: bounds, intervals, predictions."""
    methods, count = pictures.attrs["methods"], min(30, pictures.sizes["test"])
    truth = pictures["prediction"].values[0, :count]
    order = np.argsort(truth)
    places = np.arange(count)
    lower, upper = (pictures[name].values[:count][order] for name in ("lower", "upper"))
    ax.fill_between(places, lower, upper, color="0.85", step="mid", label="exact bounds")
    for method, shift in (("mlp", -0.2), ("resistor_symmetric", 0.2)):
        if method in methods:
            place = methods.index(method)
            value, radius = (pictures[key].values[place, :count][order] for key in ("prediction", "radius"))
            ax.errorbar(places + shift, value, yerr=radius, color=METHODS[method][1], linestyle="none", linewidth=1)
    ax.plot(places, truth[order], "k_", markersize=6)
    ax.set(xlabel="test fields, in order", ylabel="log k", title="scaled intervals and bounds")
    ax.set_xticks([])


def _picture(pictures: xr.Dataset, key: str, method: str) -> np.ndarray:
    return pictures[key].values[pictures.attrs["methods"].index(method)]


def _rows(table: pd.DataFrame, case: str, method: str, quantity: str) -> pd.DataFrame:
    chosen = (table["case"] == case) & (table["method"] == method) & (table["quantity"] == quantity)
    return table[chosen & table["x"].notna()].sort_values("x")


def _ticks(ax: Axes, table: pd.DataFrame) -> None:
    sizes = np.unique(table.loc[(table["case"] == CASE) & table["x"].notna(), "x"])
    ax.set_xticks(sizes, [f"{size:g}" for size in sizes], minor=False)
    ax.xaxis.set_minor_locator(NullLocator())


def _numbers(ax: Axes) -> None:
    """Plain numbers on a logarithmic axis that spans less than two decades."""
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.yaxis.set_minor_locator(NullLocator())


def _drawn(ax: Axes, rows: pd.DataFrame, *, label: str, colour: str, marker: str) -> None:
    if not rows.empty:
        errors = rows["se"].fillna(0.0)
        ax.errorbar(rows["x"], rows["value"], yerr=errors, color=colour, marker=marker, markersize=5, label=label)
