"""Effective conductivity: exact solutions, exact properties, the closed gradient."""

from fractions import Fraction
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from mlsim.numerics.flow import effective_conductivity as module
from mlsim.numerics.flow.effective_conductivity import (
    conductivity_bounds,
    effective_conductivity,
    pressures,
    with_gradient,
)


def random_fields(count: int, rows: int, columns: int, seed: int = 0) -> Tensor:
    """Conductivities over two decades."""
    generator = torch.Generator().manual_seed(seed)
    return (5 * torch.rand(count, rows, columns, generator=generator, dtype=torch.float64) - 2.5).exp()


SHAPES = [(4, 4), (3, 5), (1, 4), (4, 1)]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_constant_conductivity_is_its_own_effective_one(shape):
    for constant in (3.0, 1e-6, 1e6):
        found = effective_conductivity(torch.full((1, *shape), constant, dtype=torch.float64))
        assert float(found) == pytest.approx(constant, rel=1e-14)


def test_layers_in_series_and_in_parallel_are_exact():
    k = random_fields(20, 6, 1)[..., 0]
    across = k[:, None, :].expand(-1, 5, -1)  # columns of one conductivity: the fluid passes all of them
    along = k[:, :, None].expand(-1, -1, 5)
    torch.testing.assert_close(effective_conductivity(across), 1 / (1 / k).mean(dim=1), rtol=1e-13, atol=0)
    torch.testing.assert_close(effective_conductivity(along), k.mean(dim=1), rtol=1e-13, atol=0)


def test_two_by_two_cells_are_those_of_elimination_in_fractions():
    """Four unknowns, solved without rounding."""
    found = effective_conductivity(torch.tensor([[[1.0, 2.0], [3.0, 4.0]]], dtype=torch.float64))
    assert float(found) == pytest.approx(_by_fractions(((1, 2), (3, 4))), rel=1e-14)


def _by_fractions(k) -> float:
    """Kirchhoff's equations of 2 x 2 cells, eliminated in rational numbers."""
    (a, b), (c, d) = ((Fraction(v) for v in row) for row in k)
    link = lambda one, other: 2 * one * other / (one + other)  # noqa: E731
    ab, cd, ac, bd = link(a, b), link(c, d), link(a, c), link(b, d)
    rows = [
        [2 * a + ab + ac, -ab, -ac, 0, 2 * a],
        [-ab, 2 * b + ab + bd, 0, -bd, 0],
        [-ac, 0, 2 * c + ac + cd, -cd, 2 * c],
        [0, -bd, -cd, 2 * d + bd + cd, 0],
    ]
    for i in range(4):
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for j in range(4):
            if j != i:
                rows[j] = [x - rows[j][i] * y for x, y in zip(rows[j], rows[i], strict=True)]
    return float(2 * b * rows[1][4] + 2 * d * rows[3][4])


@pytest.mark.parametrize("shape", SHAPES)
def test_scaling_and_reflections(shape):
    k = random_fields(50, *shape)
    value = effective_conductivity(k)
    torch.testing.assert_close(effective_conductivity(7.5 * k), 7.5 * value, rtol=1e-13, atol=0)
    for axes in ((1,), (2,), (1, 2)):
        torch.testing.assert_close(effective_conductivity(k.flip(*axes)), value, rtol=1e-13, atol=0)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_closed_gradient_is_that_of_autograd_and_never_negative(shape):
    k = random_fields(50, *shape).requires_grad_()
    value, gradient = with_gradient(k.detach())
    (automatic,) = torch.autograd.grad(effective_conductivity(k).sum(), k)
    torch.testing.assert_close(gradient, automatic, rtol=1e-10, atol=1e-10)
    torch.testing.assert_close(value, effective_conductivity(k.detach()), rtol=0, atol=0)
    assert float(gradient.min()) >= 0
    # Euler: homogeneous of degree one, so that the gradient of the logarithm in logarithms sums to one
    euler = (gradient * k.detach()).sum(dim=(1, 2)) / value
    torch.testing.assert_close(euler, torch.ones_like(euler), rtol=1e-12, atol=0)


def test_bounds_hold_in_their_order():
    k = random_fields(500, 4, 4)
    bounds, value = conductivity_bounds(k), effective_conductivity(k)
    rising = [bounds.harmonic, bounds.rows, value, bounds.layers, bounds.columns, bounds.arithmetic]
    for lower, upper in pairwise(rising):
        assert bool((lower <= upper * (1 + 1e-13)).all())
    # none is the same as its neighbour
    assert all(float((b / a).mean()) > 1.01 for a, b in pairwise(rising))


def test_bounds_of_one_row_or_one_column_are_the_effective_conductivity():
    for shape in ((1, 5), (5, 1)):
        k = random_fields(20, *shape)
        bounds, value = conductivity_bounds(k), effective_conductivity(k)
        for bound in (bounds.rows, bounds.layers):
            torch.testing.assert_close(bound, value, rtol=1e-13, atol=0)


def test_it_is_concave():
    one, other = random_fields(200, 4, 4, seed=1), random_fields(200, 4, 4, seed=2)
    middle = effective_conductivity((one + other) / 2)
    ends = (effective_conductivity(one) + effective_conductivity(other)) / 2
    assert bool((middle >= ends * (1 - 1e-13)).all())
    assert float((middle / ends).min()) > 1


def test_raising_one_cell_raises_it():
    k = random_fields(30, 3, 3)
    value = effective_conductivity(k)
    for cell in torch.eye(9, dtype=torch.float64).reshape(9, 3, 3):
        assert bool((effective_conductivity(k * (1 + cell)) > value).all())


def test_fluxes_balance_and_enter_as_they_leave():
    k = random_fields(20, 4, 4)
    p = pressures(k)
    entering = 2 * (k[..., 0] * (1 - p[..., 0])).sum(dim=-1)
    torch.testing.assert_close(entering, effective_conductivity(k), rtol=1e-12, atol=0)


def test_parts_of_a_large_sample_are_solved_alike(monkeypatch):
    k = random_fields(10, 4, 4)
    whole = effective_conductivity(k)
    monkeypatch.setattr(module, "LARGEST_BATCH", 3 * 16**2)
    torch.testing.assert_close(effective_conductivity(k), whole, rtol=1e-14, atol=0)


def test_a_conductivity_that_is_not_positive_is_refused():
    with pytest.raises(ValueError, match="not positive"):
        effective_conductivity(torch.tensor([[[1.0, 0.0], [1.0, 1.0]]], dtype=torch.float64))
