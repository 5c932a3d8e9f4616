"""The four simulators as functions to be minimised."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from jaxtyping import Float

from mlsim.numerics.estimation.objectives import Misfit, Objective, Simulator
from mlsim.numerics.flow.bar_design import BarObjective, HeatedBar
from mlsim.numerics.flow.darcy_1d import exponential_modes
from mlsim.numerics.flow.darcy_1d_readings import LayeredFlow, ModesFlow, evenly_spaced
from mlsim.numerics.waves.travel_times import LayeredWave
from mlsim.studies.blackbox.settings import Problems

# cases with true parameters; the bar has a best design instead
INVERSE = ("inversion", "rugged", "layers")


@dataclass(frozen=True, kw_only=True)
class Task:
    """One problem: the case, its number of parameters, and the index of its true parameters or heat profile."""

    case: str
    dimension: int
    truth: int


def simulator(case: str, settings: Problems, *, dimension: int, frequencies: Sequence[int] = (0, 1)) -> Simulator:
    """Simulator of one inverse problem.

    Args:
        case: one of ``INVERSE``.
        settings: of all problems.
        dimension: number of parameters.
        frequencies: indices of the frequencies that are used, of ``rugged``.
    """
    if case == "inversion":
        line = settings.inversion
        modes = exponential_modes(line.cells, length=line.length, count=dimension)
        return ModesFlow(modes, sensors=evenly_spaced(line.cells, spacing=line.spacing))
    if case == "layers":
        line = settings.layers
        sensors = evenly_spaced(line.cells, spacing=line.spacing)
        return LayeredFlow(cells=line.cells, interfaces=dimension // 2, sensors=sensors)
    wave = settings.rugged
    return LayeredWave(
        layers=dimension,
        frequencies=tuple(wave.frequencies[index] for index in frequencies),
        amplitudes=tuple(wave.amplitudes[index] for index in frequencies),
        spread=wave.spread,
    )


def objective(task: Task, settings: Problems, data: xr.Dataset) -> Objective:
    """The function to be minimised, from the observations or the heat in the data."""
    return bar(task, data) if task.case == "bar" else misfit(task, settings, data)


def misfit(task: Task, settings: Problems, data: xr.Dataset) -> Misfit:
    """Misfit of an inverse problem."""
    return Misfit(simulator(task.case, settings, dimension=task.dimension), _observed(task, data))


def bar(task: Task, data: xr.Dataset) -> BarObjective:
    """The design problem of one heat profile."""
    return BarObjective(HeatedBar(data["heat"].values[task.truth], segments=task.dimension))


def low_frequency_misfit(task: Task, settings: Problems, data: xr.Dataset) -> Misfit:
    """Misfit of the low frequency alone, which is the first half of the signals."""
    low = _observed(task, data)[: 2 * task.dimension]
    return Misfit(simulator("rugged", settings, dimension=task.dimension, frequencies=(0,)), low)


def _observed(task: Task, data: xr.Dataset) -> Float[np.ndarray, " outputs"]:
    return data[f"{task.case}_{task.dimension}"].values[task.truth]
