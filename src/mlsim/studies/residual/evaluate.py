"""Errors of all networks, and of the coarse solves beside them, on potentials that no network has seen."""

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
from mlsim.tables import Row, case_row, mean_row
from mlsim.training.loop import evaluated

# training samples on which the training error is measured, and those of the gradient at initialisation
MOST_TRAIN, GRADIENT_SAMPLES = 1000, 256
PLAIN = ("plain", "plain_he")


def evaluate(settings: Scoring, *, data: xr.Dataset, models: list[dict], runs: list[list]) -> pd.DataFrame:
    """Rows of the cases ``nlse_1d``, ``depth`` and ``gradient_<depth>``.

    Args:
        settings: of all variants.
        data: from :func:`mlsim.studies.residual.generate.generate`.
        models: states of all trainings.
        runs: name and seed of each.
    """
    frames = [_classical(data), _mean_state(data, ratio=settings.shape.ratio)]
    for (name, seed), model in progress(zip(runs, models, strict=True), total=len(runs), label="trainings"):
        if name in settings.corrections:
            rows = _correction_rows(name, settings.corrections[name], model, data=data, seed=seed)
        else:
            rows = pd.DataFrame(_stack_rows(settings.stacks[name], settings.shape, model, data=data, seed=seed))
            rows = rows.assign(method=name)
        frames.append(rows.assign(seed=seed))
    rows = _with_seeds(pd.concat(frames, ignore_index=True))
    return pd.concat([rows, *(_ratios_to(plain, rows) for plain in PLAIN)], ignore_index=True)


def error_rows(case: str, quantity: str, errors: np.ndarray, *, x: float = np.nan) -> list[Row]:
    """Mean over the samples with its standard error, and the largest."""
    return [
        mean_row(quantity, errors, x=x, case=case),
        case_row(case, f"largest_{quantity}", float(errors.max()), x=x),
    ]


def extrapolated(coarse: np.ndarray, coarser: np.ndarray, *, ratio: float, ratio_of_coarser: float) -> np.ndarray:
    """Richardson's value at ``h`` from those at ``H = ratio h`` and a coarser grid, for an error of order two.

    ``u_H = u_h + c (H^2 - h^2)`` on both grids determines ``c``.

    >>> extrapolated(np.array([7.0]), np.array([31.0]), ratio=2, ratio_of_coarser=4).tolist()
    [1.0]
    """
    weight = (ratio**2 - 1) / (ratio_of_coarser**2 - ratio**2)
    return coarse + weight * (coarse - coarser)


def _classical(data: xr.Dataset) -> pd.DataFrame:
    """The interpolated coarse solves, Richardson's extrapolation of two of them, the fine solve."""
    test, truth, ratios = members(data, "test"), data["state"].values, sorted(data.attrs["ratios"])
    exact = data["exact_state"].values
    coarse = {ratio: interpolated(data, ratio)[test] for ratio in ratios}
    fine_error = relative_errors(truth[: len(exact)], exact)
    rows: list[Row] = []
    for ratio in ratios:
        own = error_rows("nlse_1d", "test_error", relative_errors(coarse[ratio], truth[test]), x=ratio)
        against_exact = relative_errors(coarse[ratio][: len(exact)], exact)
        own += error_rows("nlse_1d", "error_against_exact", against_exact, x=ratio)
        own.append(
            case_row("nlse_1d", "order", np.log(against_exact.mean() / fine_error.mean()) / np.log(ratio), x=ratio)
        )
        rows += [each | {"method": "coarse_solve"} for each in own]
        if 2 * ratio in coarse:
            found = extrapolated(coarse[ratio], coarse[2 * ratio], ratio=ratio, ratio_of_coarser=2 * ratio)
            own = error_rows("nlse_1d", "test_error", relative_errors(found, truth[test]), x=ratio)
            rows += [each | {"method": "richardson"} for each in own]
    fine = error_rows("nlse_1d", "error_against_exact", fine_error, x=1)
    fine.append(case_row("nlse_1d", "largest_residual", float(data["residual"].max()), x=1))
    rows += [each | {"method": "fine_solve"} for each in fine]
    return pd.DataFrame(rows).assign(seed=0)


def _mean_state(data: xr.Dataset, *, ratio: int) -> pd.DataFrame:
    """The error of the deep networks' base, where nothing is learned."""
    task, train = whole_task(data, ratio=ratio), members(data, "train")
    some = slice(train.start, min(train.stop, train.start + MOST_TRAIN))
    rows = error_rows("depth", "train_error", relative_errors(task.base[some], task.truth[some]))[:1]
    return pd.DataFrame(rows).assign(method="mean_state", seed=0)


