"""Rows of all trained networks, and of the classical methods on the same data."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import torch
import xarray as xr
from jaxtyping import Bool, Float
from torch import Tensor, nn

from mlsim.logs import progress
from mlsim.networks.tensor_networks import parameters_of_one
from mlsim.numerics.estimation.relative_errors import relative_error
from mlsim.numerics.tensors.unfolding_bounds import canonical_error_bounds
from mlsim.numerics.tensors.weighted_automata import all_words
from mlsim.studies.expressivity.classical import digit_rows, word_rows
from mlsim.studies.expressivity.generate import function_of
from mlsim.studies.expressivity.settings import Scoring, Task
from mlsim.studies.expressivity.train import Samples, matched_width, network, restored, samples_of, widths_of
from mlsim.tables import NO_SEED, Row, percent_row, row

# networks with trained parameters by method and width
Networks = Mapping[tuple[str, int], nn.Module]

# quantities that have another row, without x, at the number of parameters of the reference tensor train
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
            networks = _trained_networks(settings, name, task, data=data, states=states)
            samples = samples_of(task, data, seeds=settings.seeds, test=True)
            if task.data == "digits":
                measured = [*_digit_rows(settings, task, samples, networks=networks), *digit_rows(data)]
            else:
                measured = _function_rows(settings, task, samples, networks=networks, data=data)
                measured += word_rows(task.data, data, seeds=settings.seeds)
            measured += [
                row("parameters", parameters_of_one(members), x=width, method=method, seed=NO_SEED)
                for (method, width), members in networks.items()
            ]
            seeds, tested = len(settings.seeds), len(samples.inputs)
            sizes = {"training_steps": task.steps, "training_seeds": seeds, "tested": tested}
            for method, variant in settings.variants.items():
                width = matched_width(variant.network, task, data=data)
                measured += _matched_rows(measured, method, width=width)
                measured += [row(size, value, method=method, seed=NO_SEED) for size, value in sizes.items()]
            rows += [{"case": name, **unlabelled} for unlabelled in measured]
    return pd.DataFrame(rows)


def _trained_networks(
    settings: Scoring, name: str, task: Task, *, data: xr.Dataset, states: dict[str, dict]
) -> Networks:
    networks = {}
    for method, variant in settings.variants.items():
        for width in widths_of(variant.network, task, data=data):
            members = network(variant.network, task, data=data, width=width, seeds=settings.seeds)
            networks[method, width] = restored(members, states[method], part=f"{name}.{width}")
    return networks


def _shallow(settings: Scoring) -> list[str]:
    return [method for method, variant in settings.variants.items() if variant.network == "cp"]


def _digit_rows(settings: Scoring, task: Task, samples: Samples, *, networks: Networks) -> list[Row]:
    """Accuracies, and gains over the shallow network of equal width with the errors of paired differences."""
    seeds, rows = settings.seeds, []
    correct: dict[tuple[str, int], Bool[np.ndarray, "members images"]] = {}
    for (method, width), members in networks.items():
        labels = _outputs(members, samples.inputs, members=len(seeds)).argmax(dim=-1)
        correct[method, width] = (labels == samples.targets).numpy()
        rows += [
            percent_row("accuracy", hits, x=width, unit="%", method=method, seed=seed)
            for seed, hits in zip(seeds, correct[method, width], strict=True)
        ]
    for shallow in _shallow(settings)[:1]:
        for method, width in [key for key in networks if key[0] != shallow and key[1] in task.widths]:
            gains = correct[method, width].astype(float) - correct[shallow, width]
            rows += [
                percent_row("gain_over_cp", gain, x=width, unit="percentage points", method=method, seed=seed)
                for seed, gain in zip(seeds, gains, strict=True)
            ]
    return rows


def _function_rows(
    settings: Scoring, task: Task, samples: Samples, *, networks: Networks, data: xr.Dataset
) -> list[Row]:
    """Relative errors on test words; for teachers errors over all words, and bounds for shallow networks."""
    seeds, targets, rows = settings.seeds, samples.targets.numpy(), []
    for (method, width), members in networks.items():
        outputs = _outputs(members, samples.inputs, members=len(seeds))[..., 0].numpy()
        rows += [
            row("relative_error", relative_error(values, target), x=width, method=method, seed=seed)
            for seed, values, target in zip(seeds, outputs, targets, strict=True)
        ]
    return rows + _tensor_rows(settings, task, networks=networks, data=data) if task.data == "teacher" else rows


def _tensor_rows(settings: Scoring, task: Task, *, networks: Networks, data: xr.Dataset) -> list[Row]:
    """Errors over all words; for shallow networks their lower bounds and the smallest difference from them."""
    letters, sites = data.sizes[f"{task.data}_letter"], data.sizes[f"{task.data}_site"]
    words = all_words(letters=letters, sites=sites)
    tensors = [function_of(data, task.data, draw=seed).values(words) for seed in settings.seeds]
    bounds = [canonical_error_bounds(tensor.reshape((letters,) * sites)) for tensor in tensors]
    rows: list[Row] = []
    excesses: dict[str, list[float]] = {method: [] for method in _shallow(settings)}
    for (method, width), members in networks.items():
        outputs = _all_values(members, torch.from_numpy(words), letters=letters, members=len(settings.seeds))
        for seed, values, tensor, bound in zip(settings.seeds, outputs, tensors, bounds, strict=True):
            error = relative_error(values, tensor)
            rows.append(row("tensor_error", error, x=width, method=method, seed=seed))
            if method in excesses:
                least = float(bound[min(width, bound.size - 1)])
                excesses[method].append(error - least)
                rows.append(row("lower_bound", least, x=width, method=method, seed=seed))
    return rows + [
        row("smallest_excess", min(differences), method=method, seed=NO_SEED)
        for method, differences in excesses.items()
    ]


def _outputs(model: nn.Module, inputs: Tensor, *, members: int) -> Float[Tensor, "members samples outputs"]:
    return model(inputs.expand(members, -1, -1, -1))


def _all_values(model: nn.Module, words: Tensor, *, letters: int, members: int) -> Float[np.ndarray, "members words"]:
    # in parts: the one-hot letters of all words at once would take gigabytes
    parts = [
        _outputs(model, torch.nn.functional.one_hot(part, num_classes=letters).float(), members=members)[..., 0]
        for part in words.split(8192)
    ]
    return torch.cat(parts, dim=1).double().numpy()


def _matched_rows(rows: Sequence[Row], method: str, *, width: int) -> list[Row]:
    """The rows of one method and width, without x and with the name of the comparison at equal parameters."""
    matched = [
        {**measured, "x": np.nan, "quantity": MATCHED[measured["quantity"]]}
        for measured in rows
        if measured["method"] == method and measured["x"] == width and measured["quantity"] in MATCHED
    ]
    return [*matched, row("equal_width", width, method=method, seed=NO_SEED)]
