"""Stiffness and solvers against theorems of elasticity and heat conduction."""

import numpy as np
import pytest
import torch
from oracles.block_tridiagonal import BlockTridiagonalSolver, TorchSolver
from oracles.sparse_solver import SparseSolver
from tests.numerics.elasticity.problems import cantilever, half_mbb_beam, heat_sink

from mlsim.numerics.elasticity.quadrilaterals import Grid, conduction_matrix, plane_stress_stiffness
from mlsim.numerics.elasticity.stiffness import BandSolver, Equilibrium, SingularStiffnessError

SOLVERS = [BandSolver, SparseSolver, TorchSolver]


def test_rigid_motions_cost_no_energy():
    grid = Grid(columns=3, rows=2)
    x, y = grid.node_coordinates.T
    free = np.zeros(2 * grid.nodes, dtype=bool)
    body = Equilibrium(grid=grid, element_matrix=plane_stress_stiffness(), fixed=free, force=np.zeros(2 * grid.nodes))
    # y points down in the numbering and up in the element, so the rotation has this sign
    rotation = np.stack([y, x], axis=1).ravel().astype(float)
    for motion in (np.tile([1.0, 0.0], grid.nodes), np.tile([0.0, 1.0], grid.nodes), rotation):
        np.testing.assert_allclose(body.energies(motion), 0.0, atol=1e-13)


@pytest.mark.parametrize("solver", SOLVERS)
def test_patch_test_uniform_tension_is_reproduced_exactly(solver):
    grid = Grid(columns=5, rows=4)
    x, y = grid.node_coordinates.T
    fixed = np.stack([x == 0, (x == 0) & (y == 0)], axis=1).ravel()
    pull = np.where(x == 5, np.where((y == 0) | (y == 4), 0.5, 1.0), 0.0)
    force = np.stack([pull, np.zeros_like(pull)], axis=1).ravel()
    body = Equilibrium(grid=grid, element_matrix=plane_stress_stiffness(), fixed=fixed, force=force)
    displacement = solver(body).solve(np.full(20, 2.0)).reshape(-1, 2)
    # unit stress, Young's modulus 2: strain 1/2 along, -nu/2 across
    np.testing.assert_allclose(displacement[:, 0], x / 2, atol=1e-12)
    np.testing.assert_allclose(displacement[:, 1], 0.3 * y / 2, atol=1e-12)


def test_slender_cantilever_tends_to_the_timoshenko_beam():
    errors = []
    for rows in (2, 4, 8):
        length = 20 * rows
        body = cantilever(length, rows)
        tip = abs(BandSolver(body).solve(np.ones(body.grid.elements))[-1])
        inertia, shear = rows**3 / 12, 1 / (2 * 1.3)
        beam = length**3 / (3 * inertia) + 6 / 5 * length / (shear * rows)
        errors.append(abs(tip / beam - 1))
    # the discretisation error of the bilinear element falls by four at each halving
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.15)
    assert errors[1] / errors[2] == pytest.approx(4, rel=0.3)
    assert errors[2] < 0.01


@pytest.mark.parametrize("solver", SOLVERS)
def test_heat_between_two_cold_sides_has_the_parabolic_profile(solver):
    grid = Grid(columns=8, rows=3)
    x, y = grid.node_coordinates.T
    source = np.where((y == 0) | (y == 3), 0.5, 1.0)
    body = Equilibrium(grid=grid, element_matrix=conduction_matrix(), fixed=(x == 0) | (x == 8), force=source)
    # -T'' = 1 on (0, 8): nodal values of linear elements are exact in one dimension
    np.testing.assert_allclose(solver(body).solve(np.ones(24)), x * (8 - x) / 2, atol=1e-11)


@pytest.mark.parametrize("solver", [SparseSolver, TorchSolver])
@pytest.mark.parametrize("problem", [half_mbb_beam(9, 7), heat_sink(20)], ids=["elastic", "heat"])
def test_solvers_agree_on_rough_moduli(problem, solver):
    # a random contrast of 1e3 keeps the condition number near 1e6, so that 1e-9 is what double precision can hold
    moduli = 10.0 ** np.random.default_rng(0).uniform(-3, 0, problem.grid.elements)
    expected = problem.force @ BandSolver(problem).solve(moduli)
    assert problem.force @ solver(problem).solve(moduli) == pytest.approx(expected, rel=1e-9)


def test_batch_solves_every_problem_as_alone():
    problems = [half_mbb_beam(6, 5), cantilever(6, 5)]
    moduli = np.random.default_rng(0).uniform(0.1, 1.0, (2, 30))
    together = BlockTridiagonalSolver(problems).solve(torch.as_tensor(moduli)).numpy()
    for each, problem, modulus in zip(together, problems, moduli, strict=True):
        np.testing.assert_allclose(each, SparseSolver(problem).solve(modulus), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("solver", [BandSolver, TorchSolver])
def test_unsupported_body_is_refused(solver):
    body = half_mbb_beam(4, 4)
    loose = Equilibrium(
        grid=body.grid, element_matrix=body.element_matrix, fixed=np.zeros_like(body.fixed), force=body.force
    )
    with pytest.raises(SingularStiffnessError, match="not positive definite"):
        solver(loose).solve(np.full(16, -1.0))


def test_batch_of_different_grids_is_refused():
    with pytest.raises(ValueError, match="one grid"):
        BlockTridiagonalSolver([half_mbb_beam(4, 4), half_mbb_beam(5, 4)])


def test_force_of_another_grid_is_refused():
    body = half_mbb_beam(4, 4)
    with pytest.raises(ValueError, match="need 50 entries, not 49"):
        Equilibrium(grid=body.grid, element_matrix=body.element_matrix, fixed=body.fixed[1:], force=body.force[1:])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_solution_on_a_gpu_is_that_on_the_cpu():
    problem = half_mbb_beam(40, 40)
    moduli = np.random.default_rng(0).uniform(1e-3, 1.0, 1600)
    expected = problem.force @ BandSolver(problem).solve(moduli)
    assert problem.force @ TorchSolver(problem, device="cuda").solve(moduli) == pytest.approx(expected, rel=1e-9)
