"""Figures: errors against the coarse grid, training against depth, linear maps against the number of samples."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mlsim.figures import new_figure

CURVES = {
    "coarse_solve": ("interpolated coarse solve", "black", "s"),
    "richardson": ("Richardson, from H and 2H", "0.55", "^"),
    "residual": ("dense network learns the residual", "C0", "o"),
    "conditioned": ("dense network sees the coarse solve", "C2", "v"),
    "circular_residual": ("circular network learns the residual", "C1", "D"),
}
DIRECT = {
    "direct": ("dense network learns the whole state", "C3", "-"),
    "circular_direct": ("circular network learns the whole state", "C1", "-."),
}
STACKS = {
    "plain": ("plain, torch's initial weights", "0.55", "^"),
    "plain_he": ("plain, initial weights of He et al.", "C3", "s"),
    "skip": ("with skips", "C0", "o"),
    "mgnet": ("MgNet, second convolution shared", "C2", "v"),
}
MAPS = {
    "convolution": ("short convolution", "C0", "o"),
    "full_convolution": ("convolution as wide as the ring", "C2", "v"),
    "dense_matrix": ("dense matrix", "C3", "s"),
}
TOEPLITZ = {
    "toeplitz": "jumps anywhere",
    "toeplitz_elsewhere": "training jumps in one half only",
    "toeplitz_variable": "coefficient varies along the ring",
}


def correction_figure(*, table: pd.DataFrame) -> Figure:
    """Test error against H/h, and errors of direct learning and of the fine solve as lines."""
    rows = table[(table["case"] == "nlse_1d") & (table["quantity"] == "test_error")]
    ratios = np.sort(rows.loc[rows["method"] == "coarse_solve", "x"].to_numpy(dtype=float))
    figure = new_figure(width=8.0, height=4.2)
    ax = figure.subplots()
    for method, (label, colour, line) in DIRECT.items():
        errors = rows.loc[rows["method"] == method, "value"]
        if not errors.empty:
            ax.axhline(float(errors.iloc[0]), color=colour, linestyle=line, label=label)
    for method, (label, colour, marker) in CURVES.items():
        _draw(ax, rows[rows["method"] == method], label=label, colour=colour, marker=marker)
    fine = table[(table["method"] == "fine_solve") & (table["quantity"] == "error_against_exact")]
    ax.axhline(float(fine["value"].iloc[0]), color="black", linestyle=":", label="fine solve, against the exact state")
    ax.set(xscale="log", yscale="log", xlabel="H / h", ylabel="relative error on test potentials")
    ax.set_xticks(ratios, [f"{ratio:g}" for ratio in ratios], minor=False)
    ax.minorticks_off()
    figure.legend(loc="outside right upper")
    return figure


def depth_figure(*, table: pd.DataFrame) -> Figure:
    """Training error against depth, and the gradient's norm in each layer before training."""
    rows = table[(table["case"] == "depth") & (table["quantity"] == "train_error")]
    figure = new_figure(width=9.0, height=4.4)
    left, right = figure.subplots(1, 2)
    for method, (label, colour, marker) in STACKS.items():
        _draw(left, rows[rows["method"] == method], label=label, colour=colour, marker=marker)
    mean = rows.loc[rows["method"] == "mean_state", "value"]
    left.axhline(float(mean.iloc[0]), color="black", linestyle="--", label="mean state, untrained")
    left.set(yscale="log", xlabel="convolutions", ylabel="relative error on training samples")
    depths = np.unique(rows["x"].dropna())
    left.set_xticks(depths, [f"{depth:g}" for depth in depths])
    deepest = table[table["case"] == f"gradient_{depths.max():g}"]
    for method, (_, colour, marker) in STACKS.items():
        norms = deepest[deepest["method"] == method].sort_values("x")
        right.plot(norms["x"], norms["value"], color=colour, marker=marker, markersize=3)
    right.set(yscale="log", xlabel=f"convolution, of {depths.max():g}", ylabel="gradient norm before training")
    figure.legend(loc="outside upper center", ncols=3)
    return figure


def toeplitz_figure(*, table: pd.DataFrame) -> Figure:
    """Test error of the best linear maps against the number of training functions."""
    rows = table[table["quantity"] == "test_error"]
    figure = new_figure(width=9.0, height=3.8)
    axes = figure.subplots(1, len(TOEPLITZ), sharey=True)
    for ax, (case, title) in zip(axes, TOEPLITZ.items(), strict=True):
        for method, (label, colour, marker) in MAPS.items():
            errors = rows[(rows["case"] == case) & (rows["method"] == method)]
            _draw(ax, errors, label=label if ax is axes[0] else "", colour=colour, marker=marker)
        ax.set(xscale="log", xlabel="training functions")
        ax.set_title(title, fontsize=9)
    axes[0].set(ylabel="relative error on test functions", ylim=(0.0, None))
    figure.legend(loc="outside upper center", ncols=3)
    return figure


def _draw(ax: Axes, rows: pd.DataFrame, *, label: str, colour: str, marker: str) -> None:
    rows = rows.sort_values("x")
    if not rows.empty:
        errors = rows["se"].fillna(0.0)
        ax.errorbar(rows["x"], rows["value"], yerr=errors, color=colour, marker=marker, markersize=4, label=label)
