"""Spectral radii of learned cycles on the grids they were trained on and on finer ones, and solver iterations."""

from collections.abc import Sequence
from typing import Any

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
from mlsim.numerics.multigrid.stencils import laplacian
from mlsim.studies.multigrid.settings import Problem, Scoring
from mlsim.studies.multigrid.train import MOST_DENSE, operators_of, restored
from mlsim.tables import Row, case_row, mean_row, row
from mlsim.training.seeding import numpy_generator

REFINEMENTS = {"poisson_2d_refined_once": 1, "poisson_2d_refined_twice": 2}
# relative; rounding leaves 1e-15
SYMMETRIC = 1e-10
# blocks of 64 modes
MOST_FOURIER_LEVELS = 3
KRYLOV: tuple[Krylov, ...] = ("stationary", "cg", "gmres")


def evaluate(settings: Scoring, *, data: xr.Dataset | None = None, model: dict, seed: int, method: str) -> pd.DataFrame:
    """Rows of one learned cycle."""
    problem, case = settings.problem, settings.variant.problem
    steps = min(settings.training.steps, settings.training.steps_later)
    rows: list[Row] = [case_row(case, "training_steps", steps)]
    for x in progress(problem.x, label="members"):
        cycle = restored(model, settings.variant, problem, x=x)
        with torch.no_grad():
            rows += _trained_rows(case, problem, cycle, x=x, data=data)
            if problem.equation == "poisson":
                rows += _refined_rows(cycle, problem, size=int(x), largest=settings.evaluation.largest_transfer)
    if problem.equation == "poisson":
        for size in settings.evaluation.solver_sizes:
            levels, sweeps = _on_grid(_nearest(settings, model, size=size), size=size, levels=problem.levels)
            rows += solver_rows(levels, sweeps, size=size)
        if settings.variant.transfers == "linear":
            rows += _rows_on_algebraic_hierarchy(settings, model, size=settings.evaluation.estimate_size)
    return pd.DataFrame(rows).assign(method=method, seed=seed)


def radius_rows(radii: Sequence[Radius], quantity: str = "spectral_radius", **labels: Any) -> list[Row]:
    """Mean radius with its standard error over problems, largest residual, number of estimates by power iteration.

    ``labels`` are case, x and others, as in :func:`mlsim.tables.row`.
    """
    return [
        mean_row(quantity, [radius.value for radius in radii], **labels),
        row("residual", max(radius.residual for radius in radii), **labels),
        row("power_estimates", sum(radius.estimate == "power" for radius in radii), **labels),
    ]


def cycle_radius(hierarchy: Hierarchy, *, sweeps: Sequence[Sweeps]) -> Radius:
    """Spectral radius of a cycle: all eigenvalues of a small one, ARPACK for the rest."""
    shape = hierarchy.levels[0].shape
    size = shape[0] * shape[1]
    if size <= MOST_DENSE:
        return dense_radius(error_matrix(hierarchy, sweeps=sweeps))

    def apply(vector: np.ndarray) -> np.ndarray:
        x = torch.from_numpy(np.ascontiguousarray(vector.ravel())).reshape(1, *shape)
        with torch.no_grad():
            return error_after_cycle(hierarchy, x, sweeps=sweeps).numpy().ravel()

    return arpack_radius(apply, size=size, start=start_vector(size))


def poisson_levels(*, size: int, levels: int, transfers: Sequence[Transfer]) -> Hierarchy:
    """Hierarchy of the 5-point Laplacian; missing transfers repeat the last one."""
    shapes = level_shapes((size, size), levels=levels)
    repeated = [transfers[min(level, len(transfers) - 1)] for level in range(len(shapes) - 1)]
    return hierarchy(laplacian(dimensions=2), shape=shapes[0], transfers=repeated)


def fourier_radius(hierarchy: Hierarchy, *, sweeps: Sequence[Sweeps]) -> float:
    """Spectral radius from exact Fourier blocks; NaN where a stencil is not even or the blocks would be large."""
    transfers = [level.transfer for level in hierarchy.levels]
    stencils = [stencil for transfer in transfers for stencil in (transfer.restriction, transfer.prolongation)]
    if len(hierarchy.levels) > MOST_FOURIER_LEVELS or not all(is_even(stencil) for stencil in stencils):
        return np.nan
    symbols = symbol_levels(hierarchy.levels[0].operator, transfers=transfers, sweeps=sweeps)
    return blocks_radius(error_blocks(symbols, size=hierarchy.levels[0].shape[0]))


