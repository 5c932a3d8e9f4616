"""All searches of one case: calls, work units and successes, as medians over the truths."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd
import xarray as xr

from mlsim.logs import progress
from mlsim.studies.blackbox.counter import Meter
from mlsim.studies.blackbox.gaussian_process import bayesian
from mlsim.studies.blackbox.problems import Task, bar, low_frequency_misfit, misfit, objective
from mlsim.studies.blackbox.searches import (
    COMMON,
    Search,
    gauss_newton,
    low_frequency_first,
    optimality_criteria,
)
from mlsim.studies.blackbox.settings import Run, Searches
from mlsim.tables import Row, case_row
from mlsim.training.seeding import global_randomness, numpy_generator

# growth is told from here on: the dimension from which the gradient's calls are claimed to be flat
REFERENCE = 16
# searches that take some hundredths of a second where the simulator is smooth
SMOOTH = ("inversion", "bar")
CHEAP = ("lbfgs_gradient", "lbfgs_differences", "gauss_newton", "optimality_criteria")
# work units within which claims say that a search fails, whatever the budget
STATED_CAP = 8000


def evaluate(settings: Run, *, data: xr.Dataset, cases: list[str], seed: int) -> pd.DataFrame:
    """Rows of the cases and, at their largest dimension, of ``<case>_history``."""
    rows = [row for case in progress(cases, label="cases") for row in _case_rows(settings, data, case, seed=seed)]
    return pd.DataFrame(rows).assign(seed=seed)


def _case_rows(settings: Run, data: xr.Dataset, case: str, *, seed: int) -> list[Row]:
    rows: list[Row] = []
    dimensions = settings.problems.dimensions(case)
    for dimension in progress(dimensions, label="dimensions"):
        spent: dict[str, list[Meter]] = {}
        for method in methods(case, dimension, settings.searches):
            spent[method] = meters = [
                searched(settings, data, Task(case=case, dimension=dimension, truth=truth), method=method, seed=seed)
                for truth in range(problem_count(case, method, settings))
            ]
            rows += [row | {"method": method} for row in _costs(case, dimension, meters)]
            if dimension == max(dimensions):
                rows += [row | {"method": method} for row in _history(case, meters, units=settings.budget.units)]
        rows += list(_work_over_gradient(case, dimension, spent))
        if case == "inversion":
            rows.append(_effective_dimension(settings, data, dimension))
        if case == "bar":
            rows.append(_lowest_bar(settings, data, dimension, seed=seed))
    rows += list(_comparisons(case, rows))
    for method in {row["method"]: None for row in rows} | {"all": None}:
        rows.append(case_row(case, "problems", problem_count(case, method, settings), method=method))
    return rows + [row | {"method": "all"} for row in _sizes(case, settings)]


def methods(case: str, dimension: int, settings: Searches) -> list[str]:
    """Names of the searches that run on a case in a dimension."""
    names = [name for name in COMMON if name != "differential_evolution" or dimension <= settings.largest]
    extra = {"inversion": ["gauss_newton"], "rugged": ["low_frequency_first"], "bar": ["optimality_criteria"]}
    names += extra.get(case, [])
    if case == "inversion" and dimension <= settings.bayesian_largest:
        names.append("bayesian")
    return names


def problem_count(case: str, method: str, settings: Run) -> int:
    """Number of problems on which a search runs."""
    cheap = case in SMOOTH and method in (*CHEAP, "all")
    return settings.problems.truths if cheap else min(settings.searches.few, settings.problems.truths)


def searched(
    settings: Run, data: xr.Dataset, task: Task, *, method: str, seed: int, keep_trail: bool = False,
    tolerance: float | None = None,
) -> Meter:  # fmt: skip
    """One search, from its start to the tolerance, by default that of the budget, or the cap."""
    budget = settings.budget
    tolerance = budget.tolerance if tolerance is None else tolerance
    goal = objective(task, settings.problems, data)
    cap = budget.bayesian_units if method == "bayesian" else budget.units
    meter = Meter(goal, tolerance=tolerance, cap=cap, keep_trail=keep_trail)
    names = ("search", task.case, task.dimension, task.truth)  # equal restarts for all methods
    search = _search(settings, data, task, method=method)
    # what a library might draw from numpy's global state is fixed, too
    with global_randomness(seed, *names):
        meter.run(search, settings.searches, numpy_generator(seed, *names))
    return meter


def _search(settings: Run, data: xr.Dataset, task: Task, *, method: str) -> Search:
    if method == "low_frequency_first":
        return low_frequency_first(low_frequency_misfit(task, settings.problems, data))
    if method == "optimality_criteria":
        return optimality_criteria(bar(task, data).improved)
    return {**COMMON, "gauss_newton": gauss_newton, "bayesian": bayesian}[method]


def _costs(case: str, dimension: int, meters: list[Meter]) -> Iterator[Row]:
    """Medians and quartiles over truths, a failure counting with all that it spent."""
    for name in ("calls", "work_units"):
        counts = np.array([meter.calls if name == "calls" else meter.units for meter in meters], dtype=float)
        for suffix, share in (("", 0.5), ("_lower_quartile", 0.25), ("_upper_quartile", 0.75)):
            yield case_row(case, f"{name}{suffix}", float(np.quantile(counts, share)), x=dimension)
    yield case_row(case, "success_rate", float(np.mean([meter.succeeded for meter in meters])), x=dimension)
    early = [meter.succeeded and meter.units <= STATED_CAP for meter in meters]
    yield case_row(case, f"success_rate_within_{STATED_CAP}", float(np.mean(early)), x=dimension)
    yield case_row(case, "least_value", float(np.median([meter.best for meter in meters])), x=dimension)
    yield case_row(case, "lowest_value_of_all", min(meter.best for meter in meters), x=dimension)
    yield case_row(case, "restarts", float(np.median([meter.restarts for meter in meters])), x=dimension)


def _history(case: str, meters: list[Meter], *, units: int) -> Iterator[Row]:
    """Median over truths of the least value so far, against the work units spent; one before the first call."""
    grid = sorted({round(10 ** (k / 8)) for k in range(int(8 * np.log10(units)) + 1)} | {units})
    curves = np.ones((len(meters), len(grid)))
    for curve, meter in zip(curves, meters, strict=True):
        for spent, value in meter.history:
            curve[np.searchsorted(grid, spent) :] = value
    for place, value in zip(grid, np.median(curves, axis=0), strict=True):
        yield case_row(f"{case}_history", "least_value", float(value), x=place)


def _effective_dimension(settings: Run, data: xr.Dataset, dimension: int) -> Row:
    """Directions at the truth that hold all but the tolerance of the misfit's mean second derivative."""
    counts = []
    for truth in range(settings.problems.truths):
        own = misfit(Task(case="inversion", dimension=dimension, truth=truth), settings.problems, data)
        place = data["inversion_truth"].values[truth, :dimension]
        squares = np.linalg.svd(own.jacobian(place), compute_uv=False) ** 2
        left = 1.0 - np.cumsum(squares) / squares.sum()
        counts.append(1 + int((left > settings.budget.tolerance).sum()))
    return case_row("inversion", "effective_dimension", float(np.median(counts)), x=dimension, method="all")


