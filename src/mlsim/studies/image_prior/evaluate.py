"""Decibels and structural similarity of all outputs, and of the classical methods on the same images."""

from typing import Any

import numpy as np
import pandas as pd
import torch
import xarray as xr
from torch import Tensor

from mlsim.logs import progress
from mlsim.numerics.images.quality import luminance
from mlsim.studies.image_prior.classical import classical
from mlsim.studies.image_prior.monitor import RULES
from mlsim.studies.image_prior.settings import Scoring, Task, Variant
from mlsim.studies.image_prior.train import BORDER, task_psnr, tensor
from mlsim.tables import Row, row

OUTPUTS = ("raw", "averaged")


def evaluate(settings: Scoring, *, data: xr.Dataset, models: list[dict], runs: list[list]) -> pd.DataFrame:
    """Rows of all tasks and of the sets of tasks.

    Args:
        settings: of all variants.
        data: from :func:`mlsim.studies.image_prior.generate.generate`.
        models: outputs of all fits.
        runs: name and seed of each.
    """
    frames = []
    for name, task in progress(settings.tasks.items(), total=len(settings.tasks), label="tasks"):
        clean = tensor(data, "clean", name)
        found = {method: torch.from_numpy(image) for method, image in classical(task, name, data).items()}
        rows = [each | {"method": method} for method, image in found.items() for each in _quality(task, image, clean)]
        frames.append(pd.DataFrame(rows).assign(case=name, seed=0))
    for (name, seed), model in zip(runs, models, strict=True):
        variant = settings.variants[name]
        rows = _fit_rows(settings, variant, model, clean=tensor(data, "clean", variant.task))
        frames.append(pd.DataFrame(rows).assign(case=variant.task, seed=seed))
    for name, variant in settings.variants.items():
        own = [model for (run, _), model in zip(runs, models, strict=True) if run == name]
        rows = _shared_rows(settings, variant, own, clean=tensor(data, "clean", variant.task))
        frames.append(pd.DataFrame(rows).assign(case=variant.task, seed=0))
    table = pd.concat([frame for frame in frames if len(frame)], ignore_index=True)
    table = pd.concat([table, _gains(table)], ignore_index=True)
    return pd.concat([table, *(_means(case, table, tasks=t) for case, t in settings.sets.items())], ignore_index=True)


def _quality(task: Task, image: Tensor, clean: Tensor) -> list[Row]:
    values = {"psnr": (task_psnr(task, image, clean), "dB"), "ssim": (similarity(task, image, clean), "1")}
    return [row(quantity, value, x=task.amount, unit=unit) for quantity, (value, unit) in values.items()]


def similarity(task: Task, image: Tensor, clean: Tensor) -> float:
    """Structural similarity, by scikit-image, of what the decibels of the task are taken of."""
    from skimage.metrics import structural_similarity

    pair = (image.clamp(0.0, 1.0), clean)
    if task.kind == "super_resolution":
        pair = (luminance(pair[0], border=BORDER), luminance(pair[1], border=BORDER))
    first, second = (each.numpy() for each in pair)
    value: Any = structural_similarity(first, second, data_range=1.0, channel_axis=0)
    return float(value)


def _fit_rows(settings: Scoring, variant: Variant, model: dict, *, clean: Tensor) -> list[Row]:
    """What each rule chose of one fit."""
    task, rows = settings.tasks[variant.task], []
    best = {output: task_psnr(task, model[f"{output}_oracle"], clean) for output in OUTPUTS}
    for output in OUTPUTS:
        for rule, name in ((rule, chosen(task, model, output, rule)) for rule in RULES):
            if name is None:
                continue
            image = model[name]
            own = _quality(task, image, clean)
            own.append(row("gap_to_oracle", best[output] - own[0]["value"], x=task.amount, unit="dB"))
            own.append(row("iterations", float(model[f"{name}_step"]), x=task.amount))
            if output == "averaged":
                at = name.replace("averaged", "raw")
                raw = best["raw"] if rule == "oracle" else task_psnr(task, model[at], clean)
                own.append(row("gain_over_raw", own[0]["value"] - raw, x=task.amount, unit="dB"))
            rows += [each | {"method": f"{variant.prior}_{output}_{rule}"} for each in own]
    sizes = {"collapses": float(model["collapses"]), "parameters": float(model["parameters"])}
    own = [row(quantity, value, x=task.amount) for quantity, value in sizes.items()]
    return rows + [each | {"method": variant.prior} for each in own]


