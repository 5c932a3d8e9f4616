"""The weak form: regression on integrals of the terms against test functions on random boxes."""

from collections.abc import Callable
from itertools import product
from math import comb
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from mlsim.logs import progress
from mlsim.numerics.dynamics.evolution_equations import EVOLUTIONS
from mlsim.studies.discovery.candidates import Observed, observed, with_noise
from mlsim.studies.discovery.regressions import ensemble_weights, known_weights, thresholded_weights
from mlsim.studies.discovery.scores import SWEPT, equation_rows
from mlsim.studies.discovery.settings import WeakForm
from mlsim.studies.discovery.weak_boxes import box_matrices
from mlsim.tables import Row, case_row
from mlsim.training.seeding import global_randomness, numpy_generator

POWERS = 2
LEAST_POWER = 4  # of the test functions
POWER_NAMES = {0: "1", 1: "u", 2: "u^2"}


class WeakIntegrals:
    """Integrals of ``u^p`` and ``u^p d^k u`` over random boxes, for any field on one grid, as products of matrices.

    Boxes and weights are those of pysindy's library. Its own transform loops over boxes and factors for each field;
    all of it is linear in pointwise products of the field with its differences, so that one sparse matrix for each
    derivative of the test functions serves all noise levels.

    Args:
        settings: boxes and their size.
        x: equally spaced places.
        times: equally spaced times.
    """

    def __init__(self, settings: WeakForm, *, x: np.ndarray, times: np.ndarray) -> None:
        self.library = library(settings, x=x, times=times)
        self.order, self._spacing = settings.order, float(x[1] - x[0])
        self._boxes = box_matrices(self.library)

    @property
    def names(self) -> list[str]:
        """Terms in the order of the columns."""
        slopes = ["u_" + "x" * k for k in range(1, self.order + 1)]
        return [*POWER_NAMES.values(), *slopes, *(POWER_NAMES[p] + slope for slope in slopes for p in (1, 2))]

    def rate(self, u: np.ndarray) -> np.ndarray:
        """Integrals of ``u_t``; the derivative stands on the test functions."""
        return -(self._boxes.against_rate @ u.ravel())

    def columns(self, u: np.ndarray) -> np.ndarray:
        """Integrals of all terms; of ``u^p d^k u`` half the derivatives stand on the test functions.

        Args:
            u: field, space first.
        """
        powers = [u**p for p in range(1, POWERS + 1)]
        found = [self._integral(0, np.ones_like(u)), *(self._integral(0, power) for power in powers)]
        found += [(-1) ** k * self._integral(k, u) for k in range(1, self.order + 1)]
        slope = _remembered(lambda k: self._difference(u, k))
        slopes = [_remembered(lambda k, power=power: self._difference(power, k)) for power in powers]
        for k in range(1, self.order + 1):
            moved = k // 2
            for of_power in slopes:
                parts = (
                    comb(moved, j) * self._integral(j, of_power(moved - j) * slope(k - moved)) for j in range(moved + 1)
                )
                found.append((-1) ** moved * sum(parts))
        return np.stack(found, axis=1)

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
        p=max(settings.order + 1, LEAST_POWER),
    )