def solver_rows(hierarchy: Hierarchy, sweeps: Sequence[Sweeps], *, size: int, **labels: Any) -> list[Row]:
    """Iterations of a cycle by itself and inside Krylov methods."""
    return iteration_rows(stencil_operator(hierarchy), cycle_operator(hierarchy, sweeps=sweeps), size=size, **labels)


def iteration_rows(operator: LinearOperator, preconditioner: LinearOperator, *, size: int, **labels: Any) -> list[Row]:
    """Iterations to a residual of 1e-10, and the residuals of the cycle by itself.

    Conjugate gradients need a symmetric cycle and have a row only there: with different weights before and after the
    correction, or with learned stencils, it is not symmetric.
    """
    b = numpy_generator(0, "right-hand side", size).normal(size=size * size)
    rows = []
    for krylov in KRYLOV:
        if krylov == "cg" and asymmetry(preconditioner, b) > SYMMETRIC:
            continue
        norms = residual_history(operator, preconditioner, b, krylov=krylov)
        rows.append(case_row("solver_2d", f"iterations_{krylov}", iterations(norms), x=size, **labels))
        if krylov == "stationary":
            case = f"cycles_{size}"
            rows += [case_row(case, "relative_residual", norm, x=x, **labels) for x, norm in enumerate(norms)]
    return rows


def _trained_rows(case: str, problem: Problem, cycle: LearnedCycle, *, x: float, data: xr.Dataset | None) -> list[Row]:
    """The cycle on the grid that it was trained on."""
    sweeps = cycle.sweeps()
    hierarchies = [cycle.levels(operator) for operator in operators_of(problem, x=x, data=data, part="test")]
    rows = radius_rows([cycle_radius(levels, sweeps=sweeps) for levels in hierarchies], case=case, x=x)
    rows.append(case_row(case, "parameters", sum(p.numel() for p in cycle.parameters()), x=x))
    exact = fourier_radius(hierarchies[0], sweeps=sweeps) if problem.equation == "poisson" else np.nan
    return [*rows, case_row(case, "fourier_radius", exact, x=x)] if np.isfinite(exact) else rows


def _refined_rows(cycle: LearnedCycle, problem: Problem, *, size: int, largest: int) -> list[Row]:
    """The cycle on finer grids."""
    rows = []
    for case, times in REFINEMENTS.items():
        finer = (size + 1) * 2**times - 1
        if finer > largest:
            continue
        levels, sweeps = _on_grid(cycle, size=finer, levels=problem.levels)
        rows += radius_rows([cycle_radius(levels, sweeps=sweeps)], "transfer_radius", case=case, x=size)
    return rows


def _rows_on_algebraic_hierarchy(settings: Scoring, model: dict, *, size: int) -> list[Row]:
    """Learned weights as smoothers of a Ruge-Stueben hierarchy of pyamg."""
    sweeps = _nearest(settings, model, size=size).sweeps()
    before, after = ([getattr(level, side).detach().numpy() for level in sweeps] for side in ("before", "after"))
    solver = ruge_stuben(poisson_matrix(size), omega=2 / 3, scaled=False, levels=settings.problem.levels)
    radius = algebraic_radius(cycle_of(with_sweep_weights(solver, before, after)), size=size)
    return radius_rows([radius], case="poisson_2d_on_amg", x=size)


def _nearest(settings: Scoring, model: dict, *, size: int) -> LearnedCycle:
    """The cycle trained on this grid, or else on the largest one below it, or else on the smallest one."""
    x = max((x for x in settings.problem.x if x <= size), default=min(settings.problem.x))
    return restored(model, settings.variant, settings.problem, x=x)


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
        sweeps = cycle.sweeps()
    return finer, [sweeps[min(level, len(sweeps) - 1)] for level in range(len(finer.levels))]
