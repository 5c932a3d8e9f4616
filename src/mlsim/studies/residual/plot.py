"""Figures: errors against the coarse grid, training against depth, linear maps against the number of samples."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from mlsim.figures import curve, draw_methods, legend_once, new_figure, number, series, set_panel, set_ticks

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
    errors = table[(table["case"] == "nlse_1d") & (table["quantity"] == "test_error")]
    figure, ax = new_figure(width=8.0, height=4.2)
    for method, (label, colour, line) in DIRECT.items():
        if method in set(errors["method"]):
            ax.axhline(number(errors, method=method), color=colour, linestyle=line, label=label)
    draw_methods(ax, errors, CURVES, bars=True, markersize=4)
    fine = number(table, method="fine_solve", quantity="error_against_exact")
    ax.axhline(fine, color="black", linestyle=":", label="fine solve, against the exact state")
    ax.set(xscale="log", yscale="log", xlabel="H / h", ylabel="relative error on test potentials")
    set_ticks(ax, curve(errors, method="coarse_solve")["x"])
    figure.legend(loc="outside right upper")
    return figure


def depth_figure(*, table: pd.DataFrame) -> Figure:
    """Training error against depth, and the gradient's norm in each layer before training."""
    rows = table[(table["case"] == "depth") & (table["quantity"] == "train_error")]
    figure, (left, right) = new_figure(1, 2, width=9.0, height=4.4)
    draw_methods(left, rows, STACKS, bars=True, markersize=4)
    left.axhline(number(rows, method="mean_state"), color="black", linestyle="--", label="mean state, untrained")
    left.set(yscale="log", xlabel="convolutions", ylabel="relative error on training samples")
    depths = np.unique(rows["x"].dropna())
    left.set_xticks(depths, [f"{depth:g}" for depth in depths])
    for method, (_, colour, marker) in STACKS.items():
        norms = series(table, case=f"gradient_{depths.max():g}", method=method)
        right.plot(norms, color=colour, marker=marker, markersize=3)
    right.set(yscale="log", xlabel=f"convolution, of {depths.max():g}", ylabel="gradient norm before training")
    figure.legend(loc="outside upper center", ncols=3)
    return figure


def toeplitz_figure(*, table: pd.DataFrame) -> Figure:
    """Test error of the best linear maps against the number of training functions."""
    figure, axes = new_figure(1, len(TOEPLITZ), width=9.0, height=3.8, sharey=True)
    for ax, (case, title) in zip(axes, TOEPLITZ.items(), strict=True):
        draw_methods(ax, curve(table, case=case, quantity="test_error"), MAPS, bars=True, markersize=4)
        set_panel(ax, title, xscale="log", xlabel="training functions")
    axes[0].set(ylabel="relative error on test functions", ylim=(0.0, None))
    legend_once(figure, axes, loc="outside upper center", ncols=3)
    return figure
