"""Rows of the table from trainings, from the analysis around trained parameters, and from direct methods."""

from itertools import product
from typing import Any

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
from mlsim.studies.landscape.settings import Analysis, Game, Problems, Scoring, Variant
from mlsim.studies.landscape.train import stored_parameters
from mlsim.tables import NO_SEED, Row, case_row, row

CONDITION_INDICES = (2, 5, 10, 20, 40)  # k of the condition numbers: largest eigenvalue over the k-th


def evaluate(
    settings: Scoring,
    *,
    data: xr.Dataset,
    surroundings: xr.Dataset,
    models: list[dict],
    histories: list[pd.DataFrame],
    seed: int,
) -> pd.DataFrame:
    """Rows of the one table schema.

    Args:
        settings: of all networks and GANs.
        data: from :func:`mlsim.studies.landscape.generate.generate`.
        surroundings: from :func:`mlsim.studies.landscape.surroundings.analyse`.
        models: states of all networks, in the order of their names.
        histories: of all networks, in the order of their names.
        seed: of the directions.
    """
    rows = _labelled([*sine_rows(settings.problems.poisson), *dirac_rows()], seed=NO_SEED)
    compared: set[str] = set()  # networks whose direct methods have rows
    for name, state, history in zip(sorted(settings.variants), models, histories, strict=True):
        variant = settings.variants[name]
        task, seeds = task_of(variant.network, settings.problems, data=data), variant.seeds or settings.seeds
        measured = [
            *_training_rows(task, variant, history),
            *_surrounding_rows(variant, surroundings, name=name, analysis=settings.analysis, seeds=seeds),
        ]
        rows += _labelled(measured, case=variant.network, method=variant.optimiser)
        if variant.network == "relu":
            for training_seed in seeds:
                end = stored_parameters(state, seed=training_seed, step=variant.steps)
                rows += _labelled(invariance_rows(task, end, settings.analysis, seed=seed), seed=training_seed)
        if variant.network not in compared:
            rows += _direct_rows(task, variant, settings.problems, data=data)
            compared.add(variant.network)
    for name, game in settings.games.items():
        rows += _game_rows(name, game, surroundings, seeds=game.seeds or settings.seeds)
    return pd.DataFrame(rows + comparison_rows(rows))


def _labelled(rows: list[Row], **labels: Any) -> list[Row]:
    return [{**unlabelled, **labels} for unlabelled in rows]


def _training_rows(task: Task, variant: Variant, history: pd.DataFrame) -> list[Row]:
    """For each learning rate and seed: divergence, reached accuracy, error at the end, steps and operations."""
    operations = operations_of_evaluation(task)
    rows: list[Row] = []
    seeds = sorted(history["seed"].unique().tolist())
    for rate, seed in product(variant.rates, seeds):
        training = history[np.isclose(history["rate"], rate) & (history["seed"] == seed)].sort_values("step")
        loss, error = training["loss"].to_numpy(dtype=float), training["error"].to_numpy(dtype=float)
        diverged = not (np.isfinite(loss[-1]) and loss[-1] <= loss[0])
        hits = np.flatnonzero(error <= task.accuracy)
        measured = [
            row("diverged", 100.0 * diverged, x=rate, unit="percent"),
            row("reached", 100.0 * (hits.size > 0), x=rate, unit="percent"),
        ]
        if not diverged:
            measured.append(row("error", error[-1], x=rate))
        if hits.size:
            steps = float(training["step"].iloc[int(hits[0])])
            measured.append(row("steps_to_accuracy", steps, x=rate))
            measured.append(row("operations_to_accuracy", steps * operations, x=rate))
        rows += _labelled(measured, seed=seed)
        if rate == variant.shown:
            analysed = [{**other, "x": np.nan, "quantity": f"{other['quantity']}_at_shown_rate"} for other in measured]
            rows += _labelled([*analysed, row("loss_at_shown_rate", loss[-1])], seed=seed)
    for name in ("diverged", "reached"):
        percent = float(np.mean([other["value"] for other in rows if other["quantity"] == name]))
        rows.append(row(f"{name}_of_all", percent, unit="percent", seed=NO_SEED))
    sizes = {
        "training_steps": variant.steps,
        "trained_seeds": len(seeds),
        "rates": len(variant.rates),
        "parameters": sum(value.numel() for value in task.initial(0).values()),
    }
    return rows + [row(name, value, seed=NO_SEED) for name, value in sizes.items()]


