"""Errors of all networks and of the coarse solves on test potentials."""

from typing import Any

import numpy as np
import pandas as pd
import torch
import xarray as xr
from torch import nn
from torch.nn import functional

from mlsim.logs import progress
from mlsim.numerics.estimation.relative_errors import mean_relative_error, relative_errors
from mlsim.studies.residual.generate import members
from mlsim.studies.residual.settings import MAIN, Correction, Scoring, Shape, Stack
from mlsim.studies.residual.tasks import (
    Task,
    correction_network,
    correction_tasks,
    interpolated,
    stack_network,
    whole_task,
)
from mlsim.studies.residual.train import member
from mlsim.tables import NO_SEED, Row, mean_row, row
from mlsim.training.loop import with_parameters

# training samples on which the training error is measured, and those of the gradient at initialisation
MOST_TRAIN, GRADIENT_SAMPLES = 1000, 256
PLAIN = ("plain", "plain_he")
NLSE = "nlse_1d"


def evaluate(settings: Scoring, *, data: xr.Dataset, models: list[dict], runs: list[list]) -> pd.DataFrame:
    """Rows of the cases ``nlse_1d``, ``depth`` and ``gradient_<depth>``.

    Args:
        settings: of all variants.
        data: from :func:`mlsim.studies.residual.generate.generate`.
        models: states of all trainings.
        runs: name and seed of each.
    """
    rows = [*_classical_rows(data), _mean_state_row(data, ratio=settings.shape.ratio)]
    for (name, seed), model in progress(zip(runs, models, strict=True), total=len(runs), label="trainings"):
        if name in settings.corrections:
            rows += _correction_rows(name, settings.corrections[name], model, data=data, seed=seed)
        else:
            rows += _stack_rows(name, settings.stacks[name], model, shape=settings.shape, data=data, seed=seed)
    frame = _with_seeds(pd.DataFrame(rows))
    return pd.concat([frame, *(_ratios_to(plain, frame) for plain in PLAIN)], ignore_index=True)


def error_rows(quantity: str, errors: np.ndarray, **labels: Any) -> list[Row]:
    """Mean over the samples with its standard error, and the largest; ``labels`` as in :func:`mlsim.tables.row`."""
    return [mean_row(quantity, errors, **labels), row(f"largest_{quantity}", float(errors.max()), **labels)]


def extrapolated(coarse: np.ndarray, coarser: np.ndarray, *, ratio: float, ratio_of_coarser: float) -> np.ndarray:
    """Richardson's value at ``h`` from those at ``H = ratio h`` and a coarser grid, for an error of order two.

    ``u_H = u_h + c (H^2 - h^2)`` on both grids determines ``c``.

    >>> extrapolated(np.array([7.0]), np.array([31.0]), ratio=2, ratio_of_coarser=4).tolist()
    [1.0]
    """
    weight = (ratio**2 - 1) / (ratio_of_coarser**2 - ratio**2)
    return coarse + weight * (coarse - coarser)


def _classical_rows(data: xr.Dataset) -> list[Row]:
    """The interpolated coarse solves, Richardson's extrapolation of two of them, the fine solve."""
    test, truth, exact = members(data, "test"), data["state"].values, data["exact_state"].values
    ratios = sorted(data.attrs["ratios"])
    coarse = {ratio: interpolated(data, ratio)[test] for ratio in ratios}
    fine_error = relative_errors(truth[: len(exact)], exact)
    labels = {"case": NLSE, "method": "fine_solve", "seed": NO_SEED, "x": 1}
    rows = error_rows("error_against_exact", fine_error, **labels)
    rows.append(row("largest_residual", float(data["residual"].max()), **labels))
    for ratio in ratios:
        labels |= {"method": "coarse_solve", "x": ratio}
        against_exact = relative_errors(coarse[ratio][: len(exact)], exact)
        rows += error_rows("test_error", relative_errors(coarse[ratio], truth[test]), **labels)
        rows += error_rows("error_against_exact", against_exact, **labels)
        rows.append(row("order", np.log(against_exact.mean() / fine_error.mean()) / np.log(ratio), **labels))
        if 2 * ratio in coarse:
            states = extrapolated(coarse[ratio], coarse[2 * ratio], ratio=ratio, ratio_of_coarser=2 * ratio)
            rows += error_rows("test_error", relative_errors(states, truth[test]), **labels | {"method": "richardson"})
    return rows


def _mean_state_row(data: xr.Dataset, *, ratio: int) -> Row:
    """Error of the mean of the training states, the base of the deep networks."""
    task, train = whole_task(data, ratio=ratio), _first(members(data, "train"), MOST_TRAIN)
    errors = relative_errors(task.base[train], task.truth[train])
    return mean_row("train_error", errors, case="depth", method="mean_state", seed=NO_SEED)


