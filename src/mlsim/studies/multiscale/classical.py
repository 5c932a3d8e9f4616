"""Rows of the methods that are no networks: classical solvers on coarser grids, regression in closed form, the mean."""

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
from mlsim.studies.multiscale.evaluate import TRAINING_SHOWN, Predict, error_rows, errors_of
from mlsim.studies.multiscale.generate import samples_of
from mlsim.studies.multiscale.scaling import scaling_rows
from mlsim.studies.multiscale.settings import Baseline, Data, Rivals
from mlsim.tables import Row, mean_row, row

KERNEL_OPERATIONS = 8  # per value of the kernel, beside the distance
EXAMPLES = 4  # test samples over which operations of the coarse solves are averaged
Samples = tuple[np.ndarray, np.ndarray]


def evaluate_rivals(settings: Baseline, *, data: list[xr.Dataset]) -> pd.DataFrame:
    """Rows of all methods that are no networks; ``data`` hold one set for each problem, in any order."""
    frames = [scaling_rows(settings.rivals.scaling)]
    by_case = {each.attrs["case"]: each for each in data}
    for problem in progress(settings.problems.values(), total=len(settings.problems), label="problems"):
        for method, rows in _rows(problem, settings.rivals, by_case[problem.case]).items():
            frames.append(pd.DataFrame(rows).assign(case=problem.case, method=method))
    return pd.concat(frames, ignore_index=True).assign(seed=0)


def _rows(settings: Data, rivals: Rivals, data: xr.Dataset) -> dict[str, list[Row]]:
    """Rows of one problem by method."""
    train, x = samples_of(data, "train"), float(settings.size)
    shown = train[0][:TRAINING_SHOWN], train[1][:TRAINING_SHOWN]
    found = {"mean": error_rows(_mean(train), data, train=shown, x=x)}
    if settings.case in ("nlse_1d", "rte_slab"):
        found |= _regressions(settings, rivals, data)
    if settings.case in ("nlse_1d", "nlse_2d"):
        predict = partial(linear_response, interaction=settings.interaction)
        found["linear_response"] = error_rows(predict, data, train=shown, x=x)
    found["coarse_solve"] = _coarse_rows(settings, rivals, data)
    if settings.case == "nlse_1d":
        difference = relative_errors(data["other_stencil"].values, samples_of(data, "test")[1])
        found["other_stencil"] = [mean_row("test_error", difference, x=x)]
    worst = row("largest_residual", float(data["residual"].max()))
    return found | {"data": [row("test_samples", settings.test), row("training_samples", settings.train), worst]}


def _coarse_rows(settings: Data, rivals: Rivals, data: xr.Dataset) -> list[Row]:
    """Errors of solving the equation itself on coarser grids; on the interval also the operations, of all grids."""
    rows: list[Row] = []
    coefficient, exact = samples_of(data, "test")
    for points, solver in coarse_solvers(settings, rivals.coarser).items():
        errors, x = errors_of(solver, coefficient, exact), float(points)
        rows += [mean_row("test_error", errors, x=x), row("test_error_max", float(errors.max()), x=x)]
        if solver.keywords["factor"] == 2:
            rows.append(row("half_grid_test_error", float(errors.mean())))
    if settings.case == "nlse_1d":
        for points, solver in coarse_solvers(settings, (1, *rivals.coarser)).items():
            cost = operations_per_sample(solver, coefficient[:EXAMPLES])
            rows.append(row("operations", cost, x=float(points)))
    return rows


def _mean(train: Samples) -> Predict:
    average = train[1].mean(axis=0)
    return lambda v: np.broadcast_to(average, v.shape).copy()


def _regressions(settings: Data, rivals: Rivals, data: xr.Dataset) -> dict[str, list[Row]]:
    """Linear ridge and kernel ridge regression; on the ring also in a frame that moves along with the potential."""
    (inputs, outputs), validation = samples_of(data, "train"), samples_of(data, "validation")
    size, x = settings.size, float(settings.size)
    linear = ridge(inputs, outputs, scale=2 * float(inputs.mean()), penalty=rivals.ridge)
    shown = inputs[:TRAINING_SHOWN], outputs[:TRAINING_SHOWN]
    cost = row("operations", 2 * size**2 + size, x=x)
    found = {"ridge": [*error_rows(linear, data, train=shown, x=x), cost]}
    used, ring = (inputs[: rivals.kernel_samples], outputs[: rivals.kernel_samples]), settings.case == "nlse_1d"
    found["kernel_ridge"] = _kernel_rows(fitted_kernel(used, validation, rivals=rivals, ring=ring), data, used)
    if ring:
        inner = fitted_kernel(_canonical(used), _canonical(validation), rivals=rivals, ring=True)
        found["kernel_ridge_canonical"] = _kernel_rows(in_canonical_frame(inner), data, used)
    return found


def fitted_kernel(used: Samples, validation: Samples, *, rivals: Rivals, ring: bool) -> Predict:
    """Kernel ridge regression, on the ring on smoothed inputs, its length scale chosen on the validation part."""

    def features(v: np.ndarray) -> np.ndarray:
        return low_pass(v) if ring else v

    training = features(used[0]), used[1]
    scale = float(training[0].std())
    candidates = tuple(scale * factor for factor in rivals.length_scales)
    best = validated_length_scale(training, (features(validation[0]), validation[1]), candidates=candidates)
    inner = kernel_ridge(*training, length_scale=best)
    return lambda v: inner(features(v))


def _canonical(samples: Samples) -> Samples:
    shifts = canonical_shifts(samples[0])
    return moved(samples[0], shifts), moved(samples[1], shifts)


def _kernel_rows(predict: Predict, data: xr.Dataset, used: Samples) -> list[Row]:
    count, size = used[0].shape
    rows = error_rows(predict, data, train=(used[0][:TRAINING_SHOWN], used[1][:TRAINING_SHOWN]), x=float(size))
    # distances to all samples, their kernel, and the weighted sum of all outputs
    rows.append(row("operations", count * (5 * size + KERNEL_OPERATIONS), x=float(size)))
    return [*rows, row("training_samples", count)]
