"""Figures: pairs of loss surfaces; curves, sharpness and spectra; errors by learning rate and seed; fields of GANs."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure

from mlsim.figures import curve, draw_curve, new_figure, set_panel

TITLES = {
    "pinn": "Poisson, equation (PINN)",
    "data_fit": "Poisson, data fit",
    "plain": "16 convolutions, plain",
    "skip": "16 convolutions, with skips",
    "mnn_h": "MNN-H",
    "relu": "ReLU network",
}
PAIRS = (("pinn", "data_fit"), ("plain", "skip"), ("mnn_h", "relu"))
COLOURS = {"pinn": "C3", "data_fit": "C0", "plain": "0.45", "skip": "C2", "mnn_h": "C1", "relu": "C4"}
GAMES = {"gan": "GAN without penalty", "gan_penalised": "GAN with gradient penalty"}
LEVELS, DECADES = 25, 6.0


def surface_figure(*, surroundings: xr.Dataset, coordinates: Sequence[float]) -> Figure:
    """Pairs of surfaces along two filter-normalised directions; each pair shares its logarithmic scale."""
    pairs = [[name for name in pair if f"surface_{name}" in surroundings] for pair in PAIRS]
    pairs = [pair for pair in pairs if pair]
    figure, axes = new_figure(2, len(pairs), width=3.4 * len(pairs) + 0.6, height=6.0, squeeze=False)
    for column, pair in enumerate(pairs):
        surfaces = [surroundings[f"surface_{name}"].values for name in pair]
        positive = np.concatenate([values[np.isfinite(values) & (values > 0)] for values in surfaces])
        bottom = float(positive.min())
        top = min(float(positive.max()), bottom * 10**DECADES)
        for ax in axes[len(pair) :, column]:
            ax.set_visible(False)
        contours = []
        for ax, name, values in zip(axes[:, column], pair, surfaces, strict=False):
            contours.append(_contours(ax, coordinates, values, bottom=bottom, top=top))
            set_panel(ax, TITLES[name], xlabel="second direction", ylabel="first direction")
        bar = figure.colorbar(contours[-1], ax=axes[: len(pair), column].tolist(), shrink=0.8)
        bar.set_label("log10 of the loss")
        bar.set_ticks(list(range(math.ceil(math.log10(bottom)), math.floor(math.log10(top)) + 1)))
    return figure


def _contours(
    ax: Axes, coordinates: Sequence[float], values: np.ndarray, *, bottom: float, top: float
) -> QuadContourSet:
    levels = np.linspace(np.log10(bottom), np.log10(top), LEVELS)
    heights = np.log10(np.clip(np.nan_to_num(values, nan=top, posinf=top), bottom, top))
    filled = ax.contourf(coordinates, coordinates, heights, levels=levels, cmap="viridis", extend="max")
    lines = ax.contour(coordinates, coordinates, heights, levels=levels[::2], colors="white", linestyles="solid")
    lines.set(linewidths=0.4, alpha=0.6)
    _mark_origin(ax)
    return filled


def _mark_origin(ax: Axes) -> None:
    ax.plot(0, 0, marker="+", color="red")
    ax.set_aspect("equal")
    ax.grid(visible=False)


def training_figure(*, table: pd.DataFrame, surroundings: xr.Dataset, coordinates: Sequence[float]) -> Figure:
    """Curves around the trained parameters, sharpness during training, the largest eigenvalues of whole spectra."""
    figure, (left, middle, right) = new_figure(1, 3, width=11.0, height=4.0)
    for name in [name for name in COLOURS if f"curve_{name}" in surroundings]:
        curves = surroundings[f"curve_{name}"].values
        median = np.median(curves.reshape(-1, curves.shape[-1]), axis=0)
        left.plot(coordinates, median, color=COLOURS[name], label=TITLES[name])
    left.set(yscale="log", xlabel="step along a direction, in norms of the filters", ylabel="loss, median of curves")
    table = table[table["value"] > 0]
    for (case, method), rows in curve(table, quantity="sharpness").groupby(["case", "method"]):
        rows = rows.assign(x=rows["x"] / rows["x"].max())
        line = "-" if method == "adam" else ":"
        draw_curve(middle, rows, linestyle=line, color=COLOURS[str(case)], marker="o", markersize=3)
    middle.plot([], [], ":", color="black", label="gradient descent")
    middle.plot([], [], "-", color="black", label="Adam")
    middle.set(yscale="log", xlabel="fraction of the training", ylabel="largest eigenvalue of the Hessian")
    for case, rows in curve(table, quantity="eigenvalue", method="adam").groupby("case"):
        draw_curve(right, rows, color=COLOURS[str(case)], marker=".")
    right.set(yscale="log", xlabel="index of the eigenvalue", ylabel="eigenvalue of the trained Hessian")
    figure.legend(loc="outside upper center", ncols=3)
    return figure


def sensitivity_figure(*, histories: list[pd.DataFrame], names: Sequence[str]) -> Figure:
    """Error at the end by learning rate and seed; a cross where the loss is NaN or above its start."""
    maps = {name: history for name, history in zip(names, histories, strict=True) if history["rate"].nunique() > 1}
    lines = max(1, (len(maps) + 1) // 2)
    figure, axes = new_figure(lines, 2, width=9.0, height=2.3 * lines + 0.4, squeeze=False)
    for ax in axes.flat[len(maps) :]:
        ax.set_visible(False)
    image = None
    for ax, (name, history) in zip(axes.flat, maps.items(), strict=False):
        first, last = (history[history["step"] == step] for step in (history["step"].min(), history["step"].max()))
        error, start, end = (
            records.pivot(index="seed", columns="rate", values=column).astype(float)
            for records, column in ((last, "error"), (first, "loss"), (last, "loss"))
        )
        diverged = ~(np.isfinite(end.to_numpy()) & (end.to_numpy() <= start.to_numpy()))
        errors = np.where(diverged, np.nan, error.to_numpy())
        image = ax.imshow(errors, norm=LogNorm(1e-3, 1.0), cmap="viridis_r", aspect="auto")
        for line, column in np.argwhere(diverged):
            ax.text(column, line, "x", ha="center", va="center", color="C3")
        ax.set_xticks(range(error.shape[1]), [f"{rate:g}" for rate in error.columns])
        ax.set_yticks(range(error.shape[0]), [str(seed) for seed in error.index])
        set_panel(ax, _map_title(name), xlabel="learning rate", ylabel="seed")
        ax.grid(visible=False)
    if image is None:
        figure.suptitle("no variant with several learning rates")
    else:
        figure.colorbar(image, ax=axes.ravel().tolist(), label="relative error at the end (x: diverged)", extend="both")
    return figure


def _map_title(name: str) -> str:
    network, _, descent = name.partition("_descent")
    return f"{TITLES.get(network, network)}, {'gradient descent' if name != network or descent else 'Adam'}"


def game_figure(*, surroundings: xr.Dataset, names: Sequence[str]) -> Figure:
    """Vector fields of the Dirac-GAN and of trained GANs with and without a gradient penalty, and eigenvalues."""
    names = [name for name in GAMES if name in names]
    figure, axes = new_figure(2, 1 + len(names), width=3.2 * (1 + len(names)) + 0.3, height=6.0, squeeze=False)
    line = np.linspace(-1, 1, 13)
    for ax, penalty in zip(axes[:, 0], (0.0, 0.5), strict=True):
        _streamlines(ax, line, _dirac_field(penalty, line))
        set_panel(ax, f"Dirac-GAN, gradient penalty {penalty:g}", xlabel="generator", ylabel="critic")
    for (top, bottom), name in zip(axes[:, 1:].T, names, strict=True):
        _streamlines(top, surroundings[f"line_{name}"].values, surroundings[f"field_{name}"].values)
        set_panel(top, GAMES[name], xlabel="Re of the eigenvector of fastest rotation", ylabel="Im")
        spectra = (surroundings[f"{part}_{name}"].values for part in ("real", "imaginary"))
        for real, imaginary in zip(*spectra, strict=True):
            bottom.plot(real, imaginary, ".", markersize=4)
        bottom.axvline(0.0, color="black", linewidth=0.6)
        bottom.set(xlabel="Re of the eigenvalue, positive: attracting", ylabel="Im, rotation")
    return figure


def _dirac_field(penalty: float, line: np.ndarray) -> np.ndarray:
    # here, since the other figures need no torch
    import torch

    from mlsim.numerics.landscapes.game_fields import dirac_losses, projected_field

    zero = torch.zeros(1, dtype=torch.float64)
    origin = {"generator.theta": zero, "critic.phi": zero}
    plane = torch.eye(2, dtype=torch.float64)
    losses = dirac_losses(penalty=penalty)
    return np.array([[projected_field(losses, origin, plane, at=(float(a), float(b))) for b in line] for a in line])


def _streamlines(ax: Axes, line: np.ndarray, field: np.ndarray) -> None:
    speed = np.hypot(field[..., 0], field[..., 1]).T
    ax.streamplot(line, line, field[..., 0].T, field[..., 1].T, color=speed, cmap="viridis", density=0.9, linewidth=0.8)
    _mark_origin(ax)
