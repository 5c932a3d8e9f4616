"""Figures: exact ranks, canonical approximation against its bound, networks against their number of parameters."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from mlsim.figures import curve, draw_curve, new_figure, number, series, set_panel

COLOURS = {"tt": "#0072b2", "tt_shared": "#56b4e9", "ht": "#009e73", "cp": "#d55e00"}
NAMES = {"tt": "TT, recurrent", "tt_shared": "TT, one shared core", "ht": "HT, tree", "cp": "CP, shallow"}
BASELINES = {"svc": "support vectors", "logistic": "logistic", "kernel_ridge": "Gaussian kernel", "linear": "linear"}
LINES = {"svc": "--", "logistic": ":", "kernel_ridge": "--", "linear": ":"}
GREY = "#444444"
DIGITS = {"digits_2x2": "digits, 16 patches of 2 x 2", "digits_4x4": "digits, 4 patches of 4 x 4"}
WORDS = {"teacher": "teachers: random tensor trains", "automaton": "random weighted automata"}
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")


def rank_figure(*, table: pd.DataFrame) -> Figure:
    """Exact rank and the theorem's bound against d; exact ranks of grid tensors against their width."""
    figure, (left, right) = new_figure(1, 2, width=9.0, height=3.8)
    ranks = {case: series(table, case=case, method="tt", quantity="exact_rank") for case in _cases(table, "rank_n")}
    curves = {case: rank for case, rank in ranks.items() if rank.size > 1}
    for colour, (case, rank) in zip(PALETTE, curves.items(), strict=False):
        n, r = (part[1:] for part in case.split("_")[1:])
        left.plot(rank, "o-", color=colour, ms=5, lw=1.2, label=f"n = {n}, r = {r}")
        bound = series(table, case=case, method="tt", quantity="theorem_bound")
        left.plot(bound, "_:", color=colour, ms=9, lw=1.0)
    left.plot([], [], "o-", color=GREY, label="exact = minimal cut")
    left.plot([], [], "_:", color=GREY, ms=9, label="theorem, min(n, r)$^{d/2}$")
    left.set(xlabel="number of modes d", ylabel="rank, odd against even modes")
    left.set_yscale("log", base=2)
    left.legend(fontsize=7, loc="lower right")
    _grid_panel(right, table)
    return figure


def _grid_panel(ax: Axes, table: pd.DataFrame) -> None:
    """Exact ranks of the largest grid tensor: their mean over the draws, and their range as a band."""
    case = _cases(table, "grid_")[-1]
    templates, steps = (part[1:] for part in case.split("_")[1:])
    for method, colour in (("relu", PALETTE[1]), ("multiplicative", PALETTE[0])):
        mean, low, high = (
            series(table, case=case, method=method, quantity=f"{name}_rank")
            for name in ("exact", "smallest", "largest")
        )
        ax.plot(mean, "o-", color=colour, ms=5, lw=1.2, label=f"{method}, mean and range of draws")
        ax.fill_between(low.index, low, high, color=colour, alpha=0.15, lw=0)
    bound = series(table, case=case, method="relu", quantity="theorem_bound")
    ax.plot(bound, "_:", color=GREY, ms=9, label="min(M, R)$^{T/2}$")
    ax.set(xlabel="width R of the network", ylabel="exact rank of the grid tensor")
    set_panel(ax, f"M = {templates} templates, T = {steps} steps")
    ax.set_xticks(bound.index)
    ax.legend(fontsize=7, loc="upper left")


