"""Rows of the methods that are no networks: classical solvers on coarser grids, regression in closed form, the mean."""

from functools import partial
from math import log2

import numpy as np
import pandas as pd
import xarray as xr

from mlsim.numerics.counted_arrays import counted_operations
from mlsim.numerics.kernel_ridge import (
    canonical_shifts,
    in_canonical_frame,
    kernel_ridge,
    low_pass,
    moved,
    relative_errors,
    ridge,
    validated_length_scale,
)
from mlsim.numerics.periodic_interpolation import resampled
from mlsim.numerics.schroedinger import ground_states, linear_response
from mlsim.studies.multiscale.evaluate import Predict, Row, error_rows, errors_of, mean_row, row
from mlsim.studies.multiscale.generate import samples_of
from mlsim.studies.multiscale.scaling import scaling_rows
from mlsim.studies.multiscale.settings import Baseline, Rivals

KERNEL_OPERATIONS = 8  # per value of the kernel, beside the distance
EXAMPLES = 4  # test samples over which operations of the coarse solves are averaged
Samples = tuple[np.ndarray, np.ndarray]


def evaluate_rivals(settings: Baseline, *, data: xr.Dataset) -> pd.DataFrame:
    """Rows of all methods of one problem that are no networks."""
    train, case = samples_of(data, "train"), settings.data.case
    shown = train[0][:1000], train[1][:1000]
    x = float(settings.data.size)
    frames = {"mean": error_rows(_mean(train), data, train=shown, x=x)}
    if case in ("nlse_1d", "rte_slab"):
        frames |= _regressions(settings, data, train=train, shown=shown)
    if case in ("nlse_1d", "nlse_2d"):
        predict = partial(linear_response, interaction=settings.data.interaction)
        frames["linear_response"] = error_rows(predict, data, train=shown, x=x)
    if case == "nlse_1d":
        frames["coarse_solve"] = _coarse_rows(settings, data)
        exact = samples_of(data, "test")[1]
        difference = relative_errors(data["other_stencil"].values, exact)
        frames["other_stencil"] = [mean_row("test_error", difference, x=x)]
    rows = [pd.DataFrame(rows).assign(case=case, method=method) for method, rows in frames.items()]
    counts = [row("test_samples", settings.data.test), row("largest_residual", float(data["residual"].max()))]
    rows.append(pd.DataFrame(counts).assign(case=case, method="data"))
    if case == "nlse_1d":
        rows.append(scaling_rows(settings.rivals.scaling))
    return pd.concat(rows, ignore_index=True).assign(seed=0)


def coarse_solution(potential: np.ndarray, *, factor: int, interaction: float) -> np.ndarray:
    """Ground states on every ``factor``-th point, interpolated by trigonometric polynomials."""
    size = potential.shape[1]
    coarse = ground_states(np.ascontiguousarray(potential[:, factor - 1 :: factor]), interaction=interaction)
    return resampled(coarse.state, size)


def coarse_operations(potential: np.ndarray, *, factor: int, interaction: float) -> float:
    """Arithmetic operations of :func:`coarse_solution` per sample; transforms cost ``2.5 N log2 N``."""
    size = potential.shape[1]
    points = size // factor
    each = [
        counted_operations(partial(ground_states, interaction=interaction), one[None, factor - 1 :: factor].copy())
        for one in potential
    ]
    transforms = 0.0 if factor == 1 else sum(2.5 * n * log2(n) for n in (points, size))
    return float(np.mean(each)) + transforms


def _coarse_rows(settings: Baseline, data: xr.Dataset) -> list[Row]:
    rows: list[Row] = []
    potential, exact = samples_of(data, "test")
    interaction = settings.data.interaction
    for factor in (*settings.rivals.coarser, 1):
        x = float(settings.data.size // factor)
        cost = coarse_operations(potential[:EXAMPLES], factor=factor, interaction=interaction)
        rows.append(row("operations", cost, x=x))
        if factor > 1:
            errors = errors_of(partial(coarse_solution, factor=factor, interaction=interaction), potential, exact)
            rows += [mean_row("test_error", errors, x=x), row("test_error_max", float(errors.max()), x=x)]
    return rows


def _mean(train: Samples) -> Predict:
    average = train[1].mean(axis=0)
    return lambda v: np.broadcast_to(average, v.shape).copy()


def _regressions(settings: Baseline, data: xr.Dataset, *, train: Samples, shown: Samples) -> dict[str, list[Row]]:
    """Linear ridge and kernel ridge regression; on the ring also in a frame that moves along with the potential."""
    x, rivals = float(settings.data.size), settings.rivals
    linear = ridge(*train, scale=2 * float(train[0].mean()), penalty=rivals.ridge)
    size = settings.data.size
    frames = {"ridge": [*error_rows(linear, data, train=shown, x=x), row("operations", 2 * size**2 + size, x=x)]}
    used = train[0][: rivals.kernel_samples], train[1][: rivals.kernel_samples]
    validation = samples_of(data, "validation")
    ring = settings.data.case == "nlse_1d"
    frames["kernel_ridge"] = _kernel_rows(
        settings, data, predict=fitted_kernel(used, validation, rivals=rivals, ring=ring), used=used
    )
    if ring:
        inner = fitted_kernel(_canonical(used), _canonical(validation), rivals=rivals, ring=True)
        predict = in_canonical_frame(inner)
        frames["kernel_ridge_canonical"] = _kernel_rows(settings, data, predict=predict, used=used)
    return frames


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


def _kernel_rows(settings: Baseline, data: xr.Dataset, *, predict: Predict, used: Samples) -> list[Row]:
    x, (count, size) = float(settings.data.size), used[0].shape
    shown = used[0][:1000], used[1][:1000]
    rows = error_rows(predict, data, train=shown, x=x)
    # distances and sums over all samples
    rows.append(row("operations", count * (5 * size + KERNEL_OPERATIONS), x=x))
    return [*rows, row("training_samples", count)]
