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
    "library_formula": "FEM, library formula",
    "eigenvalue": "eigenvalue",
    "mlp": "perceptron",
}
SCALAR = ("speelpenning", "fibonacci_chain", "scalar_burgers", "scalar_n_body", "scalar_fem", "random_programs")
ARRAY = ("burgers", "burgers_checkpointed", "n_body", "eigenvalue", "mlp", "fem", "implicit", "library_formula")
FEM_METHODS = ("implicit", "library_formula")
# not drawn against the number of inputs: all segment lengths have the same, and the formula is far outside
SINGLE = ("burgers_checkpointed", "library_formula")
BOUNDS = {"scalar programs": (SCALAR, 4.0), "array codes": (ARRAY, 5.0)}
BLUE, RED, GREY, GREEN = "#0072b2", "#d55e00", "#444444", "#009e73"
COLOURS = ("#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#882255")
CHECKPOINTED = "reverse_checkpointed"
# of the bars; finite differences mostly lie beyond
AXIS_END = 6.0


def ratio_figure(*, table: pd.DataFrame) -> Figure:
    """One bar per code at its largest size; finite differences as a diamond, or beyond the axis."""
    figure = new_figure(width=9.0, height=3.6)
    for ax, (title, (codes, bound)) in zip(figure.subplots(1, 2), BOUNDS.items(), strict=True):
        for place, code in enumerate(codes):
            rows = _ratios(table, code)
            if not rows.empty:
                _bar(ax, place, ratio=rows["ratio"].iloc[-1], rival=rows["inputs"].iloc[-1] + 1)
        ax.axvline(bound, color=GREY, ls="--", lw=1.2)
        ax.text(bound - 0.1, -0.9, f"bound {bound:g} N", fontsize=8, color=GREY, va="center", ha="right")
        ax.set_yticks(range(len(codes)), [NAMES[code] for code in codes])
        ax.set(xlabel="operations of value and gradient / N", title=title)
        ax.set_xlim(0, AXIS_END)
        ax.set_ylim(len(codes) - 0.4, -1.3)
        ax.grid(visible=False, axis="y")
        ax.text(
            1.02, -0.9, "finite\ndifferences", color=RED, fontsize=8, va="center", transform=ax.get_yaxis_transform()
        )
    return figure


def _bar(ax: Axes, place: int, *, ratio: float, rival: float) -> None:
    inside = ratio <= AXIS_END
    ax.barh(place, min(ratio, AXIS_END), color=BLUE if inside else GREY, height=0.6)
    ax.text(0.1, place, f"{ratio:.2f}" + ("" if inside else " →"), va="center", fontsize=8, color="white")
    if rival <= AXIS_END:
        ax.plot(rival, place, "D", color=RED, mec="white", ms=6)
    arrow = "" if rival <= AXIS_END else "→ "
    ax.text(1.02, place, f"{arrow}{rival:,.0f}", va="center", fontsize=8, color=RED, transform=ax.get_yaxis_transform())


def inputs_figure(*, table: pd.DataFrame) -> Figure:
    """Ratio against the number of inputs, all sizes."""
    figure = new_figure(width=9.0, height=3.8)
    for ax, (title, (codes, bound)) in zip(figure.subplots(1, 2), BOUNDS.items(), strict=True):
        largest = 1.0
        for code, colour in zip([each for each in codes if each not in SINGLE], COLOURS, strict=True):
            rows = _ratios(table, code)
            ax.plot(rows["inputs"], rows["ratio"], "o-", color=colour, ms=4, lw=1.2, label=NAMES[code])
            largest = max(largest, rows["inputs"].max())
        n = np.geomspace(2, largest, 200)
        ax.plot(n, n + 1, color=RED, lw=1.4, ls=":", label="finite differences")
        ax.axhline(bound, color=GREY, ls="--", lw=1.2, label=f"bound {bound:g} N")
        ax.set(xscale="log", xlabel="number of inputs n", ylabel="operations of value and gradient / N", title=title)
        ax.set_ylim(0.8, 8)
        ax.legend(fontsize=7, ncols=2, loc="upper right")
    return figure