def operations_of_evaluation(task: Task) -> int:
    """Arithmetic operations of the network on the full batch, a lower bound for a step.

    The gradient takes about twice as many again, the second derivatives of an equation more.
    """
    parameters = task.initial(0)
    with torch.no_grad(), OperationCounter() as counter:
        task.counted(parameters)
    assert not counter.unknown, counter.unknown
    return counter.operations


def _surrounding_rows(
    variant: Variant, surroundings: xr.Dataset, *, name: str, analysis: Analysis, seeds: tuple[int, ...]
) -> list[Row]:
    """Sharpness, rise along directions, spectrum, and difference of the curves' origin from the trained loss."""
    arrays = {
        quantity: surroundings[f"{quantity}_{name}"].values
        for quantity in ("trained_loss", "curve", "sharpness", "spectrum", "least")
        if f"{quantity}_{name}" in surroundings
    }
    distances, steps = np.abs(analysis.coordinates()), analysis.stored_steps(variant.steps)
    rows: list[Row] = []
    for index, seed in enumerate(seeds):
        of_seed = {quantity: values[index] for quantity, values in arrays.items()}
        trained, curves, sharpness = (of_seed[quantity] for quantity in ("trained_loss", "curve", "sharpness"))
        if not np.isfinite(trained):  # diverged
            continue
        measured = [row("origin_difference", float(np.abs(curves[:, analysis.points // 2] - trained).max()))]
        measured += [row("sharpness", value, x=step) for step, value in zip(steps, sharpness, strict=True)]
        measured.append(row("final_sharpness", sharpness[-1]))
        if variant.optimiser == "descent":
            measured.append(row("sharpness_over_threshold", sharpness[-1] * variant.shown / 2))
        for fraction in RISES:
            inside = curves[:, distances <= fraction * analysis.reach + 1e-9]
            rise = np.nan_to_num(inside, nan=np.inf).max(axis=1) - trained
            measured.append(row("rise", float(np.median(rise)), x=fraction))
        if "spectrum" in of_seed:
            measured += _spectrum_rows(of_seed["spectrum"], least=float(of_seed["least"]))
        rows += _labelled(measured, seed=seed)
    return rows


def _spectrum_rows(eigenvalues: np.ndarray, *, least: float) -> list[Row]:
    """Eigenvalues in descending order; ``condition`` is the ratio of the largest to the ``x``-th."""
    rows = [row("least_eigenvalue", least)]
    rows += [row("eigenvalue", value, x=index) for index, value in enumerate(eigenvalues, start=1)]
    positive = [k for k in CONDITION_INDICES if k <= len(eigenvalues) and eigenvalues[k - 1] > 0]
    return rows + [row("condition", eigenvalues[0] / eigenvalues[k - 1], x=k) for k in positive]


def _direct_rows(task: Task, variant: Variant, problems: Problems, *, data: xr.Dataset) -> list[Row]:
    rows = []
    for solved in classical(variant.network, problems, data=data):
        reached = solved.error <= task.accuracy
        measured = [row("error", solved.error), row("reached", 100.0 * reached, unit="percent")]
        if reached:
            measured.append(row("steps_to_accuracy", 1.0))
        if reached and np.isfinite(solved.operations):
            measured.append(row("operations_to_accuracy", solved.operations))
        rows += _labelled(measured, case=variant.network, method=solved.method, seed=NO_SEED)
    return rows


def _game_rows(name: str, game: Game, surroundings: xr.Dataset, *, seeds: tuple[int, ...]) -> list[Row]:
    spectra = surroundings[f"real_{name}"].values + 1j * surroundings[f"imaginary_{name}"].values
    rows = []
    for seed, eigenvalues in zip(seeds, spectra, strict=True):
        summary = turning(eigenvalues)
        numbers = {
            "rotation": summary.rotation,
            "attraction": summary.attraction,
            "largest": summary.largest,
            "rotation_over_largest": summary.rotation / summary.largest,
            "repelling_eigenvalues": float(summary.repelling),
        }
        rows += [case_row(name, quantity, value, method="game", seed=seed) for quantity, value in numbers.items()]
        labels = {"unit": "percent", "method": "game", "seed": seed}
        rows.append(case_row(name, "turning_eigenvalues", summary.complex_percent, **labels))
    sizes = {"training_steps": game.steps, "trained_seeds": len(seeds)}
    return rows + [case_row(name, quantity, value, method="game", seed=NO_SEED) for quantity, value in sizes.items()]
