"""Figures: the cost of gradients against the bounds, against the number of inputs, and memory against recomputation."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mlsim.figures import new_figure, number, series, set_ticks

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
# not drawn against the number of inputs: it is the same for all segments, and the formula is far outside
OMITTED = ("burgers_checkpointed", "library_formula")
BOUNDS = {"scalar programs": (SCALAR, 4.0), "array codes": (ARRAY, 5.0)}
BLUE, RED, GREY, GREEN = "#0072b2", "#d55e00", "#444444", "#009e73"
COLOURS = ("#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#882255")
CHECKPOINTED = "reverse_checkpointed"
# of the bars; finite differences mostly lie beyond
AXIS_END = 6.0


def ratio_figure(*, table: pd.DataFrame) -> Figure:
    """One bar per code at its largest size; finite differences as a diamond, or beyond the axis."""
    figure, axes = new_figure(1, 2, width=9.0, height=3.6)
    for ax, (title, (codes, bound)) in zip(axes, BOUNDS.items(), strict=True):
        for position, code in enumerate(codes):
            rows = _ratios(table, code)
            if not rows.empty:
                _bar(ax, position, ratio=rows["ratio"].iloc[-1], differences=rows["inputs"].iloc[-1] + 1)
        ax.axvline(bound, color=GREY, ls="--", lw=1.2)
        ax.text(bound - 0.1, -0.9, f"bound {bound:g} N", fontsize=8, color=GREY, va="center", ha="right")
        ax.set_yticks(range(len(codes)), [NAMES[code] for code in codes])
        limits = {"xlim": (0, AXIS_END), "ylim": (len(codes) - 0.4, -1.3)}
        ax.set(xlabel="operations of value and gradient / N", title=title, **limits)
        ax.grid(visible=False, axis="y")
        margin = ax.get_yaxis_transform()
        ax.text(1.02, -0.9, "finite\ndifferences", color=RED, fontsize=8, va="center", transform=margin)
    return figure


def _bar(ax: Axes, position: int, *, ratio: float, differences: float) -> None:
    """Ratio of the reverse mode as a bar, that of finite differences as a diamond and in the right margin."""
    inside = ratio <= AXIS_END
    ax.barh(position, min(ratio, AXIS_END), color=BLUE if inside else GREY, height=0.6)
    ax.text(0.1, position, f"{ratio:.2f}" + ("" if inside else " →"), va="center", fontsize=8, color="white")
    if differences <= AXIS_END:
        ax.plot(differences, position, "D", color=RED, mec="white", ms=6)
    number, margin = f"{differences:,.0f}", ax.get_yaxis_transform()
    number = number if differences <= AXIS_END else f"→ {number}"
    ax.text(1.02, position, number, va="center", fontsize=8, color=RED, transform=margin)


def inputs_figure(*, table: pd.DataFrame) -> Figure:
    """Ratio against the number of inputs, all sizes."""
    figure, axes = new_figure(1, 2, width=9.0, height=3.8)
    for ax, (title, (codes, bound)) in zip(axes, BOUNDS.items(), strict=True):
        largest = 1.0
        for code, colour in zip([code for code in codes if code not in OMITTED], COLOURS, strict=True):
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
    """Stored bytes against steps run again; extra steps of revolve against its closed formula."""
    figure, (left, right) = new_figure(1, 2, width=9.0, height=3.8)
    steps = number(table, quantity="steps")
    _memory_curve(left, table, case="burgers_checkpointed", method=CHECKPOINTED, steps=steps, colour=BLUE)
    _memory_curve(left, table, case="burgers_revolve", method="revolve", steps=steps, colour=GREEN)
    left.plot([], [], "o-", color=BLUE, ms=4, label="state stored every k steps (k at the points)")
    left.plot([], [], "o-", color=GREEN, ms=4, label="revolve (number of states at the points)")
    left.legend(fontsize=8)
    left.margins(x=0.1)
    left.set(yscale="log", xlabel=f"steps run again / {steps:g}", ylabel="largest memory of the gradient, kB")
    measured = series(table, case="burgers_revolve", method="revolve", quantity="extra_steps") / steps
    bound = series(table, case="burgers_revolve", method="revolve_bound", quantity="extra_steps") / steps
    right.plot(bound, color=GREY, lw=1.2, label="optimum, closed formula")
    right.plot(measured, "o", color=GREEN, ms=5, label="revolve, measured")
    right.set(xscale="log", xlabel="stored states", ylabel=f"steps run again / {steps:g}")
    set_ticks(right, bound.index)
    right.set_ylim(bottom=0)
    right.legend(fontsize=8)
    return figure


def _memory_curve(ax: Axes, table: pd.DataFrame, *, case: str, method: str, steps: float, colour: str) -> None:
    kilobytes = 1e3 * series(table, case=case, method=method, quantity="saved_mb")
    extra = series(table, case=case, method=method, quantity="extra_steps") / steps
    ax.plot(extra, kilobytes, "o-", color=colour, ms=4, lw=1.2)
    least = kilobytes.idxmin()
    for x in kilobytes.index:
        # segments longer than that of least memory need more memory and fewer steps: label both branches outside
        right = x <= least or method == "revolve"
        offset = {"xytext": (5, 2), "ha": "left"} if right else {"xytext": (-5, -4), "ha": "right"}
        if x == least and method == CHECKPOINTED:
            offset = {"xytext": (0, -10), "ha": "center"}
        point = (extra[x], kilobytes[x])
        ax.annotate(f"{x:g}", point, textcoords="offset points", fontsize=7, color=colour, **offset)


def _ratios(table: pd.DataFrame, code: str) -> pd.DataFrame:
    """Number of inputs and ratio of one code, by size; of the checkpointed code the worst segment length."""
    if code == "burgers_checkpointed":
        ratio = series(table, case=code, method=CHECKPOINTED, quantity="ratio").max()
        inputs = series(table, case="burgers", method="reverse", quantity="inputs").max()
        return pd.DataFrame({"inputs": [inputs], "ratio": [ratio]})
    case, method = ("fem", code) if code in FEM_METHODS else (code, "reverse")
    return pd.DataFrame({q: series(table, case=case, method=method, quantity=q) for q in ("inputs", "ratio")})
