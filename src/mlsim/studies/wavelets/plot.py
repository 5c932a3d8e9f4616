"""Figures: error against band, error against number of coefficients, learned and Daubechies filters."""

import numpy as np
import pandas as pd
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mlsim.figures import new_figure
from mlsim.numerics.wavelets.filters import Filters, daubechies, scaling_function
from mlsim.studies.wavelets.settings import ENSEMBLES, KERNELS, Variant

OPERATOR_STYLES = {
    "haar": ("Haar", "#bbbbbb", "-"),
    "db2": ("db2", "#888888", "-"),
    "db3": ("db3", "C0", "-"),
    "db5": ("db5", "C1", "-"),
    "sym5": ("sym5", "C2", "-"),
    "learned_db3": ("learned from db3", "C0", ":"),
    "learned_db3_each": ("learned from db3, each level and side", "C3", ":"),
    "learned_sym5": ("learned from sym5", "C2", ":"),
    "thresholded_form": ("db3, largest entries", "C0", "--"),
    "standard_form": ("db3, largest of the standard form", "C4", "--"),
    "truncated_svd": ("truncated singular values", "black", "--"),
}
SIGNAL_STYLES = {
    "haar": ("Haar", "#bbbbbb", "-"),
    "db2": ("db2", "#888888", "-"),
    "db4": ("db4", "C0", "-"),
    "db8": ("db8", "C1", "-"),
    "sym8": ("sym8", "C2", "-"),
    "lattice_8": ("learned, 8 coefficients", "C0", ":"),
    "lattice_16": ("learned, 16 coefficients", "C1", ":"),
    "penalty_8": ("learned with penalty, 8", "C5", ":"),
    "wtt_2": ("tensor train, rank 2", "C3", "--"),
    "wtt_8": ("tensor train, rank 8", "C4", "--"),
    "dct": ("cosines", "black", "-."),
    "principal_components": ("principal components", "black", ":"),
}
TITLES = {
    "logarithm": "logarithm of the distance",
    "sawtooth": "sawtooth",
    "convection": "inverse of convection",
    "smooth": "smooth",
    "piecewise_smooth": "piecewise smooth",
    "ground_states": "ground states",
}
ROUNDING = 1e-14  # smaller errors are not drawn
CASCADE = 7  # levels


def band_figure(*, table: pd.DataFrame) -> Figure:
    """Error of the form against the half-width of its bands, per operator."""
    figure = new_figure(width=10.5, height=3.8)
    axes = figure.subplots(1, len(KERNELS))
    for ax, kernel in zip(axes, KERNELS, strict=True):
        _curves(ax, table[table["case"] == kernel], OPERATOR_STYLES)
        ax.set(yscale="log", xlabel="half-width of the bands", title=TITLES[kernel])
    axes[0].set_ylabel("relative error (Frobenius norm)")
    _shared_legend(figure, axes)
    return figure


def compression_figure(*, table: pd.DataFrame) -> Figure:
    """Error against the number of largest coefficients, per ensemble."""
    figure = new_figure(width=10.5, height=3.8)
    axes = figure.subplots(1, len(ENSEMBLES))
    for ax, ensemble in zip(axes, ENSEMBLES, strict=True):
        rows = table[table["case"] == ensemble]
        _curves(ax, rows, SIGNAL_STYLES)
        kept = np.unique(rows.loc[rows["quantity"] == "relative_error", "x"].dropna())
        ax.set(xscale="log", yscale="log", xlabel="number of coefficients", title=TITLES[ensemble])
        ax.set_xticks(kept, [f"{count:g}" for count in kept], minor=False)
        ax.minorticks_off()
    axes[0].set_ylabel("relative error, mean over test signals")
    _shared_legend(figure, axes)
    return figure


def filters_figure(settings: Variant, *, model: dict) -> Figure:
    """Scaling functions and wavelets of learned filters and of Daubechies filters, a line of axes per ensemble."""
    lengths = settings.lengths
    figure = new_figure(width=3.2 * len(lengths), height=6.6)
    axes = figure.subplots(len(ENSEMBLES), len(lengths), squeeze=False, sharex="col")
    for line, ensemble in zip(axes, ENSEMBLES, strict=True):
        for ax, length in zip(line, lengths, strict=True):
            known = daubechies(length // 2)
            _draw(ax, known, colour="#bbbbbb", width=3.0, label="Daubechies")
            _draw(ax, _aligned(model[f"{ensemble}.{length}"], known), colour="C0", width=1.2, label="learned")
            ax.set_ylim(-1.8, 1.8)
        line[0].set_ylabel(TITLES[ensemble])
    for ax, length in zip(axes[0], lengths, strict=True):
        ax.set_title(f"{length} coefficients (db{length // 2})")
    for ax in axes[-1]:
        ax.set_xlabel("position, scaling functions one apart")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    return figure


def _curves(ax: Axes, rows: pd.DataFrame, styles: dict[str, tuple[str, str, str]]) -> None:
    errors = rows[rows["quantity"] == "relative_error"].dropna(subset=["x"])
    for method, (label, colour, line) in styles.items():
        curve = errors[(errors["method"] == method) & (errors["value"] > ROUNDING)].sort_values("x")
        if not curve.empty:
            ax.plot(curve["x"], curve["value"], color=colour, linestyle=line, marker=".", label=label)


def _shared_legend(figure: Figure, axes: np.ndarray) -> None:
    """One legend for all axes, in the order of the first that shows a method."""
    by_label = {}
    for ax in axes:
        handles, labels = ax.get_legend_handles_labels()
        by_label |= dict(zip(labels, handles, strict=True))
    figure.legend(by_label.values(), by_label.keys(), loc="outside right upper")


def _aligned(filters: Filters, known: Filters) -> Filters:
    """The filters, or their mirror image if it is nearer to the known ones; the wavelet with the sign of the known."""
    if float((filters[0].flip(0) - known[0]).norm()) < float((filters[0] - known[0]).norm()):
        filters = filters.flip(1)
    sign = 1.0 if float(filters[1] @ known[1]) >= 0 else -1.0
    return torch.stack([filters[0], sign * filters[1]])


def _draw(ax: Axes, filters: Filters, *, colour: str, width: float, label: str) -> None:
    phi, psi = scaling_function(filters, levels=CASCADE)
    position = np.arange(phi.shape[0]) / 2**CASCADE
    ax.plot(position, phi.numpy(), color=colour, linewidth=width, label=f"scaling function, {label}")
    ax.plot(position, psi.numpy(), color=colour, linestyle="--", linewidth=width, label=f"wavelet, {label}")
