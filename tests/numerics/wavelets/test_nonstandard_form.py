"""The nonstandard form against dense products, kernels against what they are the inverse of."""

from itertools import pairwise

import numpy as np
import pytest
import pywt
import torch
from hypothesis import given
from hypothesis import strategies as st

from mlsim.numerics.periodic.integral_kernels import convection_inverse, kernel_matrix, logarithm, sawtooth
from mlsim.numerics.wavelets.filters import daubechies, lattice_filters, named_filters
from mlsim.numerics.wavelets.nonstandard_form import (
    banded,
    banded_count,
    dense,
    flattened,
    nonstandard_form,
    product,
    same_everywhere,
    squared_band_error,
)


def _random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def _different_bases(levels, seed=0):
    """Other filters on every level and side."""
    angles = _random(levels, 2, 2, seed=seed)
    return torch.stack([torch.stack([lattice_filters(side) for side in level]) for level in angles])


def _errors(kernel, name, *, bands, size=320, levels=5):
    matrix, bases = kernel_matrix(kernel, size=size), same_everywhere(named_filters(name), levels=levels)
    form = nonstandard_form(matrix, bases)
    return [float((dense(banded(form, band=b), bases) - matrix).norm() / matrix.norm()) for b in bands]


@given(levels=st.integers(1, 3), seed=st.integers(0, 99))
def test_full_form_reproduces_the_dense_product(levels, seed):
    matrix, vectors = _random(24, 24, seed=seed), _random(3, 24, seed=seed + 1)
    bases = _different_bases(levels, seed=seed)
    form = nonstandard_form(matrix, bases)
    expected = vectors @ matrix.T
    assert (product(form, vectors, bases) - expected).norm() < 1e-12 * expected.norm()
    assert (dense(form, bases) - matrix).norm() < 1e-12 * matrix.norm()


@pytest.mark.parametrize("kernel", ["logarithm", "sawtooth", "convection"])
@pytest.mark.parametrize("order", [1, 3, 5])
def test_full_form_reproduces_the_kernels(kernel, order):
    matrix, bases = kernel_matrix(kernel, size=320), same_everywhere(daubechies(order), levels=5)
    assert (dense(nonstandard_form(matrix, bases), bases) - matrix).norm() < 1e-12 * matrix.norm()


def test_entries_are_those_of_the_isotropic_transform_of_a_shifted_image():
    matrix, bases = _random(32, 32), same_everywhere(daubechies(2), levels=2)
    reference = pywt.coeffs_to_array(pywt.wavedec2(matrix.numpy(), "db2", mode="periodization", level=2))[0]

    def difference(shift):  # the phase of PyWavelets differs, the magnitudes do not
        shifted = flattened(nonstandard_form(matrix.roll((shift, shift), dims=(0, 1)), bases)).abs().sort().values
        return np.abs(shifted.numpy() - np.sort(np.abs(reference).ravel())).max()

    assert min(difference(shift) for shift in range(4)) < 1e-12


@given(band=st.integers(0, 6), seed=st.integers(0, 99))
def test_squared_error_of_a_band_is_what_it_leaves_out(band, seed):
    matrix, bases = _random(24, 24, seed=seed), _different_bases(2, seed=seed)
    form = nonstandard_form(matrix, bases)
    error = (dense(banded(form, band=band), bases) - matrix).norm() / matrix.norm()
    assert abs(float(squared_band_error(form, band=band)) - float(error) ** 2) < 1e-12


def test_cut_form_is_the_best_with_its_bands():
    """The derivative of the error with respect to every entry inside the bands is zero."""
    matrix, bases = _random(16, 16), _different_bases(2)
    cut = banded(nonstandard_form(matrix, bases), band=1)
    entries = [block.clone().requires_grad_() for block in cut.blocks]
    error = (dense(type(cut)(blocks=tuple(entries), coarse=cut.coarse), bases) - matrix).square().sum()
    error.backward()
    for entry, block in zip(entries, cut.blocks, strict=True):
        assert entry.grad is not None
        inside = block != 0
        assert entry.grad[inside].abs().max() < 1e-12
        assert entry.grad[~inside].abs().max() > 1e-3 or bool(inside.all())


def test_number_of_coefficients_is_that_of_the_entries_left():
    form = banded(nonstandard_form(_random(40, 40), _different_bases(3)), band=1)
    assert int((flattened(form) != 0).sum()) == banded_count(40, levels=3, band=1)


@pytest.mark.parametrize("name", ["haar", "db3", "db5", "sym5"])
def test_error_falls_with_the_band(name):
    assert all(wide < narrow for narrow, wide in pairwise(_errors("logarithm", name, bands=range(1, 7))))


def test_order_pays_only_where_the_band_is_as_wide_as_the_support():
    haar, db3, db5 = (_errors("logarithm", name, bands=range(1, 7)) for name in ("haar", "db3", "db5"))
    assert all(a > b for a, b in zip(haar[1:], db3[1:], strict=True))
    assert all(a > b for a, b in zip(db5[1:4], db3[1:4], strict=True))
    assert all(a < b for a, b in zip(db5[4:], db3[4:], strict=True))


@pytest.mark.parametrize(("order", "band"), [(2, 2), (3, 4), (4, 6)])
def test_linear_pieces_leave_nothing_outside_a_band_of_twice_the_moments_less_two(order, band):
    """Supports of two wavelets ``band`` apart meet no jump, and wavelets with two moments do not see lines."""
    inside, outside = _errors("sawtooth", f"db{order}", bands=(band - 1, band))
    assert outside < 1e-14
    assert inside > 1e-10


def test_logarithm_has_the_eigenvalues_of_the_circle():
    """Its Fourier coefficients are ``-1 / (2 |k|)``, up to the quadrature error that falls with the grid."""
    size = 512
    eigenvalues = np.fft.fft(logarithm(size).numpy()).real / size
    modes = np.arange(1, 9)
    np.testing.assert_allclose(eigenvalues[modes], -1 / (2 * modes), rtol=1e-3)
    assert abs(eigenvalues[0]) < 1e-12  # the product of 2 sin(pi j / N) over j is N


def test_sawtooth_inverts_the_derivative():
    size = 256
    x = np.arange(size) / size
    inverse = (
        np.fft.ifft(np.fft.fft(sawtooth(size).numpy()) * np.fft.fft(2 * np.pi * np.cos(2 * np.pi * x))).real / size
    )
    # the trapezoidal rule for a kernel with a jump, whose value there is the mean: second order, (2 pi / N)^2 / 12
    np.testing.assert_allclose(inverse, np.sin(2 * np.pi * x), atol=1e-4)


def test_inverse_of_convection_keeps_constants_and_positivity_and_is_not_symmetric():
    matrix = convection_inverse(64).numpy()
    np.testing.assert_allclose(matrix.sum(axis=1), 0.01, rtol=1e-10)  # the operator maps one to 100
    assert matrix.min() > 0
    assert np.abs(matrix - matrix.T).max() > 0.1 * np.abs(matrix).max()
