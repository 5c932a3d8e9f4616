"""Radii of learned cycles: on the grids they were trained on, on finer ones, and as solvers."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch
import xarray as xr
from scipy.sparse.linalg import LinearOperator

from mlsim.logs import progress
from mlsim.networks.multigrid.learned_cycle import LearnedCycle
from mlsim.numerics.multigrid.algebraic_multigrid import cycle_of, poisson_matrix, ruge_stuben, with_sweep_weights
from mlsim.numerics.multigrid.cycles import (
    Hierarchy,
    Sweeps,
    Transfer,
    error_after_cycle,
    error_matrix,
    hierarchy,
    level_shapes,
)
from mlsim.numerics.multigrid.fourier_analysis import blocks_radius, error_blocks, is_even, symbol_levels
from mlsim.numerics.multigrid.preconditioners import (
    Krylov,
    asymmetry,
    cycle_operator,
    iterations,
    residual_history,
    stencil_operator,
)
from mlsim.numerics.multigrid.spectral_radius import Radius, arpack_radius, dense_radius
from mlsim.numerics.multigrid.stencils import Stencil, laplacian
from mlsim.studies.multigrid.settings import Problem, Scoring
from mlsim.studies.multigrid.train import MOST_DENSE, operators_of, restored
from mlsim.tables import Row, case_row, mean_row
from mlsim.training.seeding import numpy_generator

REFINEMENTS = {"poisson_2d_refined_once": 1, "poisson_2d_refined_twice": 2}
# relative; rounding leaves 1e-15
SYMMETRIC = 1e-10
# blocks of 64 modes
MOST_FOURIER_LEVELS = 3
KRYLOV: tuple[Krylov, ...] = ("stationary", "cg", "gmres")


def evaluate(settings: Scoring, *, data: xr.Dataset | None = None, model: dict, seed: int, method: str) -> pd.DataFrame:
    """Rows of one learned cycle."""
    problem = settings.problem
    rows: list[Row] = []
    for x in progress(problem.x, label="members"):
        cycle = restored(model, settings.variant, problem, x=x)
        with torch.no_grad():
            rows += _own_rows(settings.variant.problem, problem, cycle, x=x, data=data)
            if problem.equation == "poisson":
                rows += _refined_rows(cycle, problem, size=int(x), largest=settings.evaluation.largest_transfer)
    if problem.equation == "poisson":
        for size in settings.evaluation.solver_sizes:
            # the cycle of this grid, or of the largest one it was trained on below it
            x = max((x for x in problem.x if x <= size), default=min(problem.x))
            cycle = restored(model, settings.variant, problem, x=x)
            rows += solver_rows(*_on_grid(cycle, size=size, levels=problem.levels), size=size)
        if settings.variant.transfers == "linear":
            rows += _rows_on_algebraic_hierarchy(settings, model, size=settings.evaluation.estimate_size)
    fewest_steps = min(settings.training.steps, settings.training.steps_later)
    rows.append(case_row(settings.variant.problem, "training_steps", fewest_steps))
    return pd.DataFrame(rows).assign(method=method, seed=seed)


def radius_rows(case: str, radii: Sequence[Radius], *, x: float, quantity: str = "spectral_radius") -> list[Row]:
    """Mean radius with its error over problems, largest residual, number of mere power estimates."""
    return [
        mean_row(quantity, [radius.value for radius in radii], x=x, case=case),
        case_row(case, "residual", max(radius.residual for radius in radii), x=x),
        case_row(case, "power_estimates", sum(radius.estimate == "power" for radius in radii), x=x),
    ]


def cycle_radius(levels: Hierarchy, *, sweeps: Sequence[Sweeps]) -> Radius:
    """Spectral radius of a cycle: all eigenvalues of a small one, ARPACK for the rest."""
    shape = levels.levels[0].shape
    size = shape[0] * shape[1]
    if size <= MOST_DENSE:
        return dense_radius(error_matrix(levels, sweeps=sweeps))

    def apply(vector: np.ndarray) -> np.ndarray:
        x = torch.from_numpy(np.ascontiguousarray(vector.ravel())).reshape(1, *shape)
        with torch.no_grad():
            return error_after_cycle(levels, x, sweeps=sweeps).numpy().ravel()

    return arpack_radius(apply, size=size, start=start_vector(size))


def poisson_levels(*, size: int, levels: int, transfers: Sequence[Transfer]) -> Hierarchy:
    """Hierarchy of the 5-point Laplacian; missing transfers repeat the last one."""
    shapes = level_shapes((size, size), levels=levels)
    each = [transfers[min(level, len(transfers) - 1)] for level in range(len(shapes) - 1)]
    return hierarchy(laplacian(dimensions=2), shape=shapes[0], transfers=each)


def fourier_radius(levels: Hierarchy, *, sweeps: Sequence[Sweeps]) -> float:
    """The same radius from exact Fourier blocks; NaN where a stencil is not even or the blocks would be large."""
    transfers = [level.transfer for level in levels.levels]
    stencils = [stencil for each in transfers for stencil in (each.restriction, each.prolongation)]
    if len(levels.levels) > MOST_FOURIER_LEVELS or not all(is_even(stencil) for stencil in stencils):
        return np.nan
    symbols = symbol_levels(levels.levels[0].operator, transfers=transfers, sweeps=sweeps)
    return blocks_radius(error_blocks(symbols, size=levels.levels[0].shape[0]))


def solver_rows(levels: Hierarchy, sweeps: Sequence[Sweeps], *, size: int) -> list[Row]:
    """Iterations that a cycle needs by itself and inside Krylov methods."""
    return iteration_rows(stencil_operator(levels), cycle_operator(levels, sweeps=sweeps), size=size)


def iteration_rows(operator: LinearOperator, preconditioner: LinearOperator, *, size: int) -> list[Row]:
    """Iterations to a residual of 1e-10, and the residuals of the cycle by itself.

    Conjugate gradients have a row only where the cycle is a symmetric operator, as they demand: with different weights
    before and after the correction, or with learned stencils, it is not.
    """
    b = right_hand_side(size)
    rows = []
    for krylov in KRYLOV:
        if krylov == "cg" and asymmetry(preconditioner, b) > SYMMETRIC:
            continue
        norms = residual_history(operator, preconditioner, b, krylov=krylov)
        rows.append(case_row("solver_2d", f"iterations_{krylov}", iterations(norms), x=size))
        if krylov == "stationary":
            rows += [case_row(f"cycles_{size}", "relative_residual", norm, x=step) for step, norm in enumerate(norms)]
    return rows


def right_hand_side(size: int) -> np.ndarray:
    """Random right-hand side of the solver rows, equal for all methods."""
    return numpy_generator(0, "right-hand side", size).normal(size=size * size)


def _own_rows(case: str, problem: Problem, cycle: LearnedCycle, *, x: float, data: xr.Dataset | None) -> list[Row]:
    operators: list[Stencil] = operators_of(problem, x=x, data=data, part="test")
    levels = [cycle.levels(operator) for operator in operators]
    rows = radius_rows(case, [cycle_radius(each, sweeps=cycle.sweeps()) for each in levels], x=x)
    rows.append(case_row(case, "parameters", sum(p.numel() for p in cycle.parameters()), x=x))
    if problem.equation == "poisson":
        exact = fourier_radius(levels[0], sweeps=cycle.sweeps())
        rows += [case_row(case, "fourier_radius", exact, x=x)] if np.isfinite(exact) else []
    return rows


def _refined_rows(cycle: LearnedCycle, problem: Problem, *, size: int, largest: int) -> list[Row]:
    """The cycle on finer grids."""
    rows = []
    for case, times in REFINEMENTS.items():
        finer = (size + 1) * 2**times - 1
        if finer > largest:
            continue
        levels, sweeps = _on_grid(cycle, size=finer, levels=problem.levels)
        rows += radius_rows(case, [cycle_radius(levels, sweeps=sweeps)], x=size, quantity="transfer_radius")
    return rows


def _rows_on_algebraic_hierarchy(settings: Scoring, model: dict, *, size: int) -> list[Row]:
    """Learned weights as smoothers of a Ruge-Stueben hierarchy that pyamg built."""
    problem = settings.problem
    x = max((x for x in problem.x if x <= size), default=min(problem.x))
    learned = restored(model, settings.variant, problem, x=x)
    before, after = (
        [getattr(each, side).detach().numpy() for each in learned.sweeps()] for side in ("before", "after")
    )
    solver = ruge_stuben(poisson_matrix(size), omega=2 / 3, scaled=False, levels=problem.levels)
    weighted = with_sweep_weights(solver, before, after)
    return radius_rows("poisson_2d_on_amg", [algebraic_radius(cycle_of(weighted), size=size)], x=size)


def algebraic_radius(cycle: LinearOperator, *, size: int) -> Radius:
    """Spectral radius of ``I - M A`` for the 5-point Laplacian."""
    matrix = poisson_matrix(size)

    def apply(vector: np.ndarray) -> np.ndarray:
        return vector.ravel() - cycle @ (matrix @ vector.ravel())

    unknowns = size * size
    if unknowns <= MOST_DENSE:
        columns = np.stack([apply(unit) for unit in np.eye(unknowns)], axis=1)
        return dense_radius(torch.from_numpy(columns))
    return arpack_radius(apply, size=unknowns, start=start_vector(unknowns))


def start_vector(size: int) -> np.ndarray:
    """Start vector of ARPACK, equal for all methods."""
    return numpy_generator(0, "start vector", size).normal(size=size)


def _on_grid(cycle: LearnedCycle, *, size: int, levels: int) -> tuple[Hierarchy, list[Sweeps]]:
    """A learned cycle on another grid; levels that it lacks repeat its coarsest."""
    with torch.no_grad():
        finer = poisson_levels(size=size, levels=levels, transfers=cycle.transfers())
        own = cycle.sweeps()
    return finer, [own[min(level, len(own) - 1)] for level in range(len(finer.levels))]
