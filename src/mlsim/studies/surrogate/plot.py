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
    "geometric_mean": ("geometric mean", ":"),
    "row_bound": ("sharpest lower bound", "-."),
    "layer_bound": ("sharpest upper bound", "--"),
    "fitted_bounds": ("between the two, one number fitted", "-"),
}
# methods in the figure of the intervals
SHOWN = ("mlp", "mlp_symmetric", "cnn", "gaussian_process", "boosting", "resistor_symmetric")
# methods in the figure of the worst cases
PICTURED = ("exact", "mlp", "exponential", "mlp_symmetric", "resistor_symmetric")
PICTURES = {
    "derivative": "derivative\nat one field",
    "leading": "(2, 2)\nsingular vector",
    "worst": "of the error:\n(2, 2)",
    "worst_signs": "of the error:\n(inf, q)",
}


def error_figure(*, table: pd.DataFrame) -> Figure:
    """Test error against the number of training samples, on the training distribution and on a wider one."""
    figure = new_figure(width=9.5, height=5.4)
    axes = figure.subplots(1, 2, sharey=True)
    titles = {CASE: "test fields of the training distribution", WIDE: "fields of larger contrast"}
    for ax, (case, title) in zip(axes, titles.items(), strict=True):
        _plot_methods(ax, table, "nrmse", case=case)
        for method, (label, line) in LINES.items():
            curve = _curve(table, "nrmse", case=case, method=method)
            ax.plot(curve["x"], curve["value"], color="black", linestyle=line, linewidth=1, label=label)
        ax.set(xscale="log", yscale="log", xlabel="training samples", title=title)
        _tick_training_sizes(ax, table)
        _use_plain_numbers(ax)
    axes[0].set_ylabel("NRMSE of log k")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
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
    axes = dict(zip(panels, figure.subplots(2, 2).flat, strict=True))
    for quantity, ax in axes.items():
        _plot_methods(ax, table, quantity, case=CASE)
        ax.set(xscale="log", xlabel="training samples", title=panels[quantity])
        _tick_training_sizes(ax, table)
    axes["paired_homogeneity_error"].set_yscale("symlog", linthresh=1e-3)
    axes["paired_homogeneity_error"].set_ylim(bottom=-2e-4)
    axes["second_difference_error"].set_yscale("log")
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def interval_figure(*, table: pd.DataFrame, pictures: xr.Dataset) -> Figure:
    """Coverage against the nominal level, widths of intervals, and predictions with their intervals."""
    figure = new_figure(width=10.0, height=3.9)
    coverage, width, predictions = figure.subplots(1, 3)
    coverage.plot([45, 100], [45, 100], color="black", linewidth=1)
    for method in SHOWN:
        label, colour, marker = METHODS[method]
        curve = _curve(table, "coverage", case=CALIBRATION, method=method)
        coverage.plot(curve["x"], 100 * curve["value"], color=colour, marker=marker, markersize=4, linestyle="none")
        for quantity, filled, text in (("interval_width", colour, label), ("scaled_interval_width", "white", "")):
            curve = _curve(table, quantity, case=CASE, method=method)
            width.plot(curve["x"], curve["value"], color=colour, marker=marker, markersize=5, mfc=filled, label=text)
    coverage.set(xlabel="nominal level, %", ylabel="test fields covered, %", title="conformal intervals")
    width.set(xscale="log", yscale="log", xlabel="training samples", title="width at 90 % (hollow: scaled by gap)")
    _tick_training_sizes(width, table)
    _use_plain_numbers(width)
    _plot_predictions(predictions, pictures)
    figure.legend(*width.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def _plot_predictions(ax: Axes, pictures: xr.Dataset) -> None:
    """Some test fields in the order of the truth: bounds, intervals, exact values."""
    count = min(30, pictures.sizes["test"])
    truth = pictures["prediction"].values[0, :count]
    order, positions = np.argsort(truth), np.arange(count)
    lower, upper = (pictures[name].values[:count][order] for name in ("lower", "upper"))
    ax.fill_between(positions, lower, upper, color="0.85", step="mid", label="exact bounds")
    for method, shift in (("mlp", -0.2), ("resistor_symmetric", 0.2)):
        if method in pictures.attrs["methods"]:
            value, radius = (_picture(pictures, name, method)[:count][order] for name in ("prediction", "radius"))
            colour = METHODS[method][1]
            ax.errorbar(positions + shift, value, yerr=radius, color=colour, linestyle="none", linewidth=1)
    ax.plot(positions, truth[order], "k_", markersize=6)
    ax.set(xlabel="test fields, in order", ylabel="log k", title="scaled intervals and bounds", xticks=[])


def input_figure(*, pictures: xr.Dataset) -> Figure:
    """Derivative, leading vectors and worst perturbations of the error; exact in the first column."""
    methods = [method for method in PICTURED if method in pictures.attrs["methods"]]
    figure = new_figure(width=1.9 * len(methods) + 1.0, height=1.75 * len(PICTURES))
    grid = figure.subplots(len(PICTURES), len(methods), squeeze=False)
    for line, (key, title) in zip(grid, PICTURES.items(), strict=True):
        images = {method: _picture(pictures, key, method) for method in methods}
        largest = max(np.abs(image).max() for image in images.values())
        for ax, method in zip(line, methods, strict=True):
            ax.grid(visible=False)
            ax.set(xticks=[], yticks=[])
            if key.startswith("worst") and method == "exact":
                ax.spines[:].set_visible(False)
                ax.text(0.5, 0.5, "no error", ha="center", va="center", transform=ax.transAxes)
            else:
                ax.spines[:].set_visible(True)
                ax.imshow(images[method], cmap="RdBu_r", vmin=-largest, vmax=largest)
        if line[-1].images:
            figure.colorbar(line[-1].images[0], ax=line.tolist(), shrink=0.8)
        line[0].set_ylabel(title)
    for ax, method in zip(grid[0], methods, strict=True):
        title = "exact" if method == "exact" else METHODS[method][0].replace(", ", ",\n")
        ax.set_title(title, fontsize=9)
    return figure


def _picture(pictures: xr.Dataset, key: str, method: str) -> np.ndarray:
    return pictures[key].values[pictures.attrs["methods"].index(method)]


def _plot_methods(ax: Axes, table: pd.DataFrame, quantity: str, *, case: str) -> None:
    """A curve with standard errors for each method that has rows."""
    for method, (label, colour, marker) in METHODS.items():
        curve = _curve(table, quantity, case=case, method=method)
        if not curve.empty:
            errors = curve["se"].fillna(0.0)
            ax.errorbar(curve["x"], curve["value"], yerr=errors, color=colour, marker=marker, markersize=5, label=label)


def _curve(table: pd.DataFrame, quantity: str, *, case: str, method: str) -> pd.DataFrame:
    """The rows of one curve in the order of x."""
    chosen = (table["case"] == case) & (table["method"] == method) & (table["quantity"] == quantity)
    return table[chosen & table["x"].notna()].sort_values("x")


def _tick_training_sizes(ax: Axes, table: pd.DataFrame) -> None:
    sizes = np.unique(table.loc[(table["case"] == CASE) & table["x"].notna(), "x"])
    ax.set_xticks(sizes, [f"{size:g}" for size in sizes], minor=False)
    ax.xaxis.set_minor_locator(NullLocator())


def _use_plain_numbers(ax: Axes) -> None:
    """On a logarithmic axis that spans less than two decades."""
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.yaxis.set_minor_locator(NullLocator())
