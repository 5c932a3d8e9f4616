"""Rows of learned filters: sparsity of the test signals, orthonormality, errors of compression."""

from collections.abc import Callable

import pandas as pd
import xarray as xr
from jaxtyping import Float
from torch import Tensor

from mlsim.numerics.wavelets.filters import (
    Filters,
    daubechies,
    inverse_transform,
    named_filters,
    orthonormality_defect,
    transform,
)
from mlsim.numerics.wavelets.sparsity import gini, largest_alone, needed_count
from mlsim.studies.wavelets.generate import signals_of
from mlsim.studies.wavelets.settings import ENSEMBLES, Compression, Scoring
from mlsim.studies.wavelets.train import coefficients_of
from mlsim.tables import Row, mean_row, row

Signals = Float[Tensor, "signals points"]
Map = Callable[[Signals], Signals]


def evaluate(settings: Scoring, *, data: xr.Dataset, model: dict, seed: int, method: str) -> pd.DataFrame:
    """Rows of one training.

    Properties of the filters are rows of the method ``<variant>`` with ``x`` = length, errors of compression rows of
    ``<variant>_<length>`` with ``x`` = number of coefficients.
    """
    frames = []
    for ensemble in ENSEMBLES:
        signals = signals_of(data, ensemble, "test")
        rows = [row("training_steps", settings.training.steps), row("signals", len(signals))]
        for length in settings.variant.lengths:
            filters = model[f"{ensemble}.{length}"]
            rows += filter_rows(filters, signals=signals, levels=settings.compression.levels)
            distance = distance_from(f"db{length // 2}", model[f"{ensemble}.{length}.random"][0])
            rows.append(row("distance_from_random_start", distance, x=length))
            compressed = compression_rows(filters, signals=signals, compression=settings.compression)
            frames.append(pd.DataFrame(compressed).assign(case=ensemble, method=f"{method}_{length}"))
        frames.append(pd.DataFrame(rows).assign(case=ensemble, method=method))
    return pd.concat(frames, ignore_index=True).assign(seed=seed)


def filter_rows(filters: Filters, *, signals: Signals, levels: int) -> list[Row]:
    """Sparsity in comparison with Daubechies filters, orthonormality, distances from known wavelets."""
    length = filters.shape[1]
    banks = {"gini": filters, "gini_of_db2": daubechies(2), "gini_of_daubechies": daubechies(length // 2)}
    sparsity = {name: gini(coefficients_of(signals, bank, levels=levels)) for name, bank in banks.items()}
    sparsity["gain_over_daubechies"] = sparsity["gini"] - sparsity["gini_of_daubechies"]
    rebuilt = inverse_transform(transform(signals, filters, levels=levels), filters)
    numbers = {
        "orthonormality_defect": float(orthonormality_defect(filters)),
        "reconstruction_error": float((rebuilt - signals).norm(dim=1).max()),
        "distance_from_daubechies": distance_from(f"db{length // 2}", filters[0]),
        "distance_from_symlets": distance_from(f"sym{length // 2}", filters[0]),
    }
    return [
        *(mean_row(quantity, values, x=length) for quantity, values in sparsity.items()),
        *(row(quantity, value, x=length) for quantity, value in numbers.items()),
    ]


def distance_from(wavelet: str, low: Float[Tensor, " taps"]) -> float:
    """Distance of a low-pass from that of a wavelet of its length or its mirror image, up to the sign.

    >>> round(distance_from("db3", -daubechies(3)[0].flip(0)), 12)
    0.0
    """
    known = named_filters(wavelet)[0]
    return min(float((low - sign * mirrored).norm()) for mirrored in (known, known.flip(0)) for sign in (1, -1))


def compression_rows(filters: Filters, *, signals: Signals, compression: Compression) -> list[Row]:
    """Errors of the largest coefficients alone, by synthesis with the same filters, and numbers of coefficients."""
    coefficients = coefficients_of(signals, filters, levels=compression.levels)
    sizes = [level.shape[1] for level in transform(signals[:1], filters, levels=compression.levels)]

    def inverse(coefficients: Signals) -> Signals:
        return inverse_transform(list(coefficients.split(sizes, dim=1)), filters)

    rows = [row("parameters", filters.shape[1])]
    rows += truncation_rows(coefficients, inverse, signals=signals, kept=compression.kept)
    if orthonormality_defect(filters) < 1e-20:  # only then is the error that of the coefficients
        rows += count_rows(coefficients, tolerances=compression.tolerances)
    return rows


def truncation_rows(coefficients: Signals, inverse: Map, *, signals: Signals, kept: tuple[int, ...]) -> list[Row]:
    """Errors of signals rebuilt from their ``kept`` largest coefficients; the signals have norm one."""
    return [
        mean_row("relative_error", (inverse(largest_alone(coefficients, kept=count)) - signals).norm(dim=1), x=count)
        for count in kept
    ]


def count_rows(coefficients: Signals, *, tolerances: tuple[float, ...]) -> list[Row]:
    """Coefficients needed for each tolerance, in an orthonormal basis."""
    return [mean_row("coefficients", needed_count(coefficients, tolerance=t), x=t) for t in tolerances]
