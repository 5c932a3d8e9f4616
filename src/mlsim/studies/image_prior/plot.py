"""Figures: PSNR along the fit with the stopping points, the images, and the results of the simulations."""

import numpy as np
import pandas as pd
import torch
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mlsim.figures import curve, draw_curve, legend_once, new_figure, set_ticks, show_image
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
# where the title is not the method's name
TITLES = {"damaged": "observed", "nlm": "non-local means", "tv": "total variation", "wavelet": "wavelets"}
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
    """PSNR against the iteration.

    Args:
        table: table of the study.
        histories: histories of the fits of one task.
        models: outputs of these fits.
        networks: kind of network of these fits, ``hourglass`` or ``deep_decoder``.
        case: the task.
    """
    figure, ax = new_figure(width=8.5, height=4.6)
    for history, model, network in zip(histories, models, networks, strict=True):
        name, colour = PRIORS[network]
        label = f"{name}, average of outputs"
        ax.plot(history["step"], history["psnr_averaged"], color=colour, linewidth=1.4, label=label)
        label = f"{name}, output"
        ax.plot(history["step"], history["psnr_raw"], color=colour, linewidth=0.5, alpha=0.5, label=label)
        if network == "hourglass":
            _mark_stops(ax, history, model)
    psnr = table[(table["case"] == case) & (table["quantity"] == "psnr")].set_index("method")["value"]
    for method, (label, line) in LINES.items():
        if method in psnr.index:
            ax.axhline(float(psnr[method]), color="0.3", linestyle=line, linewidth=1.0, label=label)
    top = max(float(history["psnr_averaged"].max()) for history in histories)
    ax.set(xlabel="iteration", ylabel=f"PSNR, dB ({case.replace('_', ' ')})", ylim=(top - 9.0, top + 0.5))
    legend_once(figure, [ax], loc="outside right upper")  # fits of several seeds have the same labels
    return figure


def _mark_stops(ax: Axes, history: pd.DataFrame, model: dict) -> None:
    psnr = history.set_index("step")["psnr_averaged"]
    for criterion, (label, marker, colour) in STOPS.items():
        step = model.get(f"averaged_{criterion}_step")
        if step is not None:
            ax.plot([int(step)], [psnr[int(step)]], marker, color=colour, markersize=7, zorder=3, label=label)


def simulation_figure(*, table: pd.DataFrame) -> Figure:
    """Error of the inversion by method and number of sensors; compliance over that of optimality criteria."""
    figure, (left, right) = new_figure(1, 2, width=9.5, height=4.2)
    _draw_errors(left, curve(table, case="darcy_inversion", quantity="relative_error"))
    _draw_ratios(right, curve(table, case="simp_suite"))
    for ax in (left, right):
        ax.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return figure


def _draw_errors(ax: Axes, errors: pd.DataFrame) -> None:
    """Errors with standard errors, side by side at each number of sensors."""
    sensors = np.unique(errors["x"])
    for i, (method, (label, colour)) in enumerate(INVERSIONS.items()):
        rows = curve(errors, method=method)
        rows = rows.assign(x=np.searchsorted(sensors, rows["x"]) + 0.15 * (i - 2))
        draw_curve(ax, rows, bars=True, fmt="o", color=colour, markersize=5, label=label)
    ax.set_xticks(np.arange(len(sensors)), [f"{count:g}" for count in sensors])
    ax.set(xlabel="sensors", ylabel="NRMSE of log k", ylim=(0.0, None))


def _draw_ratios(ax: Axes, suite: pd.DataFrame) -> None:
    """Geometric means with standard errors, and vertical lines from the smallest to the largest ratio."""
    for i, (method, (label, colour)) in enumerate(DESIGNS.items()):
        rows = curve(suite, method=method)
        rows = rows.assign(x=rows["x"] * (0.98 + 0.04 * i))
        extremes = rows.pivot_table(index="x", columns="quantity", values="value")
        x, least, largest = extremes.index, extremes["least_ratio"], extremes["largest_ratio"]
        ax.vlines(x, least, largest, color=colour, linewidth=0.8)
        draw_curve(ax, curve(rows, quantity="compliance_ratio"), bars=True, color=colour, marker="o", label=label)
    ax.axhline(1.0, color="black", linewidth=1.0)
    ax.set(xscale="log", xlabel="finite-element solves", ylabel="compliance over that of optimality criteria")
    set_ticks(ax, suite["x"])


def image_figure(settings: Data, *, data: xr.Dataset, models: list[dict], order: list[str]) -> Figure:
    """Clean, observed and restored images, one row per task.

    Args:
        settings: images and tasks.
        data: clean and observed images.
        models: outputs of one fit per task.
        order: names of the tasks, in the order of ``models``.
    """
    rows = [
        _panels(name, settings.tasks[name], data=data, model=model) for name, model in zip(order, models, strict=True)
    ]
    columns = max(len(row) for row in rows)
    figure, axes = new_figure(len(rows), columns, width=1.9 * columns, height=2.15 * len(rows), squeeze=False)
    for line, row in zip(axes, rows, strict=True):
        for ax in line:
            ax.set_axis_off()
        for ax, (title, image) in zip(line, row, strict=False):
            show_image(ax, np.clip(image, 0.0, 1.0), title=title, fontsize=8, cmap="gray", vmin=0.0, vmax=1.0)
    return figure


def _panels(name: str, task: Task, *, data: xr.Dataset, model: dict) -> list[tuple[str, np.ndarray]]:
    clean = tensor(data, "clean", name)
    images = {TITLES.get(method, method): image for method, image in classical(task, name, data).items()}
    if "averaged_discrepancy" in model:
        images["deep image prior,\nstopped at the noise"] = model["averaged_discrepancy"].numpy()
    else:
        images["deep image prior"] = model["averaged_fixed"].numpy()
    psnr = {title: task_psnr(task, torch.from_numpy(image), clean) for title, image in images.items()}
    return [("clean", clean.numpy()), *((f"{title}, {psnr[title]:.2f} dB", image) for title, image in images.items())]