def bound_figure(*, table: pd.DataFrame) -> Figure:
    """Error of canonical approximations against their rank; rank for a given error against the number of modes."""
    figure, (left, right) = new_figure(1, 2, width=9.0, height=3.8)
    for colour, case in zip(PALETTE, _cases(table, "cp_error_r"), strict=False):
        width = case.removeprefix("cp_error_r")
        error, bound = (series(table, case=case, method="cp", quantity=q) for q in ("als_error", "lower_bound"))
        left.plot(error, "o-", color=colour, ms=4, lw=1.2, label=f"least squares, tensor trains of width {width}")
        # beyond the exact rank the bound is zero up to rounding
        left.plot(bound[bound > 1e-8], "v:", color=colour, ms=4, lw=1.0, label="lower bound")
    left.set(yscale="log", xlabel="canonical rank R", ylabel="relative error")
    left.set_ylim(bottom=1e-4)
    left.legend(fontsize=7, loc="lower left")
    case = _cases(table, "cp_width_")[0]
    by_als, bound = (series(table, case=case, method="cp", quantity=q) for q in ("als_rank", "needed_rank"))
    trains = series(table, case=case, method="tt", quantity="needed_rank")
    right.plot(by_als, "o-", color=COLOURS["cp"], ms=4, label="CP, reached by least squares")
    right.plot(bound, "v:", color=COLOURS["cp"], ms=5, label="CP, lower bound")
    right.plot(trains, "s-", color=COLOURS["tt"], ms=4, label="TT")
    error = number(table, case=case, quantity="target_error")
    right.set_yscale("log", base=2)
    right.set(xlabel="number of modes d", ylabel=f"width for a relative error of {error:g}")
    right.set_xticks(bound.index)
    right.legend(fontsize=7, loc="upper left")
    return figure


def network_figure(*, table: pd.DataFrame) -> Figure:
    """Accuracy or error of all networks against their number of parameters, classical methods as lines."""
    figure, axes = new_figure(2, 2, width=9.0, height=7.0)
    for ax, (case, title) in zip(axes.ravel(), {**DIGITS, **WORDS}.items(), strict=True):
        quantity, label = ("accuracy", "accuracy, %") if case in DIGITS else ("relative_error", "relative error")
        _draw_networks(ax, table, case, quantity=quantity)
        set_panel(ax, title, xscale="log", xlabel="parameters", ylabel=label)
        values = table[(table["case"] == case) & (table["quantity"] == quantity)].set_index("method")["value"]
        if case in WORDS:
            # error bars may reach zero
            ax.set_yscale("log", nonpositive="clip")
            ax.set_ylim(bottom=values.min() / 2)
        else:
            # below all networks but those of width 2 with a shared core
            lowest = min(series(table, case=case, method=m, quantity="accuracy").min() for m in ("tt", "cp"))
            ax.set_ylim(bottom=max(0.0, float(np.floor(lowest / 10) * 10 - 5)))
            ax.yaxis.set_minor_locator(NullLocator())
        for method in [method for method in BASELINES if method in values]:
            ax.axhline(values[method], color=GREY, ls=LINES[method], lw=1.0, label=BASELINES[method])
    # all lines of one row are in its first column
    for ax, corner in zip(axes[:, 0], ("lower right", "lower left"), strict=True):
        ax.legend(fontsize=7, loc=corner)
    return figure


def _draw_networks(ax: Axes, table: pd.DataFrame, case: str, *, quantity: str) -> None:
    """One curve for each kind of network, with the width at each point; the lower bound of shallow networks."""

    def against_parameters(method: str, quantity: str) -> pd.DataFrame:
        network = curve(table, case=case, method=method)
        rows = curve(network, quantity=quantity)
        return rows.assign(width=rows["x"], x=rows["x"].map(series(network, quantity="parameters")))

    for method, colour in COLOURS.items():
        rows = against_parameters(method, quantity)
        draw_curve(ax, rows, bars=True, color=colour, marker="o", ms=4, lw=1.2, label=NAMES[method])
        for width, x, value in zip(rows["width"], rows["x"], rows["value"], strict=True):
            ax.annotate(f"{width:g}", (x, value), xytext=(3, 4), textcoords="offset points", fontsize=6, color=colour)
    bound = against_parameters("cp", "lower_bound")
    draw_curve(ax, bound, linestyle=":", marker="v", color=COLOURS["cp"], ms=4, label="CP, lower bound")


def _cases(table: pd.DataFrame, prefix: str) -> list[str]:
    return [case for case in sorted(table["case"].unique()) if case.startswith(prefix)]
