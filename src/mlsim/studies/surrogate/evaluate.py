"""All rows of the networks: errors, violations, intervals, worst cases."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from torch import Tensor

from mlsim.logs import progress
from mlsim.studies.surrogate.measures import (
    accuracy_rows,
    calibration_rows,
    gradient_rows,
    interval_rows,
    paired_rows,
    stated_interval_rows,
)
from mlsim.studies.surrogate.models import members, runs_of
from mlsim.studies.surrogate.samples import Parts, Surrogate
from mlsim.studies.surrogate.settings import CASE, Measures, Scoring, Variant
from mlsim.studies.surrogate.worst_cases import worst_case_rows
from mlsim.tables import Row, case_row

PLAIN = "mlp"
# quantities of every network that are divided by those of the plain one
COMPARED = ("nrmse", "gradient_error")


def evaluate(settings: Scoring, *, data: xr.Dataset, models: list[dict], names: list[str]) -> pd.DataFrame:
    """Rows of every member of every network.

    Args:
        settings: of all variants.
        data: from :func:`mlsim.studies.surrogate.generate.generate`.
        models: states of the variants.
        names: of the variants, in the order of the models.
    """
    parts, runs = Parts.of(data), runs_of(settings.samples, settings.seeds)
    frames = []
    for name, state in progress(zip(names, models, strict=True), total=len(names), label="variants"):
        variant = settings.variants[name]
        for surrogate, (size, seed) in zip(surrogates(variant, state, data, runs=runs), runs, strict=True):
            rows = all_rows(surrogate, parts, settings.measures, size=size, seed=seed, largest=max(settings.samples))
            if size == min(settings.samples):
                rows += size_rows(parts, settings.samples, seeds=len(settings.seeds), steps=variant.steps)
            frames.append(pd.DataFrame(rows).assign(method=name, seed=seed))
    rows = pd.concat(frames, ignore_index=True)
    return pd.concat([rows, *(_over_plain(quantity, rows) for quantity in COMPARED)], ignore_index=True)


def surrogates(
    variant: Variant, state: dict[str, Tensor], data: xr.Dataset, *, runs: Sequence[tuple[int, int]]
) -> list[Surrogate]:
    """The trained members in double precision."""
    stacked = members(variant, side=data.sizes["row"], runs=runs)
    stacked.load_state_dict(state)
    return [Surrogate(value=stacked.kept_member(i).double().requires_grad_(False)) for i in range(len(runs))]


def all_rows(
    surrogate: Surrogate, parts: Parts, measures: Measures, *, size: int, seed: int, largest: int
) -> list[Row]:
    """Everything that is measured of one surrogate; ``size`` is that of its training set, ``largest`` of any."""
    predictions, x = parts.predictions(surrogate), float(size)
    rows = accuracy_rows(predictions, parts, x=x)
    rows += paired_rows(surrogate, parts.test, measures, seed=seed, x=x)
    rows += interval_rows(predictions, parts, x=x) + stated_interval_rows(surrogate, predictions, parts, x=x)
    if surrogate.smooth:
        rows += gradient_rows(surrogate, parts.test, x=x)
        rows += worst_case_rows(surrogate, parts, measures, seed=seed, x=x)
    return rows + (calibration_rows(predictions, parts) if size == largest else [])


def size_rows(parts: Parts, samples: Sequence[int], *, seeds: int, steps: int | None = None) -> list[Row]:
    """Numbers of fields, samples, seeds and steps behind the other rows."""
    sizes = {
        "test_fields": len(parts.test.output),
        "calibration_fields": len(parts.calibration.output),
        "largest_training_set": max(samples),
        "trained_seeds": seeds,
    }
    sizes |= {} if steps is None else {"training_steps": steps}
    return [case_row(CASE, quantity, value) for quantity, value in sizes.items()]


def _over_plain(quantity: str, rows: pd.DataFrame) -> pd.DataFrame:
    """A quantity of every network over that of the plain one with the same samples and seed."""
    compared = rows[(rows["case"] == CASE) & (rows["quantity"] == quantity)]
    plain = compared.loc[compared["method"] == PLAIN, ["seed", "x", "value"]].rename(columns={"value": "plain"})
    ratios = compared.merge(plain, on=["seed", "x"])
    ratios = ratios.assign(quantity=f"{quantity}_over_plain", value=ratios["value"] / ratios["plain"], se=np.nan)
    return ratios[rows.columns.to_list()]
