"""Figures: decibels along the fit with the stopping points, and the images."""

import numpy as np
import pandas as pd
import torch
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mlsim.figures import new_figure
from mlsim.studies.image_prior.baselines import classical
from mlsim.studies.image_prior.settings import Data, Task
from mlsim.studies.image_prior.train import task_psnr, tensor

STOPS = {
    "oracle": ("best (needs the clean image)", "*", "black"),
    "discrepancy": ("loss reaches the noise (needs sigma)", "o", "C2"),
    "wmv": ("least variance of a window", "s", "C1"),
}
LINES = {"tv": ("total variation, best weight", ":"), "wavelet": ("wavelets", "-."), "nlm": ("non-local means", "--")}
NAMES = {"damaged": "observed", "nlm": "non-local means", "tv": "total variation", "wavelet": "wavelets",
         "biharmonic": "biharmonic", "bicubic": "bicubic", "nearest": "nearest"}  # fmt: skip
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
