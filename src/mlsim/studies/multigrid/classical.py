"""Untrained baselines: geometric and algebraic multigrid, cycles that are exact, the stochastic estimate."""

from functools import partial
from math import cos, pi
from operator import matmul
from typing import Any

import pandas as pd
import torch
import xarray as xr
from torch import Tensor

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
from mlsim.tables import NO_SEED, Row, case_row, row
from mlsim.training.seeding import global_randomness, numpy_generator

DAMPINGS = {"linear": 2 / 3, "jacobi_optimal": 0.8}
AMG = {"amg_default": True, "amg_unscaled": False}
STANDARD = {"amg_ruge_stuben": "ruge_stuben", "amg_smoothed_aggregation": "smoothed_aggregation"}


def evaluate_classical(settings: Classical, *, data: xr.Dataset) -> pd.DataFrame:
    """Rows of all untrained baselines."""
    rows = _exact_rows(data)
    for case, problem in progress(settings.problems.items(), total=len(settings.problems), label="problems"):
        for method, damping in DAMPINGS.items():
            rows += _damped_rows(problem, damping=damping, data=data, case=case, method=method)
        if problem.equation == "poisson":
            rows.append(case_row(case, "largest_grid", max(problem.x), method="linear"))
            rows += _closed_form_rows(problem, case=case, method="linear_closed_form")
            for method, scaled in AMG.items():
                rows += _algebraic_rows(problem, scaled=scaled, case=case, method=method)
            rows += _all_solver_rows(settings.evaluation, levels=problem.levels)
            rows += _estimate_rows(settings.evaluation, levels=problem.levels)
    return pd.DataFrame(rows).assign(seed=NO_SEED)


def damped(hierarchy: Hierarchy, damping: float) -> list[Sweeps]:
    """Two equal sweeps before and after on every level but the coarsest."""
    weights = torch.full((2,), damping, dtype=torch.float64)
    return [Sweeps(before=weights, after=weights)] * len(hierarchy.levels)


def linear_transfers(*, dimensions: int) -> list[Transfer]:
    """Linear interpolation and full weighting."""
    interpolation = linear_interpolation(dimensions=dimensions)
    return [Transfer(restriction=interpolation / 2**dimensions, prolongation=interpolation)]


def linear_levels(operator: Stencil, *, shape: tuple[int, int], levels: int) -> Hierarchy:
    """Hierarchy of any operator with linear transfers."""
    shapes = level_shapes(shape, levels=levels)
    dimensions = 1 if shape[0] == 1 else 2
    return hierarchy(operator, shape=shape, transfers=linear_transfers(dimensions=dimensions) * (len(shapes) - 1))


def _closed_form_rows(problem: Problem, **labels: Any) -> list[Row]:
    """``((1 + cos(pi h)) / 3)^4`` for damping 2/3: modes that vanish on the coarse grid determine the radius."""
    return [row("spectral_radius", ((1 + cos(pi / (x + 1))) / 3) ** 4, x=x, **labels) for x in problem.x]


def _damped_rows(problem: Problem, *, damping: float, data: xr.Dataset, **labels: Any) -> list[Row]:
    rows: list[Row] = []
    for x in problem.x:
        operators, shape = operators_of(problem, x=x, data=data, part="test"), shape_of(problem, x=x)
        hierarchies = [linear_levels(operator, shape=shape, levels=problem.levels) for operator in operators]
        sweeps = damped(hierarchies[0], damping)
        rows += radius_rows([cycle_radius(levels, sweeps=sweeps) for levels in hierarchies], x=x, **labels)
        if problem.equation == "poisson":
            rows.append(row("fourier_radius", fourier_radius(hierarchies[0], sweeps=sweeps), x=x, **labels))
    return rows


def _algebraic_rows(problem: Problem, *, scaled: bool, **labels: Any) -> list[Row]:
    rows: list[Row] = []
    for x in problem.x:
        # pyamg's estimate of a spectral radius draws from numpy's global state
        with global_randomness(0, "amg", f"{x:g}"):
            solver = ruge_stuben(poisson_matrix(int(x)), omega=2 / 3, scaled=scaled, levels=problem.levels)
        rows += radius_rows([algebraic_radius(cycle_of(solver), size=int(x))], x=x, **labels)
    return rows


