"""Rows of the table from trainings, from what surrounds their ends, and from the direct methods."""

from itertools import product

import numpy as np
import pandas as pd
import torch
import xarray as xr

from mlsim.numerics.differentiation.torch_operations import OperationCounter
from mlsim.numerics.landscapes.game_fields import turning
from mlsim.studies.landscape.classical import classical
from mlsim.studies.landscape.comparisons import RISES, comparison_rows
from mlsim.studies.landscape.exact import dirac_rows, invariance_rows, sine_rows
from mlsim.studies.landscape.problems import Task, task_of
from mlsim.studies.landscape.settings import Analysis, Game, Look, Variant
from mlsim.studies.landscape.train import kept_parameters
from mlsim.tables import Row, case_row, row

CONDITIONS = (2, 5, 10, 20, 40)


def evaluate(
    settings: Look, *, data: xr.Dataset, seen: xr.Dataset, models: list[dict], histories: list[pd.DataFrame], seed: int
) -> pd.DataFrame:
    """Rows of the one table schema.

    Args:
        settings: of all networks and games.
        data: from :func:`mlsim.studies.landscape.generate.generate`.
        seen: from :func:`mlsim.studies.landscape.surroundings.look`.
        models: states of all variants, in their order by name.
        histories: of all variants, likewise.
        seed: of the directions.
    """
    rows = [{**row, "seed": 0} for row in [*sine_rows(settings.problems.poisson), *dirac_rows()]]
    done: set[str] = set()
    for name, state, history in zip(sorted(settings.variants), models, histories, strict=True):
        variant = settings.variants[name]
        task, seeds = task_of(variant.network, settings.problems, data=data), variant.seeds or settings.seeds
        own = [
            *_training_rows(task, variant, history),
            *_surroundings(variant, seen, name=name, analysis=settings.analysis, seeds=seeds),
        ]
        rows += [{**row, "case": variant.network, "method": variant.optimiser} for row in own]
        if variant.network == "relu":
            for each in seeds:
                end = kept_parameters(state, seed=each, step=variant.steps)
                rows += [{**row, "seed": each} for row in invariance_rows(task, end, settings.analysis, seed=seed)]
        if variant.network not in done:
            rows += _direct_rows(task, variant, settings, data=data)
            done.add(variant.network)
    for name, game in settings.games.items():
        rows += _game_rows(name, game, seen, seeds=game.seeds or settings.seeds)
    return pd.DataFrame(rows + comparison_rows(rows))


def _training_rows(task: Task, variant: Variant, history: pd.DataFrame) -> list[Row]:
    """Per rate and seed: whether it diverged or reached the accuracy, error at the end, steps and operations."""
    cost = operations_of_evaluation(task)
    rows: list[Row] = []
    seeds = sorted(history["seed"].unique().tolist())
    for rate, seed in product(variant.rates, seeds):
        own = history[np.isclose(history["rate"], rate) & (history["seed"] == seed)].sort_values("step")
        loss, error = own["loss"].to_numpy(dtype=float), own["error"].to_numpy(dtype=float)
        diverged = not (np.isfinite(loss[-1]) and loss[-1] <= loss[0])
        hits = np.flatnonzero(error <= task.accuracy)
        numbers = {"diverged": (100.0 * diverged, "percent"), "reached": (100.0 * (hits.size > 0), "percent")}
        if not diverged:
            numbers["error"] = (error[-1], "1")
        if hits.size:
            numbers["steps_to_accuracy"] = (float(own["step"].iloc[int(hits[0])]), "1")
            numbers["operations_to_accuracy"] = (numbers["steps_to_accuracy"][0] * cost, "1")
        found = [row(name, value, x=rate, unit=unit) for name, (value, unit) in numbers.items()]
        if rate == variant.shown:
            found += [{**row, "x": np.nan, "quantity": f"{row['quantity']}_at_shown_rate"} for row in found]
            found.append(row("loss_at_shown_rate", loss[-1]))
        rows += [{**row, "seed": seed} for row in found]
    table = pd.DataFrame(rows)
    whole = table[table["x"].notna()]
    for name in ("diverged", "reached"):
        share = float(whole.loc[whole["quantity"] == name, "value"].mean())
        rows.append(row(f"{name}_of_all", share, unit="percent", seed=0))
    sizes = {
        "training_steps": variant.steps,
        "trained_seeds": len(seeds),
        "rates": len(variant.rates),
        "parameters": sum(each.numel() for each in task.initial(0).values()),
    }
    return rows + [row(name, value, seed=0) for name, value in sizes.items()]


