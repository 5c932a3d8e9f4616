"""Figures: errors and success of recovered equations, the observed fields, the Lorenz system."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mlsim.figures import Styles, curve, draw_curve, draw_methods, new_figure
from mlsim.studies.discovery.candidates import observed, with_noise
from mlsim.training.seeding import numpy_generator

TITLES = {"burgers": "Burgers", "kdv": "Korteweg-de Vries", "ks": "Kuramoto-Sivashinsky"}
METHODS = {
    "pde_find": ("PDE-FIND", "C3", "s"),
    "weak_form": ("weak form", "C0", "o"),
    "ensemble": ("ensemble of weak forms", "C1", "D"),
    "known_terms": ("least squares on known terms, weak form", "black", "+"),
    "pde_find_known_terms": ("least squares on known terms, fitted derivatives", "0.55", "x"),
}
SEARCHES = {
    "pde_find": ("differences", "C3", "s"),
    "pde_find_spectral": ("Fourier derivatives", "C2", "v"),
}
LORENZ = {
    "differences": ("SINDy, differences", "C3", "s"),
    "savitzky_golay": ("SINDy, Savitzky-Golay", "C2", "v"),
    "weak_form": ("SINDy, weak form", "C0", "o"),
    "ensemble": ("ensemble of weak forms", "C1", "D"),
    "known_terms": ("least squares on known terms, weak form", "black", "+"),
    "neural_ode": ("neural ODE", "C4", "P"),
}
SHOWN_NOISE = 20.0  # percent, in the lower half of the fields
ZERO, LORENZ_ZERO = 0.3, 0.03  # positions of clean data on a logarithmic axis of noise


def noise_figure(*, table: pd.DataFrame) -> Figure:
    """Errors and success against noise, errors against the threshold, success against boxes, for each equation."""
    cases = [case for case in TITLES if (table["case"] == case).any()]
    figure, axes = new_figure(4, max(1, len(cases)), width=9.5, height=10.0, squeeze=False)
    if not cases:
        figure.suptitle(f"none of {', '.join(TITLES)} is enabled")
    for column, case in enumerate(cases):
        error, success, threshold, boxes = axes[:, column]
        error.set(title=TITLES[case])
        _draw_noise(error, success, curve(table, case=case), labelled=column == 0)
        _draw_thresholds(threshold, curve(table, case=f"{case}_thresholds"), labelled=column == 0)
        _draw_boxes(boxes, table[table["case"] == f"{case}_boxes"])
    axes[0, 0].set(ylabel="error of coefficients, percent")
    axes[1, 0].set(ylabel="fraction of data sets, right terms")
    axes[2, 0].set(ylabel="error, clean data, percent")
    axes[3, 0].set(ylabel="fraction of data sets, right terms")
    figure.legend(loc="outside upper center", ncols=3)
    return figure


def fields_figure(*, fields: Sequence[xr.Dataset], seed: int) -> Figure:
    """The observed fields, clean and with noise."""
    figure, axes = new_figure(2, max(len(fields), 1), width=9.5, height=5.0, squeeze=False)
    for column, data in enumerate(fields):
        clean = observed(data)
        name = data.attrs["equation"]
        noisy = with_noise(clean, percent=SHOWN_NOISE, rng=numpy_generator(seed, "shown noise", name))
        scale = {"vmin": float(clean.fields.min()), "vmax": float(clean.fields.max())}
        extent = (*data["x"].values[[0, -1]], *data["time"].values[[0, -1]])
        picture = {"origin": "lower", "aspect": "auto", "extent": extent, "interpolation": "nearest", "cmap": "viridis"}
        for ax, shown in zip(axes[:, column], (clean, noisy), strict=True):
            image = ax.imshow(shown.fields[:, 0], **picture, **scale)
            ax.grid(visible=False)
            figure.colorbar(image, ax=ax, label="u" if column == len(fields) - 1 else "")
        axes[0, column].set(title=TITLES[name])
        axes[1, column].set(xlabel="x")
    axes[0, 0].set(ylabel="time (clean)")
    axes[1, 0].set(ylabel=f"time ({SHOWN_NOISE:g} percent of noise)")
    return figure


def lorenz_figure(*, table: pd.DataFrame) -> Figure:
    """Errors and success of the regressions, and horizons of forecasts, against noise."""
    figure, (left, middle, right) = new_figure(1, 3, width=9.5, height=4.4)
    panels = {"coefficient_error": left, "success_rate": middle, "horizon": right}
    for quantity, ax in panels.items():
        rows = curve(table, case="lorenz", quantity=quantity)
        methods = _without_known_terms(LORENZ) if quantity == "success_rate" else LORENZ
        _draw_against_noise(ax, rows, methods, zero=LORENZ_ZERO, labelled=quantity == "horizon")
    left.set(yscale="log", ylabel="error of coefficients, percent")
    middle.set(ylim=(-0.05, 1.05), ylabel="fraction of trajectories, right terms")
    right.set(ylim=(0.0, None), ylabel="forecast, Lyapunov times")
    figure.legend(loc="outside upper center", ncols=3)
    return figure


def _draw_noise(error: Axes, success: Axes, rows: pd.DataFrame, *, labelled: bool) -> None:
    """Errors of the coefficients with the published ones, and success, against noise."""
    errors, successes = curve(rows, quantity="coefficient_error"), curve(rows, quantity="success_rate")
    error.set(yscale="log", ylim=(0.05, 300.0))
    _draw_against_noise(error, errors, METHODS, zero=ZERO, labelled=labelled)
    _draw_against_noise(success, successes, _without_known_terms(METHODS), zero=ZERO, labelled=False)
    published = errors.dropna(subset="published")
    circles = {"s": 60, "facecolors": "none", "edgecolors": "C3", "label": "PDE-FIND, published" if labelled else ""}
    error.scatter(published["x"].replace(0.0, ZERO), published["published"], **circles)
    success.set(ylim=(-0.05, 1.05))


def _draw_thresholds(ax: Axes, rows: pd.DataFrame, *, labelled: bool) -> None:
    """Errors against the first threshold; markers are filled where the terms are right."""
    for method, (label, colour, marker) in SEARCHES.items():
        wide = rows[rows["method"] == method].pivot(index="x", columns="quantity", values="value").sort_index()
        if wide.empty:
            continue
        ax.plot(wide.index, wide["coefficient_error"], color=colour, linewidth=1)
        for right, face in ((True, colour), (False, "white")):
            errors = wide.loc[(wide["success_rate"] > 0.5) == right, "coefficient_error"]
            text = f"PDE-FIND, {label}: {'right' if right else 'wrong'} terms" if labelled else ""
            style = {"linestyle": "", "marker": marker, "color": colour, "markerfacecolor": face, "markersize": 5}
            ax.plot(errors.index, errors, label=text, **style)
    ax.set(xscale="log", yscale="log", ylim=(0.05, 300.0), xlabel="first threshold d_tol")


def _draw_boxes(ax: Axes, rows: pd.DataFrame) -> None:
    """Success of the weak form against the size of the boxes."""
    _, colour, marker = METHODS["weak_form"]
    noise = rows.loc[rows["quantity"] == "noise", "value"]
    if not noise.empty:
        draw_curve(ax, curve(rows, quantity="success_rate"), bars=True, color=colour, marker=marker, markersize=4)
        ax.set(ylim=(-0.05, 1.05), xlabel=f"factor on the boxes, {noise.iloc[0]:g} percent of noise")


def _without_known_terms(methods: Styles) -> Styles:
    return {method: style for method, style in methods.items() if "known" not in method}


def _draw_against_noise(ax: Axes, rows: pd.DataFrame, methods: Styles, *, zero: float, labelled: bool) -> None:
    """Curves on a logarithmic axis of noise, on which clean data are at ``zero``."""
    style = {"bars": True, "markersize": 4, "linewidth": 1} | ({} if labelled else {"label": ""})
    draw_methods(ax, rows.assign(x=rows["x"].replace(0.0, zero)), methods, **style)
    levels = rows["x"].unique()
    ax.set(xscale="log", xlabel="noise, percent")
    ax.set_xticks(np.where(levels == 0, zero, levels), [f"{level:g}" for level in levels])
    ax.minorticks_off()