def evaluate_weak(settings: WeakForm, *, data: xr.Dataset, case: str, seeds: list[int]) -> pd.DataFrame:
    """Rows of the methods ``weak_form``, ``ensemble`` and ``known_terms``; ``x`` = noise in percent.

    And of ``<case>_boxes``, ``x`` = factor on the half-widths of the boxes.

    Args:
        settings: of the weak form.
        data: from :func:`mlsim.studies.discovery.generate.generate`.
        case: name of the equation.
        seeds: of boxes and noise.
    """
    clean, (truth,) = observed(data), EVOLUTIONS[data.attrs["equation"]].terms
    frames = [pd.DataFrame(_sizes(case, settings, data, seeds)).assign(seed=seeds[0])]
    for seed in progress(seeds, total=len(seeds), label="sets of boxes"):
        with global_randomness(seed, "boxes", case):
            integrals = WeakIntegrals(settings, x=data["x"].values, times=data["time"].values)
        for level in settings.noise:
            noisy = with_noise(clean, percent=level, rng=numpy_generator(seed, "noise", case, f"{level:g}"))
            found = recovered(settings, integrals, noisy, terms=tuple(truth), seed=seed)
            rows = {method: equation_rows(case, [own], [truth], x=level) for method, own in found.items()}
            for method, own in rows.items():
                ratio = own[0]["value"] / rows["known_terms"][0]["value"]
                own.append(case_row(case, "error_over_known_terms", ratio, x=level))
                frames.append(pd.DataFrame(own).assign(method=method, seed=seed))
    return pd.concat([*frames, *_scaled(settings, data, case=case, seeds=seeds)], ignore_index=True)


def _scaled(settings: WeakForm, data: xr.Dataset, *, case: str, seeds: list[int]) -> list[pd.DataFrame]:
    """What the size of the boxes decides, on draws of noise and boxes that no other row rests on.

    The solution under the noise is that of the other rows.
    """
    clean, (truth,) = observed(data), EVOLUTIONS[data.attrs["equation"]].terms
    frames = []
    for factor, seed in product(settings.scales, seeds):
        stream = (f"{case}, boxes of other sizes", f"{factor:g}")
        with global_randomness(seed, *stream):
            integrals = WeakIntegrals(settings.scaled(factor), x=data["x"].values, times=data["time"].values)
        # the same noise for all sizes
        noisy = with_noise(clean, percent=settings.compared, rng=numpy_generator(seed, stream[0], "noise"))
        u = noisy.fields[:, 0].T
        weights = thresholded_weights(integrals.columns(u), integrals.rate(u), threshold=settings.threshold)
        rows = equation_rows(f"{case}_boxes", [_named(integrals.names, weights)], [truth], x=factor)
        kept = [row for row in rows if row["quantity"] in SWEPT]
        frames.append(pd.DataFrame(kept).assign(method="weak_form", seed=seed))
    if settings.scales:
        row = case_row(f"{case}_boxes", "noise", settings.compared, unit="percent")
        frames.append(pd.DataFrame([row]).assign(method="weak_form", seed=seeds[0]))
    return frames


def recovered(
    settings: WeakForm, integrals: WeakIntegrals, data: Observed, *, terms: tuple[str, ...], seed: int
) -> dict[str, dict[str, float]]:
    """The equation by one regression, by an ensemble of them, and, the classical way, where its terms are known."""
    u, names = data.fields[:, 0].T, integrals.names
    columns, rate = integrals.columns(u), integrals.rate(u)
    weights = {"weak_form": thresholded_weights(columns, rate, threshold=settings.threshold)}
    with global_randomness(seed, "ensemble"):
        weights["ensemble"] = ensemble_weights(columns, rate, threshold=settings.threshold, models=settings.models)
    weights["known_terms"] = known_weights(columns, rate, np.array([name in terms for name in names]))
    return {method: _named(names, w) for method, w in weights.items()}


def _named(names: list[str], weights: np.ndarray) -> dict[str, float]:
    return {name: float(value) for name, value in zip(names, weights, strict=True) if value != 0}


def _remembered(function: Callable[[int], np.ndarray]) -> Callable[[int], np.ndarray]:
    known: dict[int, np.ndarray] = {}

    def remembered(order: int) -> np.ndarray:
        if order not in known:
            known[order] = function(order)
        return known[order]

    return remembered


def _sizes(case: str, settings: WeakForm, data: xr.Dataset, seeds: list[int]) -> list[Row]:
    sizes = {"boxes": settings.boxes, "noise_seeds": len(seeds), "snapshots": data.sizes["time"]}
    rows = [case_row(case, quantity, value) for quantity, value in sizes.items()]
    return [row | {"method": method} for row in rows for method in ("weak_form", "ensemble", "known_terms")]
