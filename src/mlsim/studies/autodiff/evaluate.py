"""Rows of the table: what the gradients of all codes cost, and how right they are."""

from collections.abc import Iterable, Sequence
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
    along_array,
    along_scalar,
    array_program,
    burgers_model,
    scalar_program,
    squared_norm,
    stored_problems,
)
from mlsim.studies.autodiff.generate import stored_program
from mlsim.studies.autodiff.measurements import (
    Measurement,
    array_measurement,
    counted,
    scalar_measurement,
)
from mlsim.studies.autodiff.settings import Checkpointing, Differences
from mlsim.tables import Row, row

# of Taylor's remainder, as shares of the norm of the inputs: larger ones see the third order of the N-body code
TAYLOR_STEPS = tuple(3e-5 * 2.0**-k for k in range(4))
# finite differences are compared from here on: below, they may cost less than the bound of 4 N
CROSSOVER_INPUTS = 4
# methods that differentiate the program itself, operation by operation or by the implicit function theorem
DIFFERENTIATED = ("reverse", "implicit")


def evaluate_scalar_codes(settings: Differences, *, data: xr.Dataset) -> pd.DataFrame:
    """Rows of the scalar codes, of the random programs, and of all of them together."""
    rows = []
    for problem in progress(list(stored_problems(data)), label="scalar codes"):
        program = scalar_program(problem.code, size=problem.size, steps=problem.steps)
        measured = scalar_measurement(program, problem.inputs, constants=problem.constants)
        lines = [
            along_scalar(program, problem.inputs, constants=problem.constants, direction=v) for v in problem.directions
        ]
        quotients = np.array([forward_difference(line, step=settings.step) for line in lines])
        rows += _reverse_rows(problem, measured) + _difference_rows(problem, measured, quotients)
    rows += _random_rows(data)
    return _frame(rows + _largest_sizes(rows) + _over_all("all_scalar_codes", rows))


def evaluate_array_codes(settings: Differences, *, data: xr.Dataset) -> pd.DataFrame:
    """Rows of the array codes, and of all of them together."""
    rows = []
    for problem in progress(list(stored_problems(data)), label="array codes"):
        for method in FEM_SOLVERS if problem.code == "fem" else ("reverse",):
            program = array_program(problem.code, size=problem.size, steps=problem.steps, method=method)
            measured = array_measurement(program, problem)
            rows += _reverse_rows(problem, measured, method=method)
            if method == "reverse":
                lines = [
                    along_array(program, problem.inputs, constants=problem.constants, direction=v)
                    for v in problem.directions
                ]
                quotients = np.array([forward_difference(line, step=settings.step) for line in lines])
                rows += _difference_rows(problem, measured, quotients)
                derivatives = problem.directions @ measured.gradient
                slopes = [
                    taylor_slope(line, derivative=float(d), steps=TAYLOR_STEPS)
                    for line, d in zip(lines, derivatives, strict=True)
                ]
                worst = max(slopes, key=lambda slope: abs(slope - 2))
                rows.append(row("taylor_slope", worst, case=problem.code, method=method, x=problem.x))
    return _frame(rows + _drops(rows) + _largest_sizes(rows) + _over_all("all_array_codes", rows))


def evaluate_checkpointing(settings: Checkpointing, *, data: xr.Dataset) -> pd.DataFrame:
    """Rows of the largest Burgers code with few states kept, uniformly and by revolve."""
    problem = max((each for each in stored_problems(data) if each.code == "burgers"), key=lambda each: each.size)
    full, _ = _checkpointed(problem, segment=problem.steps)
    rows = []
    for segment in progress(sorted(settings.segments), label="segments"):
        measured, program = _checkpointed(problem, segment=segment)
        labels = {"case": "burgers_checkpointed", "method": "reverse_checkpointed", "x": float(segment)}
        rows += [each | labels for each in _memory_rows(measured, program, full=full)]
    for snapshots in progress(sorted(settings.snapshots), label="snapshots"):
        measured, program = _checkpointed(problem, snapshots=snapshots)
        labels = {"case": "burgers_revolve", "method": "revolve", "x": float(snapshots)}
        rows += [each | labels for each in _memory_rows(measured, program, full=full)]
        bound = extra_steps(problem.steps, snapshots=snapshots)
        rows.append(row("extra_steps", bound, case="burgers_revolve", method="revolve_bound", x=float(snapshots)))
    worst = ("ratio", "added_ratio", "gradient_error")
    for case, method in (("burgers_checkpointed", "reverse_checkpointed"), ("burgers_revolve", "revolve")):
        own = [row for row in rows if row["case"] == case]
        rows.append(row("steps", problem.steps, case=case, method=method))
        rows += _largest(case, own, method=method, quantities=worst)
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
    measured = Measurement(
        function_operations=plain,
        operations=result[1],
        gradient=result[0].numpy(),
        saved_bytes=program.meter.peak,
    )
    return measured, program


def _memory_rows(measured: Measurement, program: Program, *, full: Measurement) -> list[Row]:
    """Memory and recomputation of one reversal; its gradient against that of the full tape, bit by bit."""
    numbers = {
        "operations": (measured.operations, "1"),
        "ratio": (measured.ratio, "1"),
        "added_ratio": (measured.ratio - full.ratio, "1"),
        "extra_steps": (program.extra_steps, "1"),
        "saved_mb": (measured.saved_bytes / 1e6, "MB"),
        "saved_share": (measured.saved_bytes / full.saved_bytes, "1"),
        "gradient_error": (float(np.abs(measured.gradient - full.gradient).max()), "1"),
    }
    return [row(name, value, unit=unit) for name, (value, unit) in numbers.items()]


