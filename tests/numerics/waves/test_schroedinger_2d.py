"""Ground states on the square: closed forms, the interval as reference, orders of convergence, symmetries."""

import numpy as np
import pytest
from scipy.special import mathieu_a

from mlsim.numerics.periodic.potentials import gaussian_wells, gaussian_wells_2d
from mlsim.numerics.periodic.trigonometric_interpolation import points
from mlsim.numerics.waves.schroedinger import Stencil, ground_states, linear_response
from mlsim.numerics.waves.schroedinger_2d import ground_states_2d, minus_laplacian

STENCILS: tuple[Stencil, ...] = ("differences", "spectral")


def wells(samples: int, size: int) -> np.ndarray:
    return gaussian_wells_2d(samples, size, rng=np.random.default_rng(1))


@pytest.mark.parametrize("stencil", STENCILS)
def test_a_constant_potential_has_the_constant_state(stencil: Stencil) -> None:
    found = ground_states_2d(np.full((1, 16, 12), 7.0), interaction=10.0, stencil=stencil)
    assert np.abs(found.state - 1).max() < 1e-11
    assert abs(found.energy[0] - 17.0) < 1e-11


@pytest.mark.parametrize("stencil", STENCILS)
def test_a_potential_that_varies_in_one_direction_has_the_state_of_the_interval(stencil: Stencil) -> None:
    line = gaussian_wells(2, 64, rng=np.random.default_rng(0))
    expected = ground_states(line, interaction=10.0, stencil=stencil)
    for turned in (False, True):
        flat = np.repeat(line[:, :, None], 16, axis=2)
        found = ground_states_2d(flat.swapaxes(1, 2) if turned else flat, interaction=10.0, stencil=stencil)
        state = found.state.swapaxes(1, 2) if turned else found.state
        assert np.abs(state - expected.state[:, :, None]).max() < 1e-10
        assert found.energy == pytest.approx(expected.energy, rel=1e-11)


def test_without_interaction_energies_of_two_directions_add() -> None:
    """``V = V_1(x) + V_2(y)``: the equation separates, each cosine has its characteristic value of Mathieu."""
    x = points(48)
    first, second = (2 * q * np.pi**2 * np.cos(2 * np.pi * x) for q in (0.5, 5.0))
    potential = (first[:, None] + second[None, :])[None]
    energy = ground_states_2d(potential, interaction=0.0, stencil="spectral").energy[0]
    assert abs(energy - np.pi**2 * (mathieu_a(0, 0.5) + mathieu_a(0, 5.0))) < 1e-9


@pytest.mark.parametrize("stencil", STENCILS)
def test_manufactured_states_are_found(stencil: Stencil) -> None:
    x, y = points(32)[:, None], points(24)[None, :]
    u = 1 + 0.4 * np.cos(2 * np.pi * (x + y)) + 0.2 * np.sin(4 * np.pi * y)
    u = (u / np.sqrt((u**2).mean()))[None]
    potential = 50.0 - 10.0 * u**2 - minus_laplacian(u, stencil=stencil) / u
    found = ground_states_2d(potential, interaction=10.0, stencil=stencil)
    assert np.abs(found.state - u).max() < 1e-11
    assert found.energy[0] == pytest.approx(50.0, abs=1e-10)


def test_differences_converge_to_the_spectral_state_with_order_two() -> None:
    fine = wells(1, 160)
    exact = ground_states_2d(fine, interaction=10.0, stencil="spectral")
    errors = []
    for stride in (4, 2):
        inner = (slice(None), slice(stride - 1, None, stride), slice(stride - 1, None, stride))
        coarse = ground_states_2d(fine[inner], interaction=10.0)
        errors.append([np.abs(coarse.state - exact.state[inner]).max(), np.abs(coarse.energy - exact.energy).max()])
    # from 40 to 80 points a well's width grows from 2 to 4 points: the next order still shows
    assert np.log2(np.divide(*errors)) == pytest.approx([2, 2], abs=0.15)


def test_the_response_to_a_weak_potential_is_linear() -> None:
    potential = wells(1, 32) - 1
    defects = []
    for size in (0.1, 0.01):
        state = ground_states_2d(1 + size * potential, interaction=10.0, stencil="spectral").state
        defects.append(np.abs(state - linear_response(size * potential, interaction=10.0)).max())
    assert np.log10(defects[0] / defects[1]) == pytest.approx(2, abs=0.05)


def test_the_linear_response_predicts_the_states_of_the_published_law_far_better_than_their_mean() -> None:
    """Their mean is one up to second order; an error of 1e-3 is what first-order theory gives for nothing."""
    potential = wells(16, 40)
    state = ground_states_2d(potential, interaction=10.0).state
    of_response, of_mean = (
        np.sqrt(((state - u) ** 2).mean()) for u in (linear_response(potential, interaction=10.0), 1.0)
    )
    assert of_response < 0.2 * of_mean


def test_every_state_carries_its_certificate() -> None:
    found = ground_states_2d(wells(20, 80), interaction=10.0)
    assert found.residual.max() < 1e-11
    assert found.state.min() > 0
    assert np.abs((found.state**2).mean(axis=(1, 2)) - 1).max() < 1e-12


def test_ground_states_move_and_turn_with_their_potential() -> None:
    potential = wells(2, 32)
    state = ground_states_2d(potential, interaction=10.0).state
    for motion in (lambda v: np.roll(v, (5, 3), axis=(1, 2)), lambda v: v[:, ::-1], lambda v: v.swapaxes(1, 2)):
        moved = ground_states_2d(np.ascontiguousarray(motion(potential)), interaction=10.0).state
        assert np.abs(moved - motion(state)).max() < 1e-11


def test_wells_too_deep_for_a_start_at_one_are_found_after_linear_steps() -> None:
    """Reference: the potential varies in one direction, the state of the interval has been found by elimination."""
    line = 8 * gaussian_wells(4, 80, rng=np.random.default_rng(1))
    flat = np.repeat(line[:, :, None], 4, axis=2)
    expected = ground_states(line, interaction=1.0).state
    assert np.abs(ground_states_2d(flat, interaction=1.0).state[:, :, 0] - expected).max() < 1e-10


def test_attraction_and_broken_potentials_are_refused() -> None:
    with pytest.raises(ValueError, match="interaction is -1"):
        ground_states_2d(np.ones((1, 8, 8)), interaction=-1.0)
    with pytest.raises(ValueError, match="not finite"):
        ground_states_2d(np.full((1, 8, 8), np.nan), interaction=1.0)
