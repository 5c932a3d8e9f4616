"""Errors and calibration of filters on the Lorenz system: a learned one with a short window, and baselines."""

import numpy as np
import xarray as xr

from mlsim.numerics.dynamics.lorenz import lorenz_after
from mlsim.numerics.probability.ensemble_kalman import ensemble_update, inflated
from mlsim.studies.generative.coordinates import part_of
from mlsim.studies.generative.generate import LORENZ_STEP, lorenz_climate
from mlsim.studies.generative.posteriors import calibration_rows
from mlsim.studies.generative.settings import Lorenz, Scoring
from mlsim.studies.generative.trained import Model
from mlsim.tables import Row, row, standard_error
from mlsim.training.seeding import numpy_generator


class FilterScores:
    """Scores of filters on the same true runs: climate, last observation, ensemble Kalman filter, trained models."""

    def __init__(self, name: str, settings: Scoring, *, data: xr.Dataset) -> None:
        self.name, self.lorenz, self.draws = name, settings.lorenz, settings.evaluation.rank_draws
        runs = settings.evaluation.calibrated
        self.truth = part_of(data, name, "test")[:runs]
        self.observed = part_of(data, name, "test_data")[:runs].reshape(len(self.truth), -1, 3)

    def baselines(self) -> dict[str, list[Row]]:
        """Rows of the climate, of the last observation with its noise, and of the ensemble Kalman filter."""
        shape = (len(self.truth), self.draws, 3)
        climate = lorenz_climate(shape[0] * self.draws, rng=numpy_generator(0, self.name, "climate")).reshape(shape)
        noise = numpy_generator(0, self.name, "observation").normal(size=shape)
        return {
            "prior": self._rows(climate),
            "observation": self._rows(self.observed[:, -1:] + self.lorenz.noise * noise),
            "ensemble_kalman": self._rows(
                filtered(self.observed, self.lorenz, rng=numpy_generator(0, self.name, "filter"))
            ),
        }

    def learned(self, model: Model) -> list[list[Row]]:
        """Rows of each seed of a trained model, whose input are the last observations."""
        window = self.observed[:, -self.lorenz.window :].reshape(len(self.truth), -1)
        seeds = range(len(model.seeds))
        return [self._rows(model.conditional_samples(index, window, self.draws)) for index in seeds]

    def _rows(self, states: np.ndarray) -> list[Row]:
        """Error of the mean, spread, and calibration of x; ``states`` is ``runs members 3``."""
        error = np.linalg.norm(states.mean(axis=1) - self.truth, axis=1) / np.sqrt(3)
        spread = np.sqrt(states.var(axis=1, ddof=1).mean(axis=1))
        rmse = np.sqrt((error**2).mean())
        # delta method: the standard error of a root mean square
        se = standard_error(error**2) / (2 * rmse)
        return [
            row("rmse", rmse, se=se),
            row("spread", float(np.sqrt((spread**2).mean()))),
            *calibration_rows(self.truth[:, 0], states[:, : self.draws, 0].T),
        ]


def filtered(observed: np.ndarray, settings: Lorenz, *, rng: np.random.Generator) -> np.ndarray:
    """Ensembles of the ensemble Kalman filter after the last observation, ``runs members 3``, started in the climate.

    Args:
        observed: shape ``runs cycles 3``.
        settings: interval, members, inflation and noise.
        rng: source of the first ensemble and of perturbed observations.
    """
    runs, cycles = observed.shape[:2]
    ensemble = lorenz_climate(runs * settings.members, rng=rng).reshape(runs, settings.members, 3)
    for cycle in range(cycles):
        ensemble = lorenz_after(ensemble, time=settings.interval, step=2 * LORENZ_STEP)
        ensemble = ensemble_update(
            inflated(ensemble, factor=settings.inflation),
            y=observed[:, cycle],
            operator=np.eye(3),
            noise=settings.noise,
            rng=rng,
        )
    return ensemble
