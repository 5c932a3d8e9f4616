"""Data of the figures that are not in the table: a misfit over two parameters, a misfit along a line, designs."""

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
# work units after which designs are shown: a little more than the gradient method needs
DESIGN_UNITS = 100
DESIGNS = ("lbfgs_gradient", "lbfgs_differences", "cma_es", "optimality_criteria")


def generate_pictures(settings: Run, *, data: xr.Dataset, seed: int) -> xr.Dataset:
    """Values on a plane, points visited by searches, values along a line, conductivities of designs."""
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
        counter = searched(settings, data, task, method=method, seed=seed, keep_trail=True)
        rows = np.array([[*theta[:2], value] for theta, value in counter.trail])
        about = {"units": "1", "long_name": "parameters in the order of the calls, and their values"}
        variables[f"trail_{method}"] = ((f"{method}_call", "column"), rows, about)
    return xr.Dataset(variables)


def _staircase(settings: Run, data: xr.Dataset) -> xr.Dataset:
    """The layers' misfit and its derivative along the parameter of the first interface, the others as in the truth."""
    dimension = min(settings.problems.layers.dimensions)
    goal = objective(Task(case="layers", dimension=dimension, truth=TRUTH), settings.problems, data)
    interfaces = dimension // 2
    truth = data["layers_truth"].values[TRUTH, :dimension]
    line = truth[0] + np.linspace(-STAIR_REACH, STAIR_REACH, STAIR_POINTS)
    candidates = np.tile(truth, (STAIR_POINTS, 1))
    candidates[:, 0] = line
    slopes = [goal.value_and_gradient(theta)[1][:interfaces] for theta in candidates[:: STAIR_POINTS // 10]]
    return xr.Dataset(
        {
            "stair_place": (("stair",), line, {"units": "1", "long_name": "parameter of the first interface"}),
            "stair": (("stair",), goal.values(candidates), {"units": "1", "long_name": "misfit"}),
            "stair_slope": ((), float(np.abs(slopes).max()), {"units": "1", "long_name": "largest derivative"}),
        }
    )


def _designs(settings: Run, data: xr.Dataset, *, seed: int) -> xr.Dataset:
    """Heat, best bar, and the designs of the searches after little work, in the largest dimension."""
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
        counter = searched(settings, data, task, method=method, seed=seed)
        variables[f"design_{method}"] = (("segment",), problem.design(counter.best_parameters[None])[0], about)
    return xr.Dataset(variables)
