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
from mlsim.studies.wavelets.settings import Kernel, OperatorRun, Operators
from mlsim.tables import NO_SEED, Row, row
from mlsim.training.seeding import torch_generator

VECTORS = 1000  # random vectors that are multiplied
QUANTILES = {"vector_error_low": 0.025, "vector_error_high": 0.975}


def evaluate_operators(settings: OperatorRun, *, model: dict) -> pd.DataFrame:
    """Rows of all kernels; ``model`` holds the learned filters."""
    operators = settings.operators
    frames = []
    for kernel in operators.kernels:
        matrix = kernel_matrix(kernel, size=operators.points)
        rows = _other_forms(matrix, operators=operators) | _learned(kernel, matrix, settings=settings, model=model)
        for method, wavelet in _fixed_wavelets(operators).items():
            bases = same_everywhere(named_filters(wavelet), levels=operators.levels)
            rows[method] = _banded_rows(matrix, bases, bands=operators.bands)
            if kernel == "logarithm":
                rows[method] += _vector_rows(matrix, bases, bands=operators.bands)
        if kernel == "logarithm":
            rows["bcr_net"] = _network_rows(operators)
        frames += [pd.DataFrame(rows[method]).assign(case=kernel, method=method) for method in rows]
    return pd.concat(frames, ignore_index=True).assign(seed=NO_SEED)


def _fixed_wavelets(operators: Operators) -> dict[str, str]:
    """Names of wavelets in PyWavelets by method."""
    daubechies_family = {"haar" if order == 1 else f"db{order}": f"db{order}" for order in operators.orders}
    return daubechies_family | {name: name for name in operators.bases}


def _banded_rows(matrix: Matrix, bases: Bases, *, bands: tuple[int, ...]) -> list[Row]:
    """Error and size of the banded form per band, and the error with full bands."""
    form, size = nonstandard_form(matrix, bases), matrix.shape[0]
    rows = [row("points", size), row("full_band_error", _difference(dense(form, bases), matrix))]
    for band in bands:
        rows.append(row("relative_error", _band_error(matrix, form, bases=bases, band=band), x=band))
        rows.append(row("coefficients", banded_count(size, levels=len(bases), band=band), x=band))
    return rows


def _band_error(matrix: Matrix, form: NonstandardForm, *, bases: Bases, band: int) -> float:
    return _difference(dense(banded(form, band=band), bases), matrix)


def _difference(approximation: Matrix, matrix: Matrix) -> float:
    """Relative difference in the Frobenius norm."""
    return float((approximation - matrix).norm() / matrix.norm())


def _vector_rows(matrix: Matrix, bases: Bases, *, bands: tuple[int, ...]) -> list[Row]:
    """Quantiles of the relative error of the product over random vectors."""
    vectors, form = _vectors(matrix.shape[0]), nonstandard_form(matrix, bases)
    expected = vectors @ matrix.T
    rows = []
    for band in bands:
        difference = product(banded(form, band=band), vectors, bases) - expected
        errors = difference.norm(dim=1) / expected.norm(dim=1)
        rows += [row(name, float(torch.quantile(errors, fraction)), x=band) for name, fraction in QUANTILES.items()]
    return rows


def _vectors(size: int) -> Float[Tensor, "vectors points"]:
    return torch.randn(VECTORS, size, generator=torch_generator(0, "vectors"), dtype=torch.float64)


def _other_forms(matrix: Matrix, *, operators: Operators) -> dict[str, list[Row]]:
    """Other forms with as many coefficients as the banded one of each band, positions not counted."""
    size, levels = matrix.shape[0], operators.levels
    singular = torch.linalg.svdvals(matrix)
    form = flattened(nonstandard_form(matrix, same_everywhere(daubechies(3), levels=levels)))
    orthonormal = {"standard_form": _standard_form(matrix, levels=levels), "thresholded_form": form}
    rows: dict[str, list[Row]] = {name: [] for name in (*orthonormal, "truncated_svd")}
    for band in operators.bands:
        count = banded_count(size, levels=levels, band=band)
        for name, coefficients in orthonormal.items():
            error = (coefficients - largest_alone(coefficients, kept=count)).norm() / matrix.norm()
            rows[name] += [row("relative_error", float(error), x=band), row("coefficients", count, x=band)]
        rank = count // (2 * size)
        error = float(singular[rank:].norm() / singular.norm())
        rows["truncated_svd"] += [
            row("relative_error", error, x=band),
            row("coefficients", 2 * size * rank, x=band),
        ]
    spectrum = torch.fft.fft(torch.fft.ifft(matrix.to(torch.complex128), dim=1), dim=0)
    off_diagonal = spectrum - torch.diag(spectrum.diagonal())
    error = float(off_diagonal.norm() / spectrum.norm())
    rows["fourier_diagonal"] = [row("relative_error", error), row("coefficients", size)]
    rows["dense"] = [row("coefficients", size * size)]
    return rows


def _standard_form(matrix: Matrix, *, levels: int) -> Float[Tensor, " entries"]:
    """Coefficients of the matrix in PyWavelets' tensor product of two transforms with db3."""
    result: Any = pywt.fswavedecn(matrix.numpy(), "db3", mode="periodization", levels=levels)
    return torch.from_numpy(np.ascontiguousarray(result.coeffs)).flatten()


def _learned(kernel: Kernel, matrix: Matrix, *, settings: OperatorRun, model: dict) -> dict[str, list[Row]]:
    """Learned filters on the operator, and if they are the same on all levels also on one of twice the size."""
    operators = settings.operators
    finer = kernel_matrix(kernel, size=2 * operators.points)
    rows: dict[str, list[Row]] = {}
    for name, variant in settings.learned.enabled.items():
        rows[name] = [row("training_steps", settings.learned.steps)]
        for band in settings.learned.bands:
            bases = model[f"{name}.{kernel}.{band}"]
            start = same_everywhere(named_filters(variant.start), levels=operators.levels)
            pairs = {"relative_error": (matrix, bases), "start_error": (matrix, start)}
            if variant.filters == "shared":
                levels = operators.levels + 1
                pairs["transfer_error"] = (finer, same_everywhere(bases[0, 0], levels=levels))
                pairs["start_transfer_error"] = (finer, same_everywhere(start[0, 0], levels=levels))
            for quantity, (operator, filters) in pairs.items():
                form = nonstandard_form(operator, filters)
                rows[name].append(row(quantity, _band_error(operator, form, bases=filters, band=band), x=band))
            count = banded_count(operators.points, levels=operators.levels, band=band)
            rows[name].append(row("coefficients", count, x=band))
    return rows


def _network_rows(operators: Operators) -> list[Row]:
    """BCR-Net with the weights of the logarithmic kernel's bands, against the banded product."""
    kernel, levels = logarithm(operators.points), operators.network_levels
    bases = same_everywhere(daubechies(3), levels=levels)
    form, vectors = nonstandard_form(circulant(kernel), bases), _vectors(operators.points)
    rows = [row("points", operators.points)]
    for band in operators.bands:
        if band <= operators.points >> levels:
            expected = product(banded(form, band=band), vectors, bases)
            net = linear_bcr_net(kernel, levels=levels, order=3, band=band)
            with torch.no_grad():
                difference = float((net(vectors) - expected).norm() / expected.norm())
            rows.append(row("difference_from_form", difference, x=band))
    return rows
