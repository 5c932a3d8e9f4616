"""Filter banks: orthonormality, moments, reconstruction, PyWavelets as the reference, the lattice."""

import numpy as np
import pytest
import pywt
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.autograd import gradcheck

from mlsim.numerics.wavelets.filters import (
    analysis,
    daubechies,
    inverse_transform,
    lattice_angles,
    lattice_filters,
    mirrored,
    named_filters,
    orthonormality_defect,
    scaling_function,
    synthesis,
    transform,
)

ORDERS = range(1, 9)


def _random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("order", ORDERS)
def test_daubechies_filters_reconstruct_keep_the_norm_and_have_their_moments(order):
    filters, signals = daubechies(order), _random(3, 320)
    coefficients = transform(signals, filters, levels=5)
    # a few hundred roundings of 1e-16
    assert (inverse_transform(coefficients, filters) - signals).abs().max() < 1e-12
    assert abs(sum(float(part.square().sum()) for part in coefficients) / float(signals.square().sum()) - 1) < 1e-12
    positions = torch.arange(2 * order, dtype=torch.float64) / (2 * order)
    moments = [float((filters[1] * positions**q).sum()) for q in range(order + 1)]
    assert max(abs(moment) for moment in moments[:order]) < 1e-12
    assert abs(moments[order]) > 1e-6


@pytest.mark.parametrize("name", ["haar", "db3", "db8", "sym5", "coif2"])
def test_transform_is_that_of_pywavelets_of_a_shifted_signal(name):
    """Theirs has another phase on every level: on three levels a shift by less than eight undoes it."""
    signal = _random(320)
    theirs = [torch.from_numpy(part) for part in pywt.wavedec(signal.numpy(), name, mode="periodization", level=3)]

    def difference(shift):
        ours = transform(signal.roll(shift), named_filters(name), levels=3)
        pairs = zip(ours, theirs, strict=True)
        return max(min(float((a.roll(k) - b).abs().max()) for k in range(len(b))) for a, b in pairs)

    assert min(difference(shift) for shift in range(8)) < 1e-10


def test_filters_longer_than_the_signal_wrap_around():
    filters, signals = daubechies(8), _random(2, 8)
    matrix = torch.cat(analysis(torch.eye(8, dtype=torch.float64), filters), dim=1)
    assert (matrix.T @ matrix - torch.eye(8)).abs().max() < 1e-12
    assert (inverse_transform(transform(signals, filters, levels=3), filters) - signals).abs().max() < 1e-12


@given(taps=st.sampled_from([2, 4, 6, 10]), half=st.sampled_from([3, 4, 8]), seed=st.integers(0, 99))
def test_synthesis_is_the_transpose_of_analysis(taps, half, seed):
    filters, x = _random(2, taps, seed=seed), _random(2 * half, seed=seed + 1)
    low, high = _random(2, half, seed=seed + 2)
    s, d = analysis(x, filters)
    assert abs(float(s @ low + d @ high - x @ synthesis(low, high, filters))) < 1e-12


def test_odd_number_of_points_is_refused():
    with pytest.raises(ValueError, match="even"):
        analysis(_random(5), daubechies(1))


def test_wavelets_that_are_not_orthonormal_are_refused():
    with pytest.raises(ValueError, match="orthonormal"):
        named_filters("bior2.2")


@given(free=st.lists(st.floats(-10, 10), max_size=7))
def test_lattice_is_orthonormal_for_any_angles(free):
    filters = lattice_filters(torch.tensor(free, dtype=torch.float64))
    assert filters.shape == (2, 2 * len(free) + 2)
    assert float(orthonormality_defect(filters)) ** 0.5 < 1e-12
    assert abs(float(filters[0].sum()) - 2**0.5) < 1e-12


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("mirror", [False, True])
def test_lattice_reaches_daubechies(order, mirror):
    low = daubechies(order)[0]
    low = low.flip(0) if mirror else low
    assert (lattice_filters(lattice_angles(low))[0] - low).abs().max() < 1e-12


@given(free=st.lists(st.floats(-1.2, 1.2), min_size=1, max_size=4))
def test_angles_taken_off_a_lattice_give_it_back(free):
    low = lattice_filters(torch.tensor(free, dtype=torch.float64))[0]
    assert (lattice_filters(lattice_angles(low))[0] - low).abs().max() < 1e-8


def test_angles_of_db2_are_those_of_its_closed_form():
    """``h = (1 + sqrt 3, 3 + sqrt 3, 3 - sqrt 3, 1 - sqrt 3) / (4 sqrt 2)`` is the lattice with -pi/12 and pi/3."""
    root = 3**0.5
    low = torch.tensor([1 + root, 3 + root, 3 - root, 1 - root], dtype=torch.float64) / (4 * 2**0.5)
    assert (daubechies(2)[0] - low).abs().max() < 1e-12
    assert (lattice_filters(torch.tensor([-torch.pi / 12], dtype=torch.float64))[0] - low).abs().max() < 1e-12


def test_lattice_and_penalty_have_the_derivatives_of_difference_quotients():
    assert gradcheck(lattice_filters, (_random(3).requires_grad_(),))
    assert gradcheck(orthonormality_defect, (_random(2, 6).requires_grad_(),))


def test_penalty_sees_a_change_of_any_coefficient():
    low = daubechies(3)[0]
    for k in range(6):
        changed = low.clone()
        changed[k] += 1e-3
        assert float(orthonormality_defect(mirrored(changed))) > 1e-7


@pytest.mark.parametrize("order", [2, 3, 5])
def test_scaling_function_solves_its_equation_and_has_its_integrals(order):
    levels, filters = 8, daubechies(order)
    phi, psi = (curve.numpy() for curve in scaling_function(filters, levels=levels))
    spacing = 2.0**-levels
    assert abs(phi.sum() * spacing - 1) < 1e-12
    assert abs(psi.sum() * spacing) < 1e-12
    assert abs((phi**2).sum() * spacing - 1) < 1e-12
    assert abs((phi * psi).sum() * spacing) < 1e-12
    # one level finer the curve is sqrt(2) sum_k h_k phi(2 x - k), exactly
    finer = scaling_function(filters, levels=levels + 1)[0].numpy()
    expected = np.zeros_like(finer)
    for k, h in enumerate(filters[0].tolist()):
        start = k << levels
        expected[start : start + phi.size] += 2**0.5 * h * phi[: expected.size - start]
    np.testing.assert_allclose(finer, expected, atol=1e-12)
