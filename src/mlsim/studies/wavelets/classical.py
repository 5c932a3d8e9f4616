"""Rows of untrained bases: PyWavelets, cosines, principal components, wavelet tensor trains."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import torch
import xarray as xr
from jaxtyping import Float
from scipy.fft import dct, idct
from torch import Tensor

from mlsim.numerics.wavelets.filters import Filters, daubechies, named_filters
from mlsim.numerics.wavelets.sparsity import gini, largest_alone
from mlsim.numerics.wavelets.wavelet_tensor_train import coefficients_of as tensor_train_coefficients
from mlsim.numerics.wavelets.wavelet_tensor_train import filters_from
from mlsim.numerics.wavelets.wavelet_tensor_train import signals_of as tensor_train_signals
from mlsim.studies.wavelets.evaluate import compression_rows, count_rows
from mlsim.studies.wavelets.generate import signals_of
from mlsim.studies.wavelets.settings import ENSEMBLES, Compression
from mlsim.studies.wavelets.train import coefficients_of
from mlsim.tables import Row, case_row, mean_row

Signals = Float[Tensor, "signals points"]
Map = Callable[[Signals], Signals]
NEGLIGIBLE = 1e-10  # of the norm: ten thousand times the rounding error of the transforms


@dataclass(frozen=True, kw_only=True)
class Basis:
    """An orthonormal basis: coefficients of signals, signals of coefficients, numbers that describe it."""

    forward: Map
    inverse: Map
    parameters: int


def evaluate_signals(settings: Compression, *, data: xr.Dataset) -> pd.DataFrame:
    """Rows of all ensembles, and of the powers of x."""
    frames = []
    for ensemble in ENSEMBLES:
        test, training = (signals_of(data, ensemble, part) for part in ("test", "train"))
        for name in settings.bases:
            rows = _wavelet_rows(ensemble, named_filters(name), signals=test, settings=settings)
            frames.append(pd.DataFrame(rows).assign(method=name))
        frames.append(pd.DataFrame([case_row(ensemble, "signals", len(test))]).assign(method="db2"))
        bases = {"dct": _cosines(), "principal_components": _principal_components(training)}
        bases |= {f"wtt_{rank}": _tensor_train(training, rank=rank) for rank in settings.ranks}
        for name, basis in bases.items():
            rows = _basis_rows(ensemble, basis, signals=test, settings=settings)
            frames.append(pd.DataFrame(rows).assign(method=name))
    return pd.concat([*frames, *_powers(settings, points=data.sizes["point"])], ignore_index=True).assign(seed=0)


def _wavelet_rows(case: str, filters: Filters, *, signals: Signals, settings: Compression) -> list[Row]:
    sparsity = gini(coefficients_of(signals, filters, levels=settings.levels))
    measured = mean_row("gini", sparsity, case=case, x=filters.shape[1])
    return [measured, *compression_rows(case, filters, signals=signals, compression=settings)]


def _basis_rows(case: str, basis: Basis, *, signals: Signals, settings: Compression) -> list[Row]:
    coefficients = basis.forward(signals)
    rows = [mean_row("gini", gini(coefficients), case=case), case_row(case, "parameters", basis.parameters)]
    for count in settings.kept:
        errors = (basis.inverse(largest_alone(coefficients, kept=count)) - signals).norm(dim=1)
        rows.append(mean_row("relative_error", errors, case=case, x=count))
    return rows + count_rows(case, coefficients, tolerances=settings.tolerances)


def _cosines() -> Basis:
    return Basis(
        forward=lambda signals: torch.from_numpy(dct(signals.numpy(), norm="ortho", axis=1)),
        inverse=lambda coefficients: torch.from_numpy(idct(coefficients.numpy(), norm="ortho", axis=1)),
        parameters=0,
    )


def _principal_components(training: Signals) -> Basis:
    """The orthonormal basis whose first members leave the least of the training signals, for every number of them."""
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


def _powers(settings: Compression, *, points: int) -> list[pd.DataFrame]:
    """``x^p``: the tensor train learned from ``1, ..., x^p``, and Daubechies' wavelets that have as many moments."""
    rows: dict[str, list[Row]] = {name: [case_row("powers", "points", points)] for name in ("wtt", "daubechies")}
    grid = torch.arange(1, points + 1, dtype=torch.float64) / points
    for degree in settings.degrees:
        powers = torch.stack([grid**q for q in range(degree + 2)])
        powers = powers / powers.norm(dim=1, keepdim=True)
        filters = filters_from(powers[:-1], rank=degree + 1)
        in_tensor_train = tensor_train_coefficients(powers, filters)
        in_wavelets = coefficients_of(powers, daubechies(degree + 1), levels=settings.levels)
        details = in_tensor_train[:, filters.ranks[-1] :].norm(dim=1)
        rows["wtt"] += [
            case_row("powers", "details_up_to_degree", float(details[:-1].max()), x=degree),
            case_row("powers", "details_of_next_degree", float(details[-1]), x=degree),
            case_row("powers", "coefficients", _not_negligible(in_tensor_train[degree]), x=degree),
        ]
        rows["daubechies"].append(case_row("powers", "coefficients", _not_negligible(in_wavelets[degree]), x=degree))
    return [pd.DataFrame(own).assign(method=name) for name, own in rows.items()]


def _not_negligible(coefficients: Float[Tensor, " count"]) -> int:
    return int((coefficients.abs() > NEGLIGIBLE).sum())
