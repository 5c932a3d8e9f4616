"""Errors of a surrogate, and violations of the exact properties of the quantity, as table rows.

But for :func:`calibration_rows`, ``x`` is the number of training samples.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from mlsim.numerics.probability.conformal import conformal_radius
from mlsim.studies.surrogate.generate import exact
from mlsim.studies.surrogate.samples import Fields, Parts, PerSample, Predictions, Sample, Surrogate
from mlsim.studies.surrogate.settings import CALIBRATION, CASE, WIDE, Measures
from mlsim.tables import Row, case_row, mean_row, percent_row
from mlsim.training.seeding import numpy_generator

LEVELS = (50, 60, 70, 80, 90, 95)
# 95 percent quantile of the standard normal distribution, for intervals of 90 percent
NORMAL_95 = 1.6449
# violations must exceed the rounding errors of numbers around one
ROUNDING = 1e-12


def accuracy_rows(predictions: Predictions, parts: Parts, *, x: float) -> list[Row]:
    """NRMSE on both test sets, without and with clipping to the exact bounds, and the percentage of values outside."""
    rows = []
    for case, values, sample in ((CASE, predictions.test, parts.test), (WIDE, predictions.wide, parts.wide)):
        for quantity, compared in (("nrmse", values), ("clipped_nrmse", values.clamp(sample.lower, sample.upper))):
            error, se = nrmse(compared, sample.output)
            rows.append(case_row(case, quantity, error, x=x, se=se))
        outside = (values < sample.lower - ROUNDING) | (values > sample.upper + ROUNDING)
        rows.append(percent_row("bound_violations", outside, x=x, unit="%", case=case))
    return rows


def nrmse(values: PerSample, output: PerSample) -> tuple[float, float]:
    """Normalised root mean square error ``|f - y| / |y - mean y|``, and its standard error by the delta method."""
    square, scale = (values - output).square(), (output - output.mean()).square().mean()
    error = float((square.mean() / scale).sqrt())
    se = float(square.std() / scale / len(square) ** 0.5) / (2 * max(error, np.finfo(float).tiny))
    return error, se


def gradient_rows(surrogate: Surrogate, test: Sample, *, x: float) -> list[Row]:
    """Violations of monotonicity and homogeneity, mean l1 norm and error of the gradient at the test fields.

    The l1 norm is the largest change of the value, to first order, when no logarithm changes by more than one. That of
    the truth is one, since no derivative is negative and their sum is one.
    """
    gradient = surrogate.gradient(test.field)
    negative = (gradient < -ROUNDING).flatten(1)
    error = ((gradient - test.gradient).square().sum() / test.gradient.square().sum()).sqrt()
    return [
        percent_row("violating_points", negative.any(dim=1), x=x, unit="%", case=CASE),
        percent_row("violating_partials", negative.double().mean(dim=1), x=x, unit="%", case=CASE),
        mean_row("homogeneity_error", (gradient.sum(dim=(1, 2)) - 1).abs(), x=x, case=CASE),
        mean_row("pointwise_gain", gradient.abs().sum(dim=(1, 2)), x=x, case=CASE),
        case_row(CASE, "gradient_error", float(error), x=x),
    ]


def paired_rows(surrogate: Surrogate, test: Sample, settings: Measures, *, seed: int, x: float) -> list[Row]:
    """Violations of the exact properties by differences of values, for surrogates with or without derivatives.

    ``violating_points`` is that of :func:`gradient_rows` for smooth surrogates; others have it from here.
    """
    fields = test.field[: settings.paired]
    base, step = surrogate.values(fields), settings.step
    falls = _falls(surrogate, fields, base, step=step)
    scaling = (surrogate.values(fields + step) - base - step).abs() / step
    changes = [(surrogate.values(fields.flip(axis)) - base).square() for axis in (1, 2)]
    reflection = (torch.stack(changes).mean() / (base - base.mean()).square().mean().clamp(min=1e-300)).sqrt()
    direction = torch.from_numpy(numpy_generator(seed, "directions").normal(size=fields.shape))
    direction = direction / direction.flatten(1).norm(dim=1)[:, None, None]
    bend, exact_bend = (_second_difference(value, fields, step * direction) for value in (surrogate.values, exact))
    quantity = "paired_violating_points" if surrogate.smooth else "violating_points"
    return [
        percent_row(quantity, falls.any(dim=1), x=x, unit="%", case=CASE),
        percent_row("violating_pairs", falls.double().mean(dim=1), x=x, unit="%", case=CASE),
        mean_row("paired_homogeneity_error", scaling, x=x, case=CASE),
        case_row(CASE, "reflection_error", float(reflection), x=x),
        percent_row("concavity_violations", _not_concave(surrogate, fields), x=x, unit="%", case=CASE),
        case_row(CASE, "second_difference_error", float((bend - exact_bend).norm() / exact_bend.norm()), x=x),
        case_row(CASE, "second_difference_ratio", float(bend.norm() / exact_bend.norm()), x=x),
    ]


def _falls(surrogate: Surrogate, fields: Fields, base: PerSample, *, step: float) -> Tensor:
    """Whether the value decreases when one cell is raised by ``step``, for every field and cell."""
    cells = fields[0].numel()
    raised = fields[:, None] + step * torch.eye(cells, dtype=fields.dtype).reshape(1, cells, *fields.shape[1:])
    values = surrogate.values(raised.flatten(0, 1)).reshape(len(fields), cells)
    return values < base[:, None] - ROUNDING


def _second_difference(value: Callable[[Fields], PerSample], fields: Fields, step: Fields) -> PerSample:
    """``f(x + h) - 2 f(x) + f(x - h)``."""
    return value(fields + step) - 2 * value(fields) + value(fields - step)


def _not_concave(surrogate: Surrogate, fields: Fields) -> Tensor:
    """Whether two consecutive fields violate midpoint concavity, ``f((a + b) / 2) >= (f(a) + f(b)) / 2``.

    ``f`` maps conductivities to the effective conductivity.
    """
    others = fields.roll(1, dims=0)
    middle = ((fields.exp() + others.exp()) / 2).log()
    ends = (surrogate.values(fields).exp() + surrogate.values(others).exp()) / 2
    return surrogate.values(middle).exp() < ends - ROUNDING


def interval_rows(predictions: Predictions, parts: Parts, *, x: float) -> list[Row]:
    """Coverage and width of conformal intervals: of constant width, and of width proportional to the gap of bounds."""
    rows = []
    for prefix, scaled in (("", False), ("scaled_", True)):
        radius = interval_radius(predictions.calibration, parts.calibration, level=0.9, scaled=scaled)
        covered = _scores(predictions.test, parts.test, scaled=scaled) <= radius
        covered_wide = _scores(predictions.wide, parts.wide, scaled=scaled) <= radius
        rows += [
            mean_row(f"{prefix}coverage_90", covered, x=x, case=CASE),
            _width_row(f"{prefix}interval_width", 2 * radius * _scale(parts.test, scaled=scaled), x=x),
            mean_row(f"{prefix}hardest_coverage_90", covered[_hardest(parts)], x=x, case=CASE),
            mean_row(f"{prefix}coverage_90", covered_wide, x=x, case=WIDE),
        ]
    return rows


def interval_radius(values: PerSample, calibration: Sample, *, level: float, scaled: bool) -> float:
    """Half width of the conformal intervals, divided by the gap of the bounds if ``scaled``."""
    return conformal_radius(_scores(values, calibration, scaled=scaled).numpy(), level=level)


def _scores(values: PerSample, sample: Sample, *, scaled: bool) -> PerSample:
    return (values - sample.output).abs() / _scale(sample, scaled=scaled)


def _scale(sample: Sample, *, scaled: bool) -> PerSample:
    return sample.gap if scaled else torch.ones_like(sample.gap)


def _width_row(quantity: str, widths: PerSample, *, x: float) -> Row:
    """Mean and standard error by torch; the rounding error of equal widths differs from numpy's."""
    return case_row(CASE, quantity, float(widths.mean()), x=x, se=float(widths.std() / len(widths) ** 0.5))


