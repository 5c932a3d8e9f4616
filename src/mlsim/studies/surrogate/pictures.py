"""Fields for the figures: derivatives, worst perturbations, predictions with their intervals."""

from math import inf
from typing import Any

import numpy as np
import torch
import xarray as xr

from mlsim.numerics.probability.conformal import conformal_radius
from mlsim.studies.surrogate.evaluate import surrogates
from mlsim.studies.surrogate.measures import Parts, Sample, Surrogate
from mlsim.studies.surrogate.models import runs_of
from mlsim.studies.surrogate.settings import Scoring
from mlsim.studies.surrogate.worst_cases import Norms, perturbation

EXACT = "exact"


def inspect(settings: Scoring, *, data: xr.Dataset, models: list[dict], names: list[str]) -> xr.Dataset:
    """What the member with the most samples and the first seed of every variant says, beside the truth.

    ``derivative`` is that at the test field of the largest gap between the bounds. ``leading`` are vectors of
    :mod:`mlsim.studies.surrogate.worst_cases` for (2, 2), ``worst`` and ``worst_signs`` those of the derivative of the
    error for (2, 2) and (infinity, q); for the truth, that has no error, they are zero.
    """
    parts, runs = Parts.of(data), runs_of(settings.samples, settings.seeds)
    member = runs.index((max(settings.samples), settings.seeds[0]))
    found = {
        name: surrogates(settings.variants[name], state, data, runs=runs)[member]
        for name, state in zip(names, models, strict=True)
    }
    hardest = int(parts.test.gap.argmax())
    held, one = parts.validation.first(settings.measures.jacobian), parts.test.field[hardest : hardest + 1]
    gradients = {EXACT: held.gradient} | {name: each.gradient(held.field) for name, each in found.items()}
    at_one = {EXACT: parts.test.gradient[hardest]} | {name: each.gradient(one)[0] for name, each in found.items()}
    starts, q = settings.measures.starts, settings.measures.q
    fields = {"derivative": at_one, "leading": {}, "worst": {}, "worst_signs": {}}
    for name, gradient in gradients.items():
        error = gradient - held.gradient
        fields["leading"][name] = perturbation(gradient, Norms(p=2, q=2), starts=starts)
        for key, norms in (("worst", Norms(p=2, q=2)), ("worst_signs", Norms(p=inf, q=q))):
            none = torch.zeros_like(error[0])
            fields[key][name] = none if name == EXACT else perturbation(error, norms, starts=starts)
    about = {"units": "1", "long_name": "derivative or perturbation of the logarithms of the cells"}
    variables: dict[str, Any] = {
        key: (("method", "row", "column"), np.stack([each.numpy() for each in values.values()]), about)
        for key, values in fields.items()
    }
    variables["field"] = (("row", "column"), one[0].numpy(), about | {"long_name": "logarithm of the conductivity"})
    return xr.Dataset(variables | _predictions(found, parts), attrs={"methods": list(gradients)})


def _predictions(found: dict[str, Surrogate], parts: Parts) -> dict:
    """Predictions and half widths of the intervals in proportion to the gap, on the test part."""
    held, test = parts.calibration, parts.test
    values = [test.output, *(each.values(test.field) for each in found.values())]
    radii = [torch.zeros_like(test.gap), *(_radius(each, held) * test.gap for each in found.values())]
    words = {"units": "1", "long_name": "logarithm of the effective conductivity"}
    return {
        "prediction": (("method", "test"), np.stack([each.numpy() for each in values]), words),
        "radius": (("method", "test"), np.stack([each.numpy() for each in radii]), words),
        "lower": (("test",), test.lower.numpy(), words),
        "upper": (("test",), test.upper.numpy(), words),
    }


def _radius(surrogate: Surrogate, held: Sample) -> float:
    scores = (surrogate.values(held.field) - held.output).abs() / held.gap
    return conformal_radius(scores.numpy(), level=0.9)