def _correction_rows(name: str, variant: Correction, model: dict, *, data: xr.Dataset, seed: int) -> pd.DataFrame:
    rows: list[Row] = []
    direct = np.nan
    for task_name, task in correction_tasks(variant, data).items():
        learns, ratio = task_name.split("_")
        net = evaluated(correction_network(variant, task, seed=seed, name=task_name), member(model, task_name))
        x = np.nan if learns == "direct" else float(ratio)
        own = [
            *_fit_rows("nlse_1d", task, net, data=data, x=x),
            case_row("nlse_1d", "parameters", _parameters(net), x=x),
        ]
        error = next(each["value"] for each in own if each["quantity"] == "test_error")
        if learns == "direct":
            direct = error
        else:
            own += _comparison_rows(data, error, direct=direct, ratio=int(ratio))
        method = learns if name == MAIN else f"{name}_{learns}"
        rows += [each | {"method": method} for each in own + _size_rows("nlse_1d", variant, data)]
    # the sizes are those of the method, whatever the number of its tasks
    return pd.DataFrame(rows).drop_duplicates(["method", "x", "quantity"], ignore_index=True)


def _comparison_rows(data: xr.Dataset, error: float, *, direct: float, ratio: int) -> list[Row]:
    """How far a network's error is exceeded by others: direct learning, the coarse solve, the one with H halved."""
    test, truth = members(data, "test"), data["state"].values
    others = {"direct_error_over_own": direct}
    for quantity, other in {"coarse_error_over_own": ratio, "finer_coarse_error_over_own": ratio / 2}.items():
        if other in data.attrs["ratios"]:
            others[quantity] = mean_relative_error(interpolated(data, int(other))[test], truth[test])
    return [case_row("nlse_1d", quantity, other / error, x=ratio) for quantity, other in others.items()]


def _stack_rows(variant: Stack, shape: Shape, model: dict, *, data: xr.Dataset, seed: int) -> list[Row]:
    task, rows = whole_task(data, ratio=shape.ratio), _size_rows("depth", variant, data)
    errors: list[float] = []
    for depth in variant.depths:
        start = stack_network(variant, shape, depth=depth, seed=seed)
        norms = gradient_norms(start, task, members(data, "train"))
        net = evaluated(start, member(model, f"depth_{depth}"))
        own = _fit_rows("depth", task, net, data=data, x=depth)
        error = next(each["value"] for each in own if each["quantity"] == "train_error")
        rows += own
        if errors:
            rows.append(case_row("depth", "train_error_over_shallowest", error / errors[0], x=depth))
            rows.append(case_row("depth", "train_error_over_shallower", error / min(errors), x=depth))
        errors.append(error)
        rows.append(case_row("depth", "gradient_norm", norms[0], x=depth))
        rows.append(case_row("depth", "parameters", _parameters(net), x=depth))
        # every second convolution of mgnet is the shared one, which has no place of its own
        places = range(1, depth + 1, depth // len(norms))
        case = f"gradient_{depth}"
        rows += [case_row(case, "gradient_norm", norm, x=layer) for layer, norm in zip(places, norms, strict=True)]
    return rows


def gradient_norms(net: nn.Module, task: Task, train: slice) -> list[float]:
    """Norm of the loss's gradient in the weights of each convolution, from the first to the last."""
    some = slice(train.start, min(train.stop, train.start + GRADIENT_SAMPLES))
    net.zero_grad()
    functional.mse_loss(net(task.inputs[some]), task.targets[some]).backward()
    layers = [layer.weight.grad for layer in net.get_submodule("convolutions").children()]
    net_norms = [float(torch.as_tensor(gradient).norm()) for gradient in layers]
    net.zero_grad()
    return net_norms


def _fit_rows(case: str, task: Task, net: nn.Module, *, data: xr.Dataset, x: float) -> list[Row]:
    """Errors on the test part and on the first training samples."""
    train = members(data, "train")
    some = slice(train.start, min(train.stop, train.start + MOST_TRAIN))
    rows = error_rows(case, "test_error", task.errors(net, members(data, "test")), x=x)
    return rows + error_rows(case, "train_error", task.errors(net, some), x=x)[:1]


def _size_rows(case: str, variant: Correction | Stack, data: xr.Dataset) -> list[Row]:
    train = members(data, "train")
    sizes = {"training_steps": variant.steps, "training_samples": train.stop - train.start}
    return [case_row(case, quantity, value) for quantity, value in sizes.items()]


def _parameters(net: nn.Module) -> int:
    return sum(p.numel() for p in net.parameters())


def _with_seeds(rows: pd.DataFrame) -> pd.DataFrame:
    """The number of trained seeds as rows of their own, for the claims."""
    steps = rows[rows["quantity"] == "training_steps"]
    counts = steps.groupby("method")["seed"].transform("nunique")
    return pd.concat([rows, steps.assign(quantity="trained_seeds", value=counts)], ignore_index=True)


def _ratios_to(plain: str, rows: pd.DataFrame) -> pd.DataFrame:
    """How far the training error of a plain network exceeds that of the others of equal depth and seed."""
    errors = rows[(rows["case"] == "depth") & (rows["quantity"] == "train_error")]
    reference = errors.loc[errors["method"] == plain, ["seed", "x", "value"]].rename(columns={"value": "plain"})
    others = errors[~errors["method"].isin(PLAIN)].merge(reference, on=["seed", "x"])
    found = others.assign(quantity=f"{plain}_train_error_over_own", value=others["plain"] / others["value"], se=np.nan)
    return found[rows.columns.to_list()]
