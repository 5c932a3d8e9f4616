"""Rows of the one table schema, and the trained models that they are about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import torch
import xarray as xr
from torch import Tensor, nn

from mlsim.networks.perceptrons.ensembles import single
from mlsim.studies.generative.coordinates import Coordinates, context_coordinates, coordinates_of
from mlsim.studies.generative.models import Sizes, samples_of
from mlsim.studies.generative.settings import Case, Scoring, Variant, method_of
from mlsim.studies.generative.train import restored
from mlsim.tables import Row, row


def frame(rows: Sequence[Row], *, case: str, method: str, seed: int) -> pd.DataFrame:
    """Rows of one method and seed."""
    return pd.DataFrame(rows).assign(case=case, method=method, seed=seed)


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """A trained variant, all its seeds."""

    variant: Variant
    method: str
    seeds: tuple[int, ...]
    network: nn.Module
    sizes: Sizes
    coordinates: Coordinates
    context: Coordinates | None

    def budget_rows(self, case: Case) -> list[Row]:
        """What the model was given."""
        return budget_rows(case, networks=len(self.seeds), turns=self.variant.turns)

    def member(self, index: int) -> "Model":
        """The model of one seed alone."""
        return replace(self, network=single(self.network, index), seeds=self.seeds[index : index + 1])

    def samples(self, count: int, *, seed: int, data: np.ndarray | None = None) -> np.ndarray:
        """Samples of every seed, ``seeds count dimension``; with data, one sample for each of its rows."""
        context = None
        if data is not None:
            assert self.context is not None
            context = torch.from_numpy(self.context.of(data)).float()
        drawn = samples_of(self.network, self.variant, sizes=self.sizes, count=count, seed=seed, context=context)
        return self.coordinates.points(drawn.double().numpy())


def models_of(
    name: str, settings: Scoring, *, data: xr.Dataset, state: dict[str, Tensor], seeds: Sequence[int]
) -> Iterator[Model]:
    """Trained models of one case."""
    coordinates = coordinates_of(name, settings.cases[name], data)
    context = context_coordinates(name, data)
    sizes = Sizes(dimension=coordinates.forward.shape[1], context=0 if context is None else context.forward.shape[1])
    for key, variant in settings.variants.items():
        if variant.case == name:
            yield Model(
                variant=variant,
                method=method_of(key, variant),
                seeds=tuple(seeds[: variant.seeds]),
                network=restored(state, key, variant, sizes=sizes, seeds=seeds),
                sizes=sizes,
                coordinates=coordinates,
                context=context,
            )


def budget_rows(case: Case, *, networks: int, turns: int = 1) -> list[Row]:
    """What a model was given: the sizes that claims need."""
    counts = {
        "training_steps": case.steps,
        "training_samples": case.train,
        "batch": case.batch,
        "critic_turns": turns,
        "networks": networks,
    }
    return [row(name, count) for name, count in counts.items()]
