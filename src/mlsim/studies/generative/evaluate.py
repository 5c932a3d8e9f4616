"""All rows of one job: each case by the module that knows it."""

from collections.abc import Sequence

import pandas as pd
import xarray as xr
from torch import Tensor

from mlsim.studies.generative.assimilation import evaluate_assimilation
from mlsim.studies.generative.fields import evaluate_field
from mlsim.studies.generative.manifold import evaluate_manifold
from mlsim.studies.generative.mixtures import evaluate_mixture
from mlsim.studies.generative.posteriors import evaluate_posterior
from mlsim.studies.generative.settings import FIELDS, MANIFOLDS, MIXTURES, Scoring


def evaluate(settings: Scoring, *, data: xr.Dataset, model: dict[str, Tensor], seeds: Sequence[int]) -> pd.DataFrame:
    """Rows of the one table schema for the cases of a job."""
    own = tuple(seeds)
    frames = []
    for name in settings.cases:
        if name in MIXTURES:
            frames.append(evaluate_mixture(name, settings, data=data, state=model, seeds=own))
        elif name in FIELDS:
            frames.append(evaluate_field(name, settings, data=data, state=model, seeds=own))
        elif name in MANIFOLDS:
            frames.append(evaluate_manifold(name, settings, data=data, state=model, seeds=own))
        elif name == "lorenz63":
            frames.append(evaluate_assimilation(settings, data=data, state=model, seeds=own))
        else:
            frames.append(evaluate_posterior(name, settings, data=data, state=model, seeds=own))
    return pd.concat(frames, ignore_index=True)
