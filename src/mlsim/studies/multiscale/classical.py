"""Rows of the methods that are not networks: the equation on coarser grids, regression in closed form, the mean."""

from functools import partial

import numpy as np
import pandas as pd
import xarray as xr

from mlsim.logs import progress
from mlsim.numerics.estimation.kernel_ridge import (
    canonical_shifts,
    in_canonical_frame,
    kernel_ridge,
    low_pass,
    moved,
    ridge,
    validated_length_scale,
)
from mlsim.numerics.estimation.relative_errors import relative_errors
from mlsim.numerics.waves.schroedinger import linear_response
from mlsim.studies.multiscale.coarse import coarse_solvers, operations_per_sample
from mlsim.studies.multiscale.evaluate import Predict, error_rows, errors_of
from mlsim.studies.multiscale.generate import Samples, samples_of
from mlsim.studies.multiscale.scaling import scaling_rows
from mlsim.studies.multiscale.settings import BaselineRun, Baselines, Data
from mlsim.tables import NO_SEED, Row, mean_row, row

KERNEL_OPERATIONS = 8  # per value of the kernel, in addition to the distance
EXAMPLES = 4  # test samples over which operations of the coarse solves are averaged


def evaluate_baselines(settings: BaselineRun, *, data: list[xr.Dataset]) -> pd.DataFrame:
    """Rows of all methods that are not networks; ``data`` are the data sets of the problems, in any order."""
    frames = [scaling_rows(settings.rivals.scaling)]
    by_case = {problem_data.attrs["case"]: problem_data for problem_data in data}
    for problem in progress(settings.problems.values(), total=len(settings.problems), label="problems"):
        for method, rows in _rows_by_method(problem, settings.rivals, by_case[problem.case]).items():
            frames.append(pd.DataFrame(rows).assign(case=problem.case, method=method))
    return pd.concat(frames, ignore_index=True).assign(seed=NO_SEED)


def _rows_by_method(settings: Data, baselines: Baselines, data: xr.Dataset) -> dict[str, list[Row]]:
    train, x = samples_of(data, "train"), float(settings.size)
    rows = {"mean": error_rows(_mean_output(train), data, train=train, x=x)}
    if settings.case in ("nlse_1d", "rte_slab"):
        rows |= _regressions(settings, baselines, data)
    if settings.case in ("nlse_1d", "nlse_2d"):
        predict = partial(linear_response, interaction=settings.interaction)
        rows["linear_response"] = error_rows(predict, data, train=train, x=x)
    rows["coarse_solve"] = _coarse_rows(settings, baselines, data)
    if settings.case == "nlse_1d":
        difference = relative_errors(data["other_stencil"].values, samples_of(data, "test")[1])
        rows["other_stencil"] = [mean_row("test_error", difference, x=x)]
    rows["data"] = [
        row("test_samples", settings.test),
        row("training_samples", settings.train),
        row("largest_residual", float(data["residual"].max())),
    ]
    return rows


def _coarse_rows(settings: Data, baselines: Baselines, data: xr.Dataset) -> list[Row]:
    """Errors of solving the equation on coarser grids; for nlse_1d also the operations, on all grids."""
    rows: list[Row] = []
    coefficient, exact = samples_of(data, "test")
    for points, solver in coarse_solvers(settings, baselines.coarser).items():
        errors, x = errors_of(solver, coefficient, exact), float(points)
        rows += [mean_row("test_error", errors, x=x), row("test_error_max", float(errors.max()), x=x)]
        if solver.keywords["factor"] == 2:
            rows.append(row("half_grid_test_error", float(errors.mean())))
    if settings.case == "nlse_1d":
        for points, solver in coarse_solvers(settings, (1, *baselines.coarser)).items():
            rows.append(row("operations", operations_per_sample(solver, coefficient[:EXAMPLES]), x=float(points)))
    return rows


def _mean_output(train: Samples) -> Predict:
    average = train[1].mean(axis=0)
    return lambda v: np.broadcast_to(average, v.shape).copy()


def _regressions(settings: Data, baselines: Baselines, data: xr.Dataset) -> dict[str, list[Row]]:
    """Linear and kernel ridge regression; for nlse_1d also with translation-canonicalised inputs."""
    train, validation = samples_of(data, "train"), samples_of(data, "validation")
    inputs, outputs = train
    size, x = settings.size, float(settings.size)
    linear = ridge(inputs, outputs, scale=2 * float(inputs.mean()), penalty=baselines.ridge)
    operations = row("operations", 2 * size**2 + size, x=x)
    rows = {"ridge": [*error_rows(linear, data, train=train, x=x), operations]}
    chosen = inputs[: baselines.kernel_samples], outputs[: baselines.kernel_samples]
    ring = settings.case == "nlse_1d"
    predict = fitted_kernel(chosen, validation, baselines=baselines, ring=ring)
    rows["kernel_ridge"] = _kernel_rows(predict, data, chosen)
    if ring:
        inner = fitted_kernel(_canonical(chosen), _canonical(validation), baselines=baselines, ring=True)
        rows["kernel_ridge_canonical"] = _kernel_rows(in_canonical_frame(inner), data, chosen)
    return rows


def fitted_kernel(train: Samples, validation: Samples, *, baselines: Baselines, ring: bool) -> Predict:
    """Kernel ridge regression, its length scale chosen by validation; on the ring inputs are smoothed."""

    def features(v: np.ndarray) -> np.ndarray:
        return low_pass(v) if ring else v

    training = features(train[0]), train[1]
    scale = float(training[0].std())
    candidates = tuple(scale * factor for factor in baselines.length_scales)
    best = validated_length_scale(training, (features(validation[0]), validation[1]), candidates=candidates)
    inner = kernel_ridge(*training, length_scale=best)
    return lambda v: inner(features(v))


def _canonical(samples: Samples) -> Samples:
    shifts = canonical_shifts(samples[0])
    return moved(samples[0], shifts), moved(samples[1], shifts)


def _kernel_rows(predict: Predict, data: xr.Dataset, train: Samples) -> list[Row]:
    count, size = train[0].shape
    # distances to all samples, their kernel, and the weighted sum of all outputs
    operations = count * (5 * size + KERNEL_OPERATIONS)
    return [
        *error_rows(predict, data, train=train, x=float(size)),
        row("operations", operations, x=float(size)),
        row("training_samples", count),
    ]
