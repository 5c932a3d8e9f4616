"""Rows of the reduction of dimension: principal components against autoencoders on a manifold of solutions."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch
import xarray as xr
from jaxtyping import Float
from torch import Tensor

from mlsim.studies.generative.coordinates import coordinates_of, part_of
from mlsim.studies.generative.models import Sizes
from mlsim.studies.generative.rows import budget_rows, frame
from mlsim.studies.generative.settings import Scoring, method_of
from mlsim.studies.generative.train import restored
from mlsim.tables import row


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


def evaluate_manifold(
    name: str, settings: Scoring, *, data: xr.Dataset, state: dict[str, Tensor], seeds: Sequence[int]
) -> pd.DataFrame:
    """Error of the reconstruction of test solutions against the latent dimension, ``x``, in scaled coordinates."""
    case = settings.cases[name]
    coordinates = coordinates_of(name, case, data)
    train, x = (coordinates.of(part_of(data, name, part)) for part in ("train", "test"))
    frames = []
    for key, variant in settings.variants.items():
        if variant.case != name:
            continue
        latents = range(1, variant.latent + 1)
        errors = [nrmse(x, principal_reconstruction(x, train=train, latent=d)) for d in latents]
        rows = [row("reconstruction_error", error, x=d) for d, error in zip(latents, errors, strict=True)]
        frames.append(frame(rows, case=name, method="pca", seed=0))
        own = tuple(seeds[: variant.seeds])
        network = restored(state, key, variant, sizes=Sizes(dimension=x.shape[1]), seeds=own)
        with torch.no_grad():
            points = torch.from_numpy(x).float().expand(len(latents) * len(own), *x.shape)
            drawn = network(points).double().numpy()
        errors = np.array([nrmse(x, each) for each in drawn]).reshape(len(latents), len(own))
        for index, seed in enumerate(own):
            rows = [row("reconstruction_error", errors[d - 1, index], x=d) for d in latents] + budget_rows(
                case, networks=len(own)
            )
            frames.append(frame(rows, case=name, method=method_of(key, variant), seed=seed))
    return pd.concat(frames, ignore_index=True)
