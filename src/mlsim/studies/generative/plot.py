"""Figures: samples over the truth, training of the GANs, calibration, error against the latent dimension."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from mlsim.figures import new_figure
from mlsim.numerics.probability.gaussian_mixtures import mixture_samples
from mlsim.studies.generative.coordinates import coordinates_of
from mlsim.studies.generative.generate import mixture_of
from mlsim.studies.generative.models import ADVERSARIAL, Sizes, samples_of
from mlsim.studies.generative.settings import Run, method_of
from mlsim.studies.generative.train import restored
from mlsim.training.seeding import numpy_generator

LABELS = {
    "truth": "true law",
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
    "lorenz63": "Lorenz 1963",
}
DRAWN = 2000
COLUMNS = 4


def samples_figure(
    settings: Run, *, data: xr.Dataset, model: dict[str, Tensor], table: pd.DataFrame, case: str, seeds: Sequence[int]
) -> Figure:
    """Samples of the true law and of the first seed of each model, over the centres of the modes."""
    mixture = mixture_of(case)
    coordinates = coordinates_of(case, settings.cases[case], data)
    shown = {"truth": mixture_samples(mixture, DRAWN, rng=numpy_generator(0, "figure"))}
    sizes = Sizes(dimension=2)
    for name, variant in settings.variants.items():
        if variant.case == case:
            network = restored(model, name, variant, sizes=sizes, seeds=seeds)
            drawn = samples_of(network, variant, sizes=sizes, count=DRAWN, seed=2)
            shown[method_of(name, variant)] = coordinates.points(drawn[0].double().numpy())
    rows = -(-len(shown) // COLUMNS)
    figure = new_figure(width=2.3 * COLUMNS, height=2.6 * rows)
    axes = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    reach = 1.3 * np.abs(mixture.means).max()
    for ax, (method, points) in zip(axes, shown.items(), strict=False):
        ax.scatter(*points.T, s=1.5, color="C0", alpha=0.5, linewidths=0)
        ax.scatter(*mixture.means.T, s=18, facecolors="none", edgecolors="C3", linewidths=0.5)
        ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
        ax.set_title(f"{LABELS.get(method, method)}\n{_scores(table, case, method)}", fontsize=8)
    for ax in axes[len(shown) :]:
        ax.axis("off")
    return figure


def _scores(table: pd.DataFrame, case: str, method: str) -> str:
    """Fair modes and quality, means over the seeds."""
    rows = table[(table["case"] == case) & (table["method"] == method)].set_index("quantity")["value"]
    return f"{rows['fair_modes']:.3g} fair modes, {rows['high_quality']:.3g} % good"


def training_figure(settings: Run, *, history: pd.DataFrame, case: str, seeds: Sequence[int]) -> Figure:
    """Fair modes, quality and the losses during the training of the GANs of one mixture, means over the seeds."""
    figure = new_figure(width=9.0, height=3.2)
    axes = figure.subplots(1, 3)
    modes = len(mixture_of(case).means)
    columns = {
        "fair_modes": f"fair modes, of {modes}",
        "high_quality": "samples of high quality, percent",
        "loss_critic": "loss of the critic, per network",
    }
    for name, variant in settings.variants.items():
        if variant.case != case or variant.kind not in ADVERSARIAL:
            continue
        own = history[history["variant"] == name]
        method = method_of(name, variant)
        # losses are sums over the networks, which are trained side by side
        networks = len(seeds[: variant.seeds])
        own = own.assign(loss_critic=own["loss_critic"] / networks)
        for ax, column in zip(axes, columns, strict=True):
            ax.plot(own["step"], own[column], marker=".", label=LABELS.get(method, method))
    for ax, label in zip(axes, columns.values(), strict=True):
        ax.set(xlabel="step", ylabel=label)
        ax.xaxis.set_major_locator(MaxNLocator(4))
    axes[1].set_ylim(0, 100)
    axes[0].axhline(modes, color="black", linewidth=0.8, linestyle=":")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
    return figure


def calibration_figure(*, table: pd.DataFrame) -> Figure:
    """Share of the ranks of the truth in eight equal bins of the predicted law; one eighth everywhere if calibrated."""
    rows = table[table["quantity"] == "rank_share"]
    cases = [case for case in TITLES if case in set(rows["case"])]
    figure = new_figure(width=3.2 * max(len(cases), 1), height=3.4)
    axes = figure.subplots(1, max(len(cases), 1), squeeze=False, sharey=True).ravel()
    methods = [method for method in LABELS if method in set(rows["method"])]
    for ax, case in zip(axes, cases, strict=False):
        _ranks(ax, rows[rows["case"] == case], methods)
        ax.set_title(TITLES[case], fontsize=9)
    axes[0].set_ylabel("share of the true values")
    handles = {label: handle for ax in axes for handle, label in zip(*ax.get_legend_handles_labels(), strict=True)}
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=4)
    return figure


def _ranks(ax: Axes, rows: pd.DataFrame, methods: Sequence[str]) -> None:
    counts = rows["x"].nunique()
    ax.axhline(1 / counts, color="black", linewidth=0.8, linestyle=":")
    for index, method in enumerate(methods):
        own = rows[rows["method"] == method].sort_values("x")
        if not own.empty:
            style = "--" if method in ("truth", "prior", "observation", "ensemble_kalman") else "-"
            label = "exact posterior" if method == "truth" else LABELS[method]
            ax.plot(own["x"] + 1, own["value"], color=f"C{index}", linestyle=style, marker=".", label=label)
    ax.set(xlabel="eighth of the ranks", ylim=(0, None))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))


def dimension_figure(*, table: pd.DataFrame) -> Figure:
    """Relative error of the reconstruction of test solutions against the number of latent coordinates."""
    rows = table[table["quantity"] == "reconstruction_error"]
    figure = new_figure(width=4.5, height=3.4)
    ax = figure.subplots()
    for method in [name for name in LABELS if name in set(rows["method"])]:
        own = rows[rows["method"] == method].sort_values("x")
        ax.errorbar(own["x"], own["value"], yerr=own["se"].fillna(0.0), marker=".", label=LABELS[method])
    ax.set(yscale="log", xlabel="latent coordinates", ylabel="relative error of the reconstruction")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.legend()
    return figure
