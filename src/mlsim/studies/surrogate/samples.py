"""Surrogates as functions of fields, and the parts of the data with exact bounds and derivatives."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import xarray as xr
from jaxtyping import Float
from torch import Tensor

from mlsim.numerics.flow.effective_conductivity import conductivity_bounds, with_gradient
from mlsim.studies.surrogate.generate import part

Fields = Float[Tensor, "samples rows columns"]
PerSample = Float[Tensor, " samples"]


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
class Sample:
    """Fields with their outputs, exact bounds and derivatives, all in logarithms."""

    field: Fields
    output: PerSample
    lower: PerSample
    upper: PerSample
    gradient: Fields

    @classmethod
    def of(cls, data: xr.Dataset, name: str) -> "Sample":
        """One part of the data."""
        field, output = part(data, name)
        conductivity = field.exp()
        bounds = conductivity_bounds(conductivity)
        value, gradient = with_gradient(conductivity)
        gradient = gradient * conductivity / value[:, None, None]
        return cls(field=field, output=output, lower=bounds.rows.log(), upper=bounds.layers.log(), gradient=gradient)

    @property
    def gap(self) -> PerSample:
        """Distance between the bounds."""
        return self.upper - self.lower

    def first(self, count: int) -> "Sample":
        """The first fields of the sample."""
        return Sample(**{name: value[:count] for name, value in vars(self).items()})


@dataclass(frozen=True, kw_only=True, eq=False)
class Predictions:
    """Values of one surrogate on the parts of the data by which nothing is chosen."""

    test: Float[Tensor, " tested"]
    wide: Float[Tensor, " tested"]
    calibration: Float[Tensor, " calibrated"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Parts:
    """The parts of the data on which surrogates are evaluated."""

    test: Sample
    wide: Sample
    validation: Sample
    calibration: Sample

    @classmethod
    def of(cls, data: xr.Dataset) -> "Parts":
        """All parts with their bounds and derivatives."""
        return cls(**{name: Sample.of(data, name) for name in ("test", "wide", "validation", "calibration")})

    def predictions(self, surrogate: Surrogate) -> Predictions:
        """Values on all parts but the validation data."""
        return Predictions(
            test=surrogate.values(self.test.field),
            wide=surrogate.values(self.wide.field),
            calibration=surrogate.values(self.calibration.field),
        )
