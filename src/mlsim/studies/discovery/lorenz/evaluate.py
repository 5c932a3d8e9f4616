"""The Lorenz system from one noisy trajectory: sparse regression by four methods, a neural ODE, and their forecasts."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import torch
import xarray as xr
from scipy.signal import savgol_filter

from mlsim.logs import progress
from mlsim.numerics.dynamics.lorenz import lorenz_velocity
from mlsim.numerics.dynamics.polynomial_systems import monomial_names, monomials, times_of_divergence
from mlsim.numerics.dynamics.runge_kutta import Velocity, runge_kutta_path
from mlsim.numerics.estimation.relative_errors import relative_error
from mlsim.studies.discovery.lorenz.generate import forecast_starts, noisy_states
from mlsim.studies.discovery.lorenz.settings import SAVITZKY_GOLAY_DEGREE, Forecasts, LorenzScoring, Sindy
from mlsim.studies.discovery.lorenz.train import vector_field
from mlsim.studies.discovery.regressions import ensemble_regression, known_regression, thresholded_regression
from mlsim.studies.discovery.scores import equation_rows
from mlsim.studies.discovery.weak_boxes import box_matrices
from mlsim.tables import Row, case_row, mean_row
from mlsim.training.loop import with_parameters
from mlsim.training.seeding import global_randomness

DEGREE = 3
TERMS = monomial_names("xyz", DEGREE)
EQUATION = ({"x": -10.0, "y": 10.0}, {"x": 28.0, "xz": -1.0, "y": -1.0}, {"xy": 1.0, "z": -8 / 3})
RIDGE = 1e-5
TEST_EXPONENT = 4  # of the test functions
LYAPUNOV = 0.9056  # largest exponent, per unit of time; J. C. Sprott, Chaos and Time-Series Analysis, 2003
BOUND = 1e6  # of states and velocities in forecasts: a wrong model may explode
LOST = 0.4  # a forecast is lost when its error exceeds this fraction of the root mean square of the state


def evaluate_lorenz(
    settings: LorenzScoring, *, data: xr.Dataset, models: list[dict], runs: list[list], seed: int, seeds: list[int]
) -> pd.DataFrame:
    """Rows of the case ``lorenz``; ``x`` = noise in percent.

    Args:
        settings: settings of regressions, forecasts and networks.
        data: from :func:`mlsim.studies.discovery.lorenz.generate.generate_lorenz`.
        models: state dictionaries of the trained networks.
        runs: name and seed of each network.
        seed: seed of the initial states of forecasts.
        seeds: seeds of the noise.
    """
    sizes = {"noise_seeds": len(seeds), "starts": settings.forecasts.starts, "snapshots": data.sizes["time"]}
    rows = [case_row("lorenz", name, size, method="weak_form", seed=seeds[0]) for name, size in sizes.items()]
    coefficients = {}
    spacing = float(data["time"][1] - data["time"][0])
    draws = list(product(seeds, settings.noise))
    for noise_seed, level in progress(draws, total=len(draws), label="trajectories"):
        states = noisy_states(data, percent=level, seed=noise_seed)
        for method, w in regressions(settings.sindy, states, spacing=spacing, seed=noise_seed).items():
            labels = {"method": method, "seed": noise_seed}
            rows += equation_rows("lorenz", _equation(w), EQUATION, x=level, unknowns="xyz", **labels)
            if level in settings.forecasts.noise:
                coefficients[method, level, noise_seed] = w
    horizons = polynomial_horizons(settings.forecasts, np.stack(list(coefficients.values())), seed=seed)
    for (method, level, noise_seed), lyapunov_times in zip(coefficients, horizons, strict=True):
        rows += _horizon_rows(lyapunov_times, x=level, method=method, seed=noise_seed)
    for (name, network_seed), model in zip(runs, models, strict=True):
        rows += network_rows(settings, name, model, data=data, seed=seed, network_seed=network_seed)
    return pd.DataFrame(rows)


def regressions(settings: Sindy, states: np.ndarray, *, spacing: float, seed: int) -> dict[str, np.ndarray]:
    """Coefficients ``(3, terms)`` of each method on one trajectory."""
    columns = monomials(states, DEGREE)
    penalties = {"threshold": settings.threshold, "alpha": RIDGE}
    coefficients = {
        method: thresholded_regression(columns, time_derivatives, **penalties)
        for method, time_derivatives in derivatives(settings, states, spacing=spacing).items()
    }
    with global_randomness(seed, "intervals"):
        weak_columns, weak_derivatives = weak_integrals(settings, states, spacing=spacing)
    coefficients["weak_form"] = thresholded_regression(weak_columns, weak_derivatives, **penalties)
    with global_randomness(seed, "ensemble"):
        coefficients["ensemble"] = ensemble_regression(
            weak_columns, weak_derivatives, models=settings.models, **penalties
        )
    support = np.array([[name in terms for name in TERMS] for terms in EQUATION])
    coefficients["known_terms"] = known_regression(weak_columns, weak_derivatives, support)
    return coefficients


def derivatives(settings: Sindy, states: np.ndarray, *, spacing: float) -> dict[str, np.ndarray]:
    """Time derivatives by differences of order four and by Savitzky-Golay filters."""
    from pysindy import FiniteDifference

    window = 2 * round(settings.window / spacing / 2) + 1
    smooth = np.asarray(savgol_filter(states, window, SAVITZKY_GOLAY_DEGREE, deriv=1, delta=spacing, axis=0))
    return {
        "differences": np.asarray(FiniteDifference(order=4)._differentiate(states, spacing)),
        "savitzky_golay": smooth,
    }


def weak_integrals(settings: Sindy, states: np.ndarray, *, spacing: float) -> tuple[np.ndarray, np.ndarray]:
    """Integrals of the monomials and of the time derivatives over intervals drawn from numpy's global state."""
    from pysindy import WeakPDELibrary

    library = WeakPDELibrary(
        spatiotemporal_grid=spacing * np.arange(len(states)),
        K=settings.boxes,
        H_xt=[settings.half_width],
        p=TEST_EXPONENT,
    )
    boxes = box_matrices(library)
    return boxes.against[0] @ monomials(states, DEGREE), -(boxes.against_time_derivative @ states)


