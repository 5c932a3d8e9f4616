"""Radiative transfer: closed form, critical slabs, balance, order of convergence."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import exp1, expn

from mlsim.numerics.waves.radiative_transfer import (
    cell_centres,
    outflow,
    scalar_fluxes,
    scattering_coefficients,
    transport_operator,
)


def scattering(samples: int, size: int) -> np.ndarray:
    return scattering_coefficients(samples, size, rng=np.random.default_rng(1))


@pytest.mark.parametrize("absorption", [0.2, 5.0])
def test_without_scattering_the_flux_has_a_closed_form(absorption: float) -> None:
    """``u = (2 - E_2(mu x) - E_2(mu (1 - x))) / (2 mu)``: thin slabs go by a polynomial, thick ones do not."""
    found = scalar_fluxes(np.zeros((1, 80)), absorption=absorption).flux[0]
    depth = absorption * cell_centres(80)
    exact = (2 - expn(2, depth) - expn(2, absorption - depth)) / (2 * absorption)
    assert np.abs(found - exact).max() < 1e-12


def test_the_operator_integrates_its_kernel_over_every_cell() -> None:
    total = np.array([0.3, 2.0, 0.7, 1.1])
    edges = np.concatenate([[0.0], np.cumsum(total)]) / 4
    centres = (edges[1:] + edges[:-1]) / 2
    operator = transport_operator(total)
    for i in range(4):
        for j in range(4):
            ends = (edges[j], centres[i], edges[j + 1]) if i == j else (edges[j], edges[j + 1])
            parts = [quad(lambda t, i=i: exp1(abs(t - centres[i])) / 2, *each)[0] for each in pairwise(ends)]
            assert operator[i, j] == pytest.approx(sum(parts) / total[j], abs=1e-9)  # quad at a logarithm


@pytest.mark.parametrize(("secondaries", "half_thickness"), [(1.5, 0.605055), (1.3, 0.93772556)])
def test_slabs_of_critical_thickness_are_critical(secondaries: float, half_thickness: float) -> None:
    """Collisions that emit ``c`` particles keep the flux alive: ``c lambda_max(K) = 1``, with order two in the cells.

    Source: Sood, Forster, Parsons, LA-13511; half the thickness is in mean free paths.
    """
    total = 2 * half_thickness
    operators = {cells: total * transport_operator(np.full(cells, total)) for cells in (80, 320)}
    defects = {n: abs(secondaries * np.abs(np.linalg.eigvals(k)).max() - 1) for n, k in operators.items()}
    assert defects[320] < 1e-5
    assert defects[320] < defects[80] / 8  # 16 by order two; the thickness has six digits


def test_nothing_is_lost_in_an_absorber() -> None:
    found = scalar_fluxes(np.zeros((1, 320)), absorption=0.2)
    assert abs(0.2 * found.flux.mean() + found.leakage[0] - 1) < 1e-6


def test_absorption_and_leakage_balance_the_source() -> None:
    """The flux at the centres stands for its mean over the cells, so that the balance closes with order two."""
    defects = []
    for cells in (320, 640):
        found = scalar_fluxes(scattering(4, cells), absorption=0.2)
        defects.append(0.2 * found.flux.mean(axis=1) + found.leakage - 1)
    assert np.abs(defects[0]).max() < 1e-5
    assert np.abs((4 * defects[1] - defects[0]) / 3).max() < 1e-6  # without the term of order two


def test_everything_leaves_a_slab_that_hardly_absorbs() -> None:
    """What stays is ``mu log(1 / mu)`` up to a factor; smaller ``mu`` meet rounding in differences of ``E_3``."""
    assert outflow(np.full(8, 1e-7), np.ones(8)) == pytest.approx(1.0, abs=1e-5)


def test_fluxes_converge_with_order_two() -> None:
    """Cells are divided by three: every third centre stays in its place."""
    fluxes = [scalar_fluxes(scattering(2, cells), absorption=0.2).flux for cells in (60, 180, 540)]
    errors = [np.abs(coarse - fine[:, 1::3]).mean() for coarse, fine in pairwise(fluxes)]
    # the flux has a logarithm in its slope at both ends
    assert np.log(errors[0] / errors[1]) / np.log(3) == pytest.approx(2, abs=0.1)


def test_every_flux_carries_its_certificate() -> None:
    found = scalar_fluxes(scattering(20, 320), absorption=0.2)
    assert found.residual.max() < 1e-13
    assert found.flux.min() > 0


def test_scattering_raises_the_flux_everywhere() -> None:
    """The Neumann series ``sum_n (K mu_s)^n K f`` has no negative term; its first one knows no scattering back."""
    coefficients = scattering(3, 80)
    scattered = scalar_fluxes(coefficients, absorption=0.2).flux
    first_flight = np.array([transport_operator(mu + 0.2).sum(axis=1) for mu in coefficients])
    assert (scattered > first_flight).all()


def test_the_flux_is_proportional_to_the_source_and_turns_with_the_slab() -> None:
    coefficients = scattering(2, 80)
    found = scalar_fluxes(coefficients, absorption=0.2)
    tripled = scalar_fluxes(coefficients, absorption=0.2, source=3.0)
    turned = scalar_fluxes(coefficients[:, ::-1], absorption=0.2)
    assert np.abs(tripled.flux - 3 * found.flux).max() < 1e-12
    assert np.abs(turned.flux[:, ::-1] - found.flux).max() < 1e-12
    assert np.abs(turned.leakage - found.leakage).max() < 1e-12


def test_scattering_has_the_integral_of_its_strengths() -> None:
    """Up to the tails beyond the ends: three deviations at the largest width, 1e-3 of each peak."""
    mean = scattering_coefficients(50, 640, strengths=(0.2, 0.2 + 1e-12), rng=np.random.default_rng(0)).mean(axis=1)
    assert mean == pytest.approx(0.4, rel=1.5e-3)


def test_broken_coefficients_are_refused() -> None:
    with pytest.raises(ValueError, match="absorption is 0"):
        scalar_fluxes(np.ones((1, 4)), absorption=0.0)
    with pytest.raises(ValueError, match="negative or not finite"):
        scalar_fluxes(np.full((1, 4), -1.0), absorption=1.0)
