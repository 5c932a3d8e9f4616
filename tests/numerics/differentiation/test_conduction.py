"""Conduction in bars and plates, and the ways to differentiate a solution."""

import numpy as np
import pytest
import torch

from mlsim.numerics.differentiation.conduction import (
    Plate,
    bar_temperatures,
    eliminated,
    solved_by_library,
    solved_implicitly,
    solved_through_factors,
)


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
