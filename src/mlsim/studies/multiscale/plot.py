"""Figures: error against cost, predictions, parameters and operations against the number of points."""

import numpy as np
import pandas as pd
import torch
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mlsim.figures import curve, draw_methods, legend_once, new_figure, set_ticks
from mlsim.studies.multiscale.generate import samples_of
from mlsim.studies.multiscale.models import restored
from mlsim.studies.multiscale.settings import Scoring

CASE = "nlse_1d"
LABELS = {
    "mnn_h": "MNN-H",
    "mnn_h2": "MNN-H2",
    "mnn_h_long": "MNN-H, twice the steps and batch",
    "bcr": "BCR-Net",
    "fno": "Fourier neural operator",
    "unet": "U-Net",
    "cnn": "dilated convolutions",
    "cnn_residual": "dilated convolutions, skips",
    "dense": "dense",
    "ridge": "linear ridge",
    "kernel_ridge": "kernel ridge",
    "kernel_ridge_canonical": "kernel ridge, canonical translation",
}
REGRESSIONS = ("ridge", "kernel_ridge", "kernel_ridge_canonical")  # open squares
SCALING = {
    "mnn_h": ("MNN-H", "C0", "-"),
    "mnn_h2": ("MNN-H2", "C1", "-"),
    "mnn_h_local": ("MNN-H, weights per block", "C0", "--"),
    "mnn_h2_local": ("MNN-H2, weights per block", "C1", "--"),
    "bcr": ("BCR-Net", "C3", "-"),
    "fno": ("Fourier neural operator", "C4", "-"),
    "dense": ("dense", "C8", "-"),
}


def cost_figure(*, table: pd.DataFrame) -> Figure:
    """Error on new potentials against operations and against parameters."""
    rows = curve(table, case=CASE)
    figure, (left, right) = new_figure(1, 2, width=9.5, height=3.9, sharey=True)
    size = curve(rows, method="mean")["x"].max()
    for index, (method, label) in enumerate(LABELS.items()):
        measured = curve(rows[rows["x"] == size], method=method).set_index("quantity")
        colour = f"C{index % 10}"
        marker = {"marker": "s", "markerfacecolor": "none"} if method in REGRESSIONS else {"marker": "o"}
        for ax, quantity in ((left, "operations"), (right, "parameters")):
            if {quantity, "test_error"} <= set(measured.index):
                cost, (error, se) = measured.loc[quantity, "value"], measured.loc["test_error", ["value", "se"]]
                shown = label if ax is left else None
                ax.errorbar(cost, error, yerr=se, color=colour, linestyle="none", label=shown, **marker)
    _draw_coarse_solves(left, curve(rows, method="coarse_solve"))
    for ax, label in ((left, "arithmetic operations of one prediction"), (right, "parameters of the network")):
        ax.set(xscale="log", yscale="log", xlabel=label)
    left.set_ylabel("mean relative error on new potentials")
    figure.legend(loc="outside right upper")
    return figure


def _draw_coarse_solves(ax: Axes, rows: pd.DataFrame) -> None:
    wide = rows.pivot_table(index="x", columns="quantity", values="value").dropna(subset=["test_error"])
    ax.plot(wide["operations"], wide["test_error"], color="black", marker="^", label="the equation on a coarser grid")
    for points, line in wide.iterrows():
        point = (line["operations"], line["test_error"])
        ax.annotate(f"{points:g} points", point, textcoords="offset points", xytext=(6, -3), ha="left", fontsize=7)


def predictions_figure(settings: Scoring, *, data: xr.Dataset, models: list[dict], methods: list[str]) -> Figure:
    """Two test potentials, their ground states with the networks' predictions, and the errors."""
    potential, state = (values[:2] for values in samples_of(data, "test"))
    x = np.arange(1, settings.data.size + 1) / settings.data.size
    figure, axes = new_figure(2, 3, width=9.5, height=5.2, sharex=True)
    for line, v, u, label in zip(axes, potential, state, ("exact", None), strict=True):
        line[0].plot(x, v, color="black")
        line[1].plot(x, u, color="black", label=label)
        for ax, quantity in zip(line, ("potential V", "ground state u", "prediction minus exact"), strict=True):
            ax.set_ylabel(quantity)
    for index, (method, model) in enumerate(zip(methods, models, strict=True)):
        variant = settings.variants[method]
        net = restored(model, variant, case=settings.data.case, size=settings.data.size, seed=variant.seeds[0])
        with torch.no_grad():
            predicted = net(torch.from_numpy(potential)).numpy()
        labels = (LABELS.get(method, method), None)
        for line, u, prediction, label in zip(axes, state, predicted, labels, strict=True):
            line[1].plot(x, prediction, color=f"C{index}", linestyle="--", linewidth=1)
            line[2].plot(x, prediction - u, color=f"C{index}", linewidth=1, label=label)
    for ax in axes[-1]:
        ax.set_xlabel("x")
    figure.legend(loc="outside upper center", ncols=5)
    return figure


def scaling_figure(*, table: pd.DataFrame) -> Figure:
    """Parameters and operations of untrained networks against the number of points."""
    rows = curve(table, case="scaling")
    figure, axes = new_figure(1, 2, width=9.0, height=3.6)
    for ax, quantity in zip(axes, ("parameters", "operations"), strict=True):
        draw_methods(ax, curve(rows, quantity=quantity), SCALING, by="linestyle", marker=".")
        ax.set(xscale="log", yscale="log", xlabel="grid points")
        set_ticks(ax, rows["x"])
    axes[0].set_ylabel("parameters")
    axes[1].set_ylabel("operations of one prediction")
    legend_once(figure, axes, loc="outside right upper")
    return figure