def stated_interval_rows(surrogate: Surrogate, predictions: Predictions, parts: Parts, *, x: float) -> list[Row]:
    """Coverage and width of the predictive intervals of the method itself, ``mean +- 1.645 sd``, if it has any."""
    if surrogate.deviation is None:
        return []
    radius = NORMAL_95 * surrogate.deviation(parts.test.field)
    covered = (predictions.test - parts.test.output).abs() <= radius
    return [
        mean_row("own_coverage_90", covered, x=x, case=CASE),
        mean_row("own_hardest_coverage_90", covered[_hardest(parts)], x=x, case=CASE),
        mean_row("own_interval_width", 2 * radius, x=x, case=CASE),
    ]


def _hardest(parts: Parts) -> Tensor:
    """The quarter of the test fields with the largest gap of the bounds."""
    return parts.test.gap >= parts.test.gap.quantile(0.75)


def calibration_rows(predictions: Predictions, parts: Parts) -> list[Row]:
    """Coverage of conformal intervals of constant width; ``x`` is the nominal level in percent."""
    rows, errors = [], (predictions.test - parts.test.output).abs()
    for level in LEVELS:
        radius = interval_radius(predictions.calibration, parts.calibration, level=level / 100, scaled=False)
        rows.append(mean_row("coverage", errors <= radius, x=level, case=CALIBRATION))
    return rows
