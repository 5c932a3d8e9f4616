"""Candidate terms ``u^p d^k u`` of an equation as columns, from fields on a grid."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from itertools import product
from typing import Literal

import numpy as np
import xarray as xr

from mlsim.numerics.dynamics.data_derivatives import difference_derivative, polynomial_derivative, spectral_derivative
from mlsim.numerics.dynamics.evolution_equations import EVOLUTIONS
from mlsim.studies.discovery.settings import Windows

SPECTRAL_TRIM = 2  # snapshots left out at each end, where differences in time are one-sided
AXES = "xy"
Kind = Literal["differences", "spectral", "polynomials"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Observed:
    """Fields on a grid.

    Attributes:
        fields: axes time, unknown, space.
        names: names of the unknowns.
        time_step: time between two snapshots.
        spacing: distance of neighbouring points in space.
    """

    fields: np.ndarray
    names: tuple[str, ...]
    time_step: float
    spacing: float

    @property
    def dimension(self) -> int:
        """Number of dimensions in space."""
        return self.fields.ndim - 2


@dataclass(frozen=True, kw_only=True)
class Derivatives:
    """How derivatives are taken: ``differences`` everywhere, ``spectral`` in space, or by fitted polynomials."""

    kind: Kind
    windows: Windows | None = None

    def of(self, field: np.ndarray, observed: Observed, *, time: int, space: tuple[int, ...]) -> np.ndarray:
        """Derivative of the given orders in time and space, where all derivatives of this kind exist."""
        spacings = [observed.time_step, *[observed.spacing] * len(space)]
        for axis, (order, spacing) in enumerate(zip((time, *space), spacings, strict=True)):
            field = self._along(field, axis=axis, order=order, spacing=spacing)
        return field[SPECTRAL_TRIM:-SPECTRAL_TRIM] if self.kind == "spectral" else field

    def _along(self, field: np.ndarray, *, axis: int, order: int, spacing: float) -> np.ndarray:
        if self.kind == "polynomials":
            assert self.windows is not None
            fit = {"degree": self.windows.degree, "width": self.windows.space if axis else self.windows.time}
            return polynomial_derivative(field, spacing=spacing, order=order, axis=axis, **fit)
        if self.kind == "spectral" and axis and order:
            return spectral_derivative(field, period=spacing * field.shape[axis], order=order, axis=axis)
        return difference_derivative(field, spacing=spacing, order=order, axis=axis)


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidates:
    """Columns of all terms, and the time derivative of each unknown, on the same rows."""

    names: list[str]
    columns: np.ndarray
    rates: list[np.ndarray]


def observed(data: xr.Dataset) -> Observed:
    """The clean fields of a data set."""
    equation = EVOLUTIONS[data.attrs["equation"]]
    values = data["field"].values
    fields = values if equation.real else values[..., 0] + 1j * values[..., 1]
    return Observed(
        fields=fields,
        names=equation.fields,
        time_step=float(data["time"][1] - data["time"][0]),
        spacing=equation.period / data.attrs["points"],
    )


def with_noise(clean: Observed, *, percent: float, rng: np.random.Generator) -> Observed:
    """Normal noise on every value of every unknown, in percent of its standard deviation.

    In the real and the imaginary part of a complex unknown it is that percentage of the standard deviation of the part
    over ``sqrt(2)``, as in the notebook ``NLS.ipynb`` of Rudy et al.
    """
    if percent == 0:
        return clean
    axes = (0, *range(2, clean.fields.ndim))

    def drawn(values: np.ndarray) -> np.ndarray:
        scale = percent / 100 * values.std(axis=axes, keepdims=True)
        return scale * rng.standard_normal(values.shape)

    if np.iscomplexobj(clean.fields):
        noise = (drawn(np.real(clean.fields)) + 1j * drawn(np.imag(clean.fields))) / np.sqrt(2)
    else:
        noise = drawn(clean.fields)
    return replace(clean, fields=clean.fields + noise)


def truncated(data: Observed, *, rank: int) -> Observed:
    """Each unknown by the ``rank`` leading singular vectors of its snapshot matrix, which hold little of the noise."""
    parts = []
    for i in range(len(data.names)):
        snapshots = data.fields[:, i].reshape(len(data.fields), -1)
        left, values, right = np.linalg.svd(snapshots, full_matrices=False)
        parts.append(((left[:, :rank] * values[:rank]) @ right[:rank]).reshape(data.fields[:, i].shape))
    return replace(data, fields=np.stack(parts, axis=1))


def candidates(
    data: Observed, derivatives: Derivatives, *, order: int, degree: int, chosen: np.ndarray | None = None
) -> Candidates:
    """Powers of the unknowns up to ``degree``, times one or one derivative of an unknown up to ``order``.

    The modulus of a complex unknown is a further unknown. Rows are the points in space and time, time by time.

    Args:
        data: fields.
        derivatives: how they are differentiated.
        order: highest derivative in space, over all axes together.
        degree: highest total power.
        chosen: numbers of the rows to return; None: all.
    """

    def column(field: np.ndarray, *, time: int = 0, space: tuple[int, ...] | None = None) -> np.ndarray:
        values = derivatives.of(field, data, time=time, space=space or (0,) * data.dimension).ravel()
        return values if chosen is None else values[chosen]

    unknowns = [data.fields[:, i] for i in range(len(data.names))]
    values = {name: column(field) for name, field in zip(data.names, unknowns, strict=True)}
    if np.iscomplexobj(data.fields):
        values |= {f"|{name}|": np.abs(value) for name, value in values.items()}
    powers = dict(_powers(values, degree))
    names, columns = [], []
    for suffix, derivative in _derivatives(data, order, column):
        for name, power in powers.items():
            names.append((name + suffix) or "1")
            columns.append(power if derivative is None else power * derivative)
    rates = [column(field, time=1) for field in unknowns]
    return Candidates(names=names, columns=np.stack(columns, axis=1), rates=rates)


def inner_rows(data: Observed, derivatives: Derivatives, *, margin: int = 0) -> np.ndarray:
    """Row numbers of the points that are at least ``margin`` points away from the ends of all axes in space."""
    shape = derivatives.of(data.fields[:, 0], data, time=0, space=(0,) * data.dimension).shape
    inside = np.zeros(shape, dtype=bool)
    inside[(slice(None), *(slice(margin, size - margin) for size in shape[1:]))] = True
    return np.flatnonzero(inside)


def _powers(values: dict[str, np.ndarray], degree: int) -> Iterator[tuple[str, np.ndarray]]:
    one = np.ones_like(next(iter(values.values())))
    for powers in product(range(degree + 1), repeat=len(values)):
        if sum(powers) <= degree:
            name = "".join(f"{n}^{p}" if p > 1 else n for n, p in zip(values, powers, strict=True) if p)
            factors = (value**p for value, p in zip(values.values(), powers, strict=True) if p)
            yield name, reduce(np.multiply, factors, one)


def _derivatives(data: Observed, order: int, column: Callable) -> Iterator[tuple[str, np.ndarray | None]]:
    yield "", None
    for orders in product(range(order + 1), repeat=data.dimension):
        if 0 < sum(orders) <= order:
            letters = "".join(axis * count for axis, count in zip(AXES, orders, strict=False))
            for i, name in enumerate(data.names):
                yield f"{name}_{letters}", column(data.fields[:, i], space=orders)
