"""Rows of the mixtures: modes kept and lost, quality, distances."""

import numpy as np
import pandas as pd
import xarray as xr
from torch import Tensor

from mlsim.numerics.probability.gaussian_mixtures import Mixture, mixture_samples, mode_scores, true_high_quality
from mlsim.numerics.probability.two_sample_distances import energy_distance, exact_w2, sliced_w2, unit_directions
from mlsim.studies.generative.coordinates import part_of
from mlsim.studies.generative.generate import mixture_of
from mlsim.studies.generative.rows import frame, models_of
from mlsim.studies.generative.settings import Evaluation, Scoring
from mlsim.tables import Row, mean_row, row
from mlsim.training.seeding import numpy_generator

TRUE_SETS = 5


def evaluate_mixture(
    name: str, settings: Scoring, *, data: xr.Dataset, state: dict[str, Tensor], seeds: tuple[int, ...]
) -> pd.DataFrame:
    """Rows of one mixture: the true law, a Gaussian fit, a kernel density, and all learned maps."""
    evaluation, mixture, train = settings.evaluation, mixture_of(name), part_of(data, name, "train")
    frames = [frame(_true_rows(name, mixture, evaluation), case=name, method="truth", seed=0)]
    classical = {"gaussian": gaussian_fit, "kde": kernel_density}
    for method, fit in classical.items():
        drawn = fit(train, evaluation.samples, rng=numpy_generator(0, name, method))
        frames.append(frame(_rows(name, mixture, drawn, evaluation), case=name, method=method, seed=0))
    for model in models_of(name, settings, data=data, state=state, seeds=seeds):
        for seed, drawn in zip(model.seeds, model.samples(evaluation.samples, seed=0), strict=True):
            rows = _rows(name, mixture, drawn, evaluation)
            rows += model.budget_rows(settings.cases[name])
            frames.append(frame(rows, case=name, method=model.method, seed=seed))
    return pd.concat(frames, ignore_index=True)


def gaussian_fit(train: np.ndarray, count: int, *, rng: np.random.Generator) -> np.ndarray:
    """Samples of the Gaussian with mean and covariance of the training samples."""
    return rng.multivariate_normal(train.mean(axis=0), np.cov(train, rowvar=False), size=count)


def kernel_density(train: np.ndarray, count: int, *, rng: np.random.Generator) -> np.ndarray:
    """Samples of a Gaussian kernel density with Scott's width ``N^(-1/(d+4))``, shrunk to keep the covariance."""
    width = len(train) ** (-1 / (train.shape[1] + 4))
    centre, deviation = train.mean(axis=0), train.std(axis=0)
    moved = train[rng.integers(len(train), size=count)] + width * deviation * rng.normal(size=(count, train.shape[1]))
    return centre + (moved - centre) / np.sqrt(1 + width**2)


def _true_rows(name: str, mixture: Mixture, evaluation: Evaluation) -> list[Row]:
    """Rows of independent sets of the true law: what a perfect map would score."""
    sets = []
    for index in range(TRUE_SETS):
        drawn = mixture_samples(mixture, evaluation.samples, rng=numpy_generator(0, name, "true set", index))
        sets.append({each["quantity"]: each for each in _rows(name, mixture, drawn, evaluation)})
    rows = [
        mean_row(str(quantity), [float(each[quantity]["value"]) for each in sets], unit=str(first["unit"]))
        for quantity, first in sets[0].items()
    ]
    # the share is binomial: its error is known, not estimated from a few sets
    share = true_high_quality() / 100
    for each in rows:
        if each["quantity"] == "high_quality":
            each["se"] = 100 * np.sqrt(share * (1 - share) / (TRUE_SETS * evaluation.samples))
    return [*rows, row("evaluated_samples", evaluation.samples)]


def _rows(name: str, mixture: Mixture, drawn: np.ndarray, evaluation: Evaluation) -> list[Row]:
    scores = mode_scores(drawn, mixture)
    reference = mixture_samples(mixture, evaluation.samples, rng=numpy_generator(0, name, "reference"))
    directions = unit_directions(evaluation.directions, 2, rng=numpy_generator(0, name, "directions"))
    few, some = evaluation.transported, min(evaluation.field_samples, evaluation.samples)
    scale = mixture.scale
    return [
        row("modes", scores.modes),
        row("fair_modes", scores.fair_modes),
        row("high_quality", scores.high_quality, unit="percent"),
        row("reverse_kl", scores.reverse_kl),
        row("energy_distance", energy_distance(drawn[:some] / scale, reference[:some] / scale)),
        row("sliced_w2", sliced_w2(drawn, reference, directions=directions) / scale),
        row("w2", exact_w2(drawn[:few], reference[:few]) / scale),
    ]