def _all_solver_rows(settings: Evaluation, *, levels: int) -> list[Row]:
    """Iterations of geometric multigrid and of pyamg's solvers, by themselves and inside Krylov methods."""
    rows: list[Row] = []
    for size in settings.solver_sizes:
        geometric = poisson_levels(size=size, levels=levels, transfers=linear_transfers(dimensions=2))
        for method, damping in DAMPINGS.items():
            rows += solver_rows(geometric, damped(geometric, damping), size=size, method=method)
        matrix = poisson_matrix(size)
        operator = linear_map(partial(matmul, matrix), size=size * size)
        for method, kind in STANDARD.items():
            with global_randomness(0, kind, size):
                algebraic = cycle_of(standard_solver(matrix, kind=kind))
            rows += iteration_rows(operator, algebraic, size=size, method=method)
    return rows


def _estimate_rows(settings: Evaluation, *, levels: int) -> list[Row]:
    """The stochastic estimate at several exponents: per unknown, and as the paper's bound with ``N^(1/2K)``."""
    size = settings.estimate_size
    labels: dict[str, Any] = {"case": f"estimate_{size}", "method": "linear"}
    geometric = poisson_levels(size=size, levels=levels, transfers=linear_transfers(dimensions=2))
    sweeps = damped(geometric, DAMPINGS["linear"])
    rows = []
    for power in settings.powers:
        rng = numpy_generator(0, "estimate", power)
        signs = torch.from_numpy(rng.choice([-1.0, 1.0], size=(10, size, size)))
        with torch.no_grad():
            logarithm = gelfand_loss(partial(error_after_cycle, geometric, sweeps=sweeps), signs, power=power)
        estimate = float(logarithm.exp())
        rows.append(row("estimate_per_unknown", estimate, x=power, **labels))
        rows.append(row("estimate_bound", estimate * (size * size) ** (1 / (2 * power)), x=power, **labels))
    return rows


def _exact_rows(data: xr.Dataset) -> list[Row]:
    """One dimension, weights 1 and 1/2: a two-grid cycle and a W-cycle that are exact after two steps."""
    sizes, line = data.attrs["line_sizes"], data["line_coefficient"].values
    rows: list[Row] = [case_row("poisson_1d", "largest_grid", max(sizes), method="two_grid")]
    constant = laplacian(dimensions=1)
    for size in sizes:
        shape, depth = (1, size), len(level_shapes((1, size), levels=99))
        variable = variable_laplacian(line[: size + 1])
        interpolation = ideal_interpolation(variable)
        ideal = Transfer(restriction=interpolation / 2, prolongation=interpolation)
        matrices = {
            "two_grid": _error_matrix(linear_levels(constant, shape=shape, levels=2)),
            "two_grid_variable": _error_matrix(hierarchy(variable, shape=shape, transfers=[ideal])),
            "w_cycle": _error_matrix(linear_levels(constant, shape=shape, levels=depth), gamma=2),
        }
        for method, matrix in matrices.items():
            norm = float(torch.linalg.matrix_norm(matrix @ matrix, ord=2))
            rows.append(case_row("poisson_1d", "norm_of_square", norm, x=size, method=method))
        if depth >= 3:
            radius = dense_radius(_error_matrix(linear_levels(constant, shape=shape, levels=3))).value
            rows.append(case_row("poisson_1d", "spectral_radius", radius, x=size, method="v_cycle"))
    return rows


def _error_matrix(hierarchy: Hierarchy, *, gamma: int = 1) -> Tensor:
    """Error propagation of a cycle with one sweep of weight 1 before and one of weight 1/2 after the correction."""
    one, half = torch.tensor([1.0], dtype=torch.float64), torch.tensor([0.5], dtype=torch.float64)
    return error_matrix(hierarchy, sweeps=[Sweeps(before=one, after=half)] * len(hierarchy.levels), gamma=gamma)
