"""Rows of the untrained baselines and of the trained models of all cases of one job."""

from collections.abc import Sequence

import pandas as pd
import xarray as xr
from torch import Tensor

from mlsim.logs import progress
from mlsim.studies.generative.assimilation import FilterScores
from mlsim.studies.generative.fields import FieldScores
from mlsim.studies.generative.manifold import ManifoldScores
from mlsim.studies.generative.mixtures import MixtureScores
from mlsim.studies.generative.posteriors import LinearScores, LognormalScores
from mlsim.studies.generative.settings import FIELDS, MANIFOLDS, MIXTURES, Scoring
from mlsim.studies.generative.trained import models_of
from mlsim.tables import NO_SEED, Row

# made from the name of the case, the settings and the data; `baselines()` gives the rows of each untrained baseline,
# `learned(model)` those of each seed of a trained model
SCORES = {
    **dict.fromkeys(MIXTURES, MixtureScores),
    **dict.fromkeys(FIELDS, FieldScores),
    **dict.fromkeys(MANIFOLDS, ManifoldScores),
    "linear_gaussian": LinearScores,
    "lognormal_inverse": LognormalScores,
    "lorenz63": FilterScores,
}


def evaluate(settings: Scoring, *, data: xr.Dataset, model: dict[str, Tensor], seeds: Sequence[int]) -> pd.DataFrame:
    """Rows for a metrics file, see :func:`mlsim.tables.metrics`."""
    rows: list[Row] = []
    for name, case in settings.cases.items():
        scores = SCORES[name](name, settings, data=data)
        for method, scored in scores.baselines().items():
            rows += [row | {"case": name, "method": method, "seed": NO_SEED} for row in scored]
        models = list(models_of(name, settings, data=data, state=model, seeds=seeds))
        for trained in progress(models, total=len(models), label=f"models of {name}"):
            for seed, scored in zip(trained.seeds, scores.learned(trained), strict=True):
                labels = {"case": name, "method": trained.method, "seed": seed}
                rows += [row | labels for row in (*scored, *trained.budget_rows(case))]
    return pd.DataFrame(rows)