def _correction_rows(name: str, variant: Correction, model: dict, *, data: xr.Dataset, seed: int) -> list[Row]:
    rows: list[Row] = []
    methods, direct = set(), np.nan
    for task_name, task in correction_tasks(variant, data).items():
        formulation, ratio = task_name.split("_")
        net = with_parameters(correction_network(variant, task, seed=seed, name=task_name), member(model, task_name))
        method = formulation if name == MAIN else f"{name}_{formulation}"
        labels: dict[str, Any] = {"case": NLSE, "method": method, "seed": seed}
        if formulation != "direct":
            labels["x"] = float(ratio)
        test_error, *others = _fit_rows(task, net, data=data, **labels)
        rows += [test_error, *others, row("parameters", _parameters(net), **labels)]
        if formulation == "direct":
            direct = test_error["value"]
        else:
            rows += _comparison_rows(data, test_error["value"], direct=direct, ratio=int(ratio), **labels)
        if method not in methods:  # the sizes are those of the method, whatever the number of its tasks
            rows += _size_rows(variant, data, case=NLSE, method=method, seed=seed)
        methods.add(method)
    return rows


def _comparison_rows(data: xr.Dataset, error: float, *, direct: float, ratio: int, **labels: Any) -> list[Row]:
    """Error of direct learning, of the coarse solve, and of the one with H halved, over that of a network."""
    test, truth = members(data, "test"), data["state"].values
    others = {"direct_error_over_own": direct}
    for quantity, other in {"coarse_error_over_own": ratio, "finer_coarse_error_over_own": ratio / 2}.items():
        if other in data.attrs["ratios"]:
            others[quantity] = mean_relative_error(interpolated(data, int(other))[test], truth[test])
    return [row(quantity, other / error, **labels) for quantity, other in others.items()]


def _stack_rows(name: str, variant: Stack, model: dict, *, shape: Shape, data: xr.Dataset, seed: int) -> list[Row]:
    task, labels = whole_task(data, ratio=shape.ratio), {"method": name, "seed": seed}
    rows = _size_rows(variant, data, case="depth", **labels)
    errors: list[float] = []
    for depth in variant.depths:
        start = stack_network(variant, shape, depth=depth, seed=seed)
        norms = gradient_norms(start, task, members(data, "train"))
        net = with_parameters(start, member(model, f"depth_{depth}"))
        at_depth = {"case": "depth", "x": depth, **labels}
        *others, train_error = _fit_rows(task, net, data=data, **at_depth)
        rows += [*others, train_error]
        if errors:
            rows.append(row("train_error_over_shallowest", train_error["value"] / errors[0], **at_depth))
            rows.append(row("train_error_over_shallower", train_error["value"] / min(errors), **at_depth))
        errors.append(train_error["value"])
        rows.append(row("gradient_norm", norms[0], **at_depth))
        rows.append(row("parameters", _parameters(net), **at_depth))
        # mgnet has one gradient for two convolutions: the second one is shared by all blocks
        layers = range(1, depth + 1, depth // len(norms))
        case = f"gradient_{depth}"
        rows += [row("gradient_norm", norm, x=x, case=case, **labels) for x, norm in zip(layers, norms, strict=True)]
    return rows


def gradient_norms(net: nn.Module, task: Task, train: slice) -> list[float]:
    """Norm of the loss's gradient in the weights of each convolution, from the first to the last."""
    samples = _first(train, GRADIENT_SAMPLES)
    net.zero_grad()
    functional.mse_loss(net(task.inputs[samples]), task.targets[samples]).backward()
    gradients = [layer.weight.grad for layer in net.get_submodule("convolutions").children()]
    norms = [float(torch.as_tensor(gradient).norm()) for gradient in gradients]
    net.zero_grad()
    return norms


def _fit_rows(task: Task, net: nn.Module, *, data: xr.Dataset, **labels: Any) -> list[Row]:
    """Mean and largest error on the test part, mean error on the first training samples."""
    train = _first(members(data, "train"), MOST_TRAIN)
    rows = error_rows("test_error", task.errors(net, members(data, "test")), **labels)
    return [*rows, mean_row("train_error", task.errors(net, train), **labels)]


def _first(samples: slice, most: int) -> slice:
    return slice(samples.start, min(samples.stop, samples.start + most))


def _size_rows(variant: Correction | Stack, data: xr.Dataset, **labels: Any) -> list[Row]:
    train = members(data, "train")
    sizes = {"training_steps": variant.steps, "training_samples": train.stop - train.start}
    return [row(quantity, value, **labels) for quantity, value in sizes.items()]


def _parameters(net: nn.Module) -> int:
    return sum(p.numel() for p in net.parameters())


def _with_seeds(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows, and for each method one with the number of trained seeds, for the claims."""
    steps = rows[rows["quantity"] == "training_steps"]
    counts = steps.groupby("method")["seed"].transform("nunique")
    return pd.concat([rows, steps.assign(quantity="trained_seeds", value=counts)], ignore_index=True)


def _ratios_to(plain: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Training error of a plain network over that of the others of equal depth and seed."""
    errors = rows[(rows["case"] == "depth") & (rows["quantity"] == "train_error")]
    reference = errors.loc[errors["method"] == plain, ["seed", "x", "value"]].rename(columns={"value": "plain"})
    others = errors[~errors["method"].isin(PLAIN)].merge(reference, on=["seed", "x"])
    ratios = others["plain"] / others["value"]
    return others.assign(quantity=f"{plain}_train_error_over_own", value=ratios, se=np.nan)[rows.columns.to_list()]