def memory_figure(*, table: pd.DataFrame) -> Figure:
    """Bytes kept against steps run again; extra steps of revolve against its closed formula."""
    figure = new_figure(width=9.0, height=3.8)
    left, right = figure.subplots(1, 2)
    steps = _summary(table, "burgers_checkpointed", "steps")
    _memory_curve(left, table, case="burgers_checkpointed", method=CHECKPOINTED, steps=steps, colour=BLUE)
    _memory_curve(left, table, case="burgers_revolve", method="revolve", steps=steps, colour=GREEN)
    left.plot([], [], "o-", color=BLUE, ms=4, label="state kept every k steps (k at the points)")
    left.plot([], [], "o-", color=GREEN, ms=4, label="revolve (number of states at the points)")
    left.legend(fontsize=8)
    left.margins(x=0.1)
    left.set(yscale="log", xlabel=f"steps run again / {steps:g}", ylabel="largest memory of the gradient, kB")
    measured, bound = (
        _values(table, "burgers_revolve", method, "extra_steps") / steps for method in ("revolve", "revolve_bound")
    )
    right.plot(bound.index, bound, color=GREY, lw=1.2, label="optimum, closed formula")
    right.plot(measured.index, measured, "o", color=GREEN, ms=5, label="revolve, measured")
    right.set(xscale="log", xlabel="states kept", ylabel=f"steps run again / {steps:g}")
    right.set_xticks(bound.index, [f"{x:g}" for x in bound.index])
    right.minorticks_off()
    right.set_ylim(bottom=0)
    right.legend(fontsize=8)
    return figure


def _memory_curve(ax: Axes, table: pd.DataFrame, *, case: str, method: str, steps: float, colour: str) -> None:
    kilobytes = 1e3 * _values(table, case, method, "saved_mb")
    extra = _values(table, case, method, "extra_steps") / steps
    ax.plot(extra, kilobytes, "o-", color=colour, ms=4, lw=1.2)
    thriftiest = kilobytes.idxmin()
    for x in kilobytes.index:
        # beyond the thriftiest length more memory goes with fewer steps: two branches, labelled on their outer sides
        right = x <= thriftiest or method == "revolve"
        place = {"xytext": (5, 2), "ha": "left"} if right else {"xytext": (-5, -4), "ha": "right"}
        if x == thriftiest and method == CHECKPOINTED:
            place = {"xytext": (0, -10), "ha": "center"}
        point = (extra[x], kilobytes[x])
        ax.annotate(f"{x:g}", point, textcoords="offset points", fontsize=7, color=colour, **place)


def _summary(table: pd.DataFrame, case: str, quantity: str) -> float:
    """The one value of a quantity without abscissa."""
    return float(table.loc[(table["case"] == case) & (table["quantity"] == quantity), "value"].iloc[0])


def _ratios(table: pd.DataFrame, code: str) -> pd.DataFrame:
    """Number of inputs and ratio of one code, by size; of the checkpointed code the worst segment length."""
    if code == "burgers_checkpointed":
        ratio = _values(table, code, CHECKPOINTED, "ratio").max()
        inputs = _values(table, "burgers", "reverse", "inputs").max()
        return pd.DataFrame({"inputs": [inputs], "ratio": [ratio]})
    case, method = ("fem", code) if code in FEM_METHODS else (code, "reverse")
    quantities = {name: _values(table, case, method, name) for name in ("inputs", "ratio")}
    return pd.DataFrame(quantities).sort_index()


def _values(table: pd.DataFrame, case: str, method: str, quantity: str) -> pd.Series:
    """One quantity by abscissa."""
    chosen = table[(table["case"] == case) & (table["method"] == method) & (table["quantity"] == quantity)]
    return chosen.set_index("x")["value"].sort_index()
