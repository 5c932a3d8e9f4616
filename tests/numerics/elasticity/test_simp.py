"""Topology optimisation against published compliances, finite differences, and itself under reflection."""

from itertools import islice

import numpy as np
import pytest
from oracles.block_tridiagonal import TorchSolver
from oracles.simp import optimum
from oracles.sparse_solver import SparseSolver
from tests.numerics.elasticity.problems import cantilever, half_mbb_beam, heat_sink

from mlsim.numerics.elasticity.load_cases import LoadCase, elastic_equilibrium
from mlsim.numerics.elasticity.quadrilaterals import plane_stress_stiffness
from mlsim.numerics.elasticity.simp import Simp, preset

# (problem, volume fraction, filter radius, preset, compliance, updates); the digits are those the sources print
PUBLISHED = {
    "88 lines, MBB, sensitivity filter (Andreassen et al. 2011)": (
        half_mbb_beam(60, 20), 0.5, 2.4, "top88", 216.8137, 106,
    ),
    "88 lines, MBB, density filter (Andreassen et al. 2011)": (
        half_mbb_beam(60, 20), 0.5, 2.4, "top88_density", 233.7146, 144,
    ),
    "88 lines, cantilever (topoptlab)": (cantilever(32, 20), 0.4, 1.2, "top88", 57.2805, 72),
    "heat conduction, 40 x 40 (topax)": (heat_sink(40), 0.4, 1.2, "heat", 447.9944, 80),
}  # fmt: skip


@pytest.mark.parametrize("source", PUBLISHED)
def test_compliance_and_number_of_updates_are_the_published_ones(source):
    equilibrium, fraction, radius, name, compliance, updates = PUBLISHED[source]
    simp = Simp(equilibrium, filter_radius=radius, rules=preset(name))
    result = optimum(simp, start=np.full(equilibrium.grid.elements, fraction))
    assert result.updates == updates
    assert result.compliance == pytest.approx(compliance, abs=5e-5)


def test_compliance_of_the_uniform_mbb_beam_is_the_exact_finite_element_value():
    equilibrium = half_mbb_beam(60, 20)
    simp = Simp(equilibrium, filter_radius=2.4, rules=preset("top99"))
    assert simp.compliance(np.full(1200, 0.5))[0] == pytest.approx(1007.0221, abs=5e-5)


@pytest.mark.parametrize("name", ["topy", "top99"])
def test_rules_stop_where_the_example_of_topy_hard_codes_the_number_of_updates(name):
    # ToPy's beam_2d_reci.tpd sets NUM_ITER 94 for the problem of the 99-line code
    equilibrium, rules = half_mbb_beam(60, 20), preset(name)
    simp = Simp(equilibrium, filter_radius=1.5, rules=rules)
    assert optimum(simp, start=np.full(1200, 0.5)).updates == 94


@pytest.mark.parametrize("solver", [SparseSolver, TorchSolver])
@pytest.mark.parametrize("problem", [half_mbb_beam(20, 12), heat_sink(20)], ids=["elastic", "heat"])
def test_all_solvers_agree_in_compliance_along_a_run(problem, solver):
    rules = preset("topy" if problem.element_matrix.shape == (8, 8) else "heat")
    band = Simp(problem, filter_radius=1.5, rules=rules)
    other = Simp(problem, filter_radius=1.5, rules=rules, solver=solver(problem))
    start = np.full(problem.grid.elements, 0.4)
    for iterate in islice(band.iterates(start), 0, 31, 10):
        assert other.compliance(iterate.density)[0] == pytest.approx(iterate.compliance, rel=1e-9)


def test_derivative_of_the_compliance_matches_central_differences():
    equilibrium = cantilever(8, 6)
    simp = Simp(equilibrium, filter_radius=1.5, rules=preset("top88"))
    rng = np.random.default_rng(0)
    density, direction = rng.uniform(0.3, 1.0, 48), rng.normal(size=48)
    gradient = simp.compliance(density)[1]
    step = 1e-5
    slope = (simp.compliance(density + step * direction)[0] - simp.compliance(density - step * direction)[0]) / 2 / step
    # central differences err by step**2 times the third derivative, round-off by 1e-16 / step
    assert gradient @ direction == pytest.approx(slope, rel=1e-7)


def test_volume_is_kept_and_compliance_falls():
    equilibrium = half_mbb_beam(20, 10)
    simp = Simp(equilibrium, filter_radius=1.5, rules=preset("topy"))
    iterates = list(islice(simp.iterates(np.full(200, 0.37)), 40))
    assert max(abs(each.density.mean() - 0.37) for each in iterates) < 1e-7
    assert iterates[-1].compliance < 0.4 * iterates[0].compliance


def test_reflected_problem_has_the_reflected_design():
    grid = cantilever(14, 9).grid
    rng = np.random.default_rng(1)
    nodes = rng.permutation(grid.nodes)
    fixed_x, fixed_y, load = (
        np.isin(np.arange(grid.nodes), nodes[part]) for part in (slice(4), slice(4, 7), slice(7, 9))
    )

    def design(*masks):
        case = LoadCase(fixed_x=masks[0], fixed_y=masks[1], load=masks[2].astype(float), volume_fraction=0.5)
        equilibrium = elastic_equilibrium(case, grid=grid, element_matrix=plane_stress_stiffness())
        simp = Simp(equilibrium, filter_radius=1.5, rules=preset("topy"))
        iterate = list(islice(simp.iterates(np.full(grid.elements, 0.5)), 16))[-1]
        return grid.image(iterate.density)

    flipped = [grid.flat_nodes(np.flip(grid.node_image(mask), axis=-1)) for mask in (fixed_x, fixed_y, load)]
    # late updates amplify round-off, so that 15 updates agree to many digits and 100 would not
    np.testing.assert_allclose(design(*flipped), np.flip(design(fixed_x, fixed_y, load), axis=-1), atol=1e-8)


def test_unknown_preset_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"top77.*topy"):
        preset("top77")
