"""Rows of the twin experiment: a learned filter with a short memory against an ensemble Kalman filter."""

import numpy as np
import pandas as pd
import xarray as xr
from torch import Tensor

from mlsim.numerics.dynamics.lorenz import lorenz_after
from mlsim.numerics.probability.ensemble_kalman import ensemble_update, inflated
from mlsim.studies.generative.coordinates import part_of
from mlsim.studies.generative.generate import LORENZ_STEP, lorenz_climate
from mlsim.studies.generative.posteriors import calibration_rows, learned_samples
from mlsim.studies.generative.rows import frame, models_of
from mlsim.studies.generative.settings import Lorenz, Scoring
from mlsim.tables import Row, row, standard_error
from mlsim.training.seeding import numpy_generator

CASE = "lorenz63"


def evaluate_assimilation(
    settings: Scoring, *, data: xr.Dataset, state: dict[str, Tensor], seeds: tuple[int, ...]
) -> pd.DataFrame:
    """Rows of all filters on the same twins: climate, the observation itself, ensemble Kalman, learned."""
    evaluation, lorenz = settings.evaluation, settings.lorenz
    truth = part_of(data, CASE, "test")[: evaluation.calibrated]
    observed = part_of(data, CASE, "test_data")[: evaluation.calibrated].reshape(len(truth), -1, 3)
    draws = evaluation.rank_draws
    rng = numpy_generator(0, CASE, "climate")
    climate = lorenz_climate(len(truth) * draws, rng=rng).reshape(len(truth), draws, 3)
    noise = numpy_generator(0, CASE, "observation").normal(size=climate.shape)
    states = {
        "prior": climate,
        "observation": observed[:, -1:] + lorenz.noise * noise,
        "ensemble_kalman": filtered(observed, lorenz),
    }
    frames = [frame(_rows(truth, each, draws), case=CASE, method=name, seed=0) for name, each in states.items()]
    for model in models_of(CASE, settings, data=data, state=state, seeds=seeds):
        window = observed[:, -lorenz.window :].reshape(len(truth), -1)
        for index, seed in enumerate(model.seeds):
            rows = _rows(truth, learned_samples(model, index, window, draws), draws)
            rows += model.budget_rows(settings.cases[CASE])
            frames.append(frame(rows, case=CASE, method=model.method, seed=seed))
    return pd.concat(frames, ignore_index=True)


def filtered(observed: np.ndarray, settings: Lorenz) -> np.ndarray:
    """Ensembles ``twins members 3`` after the last observation, from the climate on."""
    twins, cycles = observed.shape[:2]
    rng = numpy_generator(0, CASE, "filter")
    ensemble = lorenz_climate(twins * settings.members, rng=rng).reshape(twins, settings.members, 3)
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


def _rows(truth: np.ndarray, states: np.ndarray, draws: int) -> list[Row]:
    """Error of the mean, spread, energy score, and calibration of x; ``states`` is ``twins members 3``."""
    error = np.linalg.norm(states.mean(axis=1) - truth, axis=1) / np.sqrt(3)
    spread = np.sqrt(states.var(axis=1, ddof=1).mean(axis=1))
    rmse = np.sqrt((error**2).mean())
    # the delta method: the error of a root mean square
    se = standard_error(error**2) / (2 * rmse)
    return [
        row("rmse", rmse, se=se),
        row("spread", float(np.sqrt((spread**2).mean()))),
        *calibration_rows(truth[:, 0], states[:, :draws, 0].T),
    ]
