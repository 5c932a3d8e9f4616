"""Rows of the table: cost and error of the gradients of all codes."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import fmean

import numpy as np
import pandas as pd
import torch
import xarray as xr

from mlsim.logs import progress
from mlsim.numerics.differentiation.difference_quotients import forward_difference, taylor_slope
from mlsim.numerics.differentiation.recomputation import Program, revolved_gradient, segmented_gradient
from mlsim.numerics.differentiation.revolve import extra_steps
from mlsim.numerics.estimation.relative_errors import relative_error
from mlsim.studies.autodiff.codes import (
    FEM_SOLVERS,
    Problem,
    array_program,
    burgers_model,
    scalar_program,
    squared_norm,
    stored_problems,
)
from mlsim.studies.autodiff.generate import stored_program
from mlsim.studies.autodiff.measurements import Measurement, array_measurement, counted, scalar_measurement
from mlsim.studies.autodiff.settings import Checkpointing, Differences
from mlsim.tables import NO_SEED, Row, row

# of the Taylor remainder, relative to the norm of the inputs: larger ones show the third order of the N-body code
TAYLOR_STEPS = tuple(3e-5 * 2.0**-k for k in range(4))
# finite differences are compared from this number of inputs on: with fewer they may cost less than the bound of 4 N
CROSSOVER_INPUTS = 4
# methods that differentiate the program itself, operation by operation or by the implicit function theorem
DIFFERENTIATED = ("reverse", "implicit")
CHECKPOINTED = {"burgers_checkpointed": "reverse_checkpointed", "burgers_revolve": "revolve"}


def evaluate_scalar_codes(settings: Differences, *, data: xr.Dataset) -> pd.DataFrame:
    """Rows of the scalar codes, of the random programs, and of all of them together."""
    rows = []
    for problem in progress(list(stored_problems(data)), label="scalar codes"):
        program = scalar_program(problem.code, size=problem.size, steps=problem.steps)
        measured = scalar_measurement(program, problem.inputs, constants=problem.constants)
        rows += _gradient_rows(problem, measured) + _difference_rows(problem, measured, step=settings.step)
    rows += _random_rows(data)
    return _frame(rows + _summary_rows("all_scalar_codes", rows))


def evaluate_array_codes(settings: Differences, *, data: xr.Dataset) -> pd.DataFrame:
    """Rows of the array codes, and of all of them together."""
    rows = []
    for problem in progress(list(stored_problems(data)), label="array codes"):
        for method in FEM_SOLVERS if problem.code == "fem" else ("reverse",):
            program = array_program(problem.code, size=problem.size, steps=problem.steps, method=method)
            measured = array_measurement(program, problem)
            rows += _gradient_rows(problem, measured, method=method)
            if method == "reverse":
                rows += _difference_rows(problem, measured, step=settings.step)
                rows.append(_taylor_row(problem, measured))
    return _frame(rows + _drops(rows) + _summary_rows("all_array_codes", rows))


def evaluate_checkpointing(settings: Checkpointing, *, data: xr.Dataset) -> pd.DataFrame:
    """Rows of the largest Burgers code with few states stored: one per segment, or chosen by revolve."""
    problems = [problem for problem in stored_problems(data) if problem.code == "burgers"]
    problem = max(problems, key=lambda problem: problem.size)
    full, _ = _checkpointed(problem, segment=problem.steps)
    rows = []
    for segment in progress(sorted(settings.segments), label="segments"):
        numbers = _memory(*_checkpointed(problem, segment=segment), full=full)
        rows += _rows_of(numbers, case="burgers_checkpointed", method="reverse_checkpointed", x=segment)
    for snapshots in progress(sorted(settings.snapshots), label="snapshots"):
        numbers = _memory(*_checkpointed(problem, snapshots=snapshots), full=full)
        rows += _rows_of(numbers, case="burgers_revolve", method="revolve", x=snapshots)
        bound = {"extra_steps": extra_steps(problem.steps, snapshots=snapshots)}
        rows += _rows_of(bound, case="burgers_revolve", method="revolve_bound", x=snapshots)
    for case, method in CHECKPOINTED.items():
        largest = _largest(rows, method=method, quantities=("ratio", "added_ratio", "gradient_error"))
        rows += _rows_of({"steps": problem.steps, **largest}, case=case, method=method)
    return _frame(rows)


def _checkpointed(problem: Problem, *, segment: int | None = None, snapshots: int = 1) -> tuple[Measurement, Program]:
    """Cost of one reversal of a Burgers code: by segments, or else by revolve."""
    step, start = burgers_model(problem.size).step, torch.from_numpy(problem.inputs)
    plain = counted(lambda: squared_norm(Program(step, squared_norm).advanced(start, steps=problem.steps)))[1]
    program = Program(step, squared_norm)
    if segment is None:
        result = counted(lambda: revolved_gradient(program, start, steps=problem.steps, snapshots=snapshots))
    else:
        result = counted(lambda: segmented_gradient(program, start, steps=problem.steps, segment=segment))
    gradient, operations = result[0].numpy(), result[1]
    measured = Measurement(
        function_operations=plain, operations=operations, gradient=gradient, saved_bytes=program.meter.peak
    )
    return measured, program


def _memory(measured: Measurement, program: Program, *, full: Measurement) -> dict[str, float]:
    """Memory and recomputation of one reversal; its gradient is compared with that of the full tape bit by bit."""
    return {
        "operations": measured.operations,
        "ratio": measured.ratio,
        "added_ratio": measured.ratio - full.ratio,
        "extra_steps": program.extra_steps,
        "saved_mb": measured.saved_bytes / 1e6,
        "saved_share": measured.saved_bytes / full.saved_bytes,
        "gradient_error": float(np.abs(measured.gradient - full.gradient).max()),
    }


def _gradient_rows(problem: Problem, measured: Measurement, *, method: str = "reverse") -> list[Row]:
    numbers = {
        "function_operations": measured.function_operations,
        "operations": measured.operations,
        "ratio": measured.ratio,
        "inputs": problem.inputs.size,
        "gradient_error": relative_error(problem.directions @ measured.gradient, problem.derivatives),
    }
    if measured.saved_bytes:
        numbers["saved_mb"] = measured.saved_bytes / 1e6
    return _rows_of(numbers, case=problem.code, method=method, x=problem.x)


def _difference_rows(problem: Problem, measured: Measurement, *, step: float) -> list[Row]:
    """Finite differences: a gradient of n numbers takes n + 1 values of the function."""
    quotients = np.array([forward_difference(line, step=step) for line in problem.lines()])
    values = problem.inputs.size + 1
    numbers = {
        "operations": values * measured.function_operations,
        "ratio": values,
        "advantage_of_reverse": values / measured.ratio,
        "inputs": problem.inputs.size,
        "gradient_error": relative_error(quotients, problem.derivatives),
    }
    return _rows_of(numbers, case=problem.code, method="finite_difference", x=problem.x)


def _taylor_row(problem: Problem, measured: Measurement) -> Row:
    """Order of the Taylor remainder, along the direction where it is farthest from two."""
    pairs = zip(problem.lines(), problem.directions @ measured.gradient, strict=True)
    slopes = [taylor_slope(line, derivative=float(d), steps=TAYLOR_STEPS) for line, d in pairs]
    worst = max(slopes, key=lambda slope: abs(slope - 2))
    return row("taylor_slope", worst, case=problem.code, method="reverse", x=problem.x)


def _random_rows(data: xr.Dataset) -> list[Row]:
    """The random programs: their number, their mean N, and the largest ratio and error."""
    inputs, directions = data["random_inputs"].values, data["random_directions"].values
    derivatives = data["random_derivatives"].values
    measured, errors = [], []
    for index in range(data.sizes["program"]):
        program = stored_program(data, index)
        measured.append(scalar_measurement(lambda x, c, run=program: run(x), inputs[index], constants=np.empty(0)))
        errors.append(relative_error(directions[index] @ measured[-1].gradient, derivatives[index]))
    ratios = [measurement.ratio for measurement in measured]
    count, values = inputs.shape[1], inputs.shape[1] + 1
    reverse = {
        "function_operations": fmean(measurement.function_operations for measurement in measured),
        "operations": fmean(measurement.operations for measurement in measured),
        "ratio": max(ratios),
        "mean_ratio": fmean(ratios),
        "inputs": count,
        "gradient_error": max(errors),
    }
    differences = {"ratio": values, "inputs": count, "advantage_of_reverse": values / max(ratios)}
    case, x = "random_programs", float(data.sizes["line"])
    return [
        row("programs", len(measured), case=case, method="reverse"),
        *_rows_of(reverse, case=case, method="reverse", x=x),
        *_rows_of(differences, case=case, method="finite_difference", x=x),
    ]


def _summary_rows(case: str, rows: Sequence[Row]) -> list[Row]:
    """The largest x of each code and method, and under ``case`` the worst values of all codes and sizes."""
    frame = pd.DataFrame(rows)
    ratios = frame[frame["quantity"] == "ratio"].sort_values("x").drop_duplicates(["case", "method"], keep="last")
    sizes = zip(ratios["case"], ratios["method"], ratios["x"], strict=True)
    summary = [row("largest_size", x, case=code, method=method) for code, method, x in sizes]
    for method in DIFFERENTIATED:
        largest = _largest(rows, method=method, quantities=("ratio", "gradient_error", "inputs"))
        summary += _rows_of(largest, case=case, method=method)
    wide = frame.dropna(subset="x").pivot(index=["case", "method", "x"], columns="quantity", values="value")
    advantage = wide.loc[wide["inputs"] >= CROSSOVER_INPUTS, "advantage_of_reverse"].min()
    summary.append(row("smallest_advantage_of_reverse", advantage, case=case, method="finite_difference"))
    if "taylor_slope" in wide:
        deviation = (wide["taylor_slope"] - 2).abs().max()
        summary.append(row("largest_slope_deviation", deviation, case=case, method="reverse"))
    return summary


def _largest(rows: Sequence[Row], *, method: str, quantities: Sequence[str]) -> dict[str, float]:
    """Largest values over all codes and sizes; nothing where the method has no row."""
    of_method = [row for row in rows if row["method"] == method]
    values = {name: [row["value"] for row in of_method if row["quantity"] == name] for name in quantities}
    return {f"largest_{name}": max(numbers) for name, numbers in values.items() if numbers}


def _drops(rows: Sequence[Row]) -> list[Row]:
    """By how much the ratio of implicit differentiation is below that of the next smaller size."""
    implicit = [row for row in rows if row["method"] == "implicit" and row["quantity"] == "ratio"]
    ratios = sorted((row["x"], row["value"]) for row in implicit)
    return [
        row("drop_of_ratio", before - after, case="fem", method="implicit", x=x)
        for (_, before), (x, after) in pairwise(ratios)
    ]


def _rows_of(numbers: Mapping[str, float], *, case: str, method: str, x: float = np.nan) -> list[Row]:
    units = {"saved_mb": "MB"}
    return [
        row(name, value, x=x, unit=units.get(name, "1"), case=case, method=method) for name, value in numbers.items()
    ]


def _frame(rows: Sequence[Row]) -> pd.DataFrame:
    """Exact counts and rounding errors: nothing is drawn, so that there is one seed and no standard error."""
    return pd.DataFrame(list(rows)).assign(seed=NO_SEED)
