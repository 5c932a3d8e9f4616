"""Figures: radius against grid size, residual per cycle, learned stencils."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mlsim.figures import new_figure
from mlsim.studies.multigrid.settings import CLASSICAL, Run
from mlsim.studies.multigrid.train import restored

COLOURS = ("#000000", "#999999", *(f"C{index}" for index in range(10)))
LABELS = {
    "linear": "bilinear, damping 2/3",
    "linear_closed_form": "bilinear, closed form",
    "jacobi_optimal": "bilinear, damping 0.8",
    "amg_default": "AMG, pyamg's default",
    "amg_unscaled": "AMG, damping as stated",
    "dmg": "DMG, the paper's parameters",
    "dmg_sweep_weights": "DMG and sweep weights",
    "four_weights": "four learned weights",
    "smoother_weights": "four learned weights per level",
    "mirrored_weights": "two learned weights per level, mirrored",
    "amg_ruge_stuben": "AMG Ruge-Stüben, Gauss-Seidel",
    "amg_smoothed_aggregation": "AMG smoothed aggregation",
}


def radius_figure(*, table: pd.DataFrame) -> Figure:
    """Spectral radius against the grid size; crosses are the lecture's values."""
    rows = table[(table["case"] == "poisson_2d") & (table["quantity"] == "spectral_radius")]
    figure = new_figure(width=8.0, height=4.2)
    ax = figure.subplots()
    for radii, label, style in _curves(rows):
        bars = ax.errorbar(radii["x"], radii["value"], yerr=radii["se"].fillna(0.0), **style)
        bars[0].set_label(label)
        printed = radii.dropna(subset=["published"])
        ax.plot(printed["x"], printed["published"], color=style["color"], linestyle="none", marker="x")
    ax.plot([], [], color="black", linestyle="none", marker="x", label="the lecture, same colour")
    sizes = np.unique(rows["x"].dropna())
    ax.set(xscale="log", yscale="log", xlabel="nodes per side", ylabel="spectral radius of one V(2,2) cycle")
    ax.set_xticks(sizes, [f"{size:g}" for size in sizes], minor=False)
    ax.minorticks_off()
    ax.set_yticks([0.02, 0.05, 0.1, 0.2, 0.4], ["0.02", "0.05", "0.1", "0.2", "0.4"])
    figure.legend(loc="outside right upper")
    return figure


def cycles_figure(*, table: pd.DataFrame) -> Figure:
    """Residual after each cycle on the largest grid, the cycle used by itself."""
    rows = table[table["quantity"] == "relative_residual"]
    size = max(int(case.removeprefix("cycles_")) for case in rows["case"].unique())
    rows = rows[rows["case"] == f"cycles_{size}"]
    figure = new_figure(width=7.5, height=3.8)
    ax = figure.subplots()
    for residuals, label, style in _curves(rows):
        ax.plot(residuals["x"], residuals["value"], label=label, **style)
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
    figure = new_figure(width=2.0 * (len(transfers) + 1), height=4.6)
    axes = figure.subplots(2, len(transfers) + 1, squeeze=False)
    bilinear = np.outer([0.5, 1.0, 0.5], [0.5, 1.0, 0.5])
    names = {"prolongation": "prolongation", "restriction": "restriction (scaled)"}
    for line, (name, label) in zip(axes, names.items(), strict=True):
        _draw(line[0], bilinear, title="bilinear")
        line[0].set_ylabel(label)
        for level, (ax, transfer) in enumerate(zip(line[1:], transfers, strict=True)):
            stencil = getattr(transfer, name).numpy()
            size = (int(x) + 1) // 2**level - 1
            _draw(ax, stencil / stencil[1, 1], title=f"level of {size} x {size}")
    return figure


def _curves(rows: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, str, dict[str, Any]]]:
    """Rows by x, label and style of each method that has rows."""
    for (method, label), colour in zip(LABELS.items(), COLOURS, strict=True):
        of_method = rows[rows["method"] == method].sort_values("x")
        if not of_method.empty:
            line = "--" if method in CLASSICAL else "-"
            yield of_method, label, {"color": colour, "linestyle": line, "marker": "."}


def _draw(ax: Axes, stencil: np.ndarray, *, title: str) -> None:
    ax.imshow(stencil, cmap="RdBu_r", vmin=-1.0, vmax=1.0)
    for (row, column), value in np.ndenumerate(stencil):
        dark = abs(value) > 0.6
        ax.text(column, row, f"{value:.2f}", ha="center", va="center", fontsize=8, color="white" if dark else "black")
    ax.set_title(title, fontsize=9)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(visible=False)
