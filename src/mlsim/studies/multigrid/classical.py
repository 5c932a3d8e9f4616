"""Rows of the untrained baselines: geometric and algebraic multigrid, exact cases, the stochastic estimate."""

from functools import partial
from math import cos, pi

import pandas as pd
import torch
import xarray as xr

from mlsim.logs import progress
from mlsim.numerics.multigrid.algebraic_multigrid import cycle_of, poisson_matrix, ruge_stuben, standard_solver
from mlsim.numerics.multigrid.cycles import (
    Hierarchy,
    Sweeps,
    Transfer,
    error_after_cycle,
    error_matrix,
    hierarchy,
    level_shapes,
)
from mlsim.numerics.multigrid.model_problems import ideal_interpolation, variable_laplacian
from mlsim.numerics.multigrid.spectral_radius import dense_radius, gelfand_loss, linear_map
from mlsim.numerics.multigrid.stencils import Stencil, laplacian, linear_interpolation
from mlsim.studies.multigrid.evaluate import (
    algebraic_radius,
    cycle_radius,
    fourier_radius,
    iteration_rows,
    poisson_levels,
    radius_rows,
    solver_rows,
)
from mlsim.studies.multigrid.settings import Classical, Evaluation, Problem
from mlsim.studies.multigrid.train import operators_of, shape_of
from mlsim.tables import Row, case_row
from mlsim.training.seeding import global_randomness, numpy_generator

DAMPINGS = {"linear": 2 / 3, "jacobi_optimal": 0.8}
AMG = {"amg_default": True, "amg_unscaled": False}
STANDARD = {"amg_ruge_stuben": "ruge_stuben", "amg_smoothed_aggregation": "smoothed_aggregation"}


def evaluate_classical(settings: Classical, *, data: xr.Dataset) -> pd.DataFrame:
    """Rows of all untrained baselines."""
    frames = [pd.DataFrame(_exact_rows(data))]
    for name, problem in progress(settings.problems.items(), total=len(settings.problems), label="problems"):
        for method, damping in DAMPINGS.items():
            frames.append(pd.DataFrame(_damped_rows(name, problem, damping=damping, data=data)).assign(method=method))
        if problem.equation == "poisson":
            frames.append(pd.DataFrame(_closed_form_rows(name, problem)).assign(method="linear_closed_form"))
            frames.append(pd.DataFrame([case_row(name, "largest_grid", max(problem.x))]).assign(method="linear"))
            for method, scaled in AMG.items():
                rows = _algebraic_rows(name, problem, scaled=scaled)
                frames.append(pd.DataFrame(rows).assign(method=method))
    for problem in settings.problems.values():
        if problem.equation == "poisson":
            frames += _solver_frames(settings.evaluation, levels=problem.levels)
            rows = _estimate_rows(settings.evaluation, levels=problem.levels)
            frames.append(pd.DataFrame(rows).assign(method="linear"))
    return pd.concat(frames, ignore_index=True).assign(seed=0)


def damped(levels: int, damping: float) -> list[Sweeps]:
    """Two equal sweeps before and after on every level but the coarsest."""
    weights = torch.full((2,), damping, dtype=torch.float64)
    return [Sweeps(before=weights, after=weights)] * (levels - 1)


def linear_transfers(*, dimensions: int) -> list[Transfer]:
    """Linear interpolation and full weighting."""
    interpolation = linear_interpolation(dimensions=dimensions)
    return [Transfer(restriction=interpolation / 2**dimensions, prolongation=interpolation)]


def linear_levels(operator: Stencil, *, shape: tuple[int, int], levels: int) -> Hierarchy:
    """Hierarchy of any operator with linear transfers."""
    shapes = level_shapes(shape, levels=levels)
    dimensions = 1 if shape[0] == 1 else 2
    return hierarchy(operator, shape=shape, transfers=linear_transfers(dimensions=dimensions) * (len(shapes) - 1))


def _damped_rows(case: str, problem: Problem, *, damping: float, data: xr.Dataset) -> list[Row]:
    rows: list[Row] = []
    for x in problem.x:
        shape = shape_of(problem, x=x)
        operators = operators_of(problem, x=x, data=data, part="test")
        levels = [linear_levels(operator, shape=shape, levels=problem.levels) for operator in operators]
        sweeps = damped(len(levels[0].levels) + 1, damping)
        rows += radius_rows(case, [cycle_radius(each, sweeps=sweeps) for each in levels], x=x)
        if problem.equation == "poisson":
            rows.append(case_row(case, "fourier_radius", fourier_radius(levels[0], sweeps=sweeps), x=x))
    return rows


def _closed_form_rows(case: str, problem: Problem) -> list[Row]:
    """Modes that the coarse grid does not see decide: ``((1 + cos(pi h)) / 3)^4`` for damping 2/3."""
    return [case_row(case, "spectral_radius", ((1 + cos(pi / (x + 1))) / 3) ** 4, x=x) for x in problem.x]


