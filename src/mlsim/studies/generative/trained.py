"""Trained models of a case: the samples of each seed, and the training budget as rows of the table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
import xarray as xr
from torch import Tensor, nn

from mlsim.networks.perceptrons.ensembles import single
from mlsim.studies.generative.coordinates import Coordinates, context_coordinates, coordinates_of
from mlsim.studies.generative.models import Sizes, samples_of
from mlsim.studies.generative.settings import Case, Scoring, Variant, method_of
from mlsim.studies.generative.train import restored
from mlsim.tables import Row, row


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
        """The sizes that claims need."""
        counts = {
            "training_steps": case.steps,
            "training_samples": case.train,
            "batch": case.batch,
            "critic_turns": self.variant.turns,
            "networks": len(self.seeds),
        }
        return [row(quantity, count) for quantity, count in counts.items()]

    def samples(self, count: int, *, seed: int) -> np.ndarray:
        """Samples of the networks of all seeds, ``seeds count dimension``."""
        return self._drawn(count, seed=seed, context=None)

    def conditional_samples(self, index: int, data: np.ndarray, count: int) -> np.ndarray:
        """Samples of one seed's network for each of several data vectors, ``problems count dimension``."""
        assert self.context is not None
        member = replace(self, network=single(self.network, index))
        context = torch.from_numpy(self.context.of(np.repeat(data, count, axis=0))).float()
        return member._drawn(len(context), seed=1, context=context)[0].reshape(len(data), count, -1)

    def _drawn(self, count: int, *, seed: int, context: Tensor | None) -> np.ndarray:
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