def _shared_rows(settings: Scoring, variant: Variant, models: list[dict], *, clean: Tensor) -> list[Row]:
    """The mean of the first two seeds' outputs, the spread between seeds, and the sizes that claims need."""
    task, rows = settings.tasks[variant.task], []
    sizes = {"steps": variant.steps, "fits": len(models), "pixels": clean.shape[1] * clean.shape[2]}
    rows += [row(quantity, value, method=variant.prior) for quantity, value in sizes.items()]
    least = min(task_psnr(task, model["averaged_fixed"], clean) for model in models)
    method = f"{variant.prior}_averaged_fixed"
    rows.append(row("least_psnr", least, x=task.amount, unit="dB", method=method))
    for name in (f"{output}_discrepancy" for output in OUTPUTS if task.kind == "denoise"):
        met = sum(name in model for model in models) / len(models)
        rows.append(row("met", met, method=f"{variant.prior}_{name}"))
    if len(models) < 2:
        return rows
    for rule in RULES:
        names = [chosen(task, model, "averaged", rule) for model in models]
        if None in names:
            continue
        images: list[Tensor] = [model[name] for model, name in zip(models, names, strict=True)]
        both = (images[0] + images[1]) / 2.0
        method = f"{variant.prior}_two_runs_{rule}"
        own = [task_psnr(task, image, clean) for image in images]
        quality = _quality(task, both, clean)
        gain = quality[0]["value"] - float(np.mean(own[:2]))
        quality.append(row("gain_over_one_run", gain, x=task.amount, unit="dB"))
        rows += [each | {"method": method} for each in quality]
        spread = float(np.std(own, ddof=1))
        rows.append(
            row("deviation_of_seeds", spread, x=task.amount, unit="dB", method=f"{variant.prior}_averaged_{rule}")
        )
    return rows


def chosen(task: Task, model: dict, output: str, rule: str) -> str | None:
    """Name of the output that a rule stops at; None where the rule has no meaning, or no full window.

    A fit whose loss never reaches the noise counts with its last output: a mean over the other fits would hide it.
    """
    name = f"{output}_{rule}"
    if name in model:
        return name
    return f"{output}_fixed" if rule == "discrepancy" and task.kind == "denoise" else None


def _gains(table: pd.DataFrame) -> pd.DataFrame:
    """How far each output of a network is above each classical method on the same image."""
    psnr = table[table["quantity"] == "psnr"]
    mine = psnr["method"].str.contains("_raw_|_averaged_|_two_runs_")
    others = psnr.loc[~mine, ["case", "method", "value"]].rename(columns={"method": "other", "value": "reached"})
    pairs = psnr[mine].merge(others, on="case")
    found = pairs.assign(quantity="gain_over_" + pairs["other"], value=pairs["value"] - pairs["reached"])
    return found[table.columns.to_list()]


def _means(case: str, table: pd.DataFrame, *, tasks: tuple[str, ...]) -> pd.DataFrame:
    """Means over a set of tasks, of the methods that were run on all of them."""
    rows = table[table["case"].isin(tasks) & table["quantity"].isin(["psnr", "ssim"])]
    groups = rows.groupby(["method", "x", "quantity", "unit", "seed"])
    found = groups.agg(value=("value", "mean"), se=("value", "sem"), count=("case", "nunique")).reset_index()
    found = found[found["count"] == len(tasks)].drop(columns="count").assign(case=case)
    return found[table.columns.to_list()]
