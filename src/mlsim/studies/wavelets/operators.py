"""Rows of operators: banded nonstandard forms, BCR-Net, learned filters, and other ways to store a matrix."""

from typing import Any

import numpy as np
import pandas as pd
import pywt
import torch
from jaxtyping import Float
from torch import Tensor

from mlsim.networks.wavelets.bcr import linear_bcr_net
from mlsim.numerics.periodic.integral_kernels import circulant, kernel_matrix, logarithm
from mlsim.numerics.wavelets.filters import daubechies, named_filters
from mlsim.numerics.wavelets.nonstandard_form import (
    Bases,
    Matrix,
    NonstandardForm,
    banded,
    banded_count,
    dense,
    flattened,
    nonstandard_form,
    product,
    same_everywhere,
)
from mlsim.numerics.wavelets.sparsity import largest_alone
from mlsim.studies.wavelets.settings import OperatorRun, Operators
from mlsim.tables import Row, case_row
from mlsim.training.seeding import torch_generator

VECTORS = 1000  # random ones
QUANTILES = {"vector_error_low": 0.025, "vector_error_high": 0.975}


def evaluate_operators(settings: OperatorRun, *, model: dict) -> pd.DataFrame:
    """Rows of all kernels; ``model`` holds the learned filters."""
    operators = settings.operators
    frames = []
    for kernel in operators.kernels:
        matrix = kernel_matrix(kernel, size=operators.points)
        for name, wavelet in _fixed_bases(operators).items():
            bases = same_everywhere(named_filters(wavelet), levels=operators.levels)
            rows = _banded_rows(kernel, matrix, bases, bands=operators.bands)
            if kernel == "logarithm":
                rows += _vector_rows(matrix, bases, bands=operators.bands)
            frames.append(pd.DataFrame(rows).assign(method=name))
        for name, rows in _rivals(kernel, matrix, operators=operators).items():
            frames.append(pd.DataFrame(rows).assign(method=name))
        frames += _learned(kernel, matrix, settings=settings, model=model)
    frames.append(pd.DataFrame(_network_rows(operators)).assign(method="bcr_net"))
    return pd.concat(frames, ignore_index=True).assign(seed=0)


def _fixed_bases(operators: Operators) -> dict[str, str]:
    """PyWavelets' name by our method."""
    daubechies_family = {"haar" if order == 1 else f"db{order}": f"db{order}" for order in operators.orders}
    return daubechies_family | {name: name for name in operators.bases}


def _banded_rows(case: str, matrix: Matrix, bases: Bases, *, bands: tuple[int, ...]) -> list[Row]:
    """Error and size of the banded form per band, and the error with full bands."""
    form = nonstandard_form(matrix, bases)
    size = matrix.shape[0]
    rows = [case_row(case, "points", size), case_row(case, "full_band_error", _difference(dense(form, bases), matrix))]
    for band in bands:
        error = _difference(dense(banded(form, band=band), bases), matrix)
        count = banded_count(size, levels=len(bases), band=band)
        rows += [case_row(case, "relative_error", error, x=band), case_row(case, "coefficients", count, x=band)]
    return rows


def _vector_rows(matrix: Matrix, bases: Bases, *, bands: tuple[int, ...]) -> list[Row]:
    """Quantiles of the relative error of the product over single random vectors."""
    vectors, form = _vectors(matrix.shape[0]), nonstandard_form(matrix, bases)
    expected = vectors @ matrix.T
    rows = []
    for band in bands:
        difference = product(banded(form, band=band), vectors, bases) - expected
        errors = difference.norm(dim=1) / expected.norm(dim=1)
        for quantity, share in QUANTILES.items():
            rows.append(case_row("logarithm", quantity, float(torch.quantile(errors, share)), x=band))
    return rows


def _vectors(size: int) -> Float[Tensor, "vectors points"]:
    return torch.randn(VECTORS, size, generator=torch_generator(0, "vectors"), dtype=torch.float64)


def _difference(approximation: Matrix, matrix: Matrix) -> float:
    """Relative difference in the Frobenius norm."""
    return float((approximation - matrix).norm() / matrix.norm())


