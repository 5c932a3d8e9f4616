"""Figures: errors and violations against samples, intervals, worst cases beside the exact derivative."""

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from mlsim.figures import curve, draw_methods, legend_once, new_figure, series, set_ticks, show_image
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
    "geometric_mean": ("geometric mean", "black", ":"),
    "row_bound": ("sharpest lower bound", "black", "-."),
    "layer_bound": ("sharpest upper bound", "black", "--"),
    "fitted_bounds": ("between the two, one number fitted", "black", "-"),
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
    figure, axes = new_figure(1, 2, width=9.5, height=5.4, sharey=True)
    titles = {CASE: "test fields of the training distribution", WIDE: "fields of larger contrast"}
    for ax, (case, title) in zip(axes, titles.items(), strict=True):
        errors = curve(table, case=case, quantity="nrmse")
        draw_methods(ax, errors, METHODS, bars=True, markersize=5)
        draw_methods(ax, errors, LINES, by="linestyle", linewidth=1)
        ax.set(xscale="log", yscale="log", xlabel="training samples", title=title)
        set_ticks(ax, curve(table, case=CASE)["x"])
        _use_plain_numbers(ax)
    axes[0].set_ylabel("NRMSE of log k")
    legend_once(figure, axes, loc="outside lower center", ncols=3)
    return figure


def violation_figure(*, table: pd.DataFrame) -> Figure:
    """Violations of monotonicity, bounds, homogeneity and smoothness against the number of training samples."""
    panels = {
        "violating_points": "monotonicity: fields with a falling cell, %",
        "bound_violations": "bounds: values outside, %",
        "paired_homogeneity_error": "homogeneity: error of the scaling",
        "second_difference_error": "smoothness: relative error of second differences",
    }
    figure, axes = new_figure(2, 2, width=9.5, height=7.2)
    for ax, (quantity, title) in zip(axes.flat, panels.items(), strict=True):
        draw_methods(ax, curve(table, case=CASE, quantity=quantity), METHODS, bars=True, markersize=5)
        ax.set(xscale="log", xlabel="training samples", title=title)
        set_ticks(ax, curve(table, case=CASE)["x"])
    axes[1, 0].set_yscale("symlog", linthresh=1e-3)
    axes[1, 0].set_ylim(bottom=-2e-4)
    axes[1, 1].set_yscale("log")
    legend_once(figure, axes.flat, loc="outside lower center", ncols=3)
    return figure


def interval_figure(*, table: pd.DataFrame, pictures: xr.Dataset) -> Figure:
    """Coverage against the nominal level, widths of intervals, and predictions with their intervals."""
    figure, (coverage, width, predictions) = new_figure(1, 3, width=10.0, height=3.9)
    coverage.plot([45, 100], [45, 100], color="black", linewidth=1)
    for method in SHOWN:
        label, colour, marker = METHODS[method]
        covered = 100 * series(table, case=CALIBRATION, method=method, quantity="coverage")
        coverage.plot(covered, color=colour, marker=marker, markersize=4, linestyle="none")
        for quantity, filled, text in (("interval_width", colour, label), ("scaled_interval_width", "white", "")):
            widths = series(table, case=CASE, method=method, quantity=quantity)
            width.plot(widths, color=colour, marker=marker, markersize=5, mfc=filled, label=text)
    coverage.set(xlabel="nominal level, %", ylabel="test fields covered, %", title="conformal intervals")
    width.set(xscale="log", yscale="log", xlabel="training samples", title="width at 90 % (hollow: scaled by gap)")
    set_ticks(width, curve(table, case=CASE)["x"])
    _use_plain_numbers(width)
    _plot_predictions(predictions, pictures)
    legend_once(figure, [width], loc="outside lower center", ncols=3)
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
    figure, grid = new_figure(
        len(PICTURES), len(methods), width=1.9 * len(methods) + 1.0, height=1.75 * len(PICTURES), squeeze=False
    )
    for line, (key, title) in zip(grid, PICTURES.items(), strict=True):
        images = {method: _picture(pictures, key, method) for method in methods}
        largest = max(np.abs(image).max() for image in images.values())
        for ax, method in zip(line, methods, strict=True):
            if key.startswith("worst") and method == "exact":
                ax.set(xticks=[], yticks=[])
                ax.spines[:].set_visible(False)
                ax.text(0.5, 0.5, "no error", ha="center", va="center", transform=ax.transAxes)
            else:
                ax.spines[:].set_visible(True)
                show_image(ax, images[method], cmap="RdBu_r", vmin=-largest, vmax=largest)
        if line[-1].images:
            figure.colorbar(line[-1].images[0], ax=line.tolist(), shrink=0.8)
        line[0].set_ylabel(title)
    for ax, method in zip(grid[0], methods, strict=True):
        title = "exact" if method == "exact" else METHODS[method][0].replace(", ", ",\n")
        ax.set_title(title, fontsize=9)
    return figure


def _picture(pictures: xr.Dataset, key: str, method: str) -> np.ndarray:
    return pictures[key].values[pictures.attrs["methods"].index(method)]


def _use_plain_numbers(ax: Axes) -> None:
    """On a logarithmic axis that spans less than two decades."""
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.yaxis.set_minor_locator(NullLocator())
