"""Figures: samples of a mixture, training of the GANs, calibration, error against the latent dimension."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from mlsim.figures import curve, draw_curve, legend_once, new_figure, number, set_panel
from mlsim.numerics.probability.gaussian_mixtures import mixture_samples
from mlsim.studies.generative.coordinates import coordinates_of
from mlsim.studies.generative.generate import mixture_of
from mlsim.studies.generative.models import ADVERSARIAL, Sizes, samples_of
from mlsim.studies.generative.settings import CLASSICAL, Run, method_of
from mlsim.studies.generative.train import restored
from mlsim.training.seeding import numpy_generator

LABELS = {
    "truth": "true distribution",
    "gan": "GAN",
    "pacgan2": "PacGAN2",
    "wgan_gp": "WGAN-GP",
    "rpgan": "relativistic GAN, R1 + R2",
    "flow_matching": "flow matching",
    "spline_flow": "spline flow",
    "edm": "EDM diffusion",
    "prior": "prior",
    "ensemble_kalman": "ensemble Kalman",
    "observation": "observation alone",
    "pca": "principal components",
    "autoencoder": "autoencoder",
}
TITLES = {
    "linear_gaussian": "linear, Gaussian",
    "lognormal_inverse": "lognormal permeability",
    "lorenz63": "Lorenz system",
}
DRAWN = 2000
COLUMNS = 4


def samples_figure(
    settings: Run, *, data: xr.Dataset, model: dict[str, Tensor], table: pd.DataFrame, case: str, seeds: Sequence[int]
) -> Figure:
    """Samples of the true distribution and of the first seed of each model, over the centres of the modes."""
    mixture, sizes = mixture_of(case), Sizes(dimension=2)
    coordinates = coordinates_of(case, settings.cases[case], data)
    shown = {"truth": mixture_samples(mixture, DRAWN, rng=numpy_generator(0, "figure"))}
    for name, variant in settings.variants.items():
        if variant.case == case:
            network = restored(model, name, variant, sizes=sizes, seeds=seeds)
            drawn = samples_of(network, variant, sizes=sizes, count=DRAWN, seed=2)
            shown[method_of(name, variant)] = coordinates.points(drawn[0].double().numpy())
    rows = -(-len(shown) // COLUMNS)
    figure, axes = new_figure(rows, COLUMNS, width=2.3 * COLUMNS, height=2.6 * rows, squeeze=False)
    reach = 1.3 * np.abs(mixture.means).max()
    for ax, (method, points) in zip(axes.flat, shown.items(), strict=False):
        ax.scatter(*points.T, s=1.5, color="C0", alpha=0.5, linewidths=0)
        ax.scatter(*mixture.means.T, s=18, facecolors="none", edgecolors="C3", linewidths=0.5)
        ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
        modes, quality = (number(table, case=case, method=method, quantity=q) for q in ("fair_modes", "high_quality"))
        scores = f"{modes:.3g} fair modes, {quality:.3g} % high quality"
        ax.set_title(f"{LABELS.get(method, method)}\n{scores}", fontsize=8)
    for ax in axes.flat[len(shown) :]:
        ax.axis("off")
    return figure


def training_figure(settings: Run, *, history: pd.DataFrame, case: str, seeds: Sequence[int]) -> Figure:
    """Fair modes, quality and the losses during the training of the GANs of one mixture, means over the seeds."""
    figure, axes = new_figure(1, 3, width=9.0, height=3.2)
    modes = len(mixture_of(case).means)
    columns = {
        "fair_modes": f"fair modes, of {modes}",
        "high_quality": "samples of high quality, %",
        "loss_critic": "loss of the critic, per network",
    }
    for name, variant in settings.variants.items():
        if variant.case != case or variant.kind not in ADVERSARIAL:
            continue
        records, method = history[history["variant"] == name], method_of(name, variant)
        # losses are sums over the networks, which are trained side by side
        records = records.assign(loss_critic=records["loss_critic"] / len(seeds[: variant.seeds]))
        for ax, column in zip(axes, columns, strict=True):
            ax.plot(records["step"], records[column], marker=".", label=LABELS.get(method, method))
    for ax, label in zip(axes, columns.values(), strict=True):
        ax.set(xlabel="step", ylabel=label)
        ax.xaxis.set_major_locator(MaxNLocator(4))
    axes[1].set_ylim(0, 100)
    axes[0].axhline(modes, color="black", linewidth=0.8, linestyle=":")
    legend_once(figure, axes, loc="outside lower center", ncols=5)
    return figure


def calibration_figure(*, table: pd.DataFrame) -> Figure:
    """Ranks of the truth in eight equal bins of the predicted distribution; one eighth everywhere if calibrated."""
    rows = curve(table, quantity="rank_share")
    cases = [case for case in TITLES if case in set(rows["case"])]
    figure, axes = new_figure(
        1, max(len(cases), 1), width=3.2 * max(len(cases), 1), height=3.4, squeeze=False, sharey=True
    )
    methods = [method for method in LABELS if method in set(rows["method"])]
    for ax, case in zip(axes[0], cases, strict=False):
        _draw_ranks(ax, curve(rows, case=case), methods)
        set_panel(ax, TITLES[case], xlabel="eighth of the ranks", ylim=(0, None))
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes[0, 0].set_ylabel("fraction of the true values")
    legend_once(figure, axes[0], loc="outside lower center", ncols=4)
    return figure


def _draw_ranks(ax: Axes, rows: pd.DataFrame, methods: Sequence[str]) -> None:
    ax.axhline(1 / rows["x"].nunique(), color="black", linewidth=0.8, linestyle=":")
    for index, method in enumerate(methods):
        bins = curve(rows, method=method)
        label, line = LABELS[method] if method != "truth" else "exact posterior", "--" if method in CLASSICAL else "-"
        draw_curve(ax, bins.assign(x=bins["x"] + 1), color=f"C{index}", linestyle=line, marker=".", label=label)


def dimension_figure(*, table: pd.DataFrame) -> Figure:
    """Error of the reconstruction of test solutions (NRMSE) against the number of latent coordinates."""
    rows = curve(table, quantity="reconstruction_error")
    figure, ax = new_figure(width=4.5, height=3.4)
    for method, label in LABELS.items():
        draw_curve(ax, curve(rows, method=method), bars=True, marker=".", label=label)
    ax.set(yscale="log", xlabel="latent coordinates", ylabel="NRMSE of the reconstruction")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend()
    return figure
