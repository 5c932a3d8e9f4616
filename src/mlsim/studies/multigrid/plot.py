"""Figures: radius against grid size, residual per cycle, learned stencils."""

import numpy as np
import pandas as pd
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mlsim.figures import curve, draw_methods, new_figure, set_ticks, show_image
from mlsim.studies.multigrid.settings import Run
from mlsim.studies.multigrid.train import restored

METHODS = {
    "linear": ("bilinear, damping 2/3", "#000000", "--"),
    "linear_closed_form": ("bilinear, closed form", "#999999", "--"),
    "jacobi_optimal": ("bilinear, damping 0.8", "C0", "--"),
    "amg_default": ("AMG, pyamg's default", "C1", "--"),
    "amg_unscaled": ("AMG, damping as stated", "C2", "--"),
    "dmg": ("DMG, the paper's parameters", "C3", "-"),
    "dmg_sweep_weights": ("DMG and sweep weights", "C4", "-"),
    "four_weights": ("four learned weights", "C5", "-"),
    "smoother_weights": ("four learned weights per level", "C6", "-"),
    "mirrored_weights": ("two learned weights per level, mirrored", "C7", "-"),
    "amg_ruge_stuben": ("AMG Ruge-Stüben, Gauss-Seidel", "C8", "--"),
    "amg_smoothed_aggregation": ("AMG smoothed aggregation", "C9", "--"),
}


def radius_figure(*, table: pd.DataFrame) -> Figure:
    """Spectral radius against the grid size; crosses are the lecture's values."""
    rows = curve(table, case="poisson_2d", quantity="spectral_radius")
    figure, ax = new_figure(width=8.0, height=4.2)
    for method, (label, colour, line) in METHODS.items():
        radii = curve(rows, method=method)
        if radii.empty:
            continue
        errors = radii["se"].fillna(0.0)
        bars = ax.errorbar(radii["x"], radii["value"], yerr=errors, color=colour, linestyle=line, marker=".")
        bars[0].set_label(label)
        printed = radii.dropna(subset="published")
        ax.plot(printed["x"], printed["published"], color=colour, linestyle="none", marker="x")
    ax.plot([], [], color="black", linestyle="none", marker="x", label="the lecture, same colour")
    ax.set(xscale="log", yscale="log", xlabel="nodes per side", ylabel="spectral radius of one V(2,2) cycle")
    set_ticks(ax, rows["x"])
    ax.set_yticks([0.02, 0.05, 0.1, 0.2, 0.4], ["0.02", "0.05", "0.1", "0.2", "0.4"])
    figure.legend(loc="outside right upper")
    return figure


def cycles_figure(*, table: pd.DataFrame) -> Figure:
    """Residual after each cycle on the largest grid, the cycle used by itself."""
    rows = curve(table, quantity="relative_residual")
    size = max(int(case.removeprefix("cycles_")) for case in rows["case"].unique())
    figure, ax = new_figure(width=7.5, height=3.8)
    draw_methods(ax, curve(rows, case=f"cycles_{size}"), METHODS, by="linestyle", marker=".")
    ax.set(yscale="log", xlabel="cycles", ylabel="residual relative to the right-hand side")
    ax.set_title(f"{size} x {size} nodes, random right-hand side")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.legend(loc="outside right upper")
    return figure


def stencils_figure(settings: Run, *, model: dict) -> Figure:
    """Learned prolongation and restriction of every level, scaled to one in the centre, and the bilinear stencil."""
    x = max(x for x in settings.problem.x if x <= 15)
    cycle = restored(model, settings.variant, settings.problem, x=x)
    with torch.no_grad():
        transfers = cycle.transfers()
    figure, axes = new_figure(2, len(transfers) + 1, width=2.0 * (len(transfers) + 1), height=4.6, squeeze=False)
    bilinear = np.outer([0.5, 1.0, 0.5], [0.5, 1.0, 0.5])
    names = {"prolongation": "prolongation", "restriction": "restriction (scaled)"}
    for line, (name, label) in zip(axes, names.items(), strict=True):
        _draw_stencil(line[0], bilinear, title="bilinear")
        line[0].set_ylabel(label)
        for level, (ax, transfer) in enumerate(zip(line[1:], transfers, strict=True)):
            stencil = getattr(transfer, name).numpy()
            size = (int(x) + 1) // 2**level - 1
            _draw_stencil(ax, stencil / stencil[1, 1], title=f"level of {size} x {size}")
    return figure


def _draw_stencil(ax: Axes, stencil: np.ndarray, *, title: str) -> None:
    show_image(ax, stencil, title=title, cmap="RdBu_r", vmin=-1.0, vmax=1.0)
    for (row, column), value in np.ndenumerate(stencil):
        colour = "white" if abs(value) > 0.6 else "black"
        ax.text(column, row, f"{value:.2f}", ha="center", va="center", fontsize=8, color=colour)
