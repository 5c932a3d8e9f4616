"""Rows of the laws of Darcy solutions: distances to fresh true solutions, moments, and exact physical checks."""

from collections.abc import Iterator
from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr
from scipy.stats import skew
from torch import Tensor

from mlsim.logs import progress
from mlsim.numerics.probability.two_sample_distances import (
    energy_distance,
    energy_floor,
    sliced_w2,
    spread,
    two_sample_accuracy,
    unit_directions,
)
from mlsim.studies.generative.coordinates import coordinates_of, part_of
from mlsim.studies.generative.mixtures import gaussian_fit, kernel_density
from mlsim.studies.generative.rows import frame, models_of
from mlsim.studies.generative.settings import Evaluation, Scoring
from mlsim.tables import Row, mean_row, row
from mlsim.training.seeding import numpy_generator

FOLDS = 3


def evaluate_field(
    name: str, settings: Scoring, *, data: xr.Dataset, state: dict[str, Tensor], seeds: tuple[int, ...]
) -> pd.DataFrame:
    """Rows of one law of solutions: second true sets, the training set, classical fits, and all learned maps."""
    scorer = Scorer(name, settings, data=data)
    frames = []
    for method, drawn in _classical(name, settings, data=data):
        rows = scorer.rows(drawn)
        if method == "truth":
            rows += [row("evaluated_samples", settings.evaluation.field_samples)]
            rows += [row("energy_distance_floor", scorer.floor[0]), row("sliced_w2_floor", scorer.floor[1])]
        frames.append(frame(rows, case=name, method=method, seed=0))
    models = list(models_of(name, settings, data=data, state=state, seeds=seeds))
    for model in progress(models, total=len(models), label=f"models of {name}"):
        for seed, drawn in zip(model.seeds, model.samples(scorer.count, seed=0), strict=True):
            rows = scorer.rows(drawn) + model.budget_rows(settings.cases[name])
            frames.append(frame(rows, case=name, method=model.method, seed=seed))
    return pd.concat(frames, ignore_index=True)


def _classical(name: str, settings: Scoring, *, data: xr.Dataset) -> Iterator[tuple[str, np.ndarray]]:
    """Samples of the untrained baselines; the fits see the coordinates that the networks see."""
    count = settings.evaluation.sets * settings.evaluation.field_samples
    yield "truth", part_of(data, name, "second")[:count]
    train = part_of(data, name, "train")
    yield "training_set", train[np.arange(count) % len(train)]
    coordinates = coordinates_of(name, settings.cases[name], data)
    fits = {"gaussian": gaussian_fit, "kde": kernel_density}
    for method, fit in fits.items():
        drawn = fit(coordinates.of(train), count, rng=numpy_generator(0, name, method))
        yield method, coordinates.points(drawn)


class Scorer:
    """Scores of samples against the test part, whose own distances are computed once."""

    def __init__(self, name: str, settings: Scoring, *, data: xr.Dataset) -> None:
        evaluation: Evaluation = settings.evaluation
        self.evaluation = evaluation
        self.count = evaluation.sets * evaluation.field_samples
        self.test = part_of(data, name, "test")[: self.count]
        self.second = part_of(data, name, "second")[: self.count]
        self.deviation = self.test.std(axis=0)
        self.scale = self.deviation.mean()
        self.coordinates = coordinates_of(name, settings.cases[name], data)
        rng = numpy_generator(0, name, "directions")
        self.directions = unit_directions(evaluation.directions, self.test.shape[1], rng=rng)
        self.middle = self.test.shape[1] // 2

    def rows(self, drawn: np.ndarray) -> list[Row]:
        """All quantities of one method."""
        pairs = list(zip(self._sets(drawn), self._sets(self.test), strict=True))
        scale, middle = self.scale, self.middle
        mean_error = np.abs(drawn.mean(axis=0) - self.test.mean(axis=0)).max() / scale
        quantiles = [np.quantile(each[:, middle], 0.99) for each in (drawn, self.test)]
        energies = np.array([self._energy(x, y, own) for (x, y), own in zip(pairs, self.spreads, strict=True)])
        sliced = np.array([sliced_w2(x / scale, y / scale, directions=self.directions) for x, y in pairs])
        return [
            mean_row("energy_distance", energies),
            mean_row("energy_distance_over_floor", energies / self.floor[0]),
            mean_row("sliced_w2", sliced),
            mean_row("sliced_w2_over_floor", sliced / self.floor[1]),
            row("mean_error", mean_error),
            row("deviation_error", np.abs(drawn.std(axis=0) / self.deviation - 1).max()),
            row("skewness", skew(drawn[:, middle])),
            row("quantile_99_ratio", quantiles[0] / quantiles[1]),
            row("negative_share", 100 * float((drawn.min(axis=1) < 0).mean()), unit="percent"),
            row("two_sample_accuracy", self._accuracy(*pairs[0])),
        ]

    @cached_property
    def floor(self) -> tuple[float, float]:
        """What true sets score: the root mean square of the unbiased energy distance, and the mean sliced distance.

        The former is a formula, because pairs of a few sets are dependent (``docs/experiments/generative.md``). The
        latter is far above its standard deviation over pairs, so nine pairs suffice.
        """
        count = self.evaluation.field_samples
        squares = [energy_floor(each / self.scale, count=count) ** 2 for each in self._sets(self.second)]
        pairs = [(x, y) for x in self._sets(self.second) for y in self._sets(self.test)]
        sliced = [sliced_w2(x / self.scale, y / self.scale, directions=self.directions) for x, y in pairs]
        return float(np.sqrt(np.mean(squares))), float(np.mean(sliced))

    @cached_property
    def spreads(self) -> list[float]:
        """Mean distance of two solutions of each set of the test part, which all energy distances contain."""
        return [spread(each / self.scale) for each in self._sets(self.test)]

    def _energy(self, x: np.ndarray, y: np.ndarray, spread_of_y: float) -> float:
        return energy_distance(x / self.scale, y / self.scale, spread_of_y=spread_of_y)

    def _sets(self, samples: np.ndarray) -> list[np.ndarray]:
        return np.split(samples[: self.count], self.evaluation.sets)

    def _accuracy(self, drawn: np.ndarray, true: np.ndarray) -> float:
        """Of a classifier of the whitened coordinates: what lies outside them is not the models' doing."""
        own, other = self.coordinates.of(drawn), self.coordinates.of(true)
        return two_sample_accuracy(own, other, folds=FOLDS, seed=0)
