"""Darcy flow: closed forms, order of convergence, monotonicity, the law of the coefficients."""

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.fft import idctn
from scipy.sparse.linalg import spsolve

from mlsim.numerics.flow.darcy_2d import (
    Factor,
    Grid,
    gaussian_fields,
    grid_points,
    minus_divergence,
    pressures,
    two_phase_coefficients,
)

GRIDS: tuple[Grid, ...] = ("node", "canonical")


def coefficients(samples: int, size: int, grid: Grid = "node") -> np.ndarray:
    return two_phase_coefficients(samples, size, grid=grid, rng=np.random.default_rng(0))


def manufactured(size: int, grid: Grid) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coefficient and solution on the grid, source at the nodes."""

    def both(points: np.ndarray) -> tuple[np.ndarray, ...]:
        x, y = points[:, None], points[None, :]
        a = 2 + np.sin(3 * x) * np.cos(2 * y)
        a_x, a_y = 3 * np.cos(3 * x) * np.cos(2 * y), -2 * np.sin(3 * x) * np.sin(2 * y)
        u = np.sin(np.pi * x) * np.sin(2 * np.pi * y)
        u_x, u_y = (
            np.pi * np.cos(np.pi * x) * np.sin(2 * np.pi * y),
            2 * np.pi * np.sin(np.pi * x) * np.cos(2 * np.pi * y),
        )
        return a, u, 5 * np.pi**2 * a * u - a_x * u_x - a_y * u_y

    coefficient, solution, _ = both(grid_points(size, grid=grid))
    return coefficient[None], solution[None], both(grid_points(size))[2]


@pytest.mark.parametrize("grid", GRIDS)
def test_manufactured_solutions_are_found_with_order_two(grid: Grid) -> None:
    errors = []
    for size in (33, 65):
        coefficient, solution, source = manufactured(size, grid)
        errors.append(np.abs(pressures(coefficient, source=source, grid=grid).pressure - solution).max())
    # the linear interpolation at the canonical grid's border, from one side, has not settled at 33 points
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2, abs=0.05 if grid == "node" else 0.25)


def test_the_pressure_in_the_middle_of_the_homogeneous_square_has_its_series() -> None:
    """``u(1/2, 1/2) = 16 / pi^4 sum (-1)^((m + n) / 2 - 1) / (m n (m^2 + n^2))`` over odd ``m, n``."""
    m = np.arange(1, 2000, 2)
    signs = (-1.0) ** ((m - 1) // 2)
    terms = signs[:, None] * signs / (m[:, None] * m * (m[:, None] ** 2 + m**2))
    exact = 16 / np.pi**4 * terms.sum()  # alternating: cut off below 1e-9
    assert exact == pytest.approx(0.073671353, abs=1e-8)
    middle = [pressures(np.ones((1, n, n))).pressure[0, n // 2, n // 2] for n in (65, 129)]
    assert (4 * middle[1] - middle[0]) / 3 == pytest.approx(exact, abs=1e-8)


def test_band_factors_agree_with_a_sparse_solution() -> None:
    coefficient = np.exp(np.random.default_rng(0).normal(size=(9, 9)))
    source = np.random.default_rng(1).normal(size=(9, 9))
    units = np.zeros((49, 9, 9))
    units[:, 1:-1, 1:-1] = np.eye(49).reshape(49, 7, 7)
    matrix = minus_divergence(np.broadcast_to(coefficient, units.shape), units).reshape(49, 49).T
    assert np.abs(matrix - matrix.T).max() < 1e-12
    expected = spsolve(sp.csc_array(matrix), source[1:-1, 1:-1].ravel()).reshape(7, 7)
    found = Factor(coefficient).pressure(source)
    assert np.abs(found[1:-1, 1:-1] - expected).max() < 1e-13
    assert found[0].tolist() == [0.0] * 9


def test_a_single_interior_node_balances_its_four_faces() -> None:
    coefficient = np.array([[9.0, 1.0, 9.0], [3.0, 5.0, 7.0], [9.0, 9.0, 9.0]])
    conductance = (3 + 4 + 6 + 7) * 4  # the means of 5 with its four neighbours, over h^2
    assert pressures(coefficient[None]).pressure[0, 1, 1] == pytest.approx(1 / conductance)


@pytest.mark.parametrize("grid", GRIDS)
def test_pressures_are_inverse_to_the_scale_of_the_coefficient_and_linear_in_the_source(grid: Grid) -> None:
    coefficient = coefficients(3, 17, grid)
    pressure = pressures(coefficient, grid=grid).pressure
    assert np.abs(pressures(7 * coefficient, grid=grid).pressure - pressure / 7).max() < 1e-15
    assert np.abs(pressures(coefficient, source=-2.0, grid=grid).pressure + 2 * pressure).max() < 1e-15


def test_more_permeable_media_have_less_pressure_in_the_mean() -> None:
    """``int f u`` is the largest value of ``2 int f v - int a |grad v|^2``: it falls where ``a`` grows anywhere."""
    coefficient = coefficients(5, 17)
    work = pressures(coefficient).pressure.sum(axis=(1, 2))
    for i in np.random.default_rng(0).integers(17, size=(4, 2)):
        raised = coefficient.copy()
        raised[:, i[0], i[1]] *= 4
        assert (pressures(raised).pressure.sum(axis=(1, 2)) <= work + 1e-14).all()
    raised = coefficient + 1.0
    assert (pressures(raised).pressure.sum(axis=(1, 2)) < work).all()


def test_pressures_are_positive_and_lie_between_those_of_homogeneous_media_in_the_mean() -> None:
    pressure = pressures(coefficients(5, 33)).pressure
    assert pressure[:, 1:-1, 1:-1].min() > 0
    low, high = (pressures(np.full((1, 33, 33), a)).pressure.mean() for a in (12.0, 3.0))
    assert (pressure.mean(axis=(1, 2)) > low).all()
    assert (pressure.mean(axis=(1, 2)) < high).all()


def test_sources_and_observations_may_change_places() -> None:
    factor = Factor(coefficients(1, 17)[0])
    sources = np.random.default_rng(0).normal(size=(2, 17, 17))
    sources[:, [0, -1]] = sources[:, :, [0, -1]] = 0.0
    first, second = factor.pressure(sources)
    assert (sources[1] * first).sum() == pytest.approx((sources[0] * second).sum(), rel=1e-12)


@pytest.mark.parametrize("grid", GRIDS)
def test_every_pressure_carries_its_certificate(grid: Grid) -> None:
    assert pressures(coefficients(4, 65, grid), grid=grid).residual.max() < 1e-11


def test_canonical_pressures_are_not_zero_at_the_outermost_points() -> None:
    """They lie half a cell inside: about half of what the first interior node has."""
    pressure = pressures(np.ones((1, 33, 33)), grid="canonical").pressure[0]
    inside = pressures(np.ones((1, 33, 33))).pressure[0]
    assert pressure[0, 16] == pytest.approx(inside[1, 16] / 2, rel=0.05)


def test_gaussian_fields_are_inverse_cosine_transforms_of_their_coefficients() -> None:
    """Source: the law as its authors compute it, ``idct2(s coef xi)`` on the centres of cells."""
    size = 16
    k = np.arange(size)
    coefficient = 3 / (np.pi**2 * (k[:, None] ** 2 + k**2) + 9)
    xi = np.random.default_rng(5).normal(size=(2, size, size))
    spectrum = size * coefficient * xi
    spectrum[:, 0, 0] = 0.0
    expected = idctn(spectrum, axes=(1, 2), norm="ortho")
    found = gaussian_fields(2, size, grid="canonical", rng=np.random.default_rng(5))
    assert np.abs(found - expected).max() < 1e-13


def test_gaussian_fields_have_the_variance_of_their_series() -> None:
    """The mean square over all points is ``sum 9 (pi^2 |k|^2 + 9)^-2``: .292083^2 with all modes, as quoted."""

    def deviation(count: int) -> float:
        k = np.arange(count)
        squares = 9 / (np.pi**2 * (k[:, None] ** 2 + k**2) + 9) ** 2
        return float(np.sqrt(squares.sum() - squares[0, 0]))

    assert deviation(2000) == pytest.approx(0.292083, abs=2e-6)
    fields = gaussian_fields(2000, 16, grid="canonical", rng=np.random.default_rng(0))
    # few modes carry most of the variance: the standard error of the estimate is 1.3 %
    assert np.sqrt((fields**2).mean()) == pytest.approx(deviation(16), rel=0.04)
    assert np.abs(fields.mean(axis=(1, 2))).max() < 1e-13


def test_the_same_modes_give_the_same_field_on_every_grid() -> None:
    fine, coarse = (gaussian_fields(2, n, modes=8, rng=np.random.default_rng(0)) for n in (33, 17))
    assert np.abs(fine[:, ::2, ::2] - coarse).max() < 1e-13


def test_both_phases_are_equally_probable() -> None:
    coefficient = two_phase_coefficients(500, 16, values=(4.0, 12.0), rng=np.random.default_rng(0))
    assert set(np.unique(coefficient)) == {4.0, 12.0}
    assert (coefficient == 12).mean() == pytest.approx(0.5, abs=0.03)  # a few modes decide: 4 standard errors


def test_broken_coefficients_are_refused() -> None:
    with pytest.raises(ValueError, match="not positive"):
        pressures(np.zeros((1, 5, 5)))
    with pytest.raises(ValueError, match="2 nodes per side"):
        pressures(np.ones((1, 2, 2)))
