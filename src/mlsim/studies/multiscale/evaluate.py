"""Errors of trained networks on test and training samples and on distributions that the training does not contain."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import torch
import xarray as xr
from torch import nn

from mlsim.logs import progress
from mlsim.networks.wrappers.normalised import Normalised
from mlsim.numerics.differentiation.torch_operations import OperationCounter
from mlsim.studies.multiscale.generate import Samples, samples_of, shifted_parts
from mlsim.studies.multiscale.models import parameters_of, restored
from mlsim.studies.multiscale.settings import Data, Scoring, Variant
from mlsim.studies.multiscale.train import relative_errors, training_samples
from mlsim.tables import NO_SEED, Row, mean_row, row

Predict = Callable[[np.ndarray], np.ndarray]
AT_A_TIME = 100
TRAINING_SHOWN = 1000  # training samples on which the training error is measured
SHIFTED = 20  # test samples on which shift equivariance is measured
SHIFTS = (1, 3, 17)  # in points


def evaluate(settings: Scoring, *, data: xr.Dataset, models: list[dict], methods: list[str]) -> pd.DataFrame:
    """Rows of all networks of one problem; ``models`` are in the order of ``methods``."""
    case, size = settings.data.case, settings.data.size
    frames = []
    for method, model in progress(list(zip(methods, models, strict=True)), label="networks"):
        variant = settings.variants[method]
        for seed in variant.seeds:
            net = restored(model, variant, case=case, size=size, seed=seed)
            rows = _network_rows(net, variant, settings=settings.data, data=data)
            frames.append(pd.DataFrame(rows).assign(method=method, seed=seed))
    frames += _comparisons(pd.concat(frames), settings)
    return pd.concat(frames, ignore_index=True).assign(case=case)


def _comparisons(rows: pd.DataFrame, settings: Scoring) -> list[pd.DataFrame]:
    """The best values of all networks, for comparisons with baselines, and the error of MNN-H2 relative to MNN-H."""
    x = float(settings.data.size)
    means = rows[rows["x"] == x].groupby(["method", "quantity"])["value"].mean().unstack("quantity")
    best = [row(name, float(means[name].min()), x=x) for name in ("test_error", "operations", "parameters")]
    best += [
        row("smallest_test_error", float(means["test_error"].min())),
        row("training_steps", min(variant.steps for variant in settings.variants.values())),
    ]
    frames = [pd.DataFrame(best).assign(method="best_network", seed=NO_SEED)]
    errors = {str(method): float(error) for method, error in means["test_error"].items()}
    if {"mnn_h", "mnn_h2"} <= set(errors):
        ratio = row("error_relative_to_mnn_h", errors["mnn_h2"] / errors["mnn_h"], x=x)
        frames.append(pd.DataFrame([ratio]).assign(method="mnn_h2", seed=NO_SEED))
    return frames


def error_rows(predict: Predict, data: xr.Dataset, *, train: Samples, x: float) -> list[Row]:
    """Errors on the test part, the first training samples, and all distributions that the training does not contain."""
    test = errors_of(predict, *samples_of(data, "test"))
    fitted = errors_of(predict, train[0][:TRAINING_SHOWN], train[1][:TRAINING_SHOWN])
    rows = [
        mean_row("test_error", test, x=x),
        row("test_error_max", float(test.max()), x=x),
        row("test_error_median", float(np.median(test)), x=x),
        mean_row("train_error", fitted, x=x),
        row("test_train_ratio", float(test.mean() / fitted.mean()), x=x),
    ]
    shifted = {name: errors_of(predict, *samples_of(data, name)) for name in shifted_parts(data)}
    rows += [mean_row(f"ood_error_{name}", errors, x=x) for name, errors in shifted.items()]
    if shifted:
        rows.append(mean_row("ood_error", np.concatenate(list(shifted.values())), x=x))
    return rows


def errors_of(predict: Predict, inputs: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """Relative error of every sample in the Euclidean norm."""
    parts = [predict(inputs[i : i + AT_A_TIME]) for i in range(0, len(inputs), AT_A_TIME)]
    return relative_errors(torch.from_numpy(np.concatenate(parts)), torch.from_numpy(exact)).numpy()


def operations_of(net: nn.Module, grid: tuple[int, ...]) -> int:
    """Arithmetic operations of one prediction.

    Raises:
        ValueError: the network has an operation whose cost is not known.
    """
    with torch.no_grad(), OperationCounter() as counter:
        net(torch.zeros(1, *grid, dtype=torch.float64))
    if counter.unknown:
        raise ValueError(f"operations without a cost: {', '.join(sorted(counter.unknown))}")
    return counter.operations


def _network_rows(net: Normalised, variant: Variant, *, settings: Data, data: xr.Dataset) -> list[Row]:
    def predict(v: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return net(torch.from_numpy(v)).numpy()

    x = float(settings.size)
    train = training_samples(data, variant)
    rows = [
        *error_rows(predict, data, train=train, x=x),
        row("parameters", parameters_of(net), x=x),
        row("operations", operations_of(net, train[0].shape[1:]), x=x),
        row("training_steps", variant.steps),
        row("training_samples", len(train[0])),
        row("batch", variant.batch),
    ]
    if settings.case in ("nlse_1d", "nlse_2d"):
        rows.append(row("shift_defect", _equivariance_error(predict, samples_of(data, "test")[0][:SHIFTED]), x=x))
    return rows


def _equivariance_error(predict: Predict, inputs: np.ndarray) -> float:
    """Relative difference of shifting before and after the prediction; zero for the exact map."""
    outputs = predict(inputs)
    differences = [predict(np.roll(inputs, s, axis=-1)) - np.roll(outputs, s, axis=-1) for s in SHIFTS]
    return float(np.mean([np.linalg.norm(difference) for difference in differences]) / np.linalg.norm(outputs))
