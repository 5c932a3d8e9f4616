"""Figures: the cost of gradients against the bounds, against the number of inputs, and memory against recomputation."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mlsim.figures import new_figure

NAMES = {
    "speelpenning": "Speelpenning's product",
    "fibonacci_chain": "Fibonacci chain",
    "scalar_burgers": "Burgers",
    "scalar_n_body": "N-body, plane",
    "scalar_fem": "FEM, tridiagonal",
    "random_programs": "random (worst)",
    "burgers": "Burgers",
    "burgers_checkpointed": "Burgers, checkpointed",
    "n_body": "N-body, space",
    "fem": "FEM, elimination",
    "implicit": "FEM, implicit",
    "eigenvalue": "eigenvalue",
    "mlp": "perceptron",
}
SCALAR = ("speelpenning", "fibonacci_chain", "scalar_burgers", "scalar_n_body", "scalar_fem", "random_programs")
ARRAY = ("burgers", "burgers_checkpointed", "n_body", "fem", "implicit", "eigenvalue", "mlp")
BOUNDS = {"scalar programs": (SCALAR, 4.0), "array codes": (ARRAY, 5.0)}
BLUE, RED, GREY, GREEN = "#0072b2", "#d55e00", "#444444", "#009e73"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#882255")


def ratio_figure(*, table: pd.DataFrame) -> Figure:
    """One bar per code at its largest size; the rival of finite differences as a diamond."""
    figure = new_figure(width=9.0, height=3.6)
    for ax, (title, (codes, bound)) in zip(figure.subplots(1, 2), BOUNDS.items(), strict=True):
        for place, code in enumerate(codes):
            rows = _ratios(table, code)
            if rows.empty:
                continue
            last = rows.iloc[-1]
            ax.barh(place, last["ratio"] - 1, left=1, color=BLUE, height=0.6)
            ax.text(last["ratio"] * 1.06, place, f"{last['ratio']:.2f}", va="center", fontsize=7, color=BLUE)
            ax.plot(last["inputs"] + 1, place, "D", color=RED, ms=5)
        ax.axvline(bound, color=GREY, ls="--", lw=1.2)
        ax.text(bound * 1.06, -0.85, f"bound {bound:g}", fontsize=8, color=GREY, va="center")
        ax.set_yticks(range(len(codes)), [NAMES[code] for code in codes])
        ax.set(xscale="log", xlabel="operations of value and gradient / N", title=title)
        ax.set_ylim(len(codes) - 0.4, -1.3)
        ax.grid(visible=False, axis="y")
    figure.axes[0].plot([], [], "D", color=RED, ms=5, label="finite differences, n + 1")
    figure.axes[0].legend(loc="lower right", fontsize=8)
    return figure


def inputs_figure(*, table: pd.DataFrame) -> Figure:
    """Ratio against the number of inputs, all sizes."""
    figure = new_figure(width=9.0, height=3.8)
    for ax, (title, (codes, bound)) in zip(figure.subplots(1, 2), BOUNDS.items(), strict=True):
        largest = 1.0
        for code, colour in zip([each for each in codes if each != "burgers_checkpointed"], COLOURS, strict=False):
            rows = _ratios(table, code)
            ax.plot(rows["inputs"], rows["ratio"], "o-", color=colour, ms=4, lw=1.2, label=NAMES[code])
            largest = max(largest, rows["inputs"].max())
        n = np.geomspace(2, largest, 60)
        ax.plot(n, n + 1, color=RED, lw=1.2, ls=":", label="finite differences")
        ax.axhline(bound, color=GREY, ls="--", lw=1.2, label=f"bound {bound:g}")
        ax.set(xscale="log", xlabel="number of inputs n", ylabel="operations of value and gradient / N", title=title)
        ax.set_ylim(1, 8)
        ax.legend(fontsize=7, ncols=2, loc="upper right")
    return figure


def memory_figure(*, table: pd.DataFrame) -> Figure:
    """Bytes kept against steps run again; extra steps of revolve against its closed formula."""
    figure = new_figure(width=9.0, height=3.8)
    left, right = figure.subplots(1, 2)
    own = table[(table["case"] == "burgers_checkpointed") & (table["quantity"] == "steps")]
    steps = float(own["value"].iloc[0])
    _memory_curve(left, table, case="burgers_checkpointed", steps=steps, label="segments of {:g} steps", colour=BLUE)
    _memory_curve(left, table, case="burgers_revolve", steps=steps, label="revolve, {:g} states", colour=GREEN)
    left.set(yscale="log", xlabel=f"extra steps / {steps:g} steps", ylabel="largest memory of the gradient, kB")
    measured, bound = (
        _values(table, "burgers_revolve", method, "extra_steps") for method in ("reverse_checkpointed", "revolve_bound")
    )
    right.plot(bound.index, bound, color=GREY, lw=1.2, label="optimum, closed formula")
    right.plot(measured.index, measured, "o", color=GREEN, ms=5, label="revolve, measured")
    right.set(xscale="log", yscale="log", xlabel="states kept", ylabel="extra steps")
    right.legend(fontsize=8)
    return figure


def _memory_curve(ax: Axes, table: pd.DataFrame, *, case: str, steps: float, label: str, colour: str) -> None:
    kilobytes = 1e3 * _values(table, case, "reverse_checkpointed", "saved_mb")
    extra = _values(table, case, "reverse_checkpointed", "extra_steps") / steps
    ax.plot(extra, kilobytes, "o-", color=colour, ms=4, lw=1.2, label=label.partition("{")[0])
    for x in kilobytes.index:
        ax.annotate(f"{x:g}", (extra[x], kilobytes[x]), textcoords="offset points", xytext=(4, 3), fontsize=7)


def _ratios(table: pd.DataFrame, code: str) -> pd.DataFrame:
    """Number of inputs and ratio of one code, by size; of the checkpointed code the worst segment length."""
    if code == "burgers_checkpointed":
        ratio = _values(table, code, "reverse_checkpointed", "ratio").max()
        inputs = _values(table, "burgers", "reverse", "inputs").max()
        return pd.DataFrame({"inputs": [inputs], "ratio": [ratio]})
    case, method = ("fem", "implicit") if code == "implicit" else (code, "reverse")
    quantities = {name: _values(table, case, method, name) for name in ("inputs", "ratio")}
    return pd.DataFrame(quantities).sort_index()


def _values(table: pd.DataFrame, case: str, method: str, quantity: str) -> pd.Series:
    """One quantity by abscissa."""
    chosen = table[(table["case"] == case) & (table["method"] == method) & (table["quantity"] == quantity)]
    return chosen.set_index("x")["value"].sort_index()
