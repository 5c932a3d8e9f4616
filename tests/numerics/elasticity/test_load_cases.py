"""Random load cases: their law, and the test that they can be solved."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles.sparse_solver import SparseSolver

from mlsim.numerics.elasticity.load_cases import (
    Distribution,
    LoadCase,
    draw,
    elastic_equilibrium,
    node_probabilities,
    random_load_case,
    rigid_motions,
    well_posed,
)
from mlsim.numerics.elasticity.quadrilaterals import Grid, plane_stress_stiffness
from mlsim.studies.topopt.settings import is_held

GRID = Grid(columns=40, rows=40)
LAW = Distribution(
    mean_fixed_x=2.0, mean_fixed_y=1.0, mean_loads=1.0, boundary_factor=100.0,
    volume_mean=0.5, volume_deviation=0.1, volume_range=(0.1, 0.9),
)  # fmt: skip


@pytest.mark.slow
def test_share_of_well_posed_draws_is_that_of_the_rank_test():
    # 27.1 % of 20,000 draws in an independent count; 3,000 draws have a standard error of .8 %
    rng = np.random.default_rng(0)
    share = np.mean([well_posed(draw(LAW, grid=GRID, rng=rng), grid=GRID) for _ in range(3000)])
    assert share == pytest.approx(0.271, abs=0.025)


def test_boundary_nodes_weigh_a_hundred_inner_ones():
    weights = GRID.node_image(node_probabilities(GRID, boundary_factor=100.0))
    assert weights[0, 0] / weights[20, 20] == pytest.approx(100)
    assert weights.sum() == pytest.approx(1)
    # 160 boundary nodes, 39**2 inner ones
    assert weights[1:-1, 1:-1].sum() == pytest.approx(1521 / (1521 + 16000))


def test_drawn_problems_are_held_loaded_and_within_the_volume_range():
    rng = np.random.default_rng(1)
    cases = [random_load_case(LAW, grid=GRID, rng=rng) for _ in range(200)]
    assert all(rigid_motions(case, grid=GRID) == 0 for case in cases)
    assert all((case.load[~case.fixed_y] > 0).any() for case in cases)
    fractions = np.array([case.volume_fraction for case in cases])
    assert 0.1 <= fractions.min() < fractions.max() <= 0.9
    assert fractions.mean() == pytest.approx(0.5, abs=4 * 0.1 / np.sqrt(200))


nodes = st.frozensets(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=4)


@given(fixed_x=nodes, fixed_y=nodes)
def test_rank_test_agrees_with_the_geometric_one_and_with_the_stiffness_matrix(fixed_x, fixed_y):
    grid = Grid(columns=3, rows=3)
    masks = [
        np.array([tuple(map(int, node)) in chosen for node in grid.node_coordinates]) for chosen in (fixed_x, fixed_y)
    ]
    case = LoadCase(fixed_x=masks[0], fixed_y=masks[1], load=np.ones(grid.nodes), volume_fraction=0.5)
    held = rigid_motions(case, grid=grid) == 0
    assert held == is_held(fixed_x, fixed_y)
    body = elastic_equilibrium(case, grid=grid, element_matrix=plane_stress_stiffness())
    rows, columns, elements, coefficients = body.entries()
    matrix = np.diag(body.fixed.astype(float))
    np.add.at(matrix, (rows, columns), coefficients)
    assert elements.size == coefficients.size
    assert held == (np.linalg.eigvalsh(matrix)[0] > 1e-10)


def test_sparse_solver_does_not_notice_a_rigid_motion():
    # why the rank test is needed: the solver returns numbers for a body that can turn
    grid = Grid(columns=6, rows=6)
    corner = np.arange(grid.nodes) == 0
    case = LoadCase(
        fixed_x=corner, fixed_y=corner, load=(np.arange(grid.nodes) == 48).astype(float), volume_fraction=0.5
    )
    assert rigid_motions(case, grid=grid) == 1
    solution = SparseSolver(elastic_equilibrium(case, grid=grid, element_matrix=plane_stress_stiffness())).solve(
        np.ones(36)
    )
    assert np.isfinite(solution).all()
