"""PSNR and structural similarity of all outputs, and of the classical methods on the same images."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import torch
import xarray as xr
from torch import Tensor

from mlsim.logs import progress
from mlsim.numerics.images.quality import luminance
from mlsim.studies.image_prior.classical import classical
from mlsim.studies.image_prior.monitor import CRITERIA
from mlsim.studies.image_prior.settings import Scoring, Task, Variant
from mlsim.studies.image_prior.train import BORDER, task_psnr, tensor
from mlsim.tables import NO_SEED, Row, row

OUTPUTS = ("raw", "averaged")


def evaluate(settings: Scoring, *, data: xr.Dataset, models: list[dict], runs: list[list]) -> pd.DataFrame:
    """Rows of all tasks and of the sets of tasks.

    Args:
        settings: tasks, networks, variants and sets.
        data: from :func:`mlsim.studies.image_prior.generate.generate`.
        models: outputs of all fits.
        runs: variant and seed of each fit.
    """
    rows: list[Row] = []
    for name, task in progress(settings.tasks.items(), total=len(settings.tasks), label="tasks"):
        clean = tensor(data, "clean", name)
        for method, image in classical(task, name, data).items():
            rows += _quality_rows(task, torch.from_numpy(image), clean, case=name, method=method, seed=NO_SEED)
    for (name, seed), model in zip(runs, models, strict=True):
        variant = settings.variants[name]
        clean = tensor(data, "clean", variant.task)
        rows += _fit_rows(settings.tasks[variant.task], variant, model, clean=clean, seed=seed)
    for name, variant in settings.variants.items():
        fits = [model for (fitted, _), model in zip(runs, models, strict=True) if fitted == name]
        clean = tensor(data, "clean", variant.task)
        rows += _shared_rows(settings.tasks[variant.task], variant, fits, clean=clean)
    table = pd.DataFrame(rows)
    table = pd.concat([table, _gains(table)], ignore_index=True)
    return pd.concat([table, *(_means(case, table, tasks=t) for case, t in settings.sets.items())], ignore_index=True)


def _quality_rows(task: Task, image: Tensor, clean: Tensor, **labels: Any) -> list[Row]:
    return [
        row("psnr", task_psnr(task, image, clean), x=task.amount, unit="dB", **labels),
        row("ssim", similarity(task, image, clean), x=task.amount, **labels),
    ]


def similarity(task: Task, image: Tensor, clean: Tensor) -> float:
    """Structural similarity, by scikit-image, of the same pixels and channels as :func:`task_psnr`."""
    from skimage.metrics import structural_similarity

    pair = (image.clamp(0.0, 1.0), clean)
    if task.kind == "super_resolution":
        pair = (luminance(pair[0], border=BORDER), luminance(pair[1], border=BORDER))
    value: Any = structural_similarity(pair[0].numpy(), pair[1].numpy(), data_range=1.0, channel_axis=0)
    return float(value)


def _fit_rows(task: Task, variant: Variant, model: dict, *, clean: Tensor, seed: int) -> list[Row]:
    """Quality of the output that each stopping criterion selects in one fit; collapses and parameters of the fit."""
    shared: dict[str, Any] = {"case": variant.task, "seed": seed, "x": task.amount}
    sizes = ("collapses", "parameters")
    rows = [row(quantity, float(model[quantity]), method=variant.prior, **shared) for quantity in sizes]
    best = {output: task_psnr(task, model[f"{output}_oracle"], clean) for output in OUTPUTS}
    for output, criterion in product(OUTPUTS, CRITERIA):
        name = chosen(task, model, f"{output}_{criterion}")
        if name is None:
            continue
        labels = {**shared, "method": f"{variant.prior}_{output}_{criterion}"}
        psnr = task_psnr(task, model[name], clean)
        rows += [
            row("psnr", psnr, unit="dB", **labels),
            row("ssim", similarity(task, model[name], clean), **labels),
            row("gap_to_oracle", best[output] - psnr, unit="dB", **labels),
            row("iterations", float(model[f"{name}_step"]), **labels),
        ]
        if output == "averaged":
            at_once = model[name.replace("averaged", "raw")]
            raw = best["raw"] if criterion == "oracle" else task_psnr(task, at_once, clean)
            rows.append(row("gain_over_raw", psnr - raw, unit="dB", **labels))
    return rows


def _shared_rows(task: Task, variant: Variant, models: list[dict], *, clean: Tensor) -> list[Row]:
    """Sizes that claims need, quantities over all fits of a variant, and the mean of the outputs of two fits."""
    labels: dict[str, Any] = {"case": variant.task, "seed": NO_SEED}
    sizes = {"steps": variant.steps, "fits": len(models), "pixels": clean.shape[1] * clean.shape[2]}
    rows = [row(quantity, size, method=variant.prior, **labels) for quantity, size in sizes.items()]
    for name in (f"{output}_discrepancy" for output in OUTPUTS if task.kind == "denoise"):
        met = sum(name in model for model in models) / len(models)
        rows.append(row("met", met, method=f"{variant.prior}_{name}", **labels))
    labels["x"] = task.amount
    least = min(task_psnr(task, model["averaged_fixed"], clean) for model in models)
    rows.append(row("least_psnr", least, unit="dB", method=f"{variant.prior}_averaged_fixed", **labels))
    for criterion in CRITERIA:
        names = [chosen(task, model, f"averaged_{criterion}") for model in models]
        if len(models) < 2 or None in names:
            continue
        images: list[Tensor] = [model[name] for model, name in zip(models, names, strict=True)]
        psnr = [task_psnr(task, image, clean) for image in images]
        mean, method = (images[0] + images[1]) / 2.0, f"{variant.prior}_two_runs_{criterion}"
        quality = _quality_rows(task, mean, clean, case=variant.task, seed=NO_SEED, method=method)
        gain = quality[0]["value"] - float(np.mean(psnr[:2]))
        rows += [*quality, row("gain_over_one_run", gain, unit="dB", method=method, **labels)]
        method = f"{variant.prior}_averaged_{criterion}"
        rows.append(row("deviation_of_seeds", float(np.std(psnr, ddof=1)), unit="dB", method=method, **labels))
    return rows


def chosen(task: Task, model: dict, name: str) -> str | None:
    """The stored output ``<output>_<criterion>``; None if the task has no such criterion, or no window was full.

    A fit whose loss never reaches the noise counts with its last output: a mean over the other fits would hide it.
    """
    if name in model:
        return name
    return name.replace("discrepancy", "fixed") if "discrepancy" in name and task.kind == "denoise" else None


def _gains(table: pd.DataFrame) -> pd.DataFrame:
    """Difference in PSNR of each output of a network and each classical method on the same image."""
    psnr = table[table["quantity"] == "psnr"]
    by_network = psnr["method"].str.contains("_raw_|_averaged_|_two_runs_")
    classical_psnr = psnr.loc[~by_network, ["case", "method", "value"]].rename(
        columns={"method": "baseline", "value": "baseline_psnr"}
    )
    pairs = psnr[by_network].merge(classical_psnr, on="case")
    gains = pairs.assign(quantity="gain_over_" + pairs["baseline"], value=pairs["value"] - pairs["baseline_psnr"])
    return gains[table.columns.to_list()]


def _means(case: str, table: pd.DataFrame, *, tasks: tuple[str, ...]) -> pd.DataFrame:
    """Means over a set of tasks, of the methods that were run on all of them."""
    rows = table[table["case"].isin(tasks) & table["quantity"].isin(["psnr", "ssim"])]
    groups = rows.groupby(["method", "x", "quantity", "unit", "seed"])
    means = groups.agg(value=("value", "mean"), se=("value", "sem"), count=("case", "nunique")).reset_index()
    means = means[means["count"] == len(tasks)].drop(columns="count").assign(case=case)
    return means[table.columns.to_list()]
