"""Figures: decibels along the fit with the stopping points, and the images."""

import numpy as np
import pandas as pd
import torch
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mlsim.figures import new_figure
from mlsim.studies.image_prior.classical import classical
from mlsim.studies.image_prior.settings import Data, Task
from mlsim.studies.image_prior.train import task_psnr, tensor

STOPS = {
    "oracle": ("best (needs the clean image)", "*", "black"),
    "discrepancy": ("loss reaches the noise (needs sigma)", "o", "C2"),
    "wmv": ("least variance of a window", "s", "C1"),
}
LINES = {
    "tv": ("total variation, best weight", ":"),
    "wavelet": ("wavelets, best of three", "-."),
    "nlm": ("non-local means, best strength", "--"),
}
NAMES = {"damaged": "observed", "nlm": "non-local means", "tv": "total variation", "wavelet": "wavelets",
         "biharmonic": "biharmonic", "bicubic": "bicubic", "nearest": "nearest"}  # fmt: skip
INVERSIONS = {
    "tikhonov": ("Tikhonov", "0.55"),
    "tv": ("total variation", "0.2"),
    "bounded_tikhonov": ("Tikhonov, bounded", "C2"),
    "bounded_tv": ("total variation, bounded", "C1"),
    "cnn": ("network, bounded, no penalty", "C0"),
}
DESIGNS = {"cnn": ("L-BFGS on the network", "C0"), "pixels": ("L-BFGS on the elements", "C1")}
PRIORS = {"hourglass": ("deep image prior", "C0"), "deep_decoder": ("deep decoder", "C3")}


def curve_figure(
    *, table: pd.DataFrame, histories: list[pd.DataFrame], models: list[dict], networks: list[str], case: str
) -> Figure:
    """Decibels against the iteration.

    Args:
        table: the study's.
        histories: of the fits of one task.
        models: outputs of the same fits.
        networks: ``hourglass`` or ``deep_decoder`` for each.
        case: the task.
    """
    figure = new_figure(width=8.5, height=4.6)
    ax = figure.subplots()
    named: set[str] = set()
    for history, model, network in zip(histories, models, networks, strict=True):
        words, colour = PRIORS[network]
        first = network not in named
        named.add(network)
        label = f"{words}, average of outputs" if first else None
        ax.plot(history["step"], history["psnr_averaged"], color=colour, linewidth=1.4, label=label)
        label = f"{words}, output" if first else None
        ax.plot(history["step"], history["psnr_raw"], color=colour, linewidth=0.5, alpha=0.5, label=label)
        if network == "hourglass":
            _mark_stops(ax, history, model, named=named)
    rows = table[(table["case"] == case) & (table["quantity"] == "psnr")].set_index("method")["value"]
    for method, (words, line) in LINES.items():
        if method in rows.index:
            ax.axhline(float(rows[method]), color="0.3", linestyle=line, linewidth=1.0, label=words)
    top = max(float(history["psnr_averaged"].max()) for history in histories)
    ax.set(xlabel="iteration", ylabel=f"PSNR, dB ({case.replace('_', ' ')})", ylim=(top - 9.0, top + 0.5))
    figure.legend(loc="outside right upper")
    return figure


def _mark_stops(ax: Axes, history: pd.DataFrame, model: dict, *, named: set[str]) -> None:
    curve = history.set_index("step")["psnr_averaged"]
    for rule, (words, marker, colour) in STOPS.items():
        step = model.get(f"averaged_{rule}_step")
        if step is not None:
            label = None if rule in named else words
            ax.plot([int(step)], [curve[int(step)]], marker, color=colour, markersize=7, zorder=3, label=label)
            named.add(rule)


def simulation_figure(*, table: pd.DataFrame) -> Figure:
    """Error of the inversion by method and number of sensors; compliance over that of optimality criteria."""
    figure = new_figure(width=9.5, height=4.2)
    left, right = figure.subplots(1, 2)
    errors = table[(table["case"] == "darcy_inversion") & (table["quantity"] == "relative_error")]
    sensors = np.unique(errors["x"].to_numpy(dtype=float))
    for place, (method, (words, colour)) in enumerate(INVERSIONS.items()):
        own = errors[errors["method"] == method].set_index("x").loc[list(sensors)]
        positions = np.arange(len(sensors)) + 0.15 * (place - 2)
        left.errorbar(positions, own["value"], yerr=own["se"], fmt="o", color=colour, markersize=5, label=words)
    left.set_xticks(np.arange(len(sensors)), [f"{count:g}" for count in sensors])
    left.set(xlabel="sensors", ylabel="relative error of log k", ylim=(0.0, None))
    left.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    suite = table[table["case"] == "simp_suite"]
    for place, (method, (words, colour)) in enumerate(DESIGNS.items()):
        own = suite[suite["method"] == method].pivot_table(index="x", columns="quantity", values="value")
        shift = 0.98 + 0.04 * place
        right.vlines(own.index * shift, own["least_ratio"], own["largest_ratio"], color=colour, linewidth=0.8)
        rows = suite[(suite["method"] == method) & (suite["quantity"] == "compliance_ratio")]
        right.errorbar(rows["x"] * shift, rows["value"], yerr=rows["se"], color=colour, marker="o", label=words)
    right.axhline(1.0, color="black", linewidth=1.0)
    budgets = np.unique(suite["x"].dropna().to_numpy(dtype=float))
    right.set(xscale="log", xlabel="finite-element solves", ylabel="compliance over that of optimality criteria")
    right.set_xticks(budgets, [f"{solves:g}" for solves in budgets], minor=False)
    right.minorticks_off()
    right.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return figure


def image_figure(settings: Data, *, data: xr.Dataset, models: list[dict], order: list[str]) -> Figure:
    """Clean, observed and restored images, one row per task.

    Args:
        settings: what the tasks are.
        data: clean and observed images.
        models: outputs of one fit per task.
        order: names of the tasks, in the order of ``models``.
    """
    rows = [_panels(name, settings.tasks[name], data, model) for name, model in zip(order, models, strict=True)]
    columns = max(len(row) for row in rows)
    figure = new_figure(width=1.9 * columns, height=2.15 * len(rows))
    axes = np.atleast_2d(figure.subplots(len(rows), columns, squeeze=False))
    for line, row in zip(axes, rows, strict=True):
        for ax in line:
            ax.set_axis_off()
        for ax, (title, image) in zip(line, row, strict=False):
            picture = np.moveaxis(np.clip(image, 0.0, 1.0), 0, -1)
            ax.imshow(picture.squeeze(), cmap="gray", vmin=0.0, vmax=1.0, interpolation="nearest")
            ax.set_title(title, fontsize=8)
    return figure


def _panels(name: str, task: Task, data: xr.Dataset, model: dict) -> list[tuple[str, np.ndarray]]:
    clean = tensor(data, "clean", name)
    chosen = "averaged_discrepancy" if "averaged_discrepancy" in model else "averaged_fixed"
    words = {"averaged_discrepancy": "deep image prior,\nstopped at the noise", "averaged_fixed": "deep image prior"}
    found = {NAMES[method]: image for method, image in classical(task, name, data).items()}
    found[words[chosen]] = model[chosen].numpy()
    decibels = {title: task_psnr(task, torch.from_numpy(image), clean) for title, image in found.items()}
    panels = [(f"{title}, {decibels[title]:.2f} dB", image) for title, image in found.items()]
    return [("clean", clean.numpy()), *panels]
