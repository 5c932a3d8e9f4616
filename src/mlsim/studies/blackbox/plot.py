"""Figures: cost against dimension, convergence, cases where derivative-free methods win, designs."""

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mlsim.figures import curve, legend_once, new_figure, number, set_panel, set_ticks

METHODS = {
    "lbfgs_gradient": ("L-BFGS, gradient", "C0", "o"),
    "gauss_newton": ("Gauss-Newton, Jacobian", "C9", "D"),
    "optimality_criteria": ("optimality criteria", "C5", "P"),
    "low_frequency_first": ("L-BFGS, gradient, low frequency first", "C6", "X"),
    "lbfgs_differences": ("L-BFGS, finite differences", "C2", "s"),
    "cma_es": ("CMA-ES", "C3", "^"),
    "differential_evolution": ("differential evolution", "C1", "v"),
    "nelder_mead": ("Nelder-Mead", "0.45", "<"),
    "bayesian": ("Bayesian optimisation", "C4", "*"),
}
# fraction of problems that has to be solved for a filled marker
MOSTLY = 0.5


def calls_figure(*, table: pd.DataFrame) -> Figure:
    """Calls and work units against the number of parameters, log-log."""
    figure, axes = new_figure(1, 3, width=10.5, height=4.4, sharex=True)
    panels = (
        ("inversion", "calls", "inversion: calls"),
        ("inversion", "work_units", "inversion: work"),
        ("bar", "work_units", "bar design: work"),
    )
    for ax, (case, quantity, title) in zip(axes, panels, strict=True):
        _against_dimension(ax, table, case=case, quantity=quantity, title=title)
    axes[0].set(ylabel="calls of the simulator, median")
    axes[1].set(ylabel="work units, median")
    _legend(figure, axes)
    return figure


def convergence_figure(*, table: pd.DataFrame) -> Figure:
    """Least value so far against work units, in the largest dimension of each case."""
    figure, axes = new_figure(1, 2, width=9.0, height=4.2, sharey=True)
    for ax, (case, title) in zip(axes, {"inversion": "inversion", "bar": "bar design"}.items(), strict=True):
        size = number(table, case=case, quantity="largest_dimension")
        for method, (label, colour, _) in METHODS.items():
            history = curve(table, case=f"{case}_history", method=method)
            if not history.empty:
                # a curve ends where the search does, at the tolerance
                history = history.iloc[: int(history["value"].to_numpy().argmin()) + 1]
                ax.step(history["x"], history["value"], where="post", color=colour, label=label)
        set_panel(ax, f"{title}, {size:g} parameters", xscale="log", yscale="log", xlabel="work units")
    axes[0].set(ylabel="least value so far, median over problems")
    _legend(figure, axes)
    return figure


def rugged_figure(*, table: pd.DataFrame, pictures: xr.Dataset) -> Figure:
    """Misfits with many minima and with steps, and the work of all searches on both cases."""
    figure, axes = new_figure(2, 2, width=10.0, height=7.6)
    landscape, stairs = axes[0]
    _draw_landscape(landscape, pictures)
    stairs.plot(pictures["stair_place"], pictures["stair"], color="black", linewidth=0.8)
    stairs.set(yscale="log", xlabel="parameter of the interface", ylabel="misfit, the rest as in the truth")
    set_panel(stairs, f"interfaces snapped to the mesh: largest derivative {float(pictures['stair_slope']):g}")
    titles = {"rugged": "rugged: work", "layers": "discontinuous: work"}
    for ax, (case, title) in zip(axes[1], titles.items(), strict=True):
        _against_dimension(ax, table, case=case, quantity="work_units", title=title)
    axes[1, 0].set(ylabel="work units, median")
    _legend(figure, axes[1])
    return figure


