"""The weak form: regression on integrals of the terms against test functions on random boxes."""

from functools import cache, partial
from itertools import product
from math import comb
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from mlsim.logs import progress
from mlsim.numerics.dynamics.evolution_equations import EVOLUTIONS
from mlsim.studies.discovery.candidates import Observed, observed, with_noise
from mlsim.studies.discovery.regressions import ensemble_regression, known_regression, thresholded_regression
from mlsim.studies.discovery.scores import Coefficients, coefficient_errors, equation_rows, swept_rows
from mlsim.studies.discovery.settings import WeakForm
from mlsim.studies.discovery.weak_boxes import box_matrices
from mlsim.tables import Row, case_row
from mlsim.training.seeding import global_randomness, numpy_generator

METHODS = ("weak_form", "ensemble", "known_terms")
POWERS = 2
POWER_NAMES = ("1", "u", "u^2")
LEAST_EXPONENT = 4  # of the test functions


class WeakIntegrals:
    """Integrals of ``u^p`` and ``u^p d^k u`` over random boxes, for any field on one grid, as products of matrices.

    Boxes and quadrature are those of pysindy's library, whose transform loops over boxes and factors for each field.
    The integrals are linear in pointwise products of the field with its differences, so that one sparse matrix for each
    derivative of the test functions serves all noise levels.

    Args:
        settings: number and size of the boxes.
        x: equally spaced points.
        times: equally spaced times.
    """

    def __init__(self, settings: WeakForm, *, x: np.ndarray, times: np.ndarray) -> None:
        self.library = library(settings, x=x, times=times)
        self.order, self._spacing = settings.order, float(x[1] - x[0])
        self._boxes = box_matrices(self.library)

    @property
    def names(self) -> list[str]:
        """Terms in the order of the columns."""
        derivatives = ["u_" + "x" * k for k in range(1, self.order + 1)]
        return [*POWER_NAMES, *derivatives, *(power + name for name in derivatives for power in POWER_NAMES[1:])]

    def time_derivative(self, u: np.ndarray) -> np.ndarray:
        """Integrals of ``u_t``, by parts: the derivative is moved to the test functions."""
        return -(self._boxes.against_time_derivative @ u.ravel())

    def columns(self, u: np.ndarray) -> np.ndarray:
        """Integrals of all terms, by parts where they contain derivatives.

        Of the linear terms ``d^k u`` all derivatives are moved to the test functions; of ``u^p d^k u``, ``p`` = 1 or 2,
        ``k // 2`` of them, and the other ``k - k // 2`` are finite differences.

        Args:
            u: field, space first.
        """
        powers = [u**p for p in range(1, POWERS + 1)]
        columns = [self._integral(0, np.ones_like(u)), *(self._integral(0, power) for power in powers)]
        columns += [(-1) ** k * self._integral(k, u) for k in range(1, self.order + 1)]
        derivatives = [cache(partial(self._difference, power)) for power in powers]
        of_u = derivatives[0]
        for k in range(1, self.order + 1):
            moved = k // 2
            for of_power in derivatives:
                parts = (
                    comb(moved, j) * self._integral(j, of_power(moved - j) * of_u(k - moved)) for j in range(moved + 1)
                )
                columns.append((-1) ** moved * sum(parts))
        return np.stack(columns, axis=1)

    def _integral(self, order: int, values: np.ndarray) -> np.ndarray:
        return self._boxes.against[order] @ values.ravel()

    def _difference(self, values: np.ndarray, order: int) -> np.ndarray:
        if order == 0:
            return values
        from pysindy.differentiation import FiniteDifference

        method = FiniteDifference(d=order, axis=0)
        return np.asarray(method._differentiate(values[..., None], self._spacing))[..., 0]


def library(settings: WeakForm, *, x: np.ndarray, times: np.ndarray) -> Any:
    """pysindy's library of the same terms on boxes drawn from numpy's global state."""
    from pysindy import PolynomialLibrary, WeakPDELibrary

    return WeakPDELibrary(
        function_library=PolynomialLibrary(degree=POWERS, include_bias=False),
        derivative_order=settings.order,
        spatiotemporal_grid=np.stack(np.meshgrid(x, times, indexing="ij"), axis=-1),
        include_bias=True,
        include_interaction=True,
        K=settings.boxes,
        H_xt=list(settings.half_widths),
        p=max(settings.order + 1, LEAST_EXPONENT),
    )


