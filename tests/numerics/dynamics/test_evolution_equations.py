"""The equations that ETDRK4 solves: order, invariants, travelling waves, equilibria."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from mlsim.numerics.dynamics.evolution_equations import EVOLUTIONS, soliton, solution


@pytest.mark.parametrize("name", ["burgers", "kdv", "ks", "nls", "reaction_diffusion"])
def test_halving_the_step_divides_the_error_by_sixteen(name):
    equation, points = EVOLUTIONS[name], 32
    # KdV on a coarse grid, from smooth data: the solitons of the study need 512 points
    start = 1 + 0.5 * np.sin(2 * np.pi * np.arange(points) / points)[None] if name == "kdv" else None
    time = {"kdv": 1.0, "ks": 4.0, "nls": 0.2}.get(name, 0.5)

    def last(substeps: int) -> np.ndarray:
        times = np.array([0.0, time])
        return solution(equation, points=points, times=times, substeps=substeps, start=start)[-1]

    reference = last(160)
    errors = [np.abs(last(count) - reference).max() for count in (10, 20)]
    # of order four up to terms of the next order in a step that is not small
    assert 3.5 < np.log2(errors[0] / errors[1]) < 4.7


def test_soliton_moves_at_its_speed():
    kdv, speed, time = EVOLUTIONS["kdv"], 4.0, 1.0
    x = kdv.grid(512)
    start = soliton(x, speed=speed, place=-10.0)[None]
    found = solution(kdv, points=512, times=np.array([0.0, time]), substeps=500, start=start)[-1, 0]
    # the largest value is 2; measured with this step 3e-8
    np.testing.assert_allclose(found, soliton(x, speed=speed, place=-10.0 + speed * time), rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", ["burgers", "kdv", "ks"])
def test_mass_is_conserved(name):
    fields = solution(EVOLUTIONS[name], points=128, times=np.linspace(0, 1, 3), substeps=20)[:, 0]
    masses = fields.mean(axis=-1)
    assert np.abs(masses - masses[0]).max() < 1e-14


def test_kdv_conserves_the_integral_of_the_square_and_nls_that_of_the_modulus():
    for name, points, substeps in (("kdv", 256, 200), ("nls", 128, 200)):
        fields = solution(EVOLUTIONS[name], points=points, times=np.array([0.0, 1.0]), substeps=substeps)[:, 0]
        energy = (np.abs(fields) ** 2).mean(axis=-1)
        # by the error of the step, not by the equation
        assert energy[1] == pytest.approx(energy[0], rel=1e-6), name


def test_burgers_loses_energy_to_viscosity():
    fields = solution(EVOLUTIONS["burgers"], points=128, times=np.linspace(0, 5, 6), substeps=20)[:, 0]
    assert (np.diff((fields**2).mean(axis=-1)) < 0).all()


def test_bound_state_of_nls_returns_after_its_period():
    # 2 sech x is a bound state of two solitons of period pi / 2; on a ring of 10 its tails are cut at 2 sech 5 = 0.03
    nls = EVOLUTIONS["nls"]
    times = np.array([0.0, np.pi / 2])
    fields = solution(nls, points=256, times=times, substeps=1500)[:, 0]
    assert np.abs(np.abs(fields[1]) - np.abs(fields[0])).max() < 0.05


def test_reaction_diffusion_agrees_with_an_adaptive_solver():
    equation, points, time = EVOLUTIONS["reaction_diffusion"], 32, 0.5
    # smooth, so that it does not matter whether products are cut off at two thirds of the wave numbers
    x, y = np.meshgrid(*[2 * np.pi * np.arange(points) / points] * 2, indexing="ij")
    start = np.stack([0.5 + 0.2 * np.cos(x), 0.3 * np.sin(y) * np.cos(x)])
    found = solution(equation, points=points, times=np.array([0.0, time]), substeps=50, start=start)
    kx, ky = equation.wave_numbers(points)
    square = kx**2 + ky**2

    def velocity(_time: float, flat: np.ndarray) -> np.ndarray:
        u, v = fields = flat.reshape(2, points, points)
        a = u**2 + v**2
        spread = np.fft.irfftn(-0.1 * square * np.fft.rfftn(fields, axes=(1, 2)), s=(points, points), axes=(1, 2))
        return (spread + np.stack([(1 - a) * u + a * v, -a * u + (1 - a) * v])).ravel()

    exact = solve_ivp(velocity, (0, time), found[0].ravel(), rtol=1e-8, atol=1e-10).y[:, -1]
    # tolerance of the adaptive solver; ETDRK4 with a step of 0.01 is more exact
    assert np.abs(found[1].ravel() - exact).max() < 1e-6
