"""Fields for the figures: derivatives, worst perturbations, predictions with their intervals."""

from collections.abc import Sequence
from math import inf

import torch
import xarray as xr
from torch import Tensor

from mlsim.studies.surrogate.evaluate import surrogates
from mlsim.studies.surrogate.measures import interval_radius
from mlsim.studies.surrogate.models import runs_of
from mlsim.studies.surrogate.samples import Parts, Surrogate
from mlsim.studies.surrogate.settings import Scoring
from mlsim.studies.surrogate.worst_cases import Norms, leading_field

EXACT = "exact"


def inspect(settings: Scoring, *, data: xr.Dataset, models: list[dict], names: list[str]) -> xr.Dataset:
    """Fields and predictions of the truth and of each variant, by its member with most samples and the first seed.

    ``derivative`` is that at the test field of the largest gap between the bounds. ``leading`` are vectors of
    :mod:`mlsim.studies.surrogate.worst_cases` for (2, 2), ``worst`` and ``worst_signs`` those of the derivative of the
    error for (2, 2) and (infinity, q); for the truth, which has no error, they are zero.
    """
    parts, runs = Parts.of(data), runs_of(settings.samples, settings.seeds)
    member = runs.index((max(settings.samples), settings.seeds[0]))
    trained = [
        surrogates(settings.variants[name], state, data, runs=runs)[member]
        for name, state in zip(names, models, strict=True)
    ]
    hardest, validation = int(parts.test.gap.argmax()), parts.validation.first(settings.measures.jacobian)
    field = parts.test.field[hardest : hardest + 1]
    euclidean, signs = Norms(p=2, q=2), Norms(p=inf, q=settings.measures.q)
    gradients = [validation.gradient, *(surrogate.gradient(validation.field) for surrogate in trained)]

    def leading(derivatives: Sequence[Tensor], norms: Norms) -> list[Tensor]:
        return [leading_field(gradient, norms, starts=settings.measures.starts) for gradient in derivatives]

    errors, none = [gradient - validation.gradient for gradient in gradients[1:]], torch.zeros_like(field[0])
    images = {
        "derivative": [parts.test.gradient[hardest], *(surrogate.gradient(field)[0] for surrogate in trained)],
        "leading": leading(gradients, euclidean),
        "worst": [none, *leading(errors, euclidean)],
        "worst_signs": [none, *leading(errors, signs)],
    }
    about = {"units": "1", "long_name": "derivative or perturbation of the logarithms of the cells"}
    variables = _predictions(trained, parts)
    for name, stack in images.items():
        variables[name] = (("method", "row", "column"), torch.stack(stack).numpy(), about)
    variables["field"] = (("row", "column"), field[0].numpy(), about | {"long_name": "logarithm of the conductivity"})
    return xr.Dataset(variables, attrs={"methods": [EXACT, *names]})


def _predictions(trained: Sequence[Surrogate], parts: Parts) -> dict:
    """Predictions and half widths of the intervals in proportion to the gap, on the test part; the truth first."""
    test, calibration = parts.test, parts.calibration
    values, radii = [test.output], [torch.zeros_like(test.gap)]
    for surrogate in trained:
        predicted = surrogate.values(calibration.field)
        values.append(surrogate.values(test.field))
        radii.append(interval_radius(predicted, calibration, level=0.9, scaled=True) * test.gap)
    about = {"units": "1", "long_name": "logarithm of the effective conductivity"}
    return {
        "prediction": (("method", "test"), torch.stack(values).numpy(), about),
        "radius": (("method", "test"), torch.stack(radii).numpy(), about),
        "lower": ("test", test.lower.numpy(), about),
        "upper": ("test", test.upper.numpy(), about),
    }
