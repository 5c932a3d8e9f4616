"""What is differentiated: closed forms, conservation, convergence, scalar codes against array codes."""

import numpy as np
import pytest
import torch

from mlsim.numerics.differentiation.array_programs import perceptron_loss, perceptron_shapes, smallest_eigenvalue
from mlsim.numerics.differentiation.burgers_steps import Burgers, stable_time_step, wave
from mlsim.numerics.differentiation.conduction import (
    Plate,
    bar_temperatures,
    eliminated,
    solved_by_library,
    solved_implicitly,
    solved_through_factors,
)
from mlsim.numerics.differentiation.n_body import SOFTENING, kick_drift, scalar_kick_drift


def _conductivities(plate, *, seed=0):
    return torch.from_numpy(np.random.default_rng(seed).uniform(0.5, 1.5, plate.elements))


def test_bar_with_two_conductivities_has_a_kinked_parabola():
    # -(k u')' = 1 with fluxes by hand; linear elements are exact at the nodes
    cells, k = 8, [1.0] * 4 + [3.0] * 4
    u = bar_temperatures(k, [1 / cells] * (cells - 1))
    flux = (1 / 8 + 3 / 8 / 3) / (1 / 2 + 1 / 6)  # u(1) = 0 with u' = (flux - x) / k
    x = np.arange(1, cells) / cells
    left = flux * x - x**2 / 2
    right = (flux * 0.5 - 0.125) + (flux * (x - 0.5) - (x**2 - 0.25) / 2) / 3
    np.testing.assert_allclose(u, np.where(x <= 0.5, left, right), rtol=1e-13)


def test_plate_temperature_converges_with_second_order():
    # centre of the unit square, -Laplace u = 1: 0.0736713..., by the double sine series
    k = np.arange(1, 400, 2)
    signs = (-1.0) ** ((k - 1) // 2)
    series = 16 / np.pi**4 * (signs[:, None] * signs / (k[:, None] * k * (k[:, None] ** 2 + k**2))).sum()
    errors = []
    for side in (3, 7, 15):
        plate = Plate(side=side)
        u = solved_through_factors(plate.matrix(torch.ones(plate.elements, dtype=torch.float64)), plate.source)
        errors.append(abs(float(u[plate.unknowns // 2]) - series))
    orders = np.log2(np.divide(errors[:-1], errors[1:]))
    # the next term of the error is of fourth order and still visible on these grids
    np.testing.assert_allclose(orders, 2.0, atol=0.15)


def test_elimination_multiplies_back_to_the_matrix():
    matrix = Plate(side=4).matrix(_conductivities(Plate(side=4)))
    factors = eliminated(matrix)
    np.testing.assert_allclose(factors.lower @ factors.upper, matrix, atol=1e-15 * 16 * 3)
    assert torch.equal(factors.lower.triu(1), torch.zeros_like(matrix))
    assert torch.equal(factors.upper.tril(-1), torch.zeros_like(matrix))


@pytest.mark.parametrize("solve", [solved_implicitly, solved_by_library])
def test_all_ways_of_differentiating_a_solution_agree(solve):
    plate = Plate(side=5)
    gradients = []
    for each in (solved_through_factors, solve):
        k, b = _conductivities(plate).requires_grad_(), plate.source.requires_grad_()
        u = each(plate.matrix(k), b)
        gradients.append(torch.autograd.grad((u * u).sum(), [k, b]))
    for through, other in zip(*gradients, strict=True):
        # rounding times the condition number of the matrix, about 20
        np.testing.assert_allclose(through, other, rtol=1e-12)


def test_transposed_solution_is_that_of_a_matrix_that_is_not_symmetric():
    rng = np.random.default_rng(0)
    matrix = torch.from_numpy(rng.normal(size=(6, 6)) + 10 * np.eye(6))
    right = torch.from_numpy(rng.normal(size=6))
    np.testing.assert_allclose(matrix.mT @ eliminated(matrix).transposed_solution(right), right, atol=1e-14)
    np.testing.assert_allclose(matrix @ eliminated(matrix).solution(right), right, atol=1e-14)


def test_burgers_conserves_the_mean_and_loses_energy():
    burgers = Burgers(cells=64, viscosity=0.02, time_step=stable_time_step(cells=64, viscosity=0.02))
    u = wave(64)
    energies = []
    for _ in range(200):
        u = burgers.step(u)
        energies.append(float((u * u).sum()))
    # u (u_right - u_left) telescopes over a period; 200 steps of rounding
    assert float(u.mean()) == pytest.approx(0.3, rel=1e-12)
    assert (np.diff(energies) < 0).all()


def test_burgers_step_converges_to_the_equation():
    # one small step against dt (nu u'' - u u') of the sine
    errors = []
    for cells in (32, 64):
        burgers, x = Burgers(cells=cells, viscosity=0.02, time_step=1e-6), torch.arange(cells) / cells
        a = 2 * torch.pi
        u, slope, curvature = wave(cells), a * torch.cos(a * x), -(a**2) * torch.sin(a * x)
        rate = (burgers.step(u) - u) / 1e-6
        errors.append(float((rate - (0.02 * curvature - u * slope)).abs().max()))
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2.0, abs=0.05)


def test_scalar_steps_are_the_array_steps():
    burgers = Burgers(cells=16, viscosity=0.02, time_step=0.01)
    u = wave(16)
    assert burgers.scalar_step(u.tolist()) == burgers.step(u).tolist()
    rng = np.random.default_rng(0)
    q, v = (torch.from_numpy(rng.normal(size=(5, 2))) for _ in range(2))
    scalar = scalar_kick_drift(q.tolist(), v.tolist(), time_step=0.1)
    for mine, other in zip(scalar, kick_drift(q, v, time_step=0.1), strict=True):
        # forces are summed in another order
        np.testing.assert_allclose(mine, other, rtol=1e-13)


def test_bodies_keep_their_momentum_and_two_of_them_fall_as_they_should():
    rng = np.random.default_rng(1)
    q, v = (torch.from_numpy(rng.normal(size=(7, 3))) for _ in range(2))
    np.testing.assert_allclose(kick_drift(q, v, time_step=0.1)[1].sum(dim=0), v.sum(dim=0), atol=1e-13)
    pair = torch.tensor([[-1.0, 0.0], [1.0, 0.0]], dtype=torch.float64)
    velocity = kick_drift(pair, torch.zeros_like(pair), time_step=1.0)[1]
    pull = 2 / (4 + SOFTENING) ** 1.5
    np.testing.assert_allclose(velocity, [[pull, 0.0], [-pull, 0.0]], rtol=1e-14)


def test_smallest_eigenvalue_of_equal_springs_is_a_sine():
    # 4 k sin^2(pi / (2 (rows + 1))), k = 3
    for rows in (1, 5, 20):
        value = smallest_eigenvalue(torch.full((rows + 1,), 3.0, dtype=torch.float64))
        assert float(value) == pytest.approx(12 * np.sin(np.pi / 2 / (rows + 1)) ** 2, rel=1e-12)


def test_perceptron_without_weights_yields_the_square_of_its_last_bias():
    shapes = perceptron_shapes(inputs=3, width=4)
    parameters = torch.zeros(sum(int(np.prod(shape)) for shape in shapes), dtype=torch.float64)
    parameters[-1] = -2.0
    samples = torch.ones(5, 3, dtype=torch.float64)
    assert float(perceptron_loss(parameters, samples, width=4)) == 4.0
