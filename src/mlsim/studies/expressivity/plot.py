"""Figures: exact ranks, canonical approximation against its bound, networks against their number of parameters."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from mlsim.figures import new_figure

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
    figure = new_figure(width=9.0, height=3.8)
    left, right = figure.subplots(1, 2)
    cases = [each for each in sorted(table["case"].unique()) if each.startswith("rank_n")]
    lengths = {case: _series(table, case, "tt", "exact_rank") for case in cases}
    longer = {case: ranks for case, ranks in lengths.items() if ranks.size > 1}
    for colour, (case, ranks) in zip(PALETTE, longer.items(), strict=False):
        n, r = (part[1:] for part in case.split("_")[1:])
        bound = _series(table, case, "tt", "theorem_bound")
        left.plot(ranks.index, ranks, "o-", color=colour, ms=5, lw=1.2, label=f"n = {n}, r = {r}")
        left.plot(bound.index, bound, "_:", color=colour, ms=9, lw=1.0)
    left.plot([], [], "o-", color=GREY, label="exact = minimal cut")
    left.plot([], [], "_:", color=GREY, ms=9, label="theorem, min(n, r)$^{d/2}$")
    left.set(yscale="log", xlabel="number of modes d", ylabel="rank, odd against even modes")
    left.set_yscale("log", base=2)
    left.legend(fontsize=7, loc="lower right")
    _grid_panel(right, table)
    return figure


def _grid_panel(ax: Axes, table: pd.DataFrame) -> None:
    """Ranks of all draws of the largest grid: the mean, and the range as a band."""
    cases = [each for each in sorted(table["case"].unique()) if each.startswith("grid_")]
    case = cases[-1]
    templates, steps = (part[1:] for part in case.split("_")[1:])
    for method, colour in (("relu", PALETTE[1]), ("multiplicative", PALETTE[0])):
        mean, low, high = (
            _series(table, case, method, quantity) for quantity in ("exact_rank", "smallest_rank", "largest_rank")
        )
        ax.plot(mean.index, mean, "o-", color=colour, ms=5, lw=1.2, label=f"{method}, mean and range of draws")
        ax.fill_between(low.index, low, high, color=colour, alpha=0.15, lw=0)
    bound = _series(table, case, "relu", "theorem_bound")
    ax.plot(bound.index, bound, "_:", color=GREY, ms=9, label="min(M, R)$^{T/2}$")
    ax.set(xlabel="width R of the network", ylabel="exact rank of the grid tensor")
    ax.set_title(f"M = {templates} templates, T = {steps} steps", fontsize=9)
    ax.set_xticks(mean.index)
    ax.legend(fontsize=7, loc="upper left")


def bound_figure(*, table: pd.DataFrame) -> Figure:
    """Error of canonical approximations against their rank; rank that is needed against the number of modes."""
    figure = new_figure(width=9.0, height=3.8)
    left, right = figure.subplots(1, 2)
    cases = [each for each in sorted(table["case"].unique()) if each.startswith("cp_error_r")]
    for colour, case in zip(PALETTE, cases, strict=False):
        rank = case.removeprefix("cp_error_r")
        error, bound = (_series(table, case, "cp", quantity) for quantity in ("als_error", "lower_bound"))
        left.plot(error.index, error, "o-", color=colour, ms=4, lw=1.2, label=f"least squares, trains of width {rank}")
        # beyond the exact rank the bound is zero up to rounding
        shown = bound[bound > 1e-8]
        left.plot(shown.index, shown, "v:", color=colour, ms=4, lw=1.0, label="lower bound")
    left.set(yscale="log", xlabel="canonical rank R", ylabel="relative error")
    left.set_ylim(bottom=1e-4)
    left.legend(fontsize=7, loc="lower left")
    case = next(each for each in sorted(table["case"].unique()) if each.startswith("cp_width_"))
    needed, found, own = (
        _series(table, case, *key) for key in (("cp", "needed_rank"), ("cp", "als_rank"), ("tt", "needed_rank"))
    )
    right.plot(found.index, found, "o-", color=COLOURS["cp"], ms=4, label="CP, found by least squares")
    right.plot(needed.index, needed, "v:", color=COLOURS["cp"], ms=5, label="CP, needed by the bound")
    right.plot(own.index, own, "s-", color=COLOURS["tt"], ms=4, label="TT")
    right.set_yscale("log", base=2)
    right.set(
        xlabel="number of modes d", ylabel=f"width for a relative error of {_size(table, case, 'target_error'):g}"
    )
    right.set_xticks(needed.index)
    right.legend(fontsize=7, loc="upper left")
    return figure


def network_figure(*, table: pd.DataFrame) -> Figure:
    """Accuracy or error of all networks against their number of parameters, classical methods as lines."""
    figure = new_figure(width=9.0, height=7.0)
    axes = figure.subplots(2, 2)
    for ax, (case, title) in zip(axes.ravel(), {**DIGITS, **WORDS}.items(), strict=True):
        quantity = "accuracy" if case in DIGITS else "relative_error"
        _network_panel(ax, table, case=case, quantity=quantity)
        ax.set_title(title, fontsize=9)
        ax.set(xscale="log", xlabel="parameters", ylabel="accuracy, %" if case in DIGITS else "relative error")
        if case in WORDS:
            # error bars may reach zero
            ax.set_yscale("log", nonpositive="clip")
            rows = table[(table["case"] == case) & (table["quantity"] == quantity)]
            ax.set_ylim(bottom=rows["value"].min() / 2)
        _draw_baselines(ax, table, case=case, quantity=quantity)
    # teachers have all lines of the words, with the bound; digits the others
    for ax in axes[:, 0]:
        ax.legend(fontsize=7, loc="lower right" if ax is axes[0, 0] else "lower left")
    return figure


def _network_panel(ax: Axes, table: pd.DataFrame, *, case: str, quantity: str) -> None:
    for method, colour in COLOURS.items():
        values, errors = (_series(table, case, method, quantity, column=column) for column in ("value", "se"))
        parameters = _series(table, case, method, "parameters")
        if values.empty:
            continue
        ax.errorbar(
            parameters, values, yerr=errors.fillna(0.0), color=colour, marker="o", ms=4, lw=1.2, label=NAMES[method]
        )
        for width in values.index:
            ax.annotate(
                f"{width:g}", (parameters[width], values[width]), xytext=(3, 4), textcoords="offset points",
                fontsize=6, color=colour,
            )  # fmt: skip
    bound = _series(table, case, "cp", "lower_bound")
    if not bound.empty:
        parameters = _series(table, case, "cp", "parameters")
        ax.plot(parameters, bound, "v:", color=COLOURS["cp"], ms=4, label="CP, lower bound")
    if quantity == "accuracy":
        ax.set_ylim(bottom=max(0.0, _lowest(table, case)))


def _lowest(table: pd.DataFrame, case: str) -> float:
    """Lower end of the axis: below all networks but those of width 2 with a shared core, which learn little."""
    values = [_series(table, case, method, "accuracy") for method in ("tt", "cp")]
    return float(np.floor(min(each.min() for each in values) / 10) * 10 - 5)


def _draw_baselines(ax: Axes, table: pd.DataFrame, *, case: str, quantity: str) -> None:
    for method, name in BASELINES.items():
        rows = table[(table["case"] == case) & (table["method"] == method) & (table["quantity"] == quantity)]
        if not rows.empty:
            ax.axhline(rows["value"].iloc[0], color=GREY, ls=LINES[method], lw=1.0, label=name)
    if quantity == "accuracy":
        ax.yaxis.set_minor_locator(NullLocator())


def _size(table: pd.DataFrame, case: str, quantity: str) -> float:
    """The one value of a quantity without abscissa."""
    return float(table.loc[(table["case"] == case) & (table["quantity"] == quantity), "value"].iloc[0])


def _series(table: pd.DataFrame, case: str, method: str, quantity: str, *, column: str = "value") -> pd.Series:
    """One column of a quantity by abscissa."""
    chosen = table[(table["case"] == case) & (table["method"] == method) & (table["quantity"] == quantity)]
    return chosen.dropna(subset=["x"]).set_index("x")[column].sort_index()
