"""What the figures show beside the table: a landscape with two searches on it, a staircase, designs."""

import numpy as np
import xarray as xr
from msgspec.structs import replace

from mlsim.studies.blackbox.evaluate import searched
from mlsim.studies.blackbox.problems import Task, bar, objective
from mlsim.studies.blackbox.settings import Run

TRUTH = 0  # the problem that is shown
REACH, POINTS = 3.0, 121
STAIR_REACH, STAIR_POINTS = 1.5, 1201
TRAILS = ("lbfgs_gradient", "cma_es")
# designs are those that are found with this work: a little more than the gradient needs
DESIGN_UNITS = 100
DESIGNS = ("lbfgs_gradient", "lbfgs_differences", "cma_es", "optimality_criteria")


def generate_pictures(settings: Run, *, data: xr.Dataset, seed: int) -> xr.Dataset:
    """Values on a plane, places that searches visited, values along a line, conductivities that searches found."""
    return xr.merge(
        [_landscape(settings, data, seed=seed), _staircase(settings, data), _designs(settings, data, seed=seed)],
        compat="no_conflicts",
    )


def _landscape(settings: Run, data: xr.Dataset, *, seed: int) -> xr.Dataset:
    """The rugged misfit over its first two parameters, the others as in the truth, in the smallest dimension."""
    dimension = min(settings.problems.rugged.dimensions)
    truth = data["rugged_truth"].values[TRUTH, :dimension]
    axis = np.linspace(-REACH, REACH, POINTS)
    candidates = np.tile(truth, (POINTS**2, 1))
    candidates[:, :2] = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    task = Task(case="rugged", dimension=dimension, truth=TRUTH)
    goal = objective(task, settings.problems, data)
    about = {"units": "1", "long_name": "misfit over two parameters"}
    variables = {
        "landscape": (("first", "second"), goal.values(candidates).reshape(POINTS, POINTS), about),
        "axis": (("first",), axis, {"units": "1", "long_name": "parameter"}),
        "landscape_truth": (("pair",), truth[:2], {"units": "1", "long_name": "truth"}),
    }
    for method in TRAILS:
        meter = searched(settings, data, task, method=method, seed=seed, keep_trail=True)
        rows = np.array([[*place[:2], value] for place, value in meter.trail])
        about = {"units": "1", "long_name": "places in the order of the calls, and their values"}
        variables[f"trail_{method}"] = ((f"{method}_call", "column"), rows, about)
    return xr.Dataset(variables)


def _staircase(settings: Run, data: xr.Dataset) -> xr.Dataset:
    """The layers' misfit and its derivative along the place of the first interface, all else as in the truth."""
    dimension = min(settings.problems.layers.dimensions)
    goal = objective(Task(case="layers", dimension=dimension, truth=TRUTH), settings.problems, data)
    interfaces = dimension // 2
    truth = data["layers_truth"].values[TRUTH, :dimension]
    line = truth[0] + np.linspace(-STAIR_REACH, STAIR_REACH, STAIR_POINTS)
    candidates = np.tile(truth, (STAIR_POINTS, 1))
    candidates[:, 0] = line
    slopes = [goal.value_and_gradient(each)[1][:interfaces] for each in candidates[:: STAIR_POINTS // 10]]
    return xr.Dataset(
        {
            "stair_place": (("stair",), line, {"units": "1", "long_name": "parameter of the first interface"}),
            "stair": (("stair",), goal.values(candidates), {"units": "1", "long_name": "misfit"}),
            "stair_slope": ((), float(np.abs(slopes).max()), {"units": "1", "long_name": "largest derivative"}),
        }
    )


def _designs(settings: Run, data: xr.Dataset, *, seed: int) -> xr.Dataset:
    """Heat, best bar, and what the searches find with little work, in the largest dimension."""
    dimension = max(settings.problems.bar.dimensions)
    task = Task(case="bar", dimension=dimension, truth=TRUTH)
    problem = bar(task, data)
    settings = replace(settings, budget=replace(settings.budget, units=min(settings.budget.units, DESIGN_UNITS)))
    about = {"units": "1", "long_name": "conductivity, mean one"}
    variables = {
        "design_units": ((), settings.budget.units, {"units": "1", "long_name": "work units of each search"}),
        "design_heat": (("cell",), data["heat"].values[TRUTH], data["heat"].attrs),
        "design_best": (("segment",), data[f"bar_{dimension}"].values[TRUTH], about),
    }
    for method in DESIGNS:
        meter = searched(settings, data, task, method=method, seed=seed)
        variables[f"design_{method}"] = (("segment",), problem.design(meter.place[None])[0], about)
    return xr.Dataset(variables)
