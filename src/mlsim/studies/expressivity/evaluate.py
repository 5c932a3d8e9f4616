"""Rows of all trained networks, and of the classical methods on the same data."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch
import xarray as xr
from jaxtyping import Bool, Float
from torch import Tensor, nn

from mlsim.logs import progress
from mlsim.networks.tensor_networks import Kind, parameters_of_one
from mlsim.numerics.estimation.relative_errors import relative_error
from mlsim.numerics.tensors.unfolding_bounds import canonical_error_bounds
from mlsim.numerics.tensors.weighted_automata import all_words
from mlsim.studies.expressivity.classical import digit_rows, word_rows
from mlsim.studies.expressivity.generate import function_of
from mlsim.studies.expressivity.settings import Scoring, Task
from mlsim.studies.expressivity.train import matched_width, network, restored, samples_of, widths_of
from mlsim.tables import Row, percent_row, row

# what is told again, without abscissa, at the number of parameters of the matched train
MATCHED = {
    "accuracy": "equal_accuracy",
    "relative_error": "equal_error",
    "tensor_error": "equal_tensor_error",
    "lower_bound": "equal_lower_bound",
    "parameters": "equal_parameters",
}


def evaluate(settings: Scoring, *, data: xr.Dataset, model: list[dict], methods: list[str]) -> pd.DataFrame:
    """Rows of all tasks; ``model`` holds the states of the variants called ``methods``, in that order."""
    states = dict(zip(methods, model, strict=True))
    rows: list[Row] = []
    with torch.no_grad():
        for name, task in progress(settings.tasks.items(), total=len(settings.tasks), label="tasks"):
            rows_of = _digit_task if task.data == "digits" else _word_task
            own = rows_of(settings, name, task, data=data, states=states)
            rows += [{"case": name, **row} for row in own]
    return pd.DataFrame(rows)


def _digit_task(settings: Scoring, name: str, task: Task, *, data: xr.Dataset, states: dict[str, dict]) -> list[Row]:
    samples = samples_of(task, data, seeds=settings.seeds, test=True)
    rows: list[Row] = []
    right: dict[tuple[str, int], Bool[np.ndarray, "members images"]] = {}
    for method, variant in settings.variants.items():
        kind = variant.network
        for width in widths_of(kind, task, data=data):
            members = network(kind, task, data=data, width=width, seeds=settings.seeds)
            restored(members, states[method], part=f"{name}.{width}")
            answers = _outputs(members, samples.inputs, members=len(settings.seeds)).argmax(dim=-1)
            right[method, width] = (answers == samples.targets).numpy()
            own = [[percent_row("accuracy", each, x=width, unit="%")] for each in right[method, width]]
            rows += _named(own, method, seeds=settings.seeds)
            rows += _sizes(members, width, method=method)
        rows += _matched_rows(rows, method, kind=kind, task=task, data=data)
        rows += _budget_rows(settings, task, method=method, tested=len(samples.targets))
    shallow = next((each for each, variant in settings.variants.items() if variant.network == "cp"), None)
    rows += _gain_rows(settings, task, right=right, shallow=shallow) if shallow else []
    return rows + digit_rows(data)


def _gain_rows(settings: Scoring, task: Task, *, right: dict[tuple[str, int], np.ndarray], shallow: str) -> list[Row]:
    """Accuracy beyond that of the shallow network of the same width; errors of paired differences."""
    rows: list[Row] = []
    for method in settings.variants:
        if method == shallow:
            continue
        for width in task.widths:
            gains = right[method, width].astype(float) - right[shallow, width]
            own = [[percent_row("gain_over_cp", each, x=width, unit="percentage points")] for each in gains]
            rows += _named(own, method, seeds=settings.seeds)
    return rows


def _word_task(settings: Scoring, name: str, task: Task, *, data: xr.Dataset, states: dict[str, dict]) -> list[Row]:
    samples = samples_of(task, data, seeds=settings.seeds, test=True)
    targets = samples.targets.numpy()
    tensors = _tensors(task, data, seeds=settings.seeds) if task.data == "teacher" else None
    bounds = [canonical_error_bounds(tensor) for tensor in tensors or ()]
    rows: list[Row] = []
    for method, variant in settings.variants.items():
        kind = variant.network
        for width in widths_of(kind, task, data=data):
            members = network(kind, task, data=data, width=width, seeds=settings.seeds)
            restored(members, states[method], part=f"{name}.{width}")
            found = _outputs(members, samples.inputs, members=len(settings.seeds))[..., 0].numpy()
            own = [[row("relative_error", relative_error(*each), x=width)] for each in zip(found, targets, strict=True)]
            if tensors is not None:
                whole = _all_values(members, task, data=data, members=len(settings.seeds))
                for each, values, tensor, bound in zip(own, whole, tensors, bounds, strict=True):
                    each.append(row("tensor_error", relative_error(values, tensor.ravel()), x=width))
                    each += [row("lower_bound", bound[min(width, bound.size - 1)], x=width)] if kind == "cp" else []
            rows += _named(own, method, seeds=settings.seeds)
            rows += _sizes(members, width, method=method)
        rows += _matched_rows(rows, method, kind=kind, task=task, data=data)
        rows += _excess_rows(rows, method) if kind == "cp" and tensors is not None else []
        rows += _budget_rows(settings, task, method=method, tested=targets.shape[1])
    return rows + word_rows(task.data, data, seeds=settings.seeds)


def _outputs(model: nn.Module, inputs: Tensor, *, members: int) -> Float[Tensor, "members samples outputs"]:
    return model(inputs.expand(members, -1, -1, -1))


def _tensors(task: Task, data: xr.Dataset, *, seeds: Sequence[int]) -> list[np.ndarray]:
    """The whole tensor of each teacher, one axis per site."""
    letters, sites = data.sizes[f"{task.data}_letter"], data.sizes[f"{task.data}_site"]
    words = all_words(letters=letters, sites=sites)
    return [function_of(data, task.data, draw=seed).values(words).reshape((letters,) * sites) for seed in seeds]


def _all_values(model: nn.Module, task: Task, *, data: xr.Dataset, members: int) -> np.ndarray:
    """Outputs for every word."""
    letters, sites = data.sizes[f"{task.data}_letter"], data.sizes[f"{task.data}_site"]
    words = torch.from_numpy(all_words(letters=letters, sites=sites))
    # some words at a time: all features at once would take gigabytes
    parts = [
        _outputs(model, torch.nn.functional.one_hot(each, num_classes=letters).float(), members=members)[..., 0]
        for each in words.split(8192)
    ]
    return torch.cat(parts, dim=1).double().numpy()


def _named(own: list[list[Row]], method: str, *, seeds: Sequence[int]) -> list[Row]:
    """Rows of each member with its seed."""
    return [{**each, "method": method, "seed": seed} for seed, rows in zip(seeds, own, strict=True) for each in rows]


def _sizes(model: nn.Module, width: int, *, method: str) -> list[Row]:
    return [row("parameters", parameters_of_one(model), x=width, method=method, seed=0)]


def _matched_rows(rows: list[Row], method: str, *, kind: Kind, task: Task, data: xr.Dataset) -> list[Row]:
    """The rows of the width that matches the train, again without abscissa."""
    width = matched_width(kind, task, data=data)
    found = [
        {**each, "x": np.nan, "quantity": MATCHED[each["quantity"]]}
        for each in rows
        if each["method"] == method and each["x"] == width and each["quantity"] in MATCHED
    ]
    return [*found, row("equal_width", width, method=method, seed=0)]


def _excess_rows(rows: list[Row], method: str) -> list[Row]:
    """The smallest distance of an error to its bound, over all widths and members."""
    own = [each for each in rows if each["method"] == method]
    error, bound = (
        {(each["x"], each["seed"]): each["value"] for each in own if each["quantity"] == quantity}
        for quantity in ("tensor_error", "lower_bound")
    )
    smallest = min(error[key] - bound[key] for key in bound)
    return [row("smallest_excess", smallest, method=method, seed=0)]


def _budget_rows(settings: Scoring, task: Task, *, method: str, tested: int) -> list[Row]:
    numbers = {"training_steps": task.steps, "training_seeds": len(settings.seeds), "tested": tested}
    return [row(name, value, method=method, seed=0) for name, value in numbers.items()]
