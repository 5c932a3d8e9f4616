"""How far a surrogate is from the truth, and how far it keeps the exact properties of the quantity."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float
from torch import Tensor

from mlsim.numerics.flow.effective_conductivity import conductivity_bounds, with_gradient
from mlsim.numerics.probability.conformal import conformal_radius
from mlsim.studies.surrogate.generate import exact, part
from mlsim.studies.surrogate.settings import CALIBRATION, CASE, WIDE, Measures
from mlsim.tables import Row, case_row, mean_row, percent_row
from mlsim.training.seeding import numpy_generator

Fields = Float[Tensor, "samples rows columns"]
PerSample = Float[Tensor, " samples"]
LEVELS = (50, 60, 70, 80, 90, 95)
# of a normal law, between whose quantiles of 5 and 95 percent are 90
NORMAL_95 = 1.6449
# what counts as a violation has to exceed the rounding of numbers around one
ROUNDING = 1e-12


@dataclass(frozen=True, kw_only=True)
class Surrogate:
    """A function from the logarithms of the cells to that of the effective conductivity.

    Attributes:
        value: of each field.
        smooth: whether torch can differentiate it to something that is not zero everywhere.
        deviation: standard deviation that the method itself states for each field; None where it states none.
    """

    value: Callable[[Fields], PerSample]
    smooth: bool = True
    deviation: Callable[[Fields], PerSample] | None = None

    def gradient(self, fields: Fields) -> Fields:
        """Derivative in the logarithm of every cell."""
        fields = fields.clone().requires_grad_()
        return torch.autograd.grad(self.value(fields).sum(), fields)[0]

    def values(self, fields: Fields) -> PerSample:
        """Values without a graph."""
        with torch.no_grad():
            return self.value(fields)


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """Values of one surrogate on the parts of the data that a choice or an interval has not seen."""

    test: Float[Tensor, " tested"]
    wide: Float[Tensor, " tested"]
    calibration: Float[Tensor, " calibrated"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Sample:
    """Fields with their outputs, exact bounds and derivatives, all in logarithms."""

    field: Fields
    output: PerSample
    lower: PerSample
    upper: PerSample
    gradient: Fields

    @property
    def gap(self) -> PerSample:
        """Distance between the bounds."""
        return self.upper - self.lower

    def first(self, count: int) -> "Sample":
        """The first fields of the sample."""
        return Sample(**{name: value[:count] for name, value in vars(self).items()})


@dataclass(frozen=True, kw_only=True, eq=False)
class Parts:
    """The parts of the data that serve measurements."""

    test: Sample
    wide: Sample
    validation: Sample
    calibration: Sample

    @classmethod
    def of(cls, data: xr.Dataset) -> "Parts":
        """All parts with their bounds and derivatives."""
        names = ("test", "wide", "validation", "calibration")
        return cls(**{name: sample(data, name) for name in names})

    def found(self, surrogate: Surrogate) -> Found:
        """Values on the parts that serve no choice."""
        names = ("test", "wide", "calibration")
        return Found(**{name: surrogate.values(getattr(self, name).field) for name in names})


def sample(data: xr.Dataset, name: str, count: int | None = None) -> Sample:
    """One part of the data, or its first samples."""
    field, output = part(data, name, count)
    conductivity = field.exp()
    bounds = conductivity_bounds(conductivity)
    value, gradient = with_gradient(conductivity)
    own = gradient * conductivity / value[:, None, None]
    return Sample(field=field, output=output, lower=bounds.rows.log(), upper=bounds.layers.log(), gradient=own)


def accuracy_rows(found: Found, parts: Parts, *, x: float) -> list[Row]:
    """Errors in both laws, before and after the values are cut to the exact bounds; values outside the bounds."""
    rows = []
    for case, values, chosen in ((CASE, found.test, parts.test), (WIDE, found.wide, parts.wide)):
        error, se = nrmse(values, chosen.output)
        rows.append(case_row(case, "nrmse", error, x=x, se=se))
        clipped, se = nrmse(values.clamp(chosen.lower, chosen.upper), chosen.output)
        rows.append(case_row(case, "clipped_nrmse", clipped, x=x, se=se))
        outside = (values < chosen.lower - ROUNDING) | (values > chosen.upper + ROUNDING)
        rows.append(percent_row("bound_violations", outside, x=x, unit="%", case=case))
    return rows


def nrmse(found: PerSample, output: PerSample) -> tuple[float, float]:
    """Normalised root mean square error ``|f - y| / |y - mean y|``, and its standard error by the delta method."""
    square, scale = (found - output).square(), (output - output.mean()).square().mean()
    error = float((square.mean() / scale).sqrt())
    se = float(square.std() / scale / len(square) ** 0.5) / (2 * max(error, np.finfo(float).tiny))
    return error, se


def gradient_rows(surrogate: Surrogate, test: Sample, *, x: float) -> list[Row]:
    """What the derivative at the test fields says: monotonicity, homogeneity, pointwise worst case, error."""
    found = surrogate.gradient(test.field)
    negative = (found < -ROUNDING).flatten(1)
    total = found.sum(dim=(1, 2))
    difference = (found - test.gradient).square().sum() / test.gradient.square().sum()
    return [
        percent_row("violating_points", negative.any(dim=1), x=x, unit="%", case=CASE),
        percent_row("violating_partials", negative.double().mean(dim=1), x=x, unit="%", case=CASE),
        mean_row("homogeneity_error", (total - 1).abs(), x=x, case=CASE),
        mean_row("pointwise_gain", found.abs().sum(dim=(1, 2)), x=x, case=CASE),
        case_row(CASE, "gradient_error", float(difference.sqrt()), x=x),
    ]


def paired_rows(surrogate: Surrogate, test: Sample, settings: Measures, *, seed: int, x: float) -> list[Row]:
    """The same properties and more by pairs of fields, for surrogates with or without a derivative."""
    fields = test.field[: settings.paired]
    base, step = surrogate.values(fields), settings.step
    falls = _falls(surrogate, fields, base, step=step)
    shifted = (surrogate.values(fields + step) - base - step).abs() / step
    turned = [(surrogate.values(fields.flip(axis)) - base).square() for axis in (1, 2)]
    reflection = (torch.stack(turned).mean() / (base - base.mean()).square().mean().clamp(min=1e-300)).sqrt()
    rng = numpy_generator(seed, "directions")
    direction = torch.from_numpy(rng.normal(size=fields.shape))
    direction = direction / direction.flatten(1).norm(dim=1)[:, None, None]
    bends = [_second_difference(each, fields, step * direction) for each in (surrogate.values, exact)]
    dents = _dents(surrogate, fields)
    quantity = "paired_violating_points" if surrogate.smooth else "violating_points"
    return [
        percent_row(quantity, falls.any(dim=1), x=x, unit="%", case=CASE),
        percent_row("violating_pairs", falls.double().mean(dim=1), x=x, unit="%", case=CASE),
        mean_row("paired_homogeneity_error", shifted, x=x, case=CASE),
        case_row(CASE, "reflection_error", float(reflection), x=x),
        percent_row("concavity_violations", dents, x=x, unit="%", case=CASE),
        case_row(CASE, "second_difference_error", float((bends[0] - bends[1]).norm() / bends[1].norm()), x=x),
        case_row(CASE, "second_difference_ratio", float(bends[0].norm() / bends[1].norm()), x=x),
    ]


def _falls(surrogate: Surrogate, fields: Fields, base: PerSample, *, step: float) -> Tensor:
    """Whether the value falls when one cell is raised, for every field and cell."""
    cells = fields[0].numel()
    raised = fields[:, None] + step * torch.eye(cells, dtype=fields.dtype).reshape(1, cells, *fields.shape[1:])
    values = surrogate.values(raised.flatten(0, 1)).reshape(len(fields), cells)
    return values < base[:, None] - ROUNDING


def _second_difference(value: Callable[[Fields], PerSample], fields: Fields, step: Fields) -> PerSample:
    """Value on both sides less twice that in the middle: a change of the slope."""
    return value(fields + step) - 2 * value(fields) + value(fields - step)


def _dents(surrogate: Surrogate, fields: Fields) -> Tensor:
    """Whether the conductivity of the mean of two neighbouring samples is below the mean of theirs."""
    one, other = fields, fields.roll(1, dims=0)
    middle = ((one.exp() + other.exp()) / 2).log()
    ends = (surrogate.values(one).exp() + surrogate.values(other).exp()) / 2
    return surrogate.values(middle).exp() < ends - ROUNDING


def interval_rows(found: Found, parts: Parts, *, x: float) -> list[Row]:
    """Coverage and width of conformal intervals, of one width and of widths in proportion to the gap.

    The hardest quarter of the test fields is that of the largest gap.
    """
    names = ("test", "wide", "calibration")
    misses = {name: (getattr(found, name) - getattr(parts, name).output).abs() for name in names}
    rows = []
    for kind in ("", "scaled_"):
        gaps = {name: getattr(parts, name).gap for name in names}
        scales = gaps if kind else {name: torch.ones_like(gap) for name, gap in gaps.items()}
        scores = {name: misses[name] / scales[name] for name in names}
        radius = conformal_radius(scores["calibration"].numpy(), level=0.9)
        covered = scores["test"] <= radius
        rows += [
            mean_row(f"{kind}coverage_90", covered, x=x, case=CASE),
            _width_row(f"{kind}interval_width", 2 * radius * scales["test"], x=x),
            mean_row(f"{kind}hardest_coverage_90", covered[_hardest(parts)], x=x, case=CASE),
            mean_row(f"{kind}coverage_90", scores["wide"] <= radius, x=x, case=WIDE),
        ]
    return rows


def _width_row(quantity: str, widths: PerSample, *, x: float) -> Row:
    """Mean and standard error summed by torch: equal widths have a rounding error, numpy's is another."""
    return case_row(CASE, quantity, float(widths.mean()), x=x, se=float(widths.std() / len(widths) ** 0.5))


def own_interval_rows(surrogate: Surrogate, found: Found, parts: Parts, *, x: float) -> list[Row]:
    """Coverage and width of the intervals that the method itself states; none where it states none."""
    if surrogate.deviation is None:
        return []
    radius = NORMAL_95 * surrogate.deviation(parts.test.field)
    covered = (found.test - parts.test.output).abs() <= radius
    return [
        mean_row("own_coverage_90", covered, x=x, case=CASE),
        mean_row("own_hardest_coverage_90", covered[_hardest(parts)], x=x, case=CASE),
        mean_row("own_interval_width", 2 * radius, x=x, case=CASE),
    ]


def _hardest(parts: Parts) -> Tensor:
    return parts.test.gap >= parts.test.gap.quantile(0.75)


def calibration_rows(found: Found, parts: Parts) -> list[Row]:
    """Coverage of conformal intervals at several nominal levels in percent."""
    scores = (found.calibration - parts.calibration.output).abs().numpy()
    misses = (found.test - parts.test.output).abs()
    return [
        mean_row("coverage", misses <= conformal_radius(scores, level=level / 100), x=level, case=CALIBRATION)
        for level in LEVELS
    ]
