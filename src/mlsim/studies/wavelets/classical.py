"""Rows of bases without gradient descent: PyWavelets, cosines, principal components, wavelet tensor trains."""

from dataclasses import dataclass

import pandas as pd
import torch
import xarray as xr
from jaxtyping import Float
from scipy.fft import dct, idct
from torch import Tensor

from mlsim.numerics.wavelets.filters import Filters, daubechies, named_filters
from mlsim.numerics.wavelets.sparsity import gini
from mlsim.numerics.wavelets.wavelet_tensor_train import coefficients_of as tensor_train_coefficients
from mlsim.numerics.wavelets.wavelet_tensor_train import filters_from
from mlsim.numerics.wavelets.wavelet_tensor_train import signals_of as tensor_train_signals
from mlsim.studies.wavelets.evaluate import Map, Signals, compression_rows, count_rows, truncation_rows
from mlsim.studies.wavelets.generate import signals_of
from mlsim.studies.wavelets.settings import ENSEMBLES, Compression
from mlsim.studies.wavelets.train import coefficients_of
from mlsim.tables import NO_SEED, Row, mean_row, row

NEGLIGIBLE = 1e-10  # relative to the norm: ten thousand times the rounding error of the transforms


@dataclass(frozen=True, kw_only=True)
class Basis:
    """An orthonormal basis: coefficients of signals, signals of coefficients, number of its parameters."""

    forward: Map
    inverse: Map
    parameters: int


def evaluate_signals(settings: Compression, *, data: xr.Dataset) -> pd.DataFrame:
    """Rows of all ensembles, and of the powers of x."""
    frames = []
    for ensemble in ENSEMBLES:
        test, training = (signals_of(data, ensemble, part) for part in ("test", "train"))
        bases = {"dct": _cosines(), "principal_components": _principal_components(training)}
        bases |= {f"wtt_{rank}": _tensor_train(training, rank=rank) for rank in settings.ranks}
        rows = {name: _wavelet_rows(named_filters(name), signals=test, settings=settings) for name in settings.bases}
        rows |= {name: _basis_rows(basis, signals=test, settings=settings) for name, basis in bases.items()}
        rows["db2"].append(row("signals", len(test)))
        frames += [pd.DataFrame(rows[method]).assign(case=ensemble, method=method) for method in rows]
    for method, rows_of_powers in _powers(settings, points=data.sizes["point"]).items():
        frames.append(pd.DataFrame(rows_of_powers).assign(case="powers", method=method))
    return pd.concat(frames, ignore_index=True).assign(seed=NO_SEED)


def _wavelet_rows(filters: Filters, *, signals: Signals, settings: Compression) -> list[Row]:
    sparsity = gini(coefficients_of(signals, filters, levels=settings.levels))
    return [
        mean_row("gini", sparsity, x=filters.shape[1]),
        *compression_rows(filters, signals=signals, compression=settings),
    ]


def _basis_rows(basis: Basis, *, signals: Signals, settings: Compression) -> list[Row]:
    coefficients = basis.forward(signals)
    return [
        mean_row("gini", gini(coefficients)),
        row("parameters", basis.parameters),
        *truncation_rows(coefficients, basis.inverse, signals=signals, kept=settings.kept),
        *count_rows(coefficients, tolerances=settings.tolerances),
    ]


def _cosines() -> Basis:
    return Basis(
        forward=lambda signals: torch.from_numpy(dct(signals.numpy(), norm="ortho", axis=1)),
        inverse=lambda coefficients: torch.from_numpy(idct(coefficients.numpy(), norm="ortho", axis=1)),
        parameters=0,
    )


def _principal_components(training: Signals) -> Basis:
    """The orthonormal basis whose first n vectors approximate the training signals best, for every n."""
    basis = torch.linalg.svd(training, full_matrices=True).Vh
    return Basis(
        forward=lambda signals: signals @ basis.T,
        inverse=lambda coefficients: coefficients @ basis,
        parameters=basis.numel(),
    )


def _tensor_train(training: Signals, *, rank: int) -> Basis:
    filters = filters_from(training, rank=rank)
    return Basis(
        forward=lambda signals: tensor_train_coefficients(signals, filters),
        inverse=lambda coefficients: tensor_train_signals(coefficients, filters),
        parameters=filters.parameters,
    )


def _powers(settings: Compression, *, points: int) -> dict[str, list[Row]]:
    """``x^p``: the tensor train learned from ``1, ..., x^p``, and Daubechies wavelets with ``p + 1`` moments."""
    tensor_train, wavelets = [row("points", points)], [row("points", points)]
    grid = torch.arange(1, points + 1, dtype=torch.float64) / points
    for degree in settings.degrees:
        powers = torch.stack([grid**q for q in range(degree + 2)])
        powers = powers / powers.norm(dim=1, keepdim=True)
        filters = filters_from(powers[:-1], rank=degree + 1)
        in_tensor_train = tensor_train_coefficients(powers, filters)
        in_wavelets = coefficients_of(powers, daubechies(degree + 1), levels=settings.levels)
        details = in_tensor_train[:, filters.ranks[-1] :].norm(dim=1)
        tensor_train += [
            row("details_up_to_degree", float(details[:-1].max()), x=degree),
            row("details_of_next_degree", float(details[-1]), x=degree),
            row("coefficients", _not_negligible(in_tensor_train[degree]), x=degree),
        ]
        wavelets.append(row("coefficients", _not_negligible(in_wavelets[degree]), x=degree))
    return {"wtt": tensor_train, "daubechies": wavelets}


def _not_negligible(coefficients: Float[Tensor, " count"]) -> int:
    return int((coefficients.abs() > NEGLIGIBLE).sum())