def operations_of_evaluation(task: Task) -> int:
    """Arithmetic operations of the network on the full batch, a lower bound for a step.

    The gradient takes about twice as many again, the second derivatives of an equation more.
    """
    parameters = task.initial(0)
    with torch.no_grad(), OperationCounter() as counter:
        task.counted(parameters)
    assert not counter.unknown, counter.unknown
    return counter.operations


def _surroundings(
    variant: Variant, seen: xr.Dataset, *, name: str, analysis: Analysis, seeds: tuple[int, ...]
) -> list[Row]:
    """Sharpness, rise along directions, spectrum, and how the curves' origin differs from the trained loss."""
    curves, trained = seen[f"curve_{name}"].values, seen[f"trained_loss_{name}"].values
    middle, far = analysis.points // 2, np.abs(analysis.coordinates())
    rows: list[Row] = []
    for place, seed in enumerate(seeds):
        if not np.isfinite(trained[place]):  # it diverged: there is nothing to look at
            continue
        own = [row("origin_difference", float(np.abs(curves[place, :, middle] - trained[place]).max()))]
        steps, sharpness = analysis.kept_steps(variant.steps), seen[f"sharpness_{name}"].values[place]
        own += [row("sharpness", value, x=step) for step, value in zip(steps, sharpness, strict=True)]
        own.append(row("final_sharpness", sharpness[-1]))
        if variant.optimiser == "descent":
            own.append(row("sharpness_over_threshold", sharpness[-1] * variant.shown / 2))
        for share in RISES:
            inside = curves[place][:, far <= share * analysis.reach + 1e-9]
            rise = np.nan_to_num(inside, nan=np.inf).max(axis=1) - trained[place]
            own.append(row("rise", float(np.median(rise)), x=share))
        if f"spectrum_{name}" in seen:
            own += _spectrum_rows(seen[f"spectrum_{name}"].values[place], float(seen[f"least_{name}"].values[place]))
        rows += [{**row, "seed": seed} for row in own]
    return rows


def _spectrum_rows(values: np.ndarray, least: float) -> list[Row]:
    """``condition`` is the largest eigenvalue over the ``x``-th one."""
    rows = [row("least_eigenvalue", least)]
    rows += [row("eigenvalue", value, x=place + 1) for place, value in enumerate(values)]
    counted = [k for k in CONDITIONS if k <= len(values) and values[k - 1] > 0]
    return rows + [row("condition", values[0] / values[k - 1], x=k) for k in counted]


def _direct_rows(task: Task, variant: Variant, settings: Look, *, data: xr.Dataset) -> list[Row]:
    rows = []
    for solved in classical(variant.network, settings.problems, data=data):
        numbers = {"error": solved.error}
        reached = solved.error <= task.accuracy
        if reached:
            numbers["steps_to_accuracy"] = 1.0
        if reached and np.isfinite(solved.operations):
            numbers["operations_to_accuracy"] = solved.operations
        own = [case_row(variant.network, name, value) for name, value in numbers.items()]
        own.append(case_row(variant.network, "reached", 100.0 * reached, unit="percent"))
        rows += [{**row, "method": solved.method, "seed": 0} for row in own]
    return rows


def _game_rows(name: str, game: Game, seen: xr.Dataset, *, seeds: tuple[int, ...]) -> list[Row]:
    values = seen[f"real_{name}"].values + 1j * seen[f"imaginary_{name}"].values
    rows = []
    for place, seed in enumerate(seeds):
        summary = turning(values[place])
        numbers = {
            "rotation": summary.rotation,
            "attraction": summary.attraction,
            "largest": summary.largest,
            "rotation_over_largest": summary.rotation / summary.largest,
            "turning_eigenvalues": summary.complex_share,
            "repelling_eigenvalues": float(summary.repelling),
        }
        rows += [case_row(name, each, value, method="game", seed=seed) for each, value in numbers.items()]
    sizes = {"training_steps": game.steps, "trained_seeds": len(seeds)}
    return rows + [case_row(name, each, value, method="game", seed=0) for each, value in sizes.items()]
