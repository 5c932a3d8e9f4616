"""Truths and what is observed of them, sources of heat and best bars."""

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
    """Problems of all cases, without noise; the i-th truth depends on the seed and on i alone.

    The truth of a smaller dimension is the beginning of that of a larger one, so that dimensions are compared on the
    same truths.
    """
    variables = {}
    for case in INVERSE:
        dimensions = settings.dimensions(case)
        draws = [
            numpy_generator(seed, "truth", case, index).normal(size=max(dimensions)) for index in range(settings.truths)
        ]
        about = {"units": "1", "long_name": "standard normal parameters"}
        variables[f"{case}_truth"] = (("truth", f"{case}_parameter"), np.stack(draws), about)
        for dimension in dimensions:
            truths = np.stack(draws)[:, :dimension]
            outputs = simulator(case, settings, dimension=dimension).outputs(truths)
            about = {"units": "1", "long_name": LONG_NAMES[case]}
            variables[f"{case}_{dimension}"] = (("truth", f"{case}_{dimension}_output"), outputs, about)
    heat = np.stack([_heat(settings.bar, numpy_generator(seed, "heat", index)) for index in range(settings.truths)])
    variables["heat"] = (("truth", "cell"), heat, {"units": "1", "long_name": "heat per length"})
    for segments in settings.bar.dimensions:
        best = np.stack([HeatedBar(each, segments=segments).optimum() for each in heat])
        about = {"units": "1", "long_name": "conductivities of the best bar, mean one"}
        variables[f"bar_{segments}"] = (("truth", f"bar_{segments}_segment"), best, about)
    return xr.Dataset(variables)


def _heat(settings: Bar, rng: np.random.Generator) -> np.ndarray:
    x = (np.arange(settings.cells) + 0.5) / settings.cells
    centres = rng.uniform(settings.width / 2, 1 - settings.width / 2, size=settings.sources)
    powers = np.exp(rng.normal(scale=0.5, size=settings.sources))
    inside = np.abs(x[:, None] - centres) < settings.width / 2
    return settings.background + inside @ powers
