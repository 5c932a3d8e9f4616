"""Figures: error against band, error against number of coefficients, learned and Daubechies filters."""

import numpy as np
import pandas as pd
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mlsim.figures import curve, draw_methods, legend_once, new_figure, set_ticks
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
    figure, axes = new_figure(1, len(KERNELS), width=10.5, height=3.8)
    for ax, kernel in zip(axes, KERNELS, strict=True):
        errors = curve(table[table["value"] > ROUNDING], case=kernel, quantity="relative_error")
        draw_methods(ax, errors, OPERATOR_STYLES, by="linestyle", marker=".")
        ax.set(yscale="log", xlabel="half-width of the bands", title=TITLES[kernel])
    axes[0].set_ylabel("relative error (Frobenius norm)")
    legend_once(figure, axes, loc="outside right upper")
    return figure


def compression_figure(*, table: pd.DataFrame) -> Figure:
    """Error against the number of largest coefficients, per ensemble."""
    figure, axes = new_figure(1, len(ENSEMBLES), width=10.5, height=3.8)
    for ax, ensemble in zip(axes, ENSEMBLES, strict=True):
        errors = curve(table[table["value"] > ROUNDING], case=ensemble, quantity="relative_error")
        draw_methods(ax, errors, SIGNAL_STYLES, by="linestyle", marker=".")
        ax.set(xscale="log", yscale="log", xlabel="number of coefficients", title=TITLES[ensemble])
        set_ticks(ax, errors["x"])
    axes[0].set_ylabel("relative error, mean over test signals")
    legend_once(figure, axes, loc="outside right upper")
    return figure


def filters_figure(settings: Variant, *, model: dict) -> Figure:
    """Scaling functions and wavelets of learned filters and of Daubechies filters, a line of axes per ensemble."""
    lengths = settings.lengths
    figure, axes = new_figure(
        len(ENSEMBLES), len(lengths), width=3.2 * len(lengths), height=6.6, squeeze=False, sharex="col"
    )
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
    legend_once(figure, axes[0], loc="outside lower center", ncols=4)
    return figure


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