def _work_over_gradient(case: str, dimension: int, spent: dict[str, list[Meter]]) -> Iterator[Row]:
    """Median work over that of the gradient, on the truths on which both have run."""
    for method, meters in spent.items():
        both = zip(meters, spent["lbfgs_gradient"], strict=False)
        own, reference = np.median([[each.units for each in pair] for pair in both], axis=0)
        yield case_row(case, "work_over_gradient", float(own / reference), x=dimension, method=method)


def _lowest_bar(settings: Run, data: xr.Dataset, dimension: int, *, seed: int) -> Row:
    """The least value that the gradient finds, begun anew until the cap: below zero if the closed form is not the best.

    A search that ends at the tolerance could not tell.
    """
    found = [
        searched(
            settings, data, Task(case="bar", dimension=dimension, truth=truth), method="lbfgs_gradient", seed=seed,
            tolerance=-np.inf,
        ).best
        for truth in range(min(settings.searches.few, settings.problems.truths))
    ]  # fmt: skip
    return case_row("bar", "lowest_value_without_tolerance", min(found), x=dimension, method="lbfgs_gradient")


def _comparisons(case: str, rows: list[Row]) -> Iterator[Row]:
    """Calls and work over those at the reference dimension, and the exponent of the calls."""
    own = pd.DataFrame([row for row in rows if row["case"] == case])
    numbers = own.set_index(["quantity", "method", "x"])["value"]
    for method in own.loc[own["quantity"] == "calls", "method"].unique():
        calls, units = numbers["calls"][method], numbers["work_units"][method]
        sizes = list(calls.index)
        for smaller, dimension in pairwise(sizes):
            growth = calls[dimension] / calls[smaller]
            yield case_row(case, "calls_over_smaller", growth, x=dimension, method=method)
        if REFERENCE in calls.index:
            later = calls[calls.index >= REFERENCE]
            for dimension in later.index:
                for name, numbers_of in {"calls": calls, "work": units}.items():
                    ratio = numbers_of[dimension] / numbers_of[REFERENCE]
                    yield case_row(case, f"{name}_over_reference", ratio, x=dimension, method=method)
            mostly = later[numbers["success_rate"][method][later.index] >= 0.5]
            if len(mostly) >= 2:
                slope = np.polyfit(np.log(mostly.index.to_numpy(dtype=float)), np.log(mostly.to_numpy()), 1)[0]
                yield case_row(case, "exponent", float(slope), method=method)


def _sizes(case: str, settings: Run) -> Iterator[Row]:
    yield case_row(case, "largest_dimension", max(settings.problems.dimensions(case)))
    yield case_row(case, "cap_units", settings.budget.units)
