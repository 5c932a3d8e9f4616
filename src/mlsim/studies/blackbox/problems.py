"""The four simulators as functions to be made small."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from jaxtyping import Float

from mlsim.numerics.bar_design import BarObjective, HeatedBar
from mlsim.numerics.line_inversion import LayeredFlow, ModesFlow, evenly_spaced
from mlsim.numerics.lognormal_darcy import exponential_modes
from mlsim.numerics.misfit import Misfit, Objective, Simulator
from mlsim.numerics.travel_times import LayeredWave
from mlsim.studies.blackbox.settings import Problems

# cases with a truth that is to be found; the bar has a best design instead
INVERSE = ("inversion", "rugged", "layers")
CASES = (*INVERSE, "bar")


def simulator(case: str, settings: Problems, *, dimension: int, frequencies: Sequence[int] = (0, 1)) -> Simulator:
    """Simulator of one inverse problem.

    Args:
        case: one of ``INVERSE``.
        settings: of all problems.
        dimension: number of parameters.
        frequencies: those of the wave that are used, by their place in the settings.
    """
    if case == "inversion":
        own = settings.inversion
        modes = exponential_modes(own.cells, length=own.length, count=dimension)
        return ModesFlow(modes, sensors=evenly_spaced(own.cells, spacing=own.spacing))
    if case == "layers":
        sensors = evenly_spaced(settings.layers.cells, spacing=settings.layers.spacing)
        return LayeredFlow(cells=settings.layers.cells, interfaces=dimension // 2, sensors=sensors)
    wave = settings.rugged
    return LayeredWave(
        layers=dimension,
        frequencies=tuple(wave.frequencies[place] for place in frequencies),
        amplitudes=tuple(wave.amplitudes[place] for place in frequencies),
        spread=wave.spread,
    )


def objective(case: str, settings: Problems, data: xr.Dataset, *, dimension: int, truth: int) -> Objective:
    """One problem, from the observations or the heat in the data."""
    if case == "bar":
        return bar(data, dimension=dimension, truth=truth)
    return Misfit(simulator(case, settings, dimension=dimension), observed(case, data, dimension, truth))


def bar(data: xr.Dataset, *, dimension: int, truth: int) -> BarObjective:
    """The design problem of one distribution of heat."""
    return BarObjective(HeatedBar(data["heat"].values[truth], segments=dimension))


def low_frequency_misfit(settings: Problems, data: xr.Dataset, *, dimension: int, truth: int) -> Misfit:
    """Misfit of the low frequency alone, which is the first half of the signals."""
    low = observed("rugged", data, dimension, truth)[: 2 * dimension]
    return Misfit(simulator("rugged", settings, dimension=dimension, frequencies=(0,)), low)


def observed(case: str, data: xr.Dataset, dimension: int, truth: int) -> Float[np.ndarray, " outputs"]:
    """Observations of one truth."""
    return data[f"{case}_{dimension}"].values[truth]