def _algebraic_rows(case: str, problem: Problem, *, scaled: bool) -> list[Row]:
    rows: list[Row] = []
    for x in problem.x:
        # pyamg's estimate of a spectral radius draws from numpy's global state
        with global_randomness(0, "amg", f"{x:g}"):
            solver = ruge_stuben(poisson_matrix(int(x)), omega=2 / 3, scaled=scaled, levels=problem.levels)
        rows += radius_rows(case, [algebraic_radius(cycle_of(solver), size=int(x))], x=x)
    return rows


def _solver_frames(settings: Evaluation, *, levels: int) -> list[pd.DataFrame]:
    frames = []
    for size in settings.solver_sizes:
        own = poisson_levels(size=size, levels=levels, transfers=linear_transfers(dimensions=2))
        for method, damping in DAMPINGS.items():
            rows = solver_rows(own, damped(len(own.levels) + 1, damping), size=size)
            frames.append(pd.DataFrame(rows).assign(method=method))
        for method, kind in STANDARD.items():
            frames.append(pd.DataFrame(_standard_rows(kind, size=size)).assign(method=method))
    return frames


def _standard_rows(kind: str, *, size: int) -> list[Row]:
    matrix = poisson_matrix(size)
    with global_randomness(0, kind, size):
        cycle = cycle_of(standard_solver(matrix, kind=kind))
    operator = linear_map(lambda x: matrix @ x, size=size * size)
    return iteration_rows(operator, cycle, size=size)


def _estimate_rows(settings: Evaluation, *, levels: int) -> list[Row]:
    """The stochastic estimate at several exponents: per unknown, and as the paper's bound with ``N^(1/2K)``."""
    size = settings.estimate_size
    case = f"estimate_{size}"
    own = poisson_levels(size=size, levels=levels, transfers=linear_transfers(dimensions=2))
    sweeps = damped(len(own.levels) + 1, 2 / 3)
    rows = []
    for power in settings.powers:
        rng = numpy_generator(0, "estimate", power)
        signs = torch.from_numpy(rng.choice([-1.0, 1.0], size=(10, size, size)))
        with torch.no_grad():
            rate = gelfand_loss(partial(error_after_cycle, own, sweeps=sweeps), signs, power=power)
        estimate = float(rate.exp())
        rows.append(case_row(case, "estimate_per_unknown", estimate, x=power))
        rows.append(case_row(case, "estimate_bound", estimate * (size * size) ** (1 / (2 * power)), x=power))
    return rows


def _exact_rows(data: xr.Dataset) -> list[Row]:
    """One dimension, weights 1 and 1/2: a two-grid cycle and a W-cycle that are exact after two steps."""
    sizes = data.attrs["line_sizes"]
    rows: list[Row] = [case_row("poisson_1d", "largest_grid", max(sizes), method="two_grid")]
    line = data["line_coefficient"].values
    for size in sizes:
        constant = laplacian(dimensions=1)
        variable = variable_laplacian(line[: size + 1])
        depth = len(level_shapes((1, size), levels=99))
        w_cycle = error_matrix(_line_levels(constant, size=size, levels=depth), sweeps=_nilpotent(depth), gamma=2)
        cases = {
            "two_grid": error_matrix(_line_levels(constant, size=size, levels=2), sweeps=_nilpotent(2)),
            "two_grid_variable": error_matrix(_ideal_levels(variable, size=size), sweeps=_nilpotent(2)),
            "w_cycle": w_cycle,
        }
        for method, matrix in cases.items():
            norm = float(torch.linalg.matrix_norm(matrix @ matrix, ord=2))
            rows.append(case_row("poisson_1d", "norm_of_square", norm, x=size, method=method))
        if depth >= 3:
            matrix = error_matrix(_line_levels(constant, size=size, levels=3), sweeps=_nilpotent(3))
            radius = dense_radius(matrix).value
            rows.append(case_row("poisson_1d", "spectral_radius", radius, x=size, method="v_cycle"))
    return rows


def _nilpotent(levels: int) -> list[Sweeps]:
    one, half = torch.tensor([1.0], dtype=torch.float64), torch.tensor([0.5], dtype=torch.float64)
    return [Sweeps(before=one, after=half)] * (levels - 1)


def _line_levels(operator: Stencil, *, size: int, levels: int) -> Hierarchy:
    return linear_levels(operator, shape=(1, size), levels=levels)


def _ideal_levels(operator: Stencil, *, size: int) -> Hierarchy:
    interpolation = ideal_interpolation(operator)
    transfer = Transfer(restriction=interpolation / 2, prolongation=interpolation)
    return hierarchy(operator, shape=(1, size), transfers=[transfer])