def _rivals(case: str, matrix: Matrix, *, operators: Operators) -> dict[str, list[Row]]:
    """Other forms with as many coefficients as the banded one of each band, places not counted."""
    size, levels = matrix.shape[0], operators.levels
    singular = torch.linalg.svdvals(matrix)
    form = flattened(nonstandard_form(matrix, same_everywhere(daubechies(3), levels=levels)))
    orthonormal = {"standard_form": _standard_form(matrix, levels=levels), "thresholded_form": form}
    rows: dict[str, list[Row]] = {name: [] for name in (*orthonormal, "truncated_svd")}
    for band in operators.bands:
        count = banded_count(size, levels=levels, band=band)
        for name, coefficients in orthonormal.items():
            error = (coefficients - largest_alone(coefficients, kept=count)).norm() / matrix.norm()
            rows[name] += [case_row(case, "relative_error", float(error), x=band)]
            rows[name] += [case_row(case, "coefficients", count, x=band)]
        rank = count // (2 * size)
        error = singular[rank:].norm() / singular.norm()
        rows["truncated_svd"] += [case_row(case, "relative_error", float(error), x=band)]
        rows["truncated_svd"] += [case_row(case, "coefficients", 2 * size * rank, x=band)]
    spectrum = torch.fft.fft(torch.fft.ifft(matrix.to(torch.complex128), dim=1), dim=0)
    off_diagonal = spectrum - torch.diag(spectrum.diagonal())
    error = float(off_diagonal.norm() / spectrum.norm())
    rows["fourier_diagonal"] = [case_row(case, "relative_error", error), case_row(case, "coefficients", size)]
    rows["dense"] = [case_row(case, "coefficients", size * size)]
    return rows


def _standard_form(matrix: Matrix, *, levels: int) -> Float[Tensor, " entries"]:
    """Coefficients of the matrix in PyWavelets' tensor product of two transforms with db3."""
    result: Any = pywt.fswavedecn(matrix.numpy(), "db3", mode="periodization", levels=levels)
    return torch.from_numpy(np.ascontiguousarray(result.coeffs)).flatten()


def _learned(case: str, matrix: Matrix, *, settings: OperatorRun, model: dict) -> list[pd.DataFrame]:
    """Learned filters on the operator, and where they do not depend on the level also on one of twice the size."""
    operators = settings.operators
    finer = kernel_matrix(case, size=2 * operators.points)  # pyright: ignore[reportArgumentType]
    frames = []
    for name, variant in settings.learned.enabled.items():
        rows = [case_row(case, "training_steps", settings.learned.steps)]
        for band in settings.learned.bands:
            bases = model[f"{name}.{case}.{band}"]
            start = same_everywhere(named_filters(variant.start), levels=operators.levels)
            pairs = {"relative_error": (bases, matrix), "start_error": (start, matrix)}
            if variant.filters == "shared":
                levels = operators.levels + 1
                pairs["transfer_error"] = (same_everywhere(bases[0, 0], levels=levels), finer)
                pairs["start_transfer_error"] = (same_everywhere(start[0, 0], levels=levels), finer)
            for quantity, (filters, operator) in pairs.items():
                form = banded(nonstandard_form(operator, filters), band=band)
                rows.append(case_row(case, quantity, _difference(dense(form, filters), operator), x=band))
            count = banded_count(operators.points, levels=operators.levels, band=band)
            rows.append(case_row(case, "coefficients", count, x=band))
        frames.append(pd.DataFrame(rows).assign(method=name))
    return frames


def _network_rows(operators: Operators) -> list[Row]:
    """BCR-Net with the weights of the logarithmic kernel's bands, against the banded product."""
    kernel = logarithm(operators.points)
    bases = same_everywhere(daubechies(3), levels=operators.network_levels)
    form: NonstandardForm = nonstandard_form(circulant(kernel), bases)
    vectors = _vectors(operators.points)
    rows = [case_row("logarithm", "points", operators.points)]
    narrow = [band for band in operators.bands if band <= operators.points >> operators.network_levels]
    for band in narrow:
        expected = product(banded(form, band=band), vectors, bases)
        net = linear_bcr_net(kernel, levels=operators.network_levels, order=3, band=band)
        with torch.no_grad():
            difference = float((net(vectors) - expected).norm() / expected.norm())
        rows.append(case_row("logarithm", "difference_from_form", difference, x=band))
    return rows
