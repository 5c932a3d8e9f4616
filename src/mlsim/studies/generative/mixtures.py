"""Mode coverage of samples of a mixture, and their distances to true samples."""

import numpy as np
import xarray as xr

from mlsim.numerics.probability.gaussian_mixtures import mixture_samples, mode_scores, true_high_quality
from mlsim.numerics.probability.two_sample_distances import energy_distance, exact_w2, sliced_w2, unit_directions
from mlsim.studies.generative.coordinates import part_of
from mlsim.studies.generative.generate import mixture_of
from mlsim.studies.generative.settings import Scoring
from mlsim.studies.generative.trained import Model
from mlsim.tables import Row, mean_row, row
from mlsim.training.seeding import numpy_generator

TRUE_SETS = 5
UNITS = {"high_quality": "percent"}


class MixtureScores:
    """Scores on one mixture: true samples, a Gaussian fit, a kernel density estimate, and trained models."""

    def __init__(self, name: str, settings: Scoring, *, data: xr.Dataset) -> None:
        self.name, self.evaluation, self.mixture = name, settings.evaluation, mixture_of(name)
        self.train = part_of(data, name, "train")
        self.reference = self._true_samples("reference")
        rng = numpy_generator(0, name, "directions")
        self.directions = unit_directions(self.evaluation.directions, 2, rng=rng)

    def baselines(self) -> dict[str, list[Row]]:
        """Rows of the true distribution and of the two fits."""
        fits = fitted_samples(self.name, self.train, self.evaluation.samples)
        return {"truth": self._true_rows(), **{method: self._rows(drawn) for method, drawn in fits.items()}}

    def learned(self, model: Model) -> list[list[Row]]:
        """Rows of each seed of a trained model."""
        return [self._rows(drawn) for drawn in model.samples(self.evaluation.samples, seed=0)]

    def _true_samples(self, *stream: str | int) -> np.ndarray:
        rng = numpy_generator(0, self.name, *stream)
        return mixture_samples(self.mixture, self.evaluation.samples, rng=rng)

    def _true_rows(self) -> list[Row]:
        """Means over independent sets of true samples: what a perfect map would score."""
        sets = [self._scores(self._true_samples("true set", index)) for index in range(TRUE_SETS)]
        rows = {
            quantity: mean_row(quantity, [scores[quantity] for scores in sets], unit=UNITS.get(quantity, "1"))
            for quantity in sets[0]
        }
        # the fraction is binomial: its standard error is known, not estimated from a few sets
        fraction = true_high_quality() / 100
        error = np.sqrt(fraction * (1 - fraction) / (TRUE_SETS * self.evaluation.samples))
        rows["high_quality"]["se"] = 100 * error
        return [*rows.values(), row("evaluated_samples", self.evaluation.samples)]

    def _rows(self, drawn: np.ndarray) -> list[Row]:
        return [row(quantity, value, unit=UNITS.get(quantity, "1")) for quantity, value in self._scores(drawn).items()]

    def _scores(self, drawn: np.ndarray) -> dict[str, float]:
        """All quantities of one set of samples."""
        modes, reference, scale = mode_scores(drawn, self.mixture), self.reference, self.mixture.scale
        few, some = self.evaluation.transported, min(self.evaluation.field_samples, self.evaluation.samples)
        return {
            "modes": modes.modes,
            "fair_modes": modes.fair_modes,
            "high_quality": modes.high_quality,
            "reverse_kl": modes.reverse_kl,
            "energy_distance": energy_distance(drawn[:some] / scale, reference[:some] / scale),
            "sliced_w2": sliced_w2(drawn, reference, directions=self.directions) / scale,
            "w2": exact_w2(drawn[:few], reference[:few]) / scale,
        }


def fitted_samples(name: str, train: np.ndarray, count: int) -> dict[str, np.ndarray]:
    """Samples of the two untrained fits to the training samples of a case."""
    fits = {"gaussian": gaussian_fit, "kde": kernel_density}
    return {method: fit(train, count, rng=numpy_generator(0, name, method)) for method, fit in fits.items()}


def gaussian_fit(train: np.ndarray, count: int, *, rng: np.random.Generator) -> np.ndarray:
    """Samples of the Gaussian with mean and covariance of the training samples."""
    return rng.multivariate_normal(train.mean(axis=0), np.cov(train, rowvar=False), size=count)


def kernel_density(train: np.ndarray, count: int, *, rng: np.random.Generator) -> np.ndarray:
    """Samples of a Gaussian kernel density with Scott's width ``N^(-1/(d+4))``, shrunk to keep the covariance."""
    width = len(train) ** (-1 / (train.shape[1] + 4))
    centre, deviation = train.mean(axis=0), train.std(axis=0)
    moved = train[rng.integers(len(train), size=count)] + width * deviation * rng.normal(size=(count, train.shape[1]))
    return centre + (moved - centre) / np.sqrt(1 + width**2)
