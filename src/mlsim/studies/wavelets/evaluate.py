"""Rows of learned filters: how sparse they make the test signals, and how orthonormal they are."""

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
from mlsim.tables import Row, case_row, mean_row

Signals = Float[Tensor, "signals points"]


def evaluate(settings: Scoring, *, data: xr.Dataset, model: dict, seed: int, method: str) -> pd.DataFrame:
    """Rows of one training.

    Measures of the filters stand under the variant's name, ``x`` = length; compression under ``<variant>_<length>``.
    """
    frames = []
    for ensemble in ENSEMBLES:
        signals = signals_of(data, ensemble, "test")
        own = [
            case_row(ensemble, "training_steps", settings.training.steps),
            case_row(ensemble, "signals", len(signals)),
        ]
        for length in settings.variant.lengths:
            filters = model[f"{ensemble}.{length}"]
            own += filter_rows(ensemble, filters, signals=signals, levels=settings.compression.levels)
            distance = distance_from(f"db{length // 2}", model[f"{ensemble}.{length}.random"][0])
            own.append(case_row(ensemble, "distance_from_random_start", distance, x=length))
            kept = compression_rows(ensemble, filters, signals=signals, compression=settings.compression)
            frames.append(pd.DataFrame(kept).assign(method=f"{method}_{length}"))
        frames.append(pd.DataFrame(own).assign(method=method))
    return pd.concat(frames, ignore_index=True).assign(seed=seed)


def filter_rows(case: str, filters: Filters, *, signals: Signals, levels: int) -> list[Row]:
    """Sparsity beside that of Daubechies' filters, and how far the filters are from being orthonormal."""
    length = filters.shape[1]
    banks = {"gini": filters, "gini_of_db2": daubechies(2), "gini_of_daubechies": daubechies(length // 2)}
    sparsity = {name: gini(coefficients_of(signals, bank, levels=levels)) for name, bank in banks.items()}
    sparsity["gain_over_daubechies"] = sparsity["gini"] - sparsity["gini_of_daubechies"]
    rows = [mean_row(quantity, values, case=case, x=length) for quantity, values in sparsity.items()]
    rebuilt = inverse_transform(transform(signals, filters, levels=levels), filters)
    numbers = {
        "orthonormality_defect": float(orthonormality_defect(filters)),
        "reconstruction_error": float((rebuilt - signals).norm(dim=1).max()),
        "distance_from_daubechies": distance_from(f"db{length // 2}", filters[0]),
        "distance_from_symlets": distance_from(f"sym{length // 2}", filters[0]),
    }
    return rows + [case_row(case, quantity, value, x=length) for quantity, value in numbers.items()]


def distance_from(wavelet: str, low: Float[Tensor, " taps"]) -> float:
    """Distance of a low-pass from that of a wavelet of its length or its mirror image, up to the sign.

    >>> round(distance_from("db3", -daubechies(3)[0].flip(0)), 12)
    0.0
    """
    known = named_filters(wavelet)[0]
    return min(float((low - sign * each).norm()) for each in (known, known.flip(0)) for sign in (1, -1))


def compression_rows(case: str, filters: Filters, *, signals: Signals, compression: Compression) -> list[Row]:
    """Error with the largest coefficients alone, by synthesis with the same filters."""
    levels = compression.levels
    coefficients = coefficients_of(signals, filters, levels=levels)
    sizes = [each.shape[1] for each in transform(signals[:1], filters, levels=levels)]

    def rebuilt(kept: Signals) -> Signals:
        return inverse_transform(list(kept.split(sizes, dim=1)), filters)

    rows = []
    for count in compression.kept:
        errors = (rebuilt(largest_alone(coefficients, kept=count)) - signals).norm(dim=1)
        rows.append(mean_row("relative_error", errors, case=case, x=count))
    rows.append(case_row(case, "parameters", filters.shape[1]))
    if orthonormality_defect(filters) < 1e-20:  # only then is the error that of the coefficients
        rows += count_rows(case, coefficients, tolerances=compression.tolerances)
    return rows


def count_rows(case: str, coefficients: Signals, *, tolerances: tuple[float, ...]) -> list[Row]:
    """Coefficients needed for each tolerance, in an orthonormal basis."""
    return [
        mean_row("coefficients", needed_count(coefficients, tolerance=tolerance), case=case, x=tolerance)
        for tolerance in tolerances
    ]