def evaluate_weak(settings: WeakForm, *, data: xr.Dataset, case: str, seeds: list[int]) -> pd.DataFrame:
    """Rows of the methods ``weak_form``, ``ensemble`` and ``known_terms``, ``x`` = noise in percent; and rows of
    ``<case>_boxes``, ``x`` = factor on the half-widths of the boxes.

    Args:
        settings: settings of the weak form.
        data: from :func:`mlsim.studies.discovery.generate.generate`.
        case: name of the equation.
        seeds: seeds of boxes and noise.
    """
    clean, (truth,) = observed(data), EVOLUTIONS[data.attrs["equation"]].terms
    sizes = {"boxes": settings.boxes, "noise_seeds": len(seeds), "snapshots": data.sizes["time"]}
    rows = [
        case_row(case, name, size, method=method, seed=seeds[0]) for method in METHODS for name, size in sizes.items()
    ]
    for seed in progress(seeds, total=len(seeds), label="sets of boxes"):
        with global_randomness(seed, "boxes", case):
            integrals = WeakIntegrals(settings, x=data["x"].values, times=data["time"].values)
        for level in settings.noise:
            noisy = with_noise(clean, percent=level, rng=numpy_generator(seed, "noise", case, f"{level:g}"))
            equations = recovered(settings, integrals, noisy, terms=tuple(truth), seed=seed)
            known = coefficient_errors(equations["known_terms"], truth).mean()
            for method, equation in equations.items():
                ratio = coefficient_errors(equation, truth).mean() / known
                labels = {"method": method, "seed": seed}
                rows += equation_rows(case, [equation], [truth], x=level, **labels)
                rows.append(case_row(case, "error_over_known_terms", ratio, x=level, **labels))
    return pd.DataFrame([*rows, *_box_rows(settings, data, case=case, seeds=seeds)])


def _box_rows(settings: WeakForm, data: xr.Dataset, *, case: str, seeds: list[int]) -> list[Row]:
    """Effect of the size of the boxes, on the same solution with draws of noise and boxes that no other row uses."""
    clean, (truth,) = observed(data), EVOLUTIONS[data.attrs["equation"]].terms
    noise_percent = settings.compared
    rows = []
    for factor, seed in product(settings.scales, seeds):
        stream = (f"{case}, boxes of other sizes", f"{factor:g}")
        with global_randomness(seed, *stream):
            integrals = WeakIntegrals(settings.scaled(factor), x=data["x"].values, times=data["time"].values)
        # the same noise for all sizes
        noisy = with_noise(clean, percent=noise_percent, rng=numpy_generator(seed, stream[0], "noise"))
        u = noisy.fields[:, 0].T
        solution = thresholded_regression(
            integrals.columns(u), integrals.time_derivative(u), threshold=settings.threshold
        )
        equation = _coefficients(integrals.names, solution)
        rows += swept_rows(f"{case}_boxes", [equation], [truth], x=factor, method="weak_form", seed=seed)
    if settings.scales:
        labels = {"method": "weak_form", "seed": seeds[0]}
        rows.append(case_row(f"{case}_boxes", "noise", noise_percent, unit="percent", **labels))
    return rows


def recovered(
    settings: WeakForm, integrals: WeakIntegrals, data: Observed, *, terms: tuple[str, ...], seed: int
) -> dict[str, Coefficients]:
    """The equation by one regression, by an ensemble of them, and by least squares on its known terms."""
    u, names = data.fields[:, 0].T, integrals.names
    columns, u_t = integrals.columns(u), integrals.time_derivative(u)
    threshold = settings.threshold
    solutions = {"weak_form": thresholded_regression(columns, u_t, threshold=threshold)}
    with global_randomness(seed, "ensemble"):
        solutions["ensemble"] = ensemble_regression(columns, u_t, threshold=threshold, models=settings.models)
    solutions["known_terms"] = known_regression(columns, u_t, np.array([name in terms for name in names]))
    return {method: _coefficients(names, solution) for method, solution in solutions.items()}


def _coefficients(names: list[str], solution: np.ndarray) -> Coefficients:
    return {name: float(value) for name, value in zip(names, solution, strict=True) if value != 0}
