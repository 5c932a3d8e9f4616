"""Reconstruction errors of principal components and of autoencoders on a manifold of Darcy solutions."""

from collections.abc import Iterable

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float

from mlsim.studies.generative.coordinates import coordinates_of, part_of
from mlsim.studies.generative.settings import Scoring
from mlsim.studies.generative.trained import Model
from mlsim.tables import Row, row


class ManifoldScores:
    """Errors on test solutions in scaled coordinates against ``x``, the number of latent coordinates."""

    def __init__(self, name: str, settings: Scoring, *, data: xr.Dataset) -> None:
        coordinates = coordinates_of(name, settings.cases[name], data)
        self.train, self.test = (coordinates.of(part_of(data, name, part)) for part in ("train", "test"))
        latents = [variant.latent for variant in settings.variants.values() if variant.case == name]
        self.largest = max(latents, default=0)

    def baselines(self) -> dict[str, list[Row]]:
        """Rows of principal components."""
        latents = range(1, self.largest + 1)
        reconstructions = [principal_reconstruction(self.test, train=self.train, latent=latent) for latent in latents]
        return {"pca": self._rows(reconstructions)}

    def learned(self, model: Model) -> list[list[Row]]:
        """Rows of each seed of the autoencoders."""
        members = model.variant.latent * len(model.seeds)
        with torch.no_grad():
            points = torch.from_numpy(self.test).float().expand(members, *self.test.shape)
            reconstructions = model.network(points).double().numpy()
        # members are sorted by latent dimension, then by seed
        return [self._rows(reconstructions[index :: len(model.seeds)]) for index in range(len(model.seeds))]

    def _rows(self, reconstructions: Iterable[np.ndarray]) -> list[Row]:
        """Rows of the reconstructions with one, two, ... latent coordinates."""
        return [
            row("reconstruction_error", nrmse(self.test, reconstruction), x=latent)
            for latent, reconstruction in enumerate(reconstructions, start=1)
        ]


def principal_reconstruction(
    x: Float[np.ndarray, "samples dimension"], *, train: np.ndarray, latent: int
) -> np.ndarray:
    """Points of ``x`` after projection on the leading principal components of ``train``."""
    mean = train.mean(axis=0)
    vectors = np.linalg.eigh(np.cov(train - mean, rowvar=False))[1][:, ::-1][:, :latent]
    return mean + (x - mean) @ vectors @ vectors.T


def nrmse(x: Float[np.ndarray, "samples dimension"], reconstruction: np.ndarray) -> float:
    """Normalised root mean square error: that of a reconstruction over the root mean square distance from the mean.

    >>> nrmse(np.array([[1.0], [-1.0]]), np.array([[0.9], [-0.9]])).__round__(9)
    0.1
    """
    spread = ((x - x.mean(axis=0)) ** 2).sum()
    return float(np.sqrt(((x - reconstruction) ** 2).sum() / spread))