def _reverse_rows(problem: Problem, measured: Measurement, *, method: str = "reverse") -> list[Row]:
    derivatives = problem.directions @ measured.gradient
    rows = [
        row("function_operations", measured.function_operations, case=problem.code, method=method, x=problem.x),
        row("operations", measured.operations, case=problem.code, method=method, x=problem.x),
        row("ratio", measured.ratio, case=problem.code, method=method, x=problem.x),
        row("inputs", problem.inputs.size, case=problem.code, method=method, x=problem.x),
        row(
            "gradient_error",
            relative_error(derivatives, problem.derivatives),
            case=problem.code,
            method=method,
            x=problem.x,
        ),
    ]
    if measured.saved_bytes:
        rows.append(
            row("saved_mb", measured.saved_bytes / 1e6, case=problem.code, method=method, x=problem.x, unit="MB")
        )
    return rows


def _difference_rows(problem: Problem, measured: Measurement, quotients: np.ndarray) -> list[Row]:
    """The baseline: a gradient of n numbers takes n + 1 values."""
    values = problem.inputs.size + 1
    numbers = {
        "operations": values * measured.function_operations,
        "ratio": values,
        "advantage_of_reverse": values / measured.ratio,
        "inputs": problem.inputs.size,
        "gradient_error": relative_error(quotients, problem.derivatives),
    }
    return [
        row(name, value, case=problem.code, method="finite_difference", x=problem.x) for name, value in numbers.items()
    ]


def _random_rows(data: xr.Dataset) -> list[Row]:
    """The random programs: their number, their mean N, and the worst of them."""
    inputs, directions = data["random_inputs"].values, data["random_directions"].values
    derivatives = data["random_derivatives"].values
    measured, errors = [], []
    for index in range(data.sizes["program"]):
        program = stored_program(data, index)
        measured.append(scalar_measurement(lambda x, c, run=program: run(x), inputs[index], constants=np.empty(0)))
        errors.append(relative_error(directions[index] @ measured[-1].gradient, derivatives[index]))
    case, x = "random_programs", float(data.sizes["line"])
    ratios = [each.ratio for each in measured]
    values = inputs.shape[1] + 1
    return [
        row("programs", len(measured), case=case, method="reverse"),
        row(
            "function_operations",
            fmean(each.function_operations for each in measured),
            case=case,
            method="reverse",
            x=x,
        ),
        row("operations", fmean(each.operations for each in measured), case=case, method="reverse", x=x),
        row("ratio", max(ratios), case=case, method="reverse", x=x),
        row("mean_ratio", fmean(ratios), case=case, method="reverse", x=x),
        row("inputs", inputs.shape[1], case=case, method="reverse", x=x),
        row("gradient_error", max(errors), case=case, method="reverse", x=x),
        row("ratio", values, case=case, method="finite_difference", x=x),
        row("inputs", inputs.shape[1], case=case, method="finite_difference", x=x),
        row("advantage_of_reverse", values / max(ratios), case=case, method="finite_difference", x=x),
    ]


def _over_all(case: str, rows: Sequence[Row]) -> list[Row]:
    """The worst of all codes and sizes, which the claims are about."""
    summary: list[Row] = []
    for method in DIFFERENTIATED:
        summary += _largest(case, rows, method=method, quantities=("ratio", "gradient_error", "inputs"))
    advantages = [
        row["value"]
        for row, inputs in _with_inputs(rows)
        if row["quantity"] == "advantage_of_reverse" and inputs >= CROSSOVER_INPUTS
    ]
    if advantages:
        summary.append(row("smallest_advantage_of_reverse", min(advantages), case=case, method="finite_difference"))
    slopes = [abs(row["value"] - 2) for row in rows if row["quantity"] == "taylor_slope"]
    if slopes:
        summary.append(row("largest_slope_deviation", max(slopes), case=case, method="reverse"))
    return summary


def _with_inputs(rows: Iterable[Row]) -> list[tuple[Row, float]]:
    """Rows with the number of inputs of the same code, method and size."""
    rows = list(rows)
    inputs = {_key(row): row["value"] for row in rows if row["quantity"] == "inputs"}
    return [(row, float(inputs.get(_key(row), 0.0))) for row in rows]


def _key(row: Row) -> tuple[object, ...]:
    return row["case"], row["method"], row["x"]


def _largest(case: str, rows: Sequence[Row], *, method: str, quantities: Sequence[str]) -> list[Row]:
    """Largest values over all codes and sizes; nothing where the method has no row."""
    found = {
        name: [row["value"] for row in rows if row["method"] == method and row["quantity"] == name]
        for name in quantities
    }
    return [row(f"largest_{name}", max(values), case=case, method=method) for name, values in found.items() if values]


def _largest_sizes(rows: Sequence[Row]) -> list[Row]:
    """How far each code and method goes in x."""
    sizes: dict[tuple[str, str], float] = {}
    for each in rows:
        if each["quantity"] == "ratio":
            key = each["case"], each["method"]
            sizes[key] = max(sizes.get(key, 0.0), each["x"])
    return [row("largest_size", size, case=case, method=method) for (case, method), size in sizes.items()]


def _drops(rows: Sequence[Row]) -> list[Row]:
    """By how much the ratio of implicit differentiation is below that of the next smaller size."""
    ratios = sorted(
        (row["x"], row["value"]) for row in rows if row["method"] == "implicit" and row["quantity"] == "ratio"
    )
    pairs = pairwise(ratios)
    return [
        row("drop_of_ratio", before - after, case="fem", method="implicit", x=x) for (_, before), (x, after) in pairs
    ]


def _frame(rows: Sequence[Row]) -> pd.DataFrame:
    """Exact counts and rounding errors: nothing is drawn, so that there is one seed and no standard error."""
    return pd.DataFrame(list(rows)).assign(seed=0)
