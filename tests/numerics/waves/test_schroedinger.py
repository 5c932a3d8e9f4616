"""Ground states: closed forms, orders of convergence, symmetries."""

import numpy as np
import pytest
from scipy.special import mathieu_a

from mlsim.numerics.periodic.potentials import gaussian_wells
from mlsim.numerics.periodic.trigonometric_interpolation import points, resampled
from mlsim.numerics.waves.schroedinger import Stencil, ground_states, minus_second_derivative

STENCILS: tuple[Stencil, ...] = ("differences", "spectral")


def wells(samples: int, size: int) -> np.ndarray:
    return gaussian_wells(samples, size, rng=np.random.default_rng(1))


@pytest.mark.parametrize("stencil", STENCILS)
def test_a_constant_potential_has_the_constant_state(stencil: Stencil) -> None:
    found = ground_states(np.full((1, 32), 7.0), interaction=10.0, stencil=stencil)
    assert np.abs(found.state - 1).max() < 1e-11
    assert abs(found.energy[0] - 17.0) < 1e-11


@pytest.mark.parametrize("q", [0.5, 5.0])
def test_without_interaction_the_energy_of_a_cosine_is_the_characteristic_value_of_mathieu(q: float) -> None:
    def energy(size: int, stencil: Stencil) -> float:
        cosine = 2 * q * np.pi**2 * np.cos(2 * np.pi * points(size))
        return float(ground_states(cosine[None], interaction=0.0, stencil=stencil).energy[0])

    exact = np.pi**2 * float(mathieu_a(0, q))
    assert abs(energy(64, "spectral") - exact) < 1e-9
    errors = [abs(energy(size, "differences") - exact) for size in (80, 160)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2, abs=0.05)


@pytest.mark.parametrize("stencil", STENCILS)
def test_manufactured_states_are_found(stencil: Stencil) -> None:
    x = points(64)
    u = 1 + 0.4 * np.cos(2 * np.pi * x) + 0.2 * np.sin(4 * np.pi * x)
    u = u / np.sqrt((u**2).mean())
    curvature = minus_second_derivative(u[:, None], stencil=stencil)[:, 0]
    potential = 50.0 - 10.0 * u**2 - curvature / u
    found = ground_states(potential[None], interaction=10.0, stencil=stencil)
    assert np.abs(found.state[0] - u).max() < 1e-11
    assert found.energy[0] == pytest.approx(50.0, abs=1e-10)


def test_strong_interaction_leads_to_the_limit_of_thomas_and_fermi() -> None:
    """Without the second derivative ``u^2 = (E - V) / beta``; the defect is of order ``beta^-2``, also in ``E``."""
    potential = 1 + np.cos(2 * np.pi * points(64))
    errors = []
    for beta in (1e3, 1e4, 1e5):
        state = ground_states(potential[None], interaction=beta, stencil="spectral").state[0]
        errors.append(np.abs(state**2 - (1 + (1 - potential) / beta)).max())
    slopes = np.diff(np.log10(errors))
    assert slopes == pytest.approx([-2, -2], abs=0.05)


def test_the_response_to_a_weak_wave_is_linear() -> None:
    """``u = 1 - e cos(2 pi x) / (4 pi^2 + 2 beta)`` up to ``e^2``."""
    wave = np.cos(2 * np.pi * points(64))
    defects = []
    for size in (1.0, 0.1):
        state = ground_states(1 + size * wave[None], interaction=10.0, stencil="spectral").state[0]
        defects.append(np.abs(state - 1 + size * wave / (4 * np.pi**2 + 20)).max())
    assert np.log10(defects[0] / defects[1]) == pytest.approx(2, abs=0.05)


def test_differences_converge_to_the_spectral_state_with_order_two() -> None:
    fine = wells(4, 320)
    exact = ground_states(fine, interaction=10.0, stencil="spectral")
    errors = []
    for stride in (4, 2, 1):
        coarse = ground_states(fine[:, stride - 1 :: stride], interaction=10.0)
        state = exact.state[:, stride - 1 :: stride]
        errors.append([np.abs(coarse.state - state).max(), np.abs(coarse.energy - exact.energy).max()])
    orders = np.diff(-np.log2(errors), axis=0)
    assert orders[-1] == pytest.approx([2, 2], abs=0.05)


def test_the_spectral_state_does_not_depend_on_the_grid() -> None:
    """The shift of the potential is that of the finest grid, so the same function is sampled twice."""
    fine = wells(4, 320)
    states = [ground_states(v, interaction=10.0, stencil="spectral").state for v in (fine, fine[:, 1::2])]
    assert np.abs(resampled(states[1], 320) - states[0]).max() < 1e-9  # the wells' own spectrum ends there


def test_every_state_carries_its_certificate() -> None:
    found = ground_states(wells(300, 320), interaction=10.0)
    assert found.residual.max() < 1e-11
    assert found.state.min() > 0
    assert np.abs((found.state**2).mean(axis=1) - 1).max() < 1e-12


def test_ground_states_move_and_turn_with_their_potential() -> None:
    potential = wells(2, 64)
    state = ground_states(potential, interaction=10.0).state
    moved = ground_states(np.roll(potential, 5, axis=1), interaction=10.0).state
    turned = ground_states(potential[:, ::-1], interaction=10.0).state
    assert np.abs(moved - np.roll(state, 5, axis=1)).max() < 1e-11
    assert np.abs(turned - state[:, ::-1]).max() < 1e-11


def test_a_start_that_leads_elsewhere_is_mended() -> None:
    """Without linear steps Newton's method ends in other stationary states for deep wells."""
    potential = 30 * wells(20, 80)
    direct = ground_states(potential, interaction=1.0, warm_steps=0)
    patient = ground_states(potential, interaction=1.0, warm_steps=100)
    assert np.abs(direct.state - patient.state).max() < 1e-9


def test_attraction_and_broken_potentials_are_refused() -> None:
    with pytest.raises(ValueError, match="interaction is -1"):
        ground_states(np.ones((1, 8)), interaction=-1.0)
    with pytest.raises(ValueError, match="not finite"):
        ground_states(np.full((1, 8), np.nan), interaction=1.0)


@pytest.mark.parametrize("rough", [False, True])
def test_the_state_is_the_lowest_one_of_its_own_hamiltonian(rough: bool) -> None:
    """Reference: dense eigenvalues. White noise misleads the coarser grids on which the search begins."""
    noise = 300 * np.random.default_rng(0).normal(size=(3, 160))
    potential = noise if rough else wells(3, 160)
    found = ground_states(potential, interaction=10.0)
    second = minus_second_derivative(np.eye(160), stencil="differences")
    for v, u, energy in zip(potential, found.state, found.energy, strict=True):
        energies, states = np.linalg.eigh(second + np.diag(v + 10 * u**2))
        assert energies[0] == pytest.approx(energy, abs=1e-8)  # 1e-13 of the largest eigenvalue, 1e5
        assert np.abs(np.abs(states[:, 0]) * np.sqrt(160) - u).max() < 1e-8