def design_figure(*, pictures: xr.Dataset) -> Figure:
    """Heat, and the conductivity along the bar: the best design and those of three searches."""
    figure, (top, bottom) = new_figure(2, 1, width=8.0, height=4.8, sharex=True, height_ratios=(1, 3))
    heat = pictures["design_heat"].values
    top.stairs(heat, np.linspace(0, 1, len(heat) + 1), fill=True, color="C3", alpha=0.5)
    top.set(ylabel="heat")
    best = pictures["design_best"].values
    edges = np.linspace(0, 1, len(best) + 1)
    bottom.stairs(best, edges, fill=True, color="0.85", label="best design")
    for method, style in (("cma_es", "-"), ("lbfgs_differences", "--"), ("lbfgs_gradient", ":")):
        label, colour, _ = METHODS[method]
        design = pictures[f"design_{method}"].values
        bottom.stairs(design, edges, color=colour, linestyle=style, label=label, baseline=None)
    bottom.set(xlabel="position along the bar, both ends cooled", ylabel="conductivity, mean one")
    units = float(pictures["design_units"])
    bottom.legend(title=f"after {units:g} work units, {len(best)} segments")
    return figure


def _draw_landscape(ax: Axes, pictures: xr.Dataset) -> None:
    axis = pictures["axis"].values
    levels = np.geomspace(1e-3, float(pictures["landscape"].max()), 14)
    values = np.maximum(pictures["landscape"].values.T, levels[0])
    ax.contourf(axis, axis, np.log10(values), levels=np.log10(levels).tolist(), cmap="Greys_r")
    for method, size in (("cma_es", 4), ("lbfgs_gradient", 7)):
        label, colour, marker = METHODS[method]
        points = pictures[f"trail_{method}"].values
        ax.plot(points[:, 0], points[:, 1], marker, color=colour, markersize=size / 2, label=label, alpha=0.8)
    truth = pictures["landscape_truth"].values
    ax.plot(*truth, "*", color="yellow", markeredgecolor="black", markersize=12, label="truth")
    ax.set(xlim=(axis[0], axis[-1]), ylim=(axis[0], axis[-1]), xlabel="first parameter", ylabel="second parameter")
    set_panel(ax, "two frequencies: all points visited until success")
    ax.legend(fontsize=7, loc="upper right", frameon=True)


def _against_dimension(ax: Axes, table: pd.DataFrame, *, case: str, quantity: str, title: str) -> None:
    """Medians with quartiles; hollow where fewer than half of the problems are solved."""
    rows = table[table["case"] == case].set_index(["quantity", "method", "x"])["value"]
    # curves are shifted sideways, so that none covers another
    present = [method for method in METHODS if method in rows[quantity].index]
    for index, method in enumerate(present):
        label, colour, marker = METHODS[method]
        middle, success = rows[quantity][method], rows["success_rate"][method]
        shift = 1.0 + 0.03 * (index - len(present) / 2)
        x = middle.index.to_numpy(dtype=float) * shift
        low = middle - rows[f"{quantity}_lower_quartile"][method]
        high = rows[f"{quantity}_upper_quartile"][method] - middle
        ax.errorbar(x, middle, yerr=[low, high], color=colour, linewidth=1.2, elinewidth=0.8)
        ax.plot([], [], marker + "-", color=colour, label=label, markersize=5)
        solved = success.to_numpy() >= MOSTLY
        ax.plot(x[solved], middle[solved], marker, color=colour, markersize=5)
        ax.plot(x[~solved], middle[~solved], marker, color=colour, markersize=6, markerfacecolor="white")
    set_panel(ax, title, xscale="log", yscale="log", xlabel="parameters")
    set_ticks(ax, (float(str(x)) for _, x in rows[quantity].index))
    if quantity == "work_units":
        ax.axhline(number(table, case=case, quantity="cap_units"), color="black", linestyle=":", linewidth=1)


def _legend(figure: Figure, axes: np.ndarray) -> None:
    """One legend for all panels, and the meaning of a hollow marker."""
    hollow = Line2D([], [], marker="o", color="0.6", mfc="white", ls="", label="fewer than half of the problems solved")
    more = [hollow] if any("work" in ax.get_title() for ax in axes) else []
    legend_once(figure, axes, *more, loc="outside upper center", ncols=4)