def polynomial_horizons(settings: Forecasts, coefficients: np.ndarray, *, seed: int) -> np.ndarray:
    """Lyapunov times until each forecast of each model is lost, ``(models, starts)``."""
    transposed = coefficients.transpose(0, 2, 1)

    def velocity(states: np.ndarray) -> np.ndarray:
        return np.clip(monomials(np.clip(states, -BOUND, BOUND), DEGREE) @ transposed, -BOUND, BOUND)

    starts = np.broadcast_to(forecast_starts(settings.starts, seed=seed), (len(coefficients), settings.starts, 3))
    return _horizons(settings, velocity, starts)


def network_rows(
    settings: LorenzScoring, name: str, model: dict, *, data: xr.Dataset, seed: int, network_seed: int
) -> list[Row]:
    """Horizons and velocity errors of the networks of all levels of noise, and their number of training steps."""
    network, labels = settings.networks[name], {"method": name, "seed": network_seed}
    rows = [case_row("lorenz", "training_steps", network.steps, **labels)]
    starts = forecast_starts(settings.forecasts.starts, seed=seed)
    for level in network.noise:
        prefix = f"noise_{level:g}."
        state = {key.removeprefix(prefix): value for key, value in model.items() if key.startswith(prefix)}
        field = with_parameters(vector_field(network, seed=network_seed), state).double()

        def velocity(states: np.ndarray, *, field=field) -> np.ndarray:
            with torch.no_grad():
                return field(torch.zeros(()), torch.from_numpy(states)).numpy()

        rows += _horizon_rows(_horizons(settings.forecasts, velocity, starts), x=level, **labels)
        states = data["state"].values
        misfit = relative_error(velocity(states), lorenz_velocity(states))
        rows.append(case_row("lorenz", "velocity_error", 100 * misfit, x=level, unit="percent", **labels))
    return rows


def _horizons(settings: Forecasts, velocity: Velocity, starts: np.ndarray) -> np.ndarray:
    """Lyapunov times until forecasts from ``starts`` are lost; the truth is integrated by the same method."""
    count = round(settings.longest / LYAPUNOV / settings.step)
    paths = runge_kutta_path(velocity, starts, step=settings.step, count=count)
    # all models have the same starts
    starts_of_one = starts.reshape(-1, *starts.shape[-2:])[0]
    truth = runge_kutta_path(lorenz_velocity, starts_of_one, step=settings.step, count=count)
    scale = float(np.sqrt((starts**2).sum(axis=-1).mean()))
    return LYAPUNOV * times_of_divergence(paths, truth, step=settings.step, tolerance=LOST, scale=scale)


def _horizon_rows(horizons: np.ndarray, *, x: float, **labels: Any) -> list[Row]:
    return [
        mean_row("horizon", horizons, x=x, unit="Lyapunov times", case="lorenz", **labels),
        case_row("lorenz", "least_horizon", horizons.min(), x=x, unit="Lyapunov times", **labels),
    ]


def _equation(coefficients: np.ndarray) -> list[dict[str, float]]:
    return [{name: float(w) for name, w in zip(TERMS, row, strict=True) if w != 0} for row in coefficients]
