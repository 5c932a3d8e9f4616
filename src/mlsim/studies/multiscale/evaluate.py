"""Errors of trained networks on their problem, on what they were trained on, and on laws that they have not seen."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import torch
import xarray as xr
from torch import nn

from mlsim.logs import progress
from mlsim.networks.wrappers.normalised import Normalised
from mlsim.numerics.differentiation.torch_operations import OperationCounter
from mlsim.studies.multiscale.generate import samples_of, shifted_parts
from mlsim.studies.multiscale.models import parameters_of, restored
from mlsim.studies.multiscale.settings import Data, Scoring, Variant
from mlsim.studies.multiscale.train import relative_errors, training_samples
from mlsim.tables import Row, mean_row, row

Predict = Callable[[np.ndarray], np.ndarray]
AT_A_TIME = 100
TRAINING_SHOWN = 1000  # training samples on which the training error is measured
SHIFTS = (1, 3, 17)  # in points, of the test of shift equivariance


def evaluate(settings: Scoring, *, data: xr.Dataset, models: list[dict], methods: list[str]) -> pd.DataFrame:
    """Rows of all networks of one problem; ``models`` are in the order of ``methods``."""
    frames = []
    for method, model in progress(list(zip(methods, models, strict=True)), label="networks"):
        variant = settings.variants[method]
        for seed in variant.seeds:
            net = restored(model, variant, case=settings.data.case, size=settings.data.size, seed=seed)
            rows = _rows(net, variant, settings.data, data)
            frames.append(pd.DataFrame(rows).assign(case=settings.data.case, method=method, seed=seed))
    return pd.concat([*frames, _summary(pd.concat(frames), settings)], ignore_index=True)


def _summary(rows: pd.DataFrame, settings: Scoring) -> pd.DataFrame:
    """The best of all networks, for comparisons with what is no network, and MNN-H2 relative to MNN-H."""
    x = float(settings.data.size)
    means = rows[rows["x"] == x].groupby(["method", "quantity"])["value"].mean().unstack("quantity")
    frame = pd.DataFrame(
        [
            row("test_error", float(means["test_error"].min()), x=x),
            row("operations", float(means["operations"].min()), x=x),
            row("parameters", float(means["parameters"].min()), x=x),
            row("smallest_test_error", float(means["test_error"].min())),
            row("training_steps", min(variant.steps for variant in settings.variants.values())),
        ]
    ).assign(method="best_network")
    if {"mnn_h", "mnn_h2"} <= set(means.index):
        errors = dict(zip(means.index, means["test_error"].to_numpy(dtype=float), strict=True))
        ratio = row("error_relative_to_mnn_h", errors["mnn_h2"] / errors["mnn_h"], x=x)
        relative = pd.DataFrame([ratio]).assign(method="mnn_h2")
        frame = pd.concat([frame, relative])
    return frame.assign(case=settings.data.case, seed=0)


def error_rows(predict: Predict, data: xr.Dataset, *, train: tuple[np.ndarray, np.ndarray], x: float) -> list[Row]:
    """Errors on the test part, the given training samples, and every law that the training has not seen."""
    test, fitted = errors_of(predict, *samples_of(data, "test")), errors_of(predict, *train)
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


def _rows(net: Normalised, variant: Variant, settings: Data, data: xr.Dataset) -> list[Row]:
    def predict(v: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return net(torch.from_numpy(v)).numpy()

    x = float(settings.size)
    inputs, outputs = training_samples(data, variant)
    train = inputs[:TRAINING_SHOWN], outputs[:TRAINING_SHOWN]
    rows = error_rows(predict, data, train=train, x=x)
    rows += [
        row("parameters", parameters_of(net), x=x),
        row("operations", operations_of(net, inputs.shape[1:]), x=x),
        row("training_steps", variant.steps),
        row("training_samples", len(inputs)),
        row("batch", variant.batch),
    ]
    if settings.case in ("nlse_1d", "nlse_2d"):
        rows.append(row("shift_defect", _shift_defect(predict, samples_of(data, "test")[0][:20]), x=x))
    return rows


def _shift_defect(predict: Predict, inputs: np.ndarray) -> float:
    """How much prediction and shift fail to commute, relative; the exact map commutes with every shift."""
    outputs = predict(inputs)
    defects = [predict(np.roll(inputs, s, axis=-1)) - np.roll(outputs, s, axis=-1) for s in SHIFTS]
    return float(np.mean([np.linalg.norm(each) for each in defects]) / np.linalg.norm(outputs))
