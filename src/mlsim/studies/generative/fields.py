"""Distances of samples to fresh true Darcy solutions, moments, and exact physical checks."""

from functools import cached_property

import numpy as np
import xarray as xr
from scipy.stats import skew

from mlsim.numerics.probability.two_sample_distances import (
    energy_distance,
    energy_floor,
    sliced_w2,
    spread,
    two_sample_accuracy,
    unit_directions,
)
from mlsim.studies.generative.coordinates import coordinates_of, part_of
from mlsim.studies.generative.mixtures import fitted_samples
from mlsim.studies.generative.settings import Scoring
from mlsim.studies.generative.trained import Model
from mlsim.tables import Row, mean_row, row
from mlsim.training.seeding import numpy_generator

FOLDS = 3


class FieldScores:
    """Scores on one distribution of Darcy solutions, against the test part, whose own distances are computed once."""

    def __init__(self, name: str, settings: Scoring, *, data: xr.Dataset) -> None:
        self.name, self.evaluation = name, settings.evaluation
        self.count = self.evaluation.sets * self.evaluation.field_samples
        self.train = part_of(data, name, "train")
        self.test = part_of(data, name, "test")[: self.count]
        self.second = part_of(data, name, "second")[: self.count]
        self.deviation = self.test.std(axis=0)
        self.scale = self.deviation.mean()
        self.coordinates = coordinates_of(name, settings.cases[name], data)
        rng = numpy_generator(0, name, "directions")
        self.directions = unit_directions(self.evaluation.directions, self.test.shape[1], rng=rng)

    def baselines(self) -> dict[str, list[Row]]:
        """Rows of a second true set, the training samples, and two fits in the coordinates that the networks see."""
        sizes = [
            row("evaluated_samples", self.evaluation.field_samples),
            row("energy_distance_floor", self.floor[0]),
            row("sliced_w2_floor", self.floor[1]),
        ]
        repeated = self.train[np.arange(self.count) % len(self.train)]
        fits = fitted_samples(self.name, self.coordinates.of(self.train), self.count)
        return {
            "truth": self.rows(self.second) + sizes,
            "training_set": self.rows(repeated),
            **{method: self.rows(self.coordinates.points(drawn)) for method, drawn in fits.items()},
        }

    def learned(self, model: Model) -> list[list[Row]]:
        """Rows of each seed of a trained model."""
        return [self.rows(drawn) for drawn in model.samples(self.count, seed=0)]

    def rows(self, drawn: np.ndarray) -> list[Row]:
        """All quantities of one set of samples."""
        pairs = list(zip(self._sets(drawn), self._sets(self.test), strict=True))
        scale, middle = self.scale, self.test.shape[1] // 2
        mean_error = np.abs(drawn.mean(axis=0) - self.test.mean(axis=0)).max() / scale
        quantile, true_quantile = (np.quantile(samples[:, middle], 0.99) for samples in (drawn, self.test))
        energies = np.array(
            [
                energy_distance(x / scale, y / scale, spread_of_y=spread_of_y)
                for (x, y), spread_of_y in zip(pairs, self.spreads, strict=True)
            ]
        )
        sliced = np.array([self._sliced(x, y) for x, y in pairs])
        return [
            mean_row("energy_distance", energies),
            mean_row("energy_distance_over_floor", energies / self.floor[0]),
            mean_row("sliced_w2", sliced),
            mean_row("sliced_w2_over_floor", sliced / self.floor[1]),
            row("mean_error", mean_error),
            row("deviation_error", np.abs(drawn.std(axis=0) / self.deviation - 1).max()),
            row("skewness", skew(drawn[:, middle])),
            row("quantile_99_ratio", quantile / true_quantile),
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
        squares = [energy_floor(x / self.scale, count=count) ** 2 for x in self._sets(self.second)]
        sliced = [self._sliced(x, y) for x in self._sets(self.second) for y in self._sets(self.test)]
        return float(np.sqrt(np.mean(squares))), float(np.mean(sliced))

    @cached_property
    def spreads(self) -> list[float]:
        """Mean distance of two solutions of each set of the test part, which all energy distances contain."""
        return [spread(y / self.scale) for y in self._sets(self.test)]

    def _sliced(self, x: np.ndarray, y: np.ndarray) -> float:
        return sliced_w2(x / self.scale, y / self.scale, directions=self.directions)

    def _sets(self, samples: np.ndarray) -> list[np.ndarray]:
        return np.split(samples[: self.count], self.evaluation.sets)

    def _accuracy(self, drawn: np.ndarray, true: np.ndarray) -> float:
        """Of a classifier of the whitened coordinates, outside of which the models cannot vary."""
        return two_sample_accuracy(self.coordinates.of(drawn), self.coordinates.of(true), folds=FOLDS, seed=0)
