"""True samples of every distribution: mixtures, Darcy solutions, unknowns of inverse problems with their data."""

from collections.abc import Callable

import numpy as np
import xarray as xr

from mlsim.numerics.dynamics.lorenz import lorenz_after
from mlsim.numerics.flow.darcy_1d import exponential_modes, gaussian_logarithms, line_pressures
from mlsim.numerics.flow.darcy_2d import pressures
from mlsim.numerics.multigrid.model_problems import lognormal_field
from mlsim.numerics.probability.gaussian_mixtures import Mixture, grid_mixture, mixture_samples, ring_mixture
from mlsim.numerics.probability.linear_gaussian import LinearProblem, smoothing_problem
from mlsim.studies.generative.settings import FIELDS, MIXTURES, Case, Darcy, Inverse, Lorenz, Simulation
from mlsim.training.seeding import numpy_generator

MEANINGS = {
    **dict.fromkeys(MIXTURES, "point in the plane"),
    **dict.fromkeys(("darcy_1d", "darcy_manifold"), "pressure at every fourth cell boundary of the line"),
    "darcy_2d": "pressure at every third interior node per side of the square, row by row",
    "linear_gaussian": "coefficients of the unknown",
    "lognormal_inverse": "coefficients of the logarithm of the permeability",
    "lorenz63": "state x, y, z at the last observation",
}
LORENZ_STEP = 0.01
SPIN_UP = 5.0
LOGNORMAL_CELLS = 64


def generate(settings: Simulation, *, seed: int) -> xr.Dataset:
    """Test and training samples of every case of a job; the test part does not depend on the number of others.

    Variables ``<case>_test`` and ``<case>_train``, of fields ``<case>_second`` (a second test set, for the floors), of
    inverse problems ``<case>_test_data`` and ``<case>_train_data``.
    """
    variables: dict[str, tuple] = {}
    for name, case in settings.cases.items():
        for part, count in _parts(name, case).items():
            rng = numpy_generator(seed, name, part)
            samples, data = _draws(name, count, settings, part=part, rng=rng)
            sample = f"{name}_{part}_sample"
            about = {"units": "1", "long_name": f"{MEANINGS[name]}, {part} part"}
            variables[f"{name}_{part}"] = ((sample, f"{name}_coordinate"), samples.astype(np.float32), about)
            if data is not None:
                about = {"units": "1", "long_name": f"data that belong to it, {part} part"}
                dims = (sample, f"{name}_{part}_observation")
                variables[f"{name}_{part}_data"] = (dims, data.astype(np.float32), about)
    return xr.Dataset(variables)


def _parts(name: str, case: Case) -> dict[str, int]:
    """Number of samples in each part of a case."""
    if name in MIXTURES:
        return {"train": case.train}
    second = {"second": case.test} if name in FIELDS else {}
    return {"test": case.test, **second, "train": case.train}


def _draws(
    name: str, count: int, settings: Simulation, *, part: str, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray | None]:
    """Samples of a case, and the data that belong to them where there are any."""
    darcy, inverse = settings.darcy, settings.inverse
    if name in MIXTURES:
        return mixture_samples(mixture_of(name), count, rng=rng), None
    if name in ("darcy_1d", "darcy_manifold"):
        modes = darcy.modes if name == "darcy_1d" else darcy.manifold_modes
        return darcy_line(count, darcy, modes=modes, rng=rng), None
    if name == "darcy_2d":
        return darcy_square(count, darcy, rng=rng), None
    if name == "linear_gaussian":
        return linear_problem(inverse).draws(count, rng=rng)
    if name == "lognormal_inverse":
        theta = rng.normal(size=(count, inverse.parameters))
        exact = lognormal_observations(inverse, darcy)(theta)
        return theta, exact + inverse.lognormal_noise * rng.normal(size=exact.shape)
    # the ensemble Kalman filter has all observations of a test run as input, the learned filter the last ones
    cycles = settings.lorenz.cycles if part == "test" else settings.lorenz.window
    return lorenz_twins(count, settings.lorenz, cycles=cycles, rng=rng)


def mixture_of(name: str) -> Mixture:
    """The mixture of a case."""
    return ring_mixture() if name == "ring8" else grid_mixture()


def linear_problem(settings: Inverse) -> LinearProblem:
    """The linear inverse problem."""
    return smoothing_problem(parameters=settings.parameters, noise=settings.noise)


def darcy_line(count: int, settings: Darcy, *, modes: int, rng: np.random.Generator) -> np.ndarray:
    """Solutions on the line at every fourth cell boundary; the right end, where they vanish, is left out."""
    basis = exponential_modes(settings.cells, length=settings.length, count=modes)
    return line_pressures(gaussian_logarithms(basis, rng.normal(size=(count, modes))))[:, 3:-1:4]


def darcy_square(count: int, settings: Darcy, *, rng: np.random.Generator) -> np.ndarray:
    """Solutions on the square at every third interior node per side, one row per sample."""
    shape = (settings.nodes, settings.nodes)
    fields = [
        lognormal_field(shape, deviation=settings.deviation, length=settings.smoothing, rng=rng) for _ in range(count)
    ]
    return pressures(np.stack(fields)).pressure[:, 2:-1:3, 2:-1:3].reshape(count, -1)


def lognormal_observations(settings: Inverse, darcy: Darcy) -> Callable[[np.ndarray], np.ndarray]:
    """Map from the coefficients of ``log k`` to the pressures at a fifth, two, three and four fifths of the line."""
    basis = exponential_modes(LOGNORMAL_CELLS, length=darcy.length, count=settings.parameters)
    sensors = np.round(np.arange(1, 5) / 5 * LOGNORMAL_CELLS).astype(int) - 1
    return lambda theta: line_pressures(gaussian_logarithms(basis, theta))[..., sensors]


def lorenz_twins(
    count: int, settings: Lorenz, *, cycles: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Independent true runs on the attractor: last states, and the noisy observations up to them, side by side."""
    state, observed = lorenz_climate(count, rng=rng), []
    for _ in range(cycles):
        state = lorenz_after(state, time=settings.interval, step=LORENZ_STEP)
        observed.append(state + settings.noise * rng.normal(size=state.shape))
    return state, np.concatenate(observed, axis=1)


def lorenz_climate(count: int, *, rng: np.random.Generator) -> np.ndarray:
    """States on the attractor, independent of each other."""
    start = rng.normal(size=(count, 3)) * 8 + np.array([0.0, 0.0, 24.0])
    return lorenz_after(start, time=SPIN_UP, step=LORENZ_STEP)
