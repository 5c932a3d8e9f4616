"""Searches of all methods on the problems of a case: calls, work units and successes, as medians over the problems."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd
import xarray as xr

from mlsim.logs import progress
from mlsim.studies.blackbox.counter import Counter
from mlsim.studies.blackbox.gaussian_process import bayesian
from mlsim.studies.blackbox.problems import Task, bar, low_frequency_misfit, misfit, objective
from mlsim.studies.blackbox.searches import COMMON, Search, gauss_newton, low_frequency_first, optimality_criteria
from mlsim.studies.blackbox.settings import Run, Searches
from mlsim.tables import Row, row
from mlsim.training.seeding import global_randomness, numpy_generator

# dimension from which on growth is measured: claims are that the calls of the gradient method are flat from here on
REFERENCE = 16
# searches that take some hundredths of a second where the simulator is smooth
SMOOTH = ("inversion", "bar")
CHEAP = ("lbfgs_gradient", "lbfgs_differences", "gauss_newton", "optimality_criteria")
# work units within which claims say that a search fails, whatever the budget
STATED_CAP = 8000


def evaluate(settings: Run, *, data: xr.Dataset, cases: list[str], seed: int) -> pd.DataFrame:
    """Rows of the cases and, at their largest dimension, of ``<case>_history``."""
    parts = [pd.DataFrame(_case_rows(settings, data, case, seed=seed)) for case in progress(cases, label="cases")]
    return pd.concat(parts, ignore_index=True).assign(seed=seed)


def _case_rows(settings: Run, data: xr.Dataset, case: str, *, seed: int) -> Iterator[Row]:
    dimensions = settings.problems.dimensions(case)
    costs: list[Row] = []
    for dimension in progress(dimensions, label="dimensions"):
        counters: dict[str, list[Counter]] = {}
        for method in methods(case, dimension, settings.searches):
            truths = range(problem_count(case, method, settings))
            tasks = [Task(case=case, dimension=dimension, truth=truth) for truth in truths]
            counters[method] = [searched(settings, data, task, method=method, seed=seed) for task in tasks]
        for method, searches in counters.items():
            measured = {**_costs(searches), "work_over_gradient": work_ratio(searches, counters["lbfgs_gradient"])}
            costs += [row(name, value, x=dimension, case=case, method=method) for name, value in measured.items()]
            if dimension == max(dimensions):
                history = _history_rows(searches, units=settings.budget.units)
                yield from (point | {"case": f"{case}_history", "method": method} for point in history)
        if case == "inversion":
            directions = effective_dimension(settings, data, dimension)
            yield row("effective_dimension", directions, x=dimension, case=case, method="all")
        if case == "bar":
            lowest = lowest_bar_value(settings, data, dimension, seed=seed)
            yield row("lowest_value_without_tolerance", lowest, x=dimension, case=case, method="lbfgs_gradient")
    yield from costs
    for method, measured in pd.DataFrame(costs).groupby("method"):
        yield row("problems", problem_count(case, str(method), settings), case=case, method=method)
        growth = _growth_rows(measured.pivot(index="x", columns="quantity", values="value"))
        yield from (ratio | {"case": case, "method": method} for ratio in growth)
    sizes = {
        "problems": problem_count(case, "all", settings),
        "largest_dimension": max(dimensions),
        "cap_units": settings.budget.units,
    }
    yield from (row(name, size, case=case, method="all") for name, size in sizes.items())


def methods(case: str, dimension: int, settings: Searches) -> list[str]:
    """Names of the searches that run on a case in a dimension."""
    names = [name for name in COMMON if name != "differential_evolution" or dimension <= settings.largest]
    extra = {"inversion": ["gauss_newton"], "rugged": ["low_frequency_first"], "bar": ["optimality_criteria"]}
    names += extra.get(case, [])
    if case == "inversion" and dimension <= settings.bayesian_largest:
        names.append("bayesian")
    return names


def problem_count(case: str, method: str, settings: Run) -> int:
    """Number of problems on which a search runs; ``all`` stands for the facts of the case."""
    cheap = case in SMOOTH and method in (*CHEAP, "all")
    return settings.problems.truths if cheap else min(settings.searches.few, settings.problems.truths)


def searched(
    settings: Run,
    data: xr.Dataset,
    task: Task,
    *,
    method: str,
    seed: int,
    keep_trail: bool = False,
    tolerance: float | None = None,
) -> Counter:
    """One search, from its start to the tolerance, by default that of the budget, or the cap."""
    counter = Counter(
        objective(task, settings.problems, data),
        tolerance=settings.budget.tolerance if tolerance is None else tolerance,
        cap=settings.budget.bayesian_units if method == "bayesian" else settings.budget.units,
        keep_trail=keep_trail,
    )
    stream = ("search", task.case, task.dimension, task.truth)  # equal restarts for all methods
    search = _search(settings, data, task, method=method)
    # a library might draw from numpy's global state
    with global_randomness(seed, *stream):
        counter.run(search, settings.searches, numpy_generator(seed, *stream))
    return counter


def _search(settings: Run, data: xr.Dataset, task: Task, *, method: str) -> Search:
    if method == "low_frequency_first":
        return low_frequency_first(low_frequency_misfit(task, settings.problems, data))
    if method == "optimality_criteria":
        return optimality_criteria(bar(task, data).improved)
    return {**COMMON, "gauss_newton": gauss_newton, "bayesian": bayesian}[method]


def _costs(counters: list[Counter]) -> dict[str, float]:
    """Medians and quartiles over the problems; a failed search counts with all that it spent."""
    measured: dict[str, float] = {}
    for name in ("calls", "work_units"):
        counts = np.array([counter.calls if name == "calls" else counter.units for counter in counters], dtype=float)
        for suffix, level in (("", 0.5), ("_lower_quartile", 0.25), ("_upper_quartile", 0.75)):
            measured[f"{name}{suffix}"] = float(np.quantile(counts, level))
    early = [counter.succeeded and counter.units <= STATED_CAP for counter in counters]
    return {
        **measured,
        "success_rate": float(np.mean([counter.succeeded for counter in counters])),
        f"success_rate_within_{STATED_CAP}": float(np.mean(early)),
        "least_value": float(np.median([counter.best for counter in counters])),
        "lowest_value_of_all": min(counter.best for counter in counters),
        "restarts": float(np.median([counter.restarts for counter in counters])),
    }


def _history_rows(counters: list[Counter], *, units: int) -> Iterator[Row]:
    """Median over the problems of the least value so far against the work units spent; one before the first call."""
    grid = sorted({round(10 ** (k / 8)) for k in range(int(8 * np.log10(units)) + 1)} | {units})
    curves = np.ones((len(counters), len(grid)))
    for curve, counter in zip(curves, counters, strict=True):
        for spent, value in counter.history:
            curve[np.searchsorted(grid, spent) :] = value
    for spent, value in zip(grid, np.median(curves, axis=0), strict=True):
        yield row("least_value", value, x=spent)


def work_ratio(counters: list[Counter], reference: list[Counter]) -> float:
    """Median work over that of the reference, on the problems on which both have run."""
    units = [[counter.units for counter in pair] for pair in zip(counters, reference, strict=False)]
    median, reference_median = np.median(units, axis=0)
    return float(median / reference_median)


def _growth_rows(costs: pd.DataFrame) -> Iterator[Row]:
    """Growth of the costs of one method: its columns are quantities, its index numbers of parameters."""
    for smaller, dimension in pairwise(costs.index):
        yield row("calls_over_smaller", costs["calls"][dimension] / costs["calls"][smaller], x=dimension)
    if REFERENCE not in costs.index:
        return
    later = costs[costs.index >= REFERENCE]
    for name, quantity in {"calls": "calls", "work": "work_units"}.items():
        for dimension, cost in later[quantity].items():
            yield row(f"{name}_over_reference", cost / later[quantity][REFERENCE], x=float(str(dimension)))
    calls = later.loc[later["success_rate"] >= 0.5, "calls"]
    if len(calls) >= 2:
        slope = np.polyfit(np.log(calls.index.to_numpy(dtype=float)), np.log(calls.to_numpy()), 1)[0]
        yield row("exponent", slope)


def effective_dimension(settings: Run, data: xr.Dataset, dimension: int) -> float:
    """Median number of directions at the truth that hold all but the tolerance of the second derivative (inversion)."""
    counts = []
    for truth in range(settings.problems.truths):
        task = Task(case="inversion", dimension=dimension, truth=truth)
        theta = data["inversion_truth"].values[truth, :dimension]
        jacobian = misfit(task, settings.problems, data).jacobian(theta)
        squares = np.linalg.svd(jacobian, compute_uv=False) ** 2
        remainders = 1.0 - np.cumsum(squares) / squares.sum()
        counts.append(1 + int((remainders > settings.budget.tolerance).sum()))
    return float(np.median(counts))


def lowest_bar_value(settings: Run, data: xr.Dataset, dimension: int, *, seed: int) -> float:
    """The least value of the gradient method, restarted until the cap: below zero if the closed form is not the best.

    Without a tolerance, because a search that ends at the tolerance does not reach values below zero.
    """
    truths = range(min(settings.searches.few, settings.problems.truths))
    tasks = [Task(case="bar", dimension=dimension, truth=truth) for truth in truths]
    return min(
        searched(settings, data, task, method="lbfgs_gradient", seed=seed, tolerance=-np.inf).best for task in tasks
    )
