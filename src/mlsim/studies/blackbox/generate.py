"""True parameters and their observations, heat sources and best bars."""

import numpy as np
import xarray as xr

from mlsim.numerics.flow.bar_design import HeatedBar
from mlsim.studies.blackbox.problems import INVERSE, simulator
from mlsim.studies.blackbox.settings import Bar, Problems
from mlsim.training.seeding import numpy_generator

LONG_NAMES = {
    "inversion": "pressure at the sensors",
    "rugged": "real and imaginary parts of the signals",
    "layers": "pressure at the sensors",
}


def generate(settings: Problems, *, seed: int) -> xr.Dataset:
    """Problems of all cases, without noise; problem ``i`` depends on the seed and on ``i`` alone.

    The true parameters in a smaller dimension are the first ones of those in a larger dimension, so that dimensions
    are compared on the same problems.
    """
    variables, problems = {}, range(settings.truths)
    for case in INVERSE:
        dimensions = settings.dimensions(case)
        draws = [numpy_generator(seed, "truth", case, index).normal(size=max(dimensions)) for index in problems]
        truths = np.stack(draws)
        about = {"units": "1", "long_name": "standard normal parameters"}
        variables[f"{case}_truth"] = (("truth", f"{case}_parameter"), truths, about)
        about = {"units": "1", "long_name": LONG_NAMES[case]}
        for dimension in dimensions:
            outputs = simulator(case, settings, dimension=dimension).outputs(truths[:, :dimension])
            variables[f"{case}_{dimension}"] = (("truth", f"{case}_{dimension}_output"), outputs, about)
    heat = np.stack([_heat(settings.bar, numpy_generator(seed, "heat", index)) for index in problems])
    variables["heat"] = (("truth", "cell"), heat, {"units": "1", "long_name": "heat per length"})
    about = {"units": "1", "long_name": "conductivities of the best bar, mean one"}
    for segments in settings.bar.dimensions:
        best = np.stack([HeatedBar(profile, segments=segments).optimum() for profile in heat])
        variables[f"bar_{segments}"] = (("truth", f"bar_{segments}_segment"), best, about)
    return xr.Dataset(variables)


def _heat(settings: Bar, rng: np.random.Generator) -> np.ndarray:
    x = (np.arange(settings.cells) + 0.5) / settings.cells
    centres = rng.uniform(settings.width / 2, 1 - settings.width / 2, size=settings.sources)
    powers = np.exp(rng.normal(scale=0.5, size=settings.sources))
    inside = np.abs(x[:, None] - centres) < settings.width / 2
    return settings.background + inside @ powers
