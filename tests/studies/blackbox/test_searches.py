"""Black-box optimisation: counted work, searches, problems, tables, figures, claims."""

from itertools import islice

import numpy as np
import pytest
import xarray as xr
from msgspec.structs import replace

from mlsim.numerics.flow.bar_design import BarObjective, HeatedBar
from mlsim.studies.blackbox.claims import claims
from mlsim.studies.blackbox.counter import Counter, SearchEndedError
from mlsim.studies.blackbox.evaluate import evaluate, lowest_bar_value, methods, searched, work_ratio
from mlsim.studies.blackbox.generate import generate
from mlsim.studies.blackbox.pictures import DESIGNS, TRAILS, generate_pictures
from mlsim.studies.blackbox.plot import METHODS, calls_figure, convergence_figure, design_figure, rugged_figure
from mlsim.studies.blackbox.problems import INVERSE, Task, misfit, objective
from mlsim.studies.blackbox.quantities import QUANTITIES
from mlsim.studies.blackbox.searches import differential, nelder_mead, starts
from mlsim.studies.blackbox.settings import Bar, Budget, Inversion, Layers, Problems, Rugged, Run, Searches
from mlsim.tables import aggregated, metrics, with_published
from mlsim.verdicts import verdicts

PROBLEMS = Problems(
    truths=2,
    inversion=Inversion(cells=32, length=0.3, spacing=4, dimensions=(2, 4)),
    rugged=Rugged(frequencies=(1.0, 20.0), amplitudes=(1.0, 0.3), spread=1.0, dimensions=(2,)),
    layers=Layers(cells=32, spacing=4, dimensions=(2, 4)),
    bar=Bar(cells=32, sources=2, width=0.1, background=0.2, dimensions=(2, 4)),
)
SEARCHES = Searches(
    memory=20, difference=1e-8, deviation=0.5, population=10, box=4.0, largest=4, bayesian_largest=2, few=1
)  # fmt: skip
RUN = Run(problems=PROBLEMS, budget=Budget(tolerance=1e-4, units=3000, bayesian_units=60), searches=SEARCHES)
CASES = (*INVERSE, "bar")
INVERSION = Task(case="inversion", dimension=2, truth=0)


@pytest.fixture(scope="module")
def data() -> xr.Dataset:
    return generate(PROBLEMS, seed=0)


class Bowl:
    """``1e-3 + |theta - 3|^2`` that counts its evaluations."""

    dimension = 2

    def __init__(self) -> None:
        self.evaluations = 0

    def values(self, theta: np.ndarray) -> np.ndarray:
        self.evaluations += len(theta)
        return 1e-3 + ((theta - 3.0) ** 2).sum(axis=-1)

    def value_and_gradient(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        return float(self.values(theta[None])[0]), 2 * (theta - 3.0)


def test_meter_counts_every_run_of_the_simulator_once():
    bowl = Bowl()
    counter = Counter(bowl, tolerance=1e-9, cap=100)
    counter.value(np.zeros(2))
    counter.values(np.ones((5, 2)))
    counter.value_and_gradient(np.zeros(2))
    assert (counter.calls, counter.units) == (bowl.evaluations, 6 + 4) == (7, 10)


def test_a_population_counts_up_to_its_first_success_and_no_member_beyond_the_cap():
    members = np.array([[9.0, 9.0], [3.0, 3.0], [0.0, 0.0]])
    counter = Counter(Bowl(), tolerance=1e-2, cap=100)
    with pytest.raises(SearchEndedError):
        counter.values(members)
    assert (counter.calls, counter.succeeded, counter.history[-1]) == (2, True, (2, 1e-3))
    counter = Counter(Bowl(), tolerance=1e-2, cap=1)
    with pytest.raises(SearchEndedError):
        counter.values(members)
    assert (counter.calls, counter.units, counter.succeeded) == (1, 1, False)
    # a gradient that the cap cuts does not happen, and the search has spent all
    counter = Counter(Bowl(), tolerance=1e-2, cap=3)
    with pytest.raises(SearchEndedError):
        counter.value_and_gradient(np.full(2, 3.0))
    assert (counter.calls, counter.units, counter.succeeded) == (0, 3, False)


def test_a_simulation_that_breaks_down_is_a_large_value_without_slope(data):
    counter = Counter(misfit(INVERSION, PROBLEMS, data), tolerance=1e-4, cap=100)
    value, gradient = counter.value_and_gradient(np.full(2, 1e5))
    assert value > 1e9
    np.testing.assert_array_equal(gradient, 0.0)


def test_starts_are_zero_and_then_draws_that_the_meter_counts():
    counter = Counter(Bowl(), tolerance=1e-4, cap=10)
    first, second, third = islice(starts(counter, np.random.default_rng(0)), 3)
    np.testing.assert_array_equal(first, 0.0)
    assert np.abs(second - third).min() > 0
    assert counter.restarts == 2


@pytest.mark.parametrize("method", [nelder_mead, differential])
def test_simplex_and_evolution_begin_at_the_common_start(method):
    counter = Counter(Bowl(), tolerance=0.0, cap=60, keep_trail=True)
    counter.run(method, SEARCHES, np.random.default_rng(0))
    points = [theta for theta, _ in counter.trail]
    assert any(np.array_equal(theta, np.zeros(counter.dimension)) for theta in points)
    if method is nelder_mead:  # after the start, the ends of the edges
        edges = np.array(points[: 1 + counter.dimension])
        np.testing.assert_array_equal(edges[1:], SEARCHES.deviation * np.eye(counter.dimension))


def test_bar_below_the_closed_form_would_be_seen(data, monkeypatch):
    run = replace(RUN, budget=replace(RUN.budget, units=400))
    assert abs(lowest_bar_value(run, data, 2, seed=0)) < 1e-9
    true = BarObjective.value_and_gradient

    def lower(self, theta):
        value, gradient = true(self, theta)
        return value - 1e-6, gradient

    monkeypatch.setattr(BarObjective, "value_and_gradient", lower)
    assert lowest_bar_value(run, data, 2, seed=0) < -1e-9


def test_work_is_compared_on_the_same_problems():
    def spent(*units: int) -> list[Counter]:
        counters = [Counter(Bowl(), tolerance=1e-4, cap=100) for _ in units]
        for counter, count in zip(counters, units, strict=True):
            counter.charge(count)
        return counters

    gradient = spent(10, 20, 90, 90, 90)
    assert work_ratio(spent(30, 60), gradient) == 3.0  # 45 over 15, not over 90
    assert work_ratio(gradient, gradient) == 1.0


def test_truths_depend_on_their_index_alone_and_smaller_ones_begin_larger_ones(data):
    more = generate(replace(PROBLEMS, truths=3, inversion=replace(PROBLEMS.inversion, dimensions=(2, 8))), seed=0)
    np.testing.assert_array_equal(more["inversion_truth"][:2, :4], data["inversion_truth"])
    np.testing.assert_array_equal(more["heat"][:2], data["heat"])
    assert not np.allclose(data["inversion_truth"][0], data["inversion_truth"][1])


def test_searches_do_not_share_the_random_numbers_of_the_truths(data):
    """Otherwise a search would draw the truth itself."""
    for method in ("cma_es", "differential_evolution", "lbfgs_gradient"):
        task = Task(case="rugged", dimension=2, truth=0)
        counter = searched(RUN, data, task, method=method, seed=0, keep_trail=True)
        truth = data["rugged_truth"].values[0, :2]
        assert min(np.abs(theta - truth).max() for theta, _ in counter.trail) > 1e-12


def test_every_problem_begins_at_one_and_ends_at_zero(data):
    for case in CASES:
        for dimension in PROBLEMS.dimensions(case):
            goal = objective(Task(case=case, dimension=dimension, truth=1), PROBLEMS, data)
            best = data[f"{case}_truth"].values[1, :dimension] if case in INVERSE else None
            if best is None:
                best = np.log(data[f"bar_{dimension}"].values[1])
            start, end = goal.values(np.stack([np.zeros(dimension), best]))
            assert start == pytest.approx(1.0, rel=1e-9)
            # the best bar is known to half the digits, its value to all
            assert abs(end) < 1e-10


@pytest.mark.parametrize(
    "method", ["lbfgs_gradient", "lbfgs_differences", "gauss_newton", "cma_es", "nelder_mead", "bayesian"]
)
def test_every_search_solves_two_coefficients_and_again_in_the_same_way(method, data):
    one, other = (searched(RUN, data, INVERSION, method=method, seed=0) for _ in range(2))
    assert one.succeeded
    assert (one.calls, one.units, one.best) == (other.calls, other.units, other.best)
    value = misfit(INVERSION, PROBLEMS, data).values(one.best_parameters[None])[0]
    assert value == pytest.approx(one.best, rel=1e-6)


def test_searches_leave_the_global_random_state_alone(data):
    state = np.random.get_state()[1].copy()
    searched(RUN, data, INVERSION, method="cma_es", seed=0)
    np.testing.assert_array_equal(np.random.get_state()[1], state)


def test_differences_take_the_path_of_the_gradient_with_more_calls(data):
    gradient = searched(RUN, data, INVERSION, method="lbfgs_gradient", seed=0)
    differences = searched(RUN, data, INVERSION, method="lbfgs_differences", seed=0)
    # all gradients but that of the last point, where the value suffices
    assert differences.calls == (gradient.calls - 1) * 3 + 1
    assert gradient.units == 4 * gradient.calls


def test_gauss_newton_counts_three_units_per_parameter_of_a_jacobian(data):
    counter = Counter(misfit(INVERSION, PROBLEMS, data), tolerance=1e-4, cap=100)
    assert counter.jacobian(np.zeros(2)).shape == (7, 2)
    assert (counter.calls, counter.units) == (1, 6)


def test_the_gradient_is_blind_to_snapped_interfaces(data):
    goal = misfit(Task(case="layers", dimension=2, truth=0), PROBLEMS, data)
    # from equal permeabilities on, only the permeability moves
    assert goal.value_and_gradient(np.array([0.3, 0.7]))[1][0] == 0.0
    assert goal.value_and_gradient(np.array([0.3, 0.7]))[1][1] != 0.0


def test_optimality_criteria_end_at_the_closed_form_of_uniform_heat():
    bar = HeatedBar(np.ones(32), segments=4)
    theta = np.zeros(4)
    for _ in range(50):
        theta = BarObjective(bar).improved(theta)
    # k ~ sqrt(int (x - 1/2)^2): outer quarters 7/3 of 1/256, inner ones 1/3
    expected = np.sqrt([7.0, 1.0, 1.0, 7.0])
    np.testing.assert_allclose(BarObjective(bar).design(theta[None])[0], expected / expected.mean(), rtol=1e-9)


@pytest.fixture(scope="module")
def small() -> Run:
    return replace(RUN, budget=replace(RUN.budget, units=200, bayesian_units=8))


@pytest.fixture(scope="module")
def table(data, small):
    frame = evaluate(small, data=data, cases=list(CASES), seed=0)
    return with_published(aggregated([metrics(frame, QUANTITIES)]), [])


@pytest.fixture(scope="module")
def pictures(data, small) -> xr.Dataset:
    return generate_pictures(small, data=data, seed=0)


def test_calls_and_work_of_every_search_are_within_the_cap(table):
    keyed = table.set_index(["case", "method", "x", "quantity"])["value"]
    for case in CASES:
        for dimension in PROBLEMS.dimensions(case):
            for method in methods(case, dimension, SEARCHES):
                units = keyed[case, method, float(dimension), "work_units"]
                assert 0 < keyed[case, method, float(dimension), "calls"] <= units <= 200
                assert 0 <= keyed[case, method, float(dimension), "success_rate"] <= 1


def test_least_values_of_the_history_do_not_increase_and_end_at_the_median_of_the_dimension(table):
    for (case, method), rows in table[table["case"].str.endswith("_history")].groupby(["case", "method"]):
        values = rows.sort_values("x")["value"].to_numpy()
        assert (np.diff(values[values <= 1]) <= 0).all(), (case, method)
        chosen = table[(table["case"] == case.removesuffix("_history")) & (table["method"] == method)]
        assert values[-1] == chosen[chosen["quantity"] == "least_value"].sort_values("x")["value"].iloc[-1]


def test_no_claim_is_judged_on_a_table_that_is_too_small(table):
    assert verdicts(table, claims(), study="blackbox")["verdict"].str.startswith("not comparable (needs").all()


def test_pictures_hold_trails_and_designs_of_mean_one_and_a_staircase_without_slope(pictures):
    assert all(f"trail_{method}" in pictures for method in TRAILS)
    assert all(pictures[f"design_{method}"].values.mean() == pytest.approx(1.0) for method in DESIGNS)
    assert float(pictures["stair_slope"]) == 0.0


def _of(table, case: str, quantity: str, method: str = "cma_es") -> np.ndarray:
    chosen = (table["case"] == case) & (table["quantity"] == quantity) & (table["method"] == method)
    return table[chosen].sort_values("x")["value"].to_numpy()


def _error_bars(ax, method: str) -> list[np.ndarray]:
    """Heights of the curves of one method."""
    return [np.asarray(c[0].get_ydata()) for c in ax.containers if c[0].get_color() == METHODS[method][1]]


def test_figures_draw_the_medians_of_calls_and_work(table, pictures):
    calls, work, bar = calls_figure(table=table).axes
    rugged, layers = rugged_figure(table=table, pictures=pictures).axes[2:]
    panels = {
        calls: ("inversion", "calls"),
        work: ("inversion", "work_units"),
        bar: ("bar", "work_units"),
        rugged: ("rugged", "work_units"),
        layers: ("layers", "work_units"),
    }
    for ax, (case, quantity) in panels.items():
        for method in ("cma_es", "lbfgs_gradient"):
            (heights,) = _error_bars(ax, method)
            np.testing.assert_array_equal(heights, _of(table, case, quantity, method))


def test_convergence_figure_draws_the_history_until_the_search_ends(table):
    ax = convergence_figure(table=table).axes[0]
    (line,) = [line for line in ax.get_lines() if line.get_label() == METHODS["cma_es"][0]]
    curve, history = np.asarray(line.get_ydata()), _of(table, "inversion_history", "least_value")
    np.testing.assert_array_equal(curve, history[: len(curve)])
    assert curve[-1] == history.min()


def test_rugged_figure_draws_the_trails_and_the_staircase(table, pictures):
    landscape, staircase = rugged_figure(table=table, pictures=pictures).axes[:2]
    np.testing.assert_array_equal(staircase.get_lines()[0].get_ydata(), pictures["stair"])
    trail = next(line for line in landscape.get_lines() if line.get_label() == METHODS["cma_es"][0])
    np.testing.assert_array_equal(trail.get_xydata(), pictures["trail_cma_es"][:, :2])


def test_design_figure_draws_the_best_bar_and_the_designs(pictures):
    top, bottom = design_figure(pictures=pictures).axes
    names = ("design_best", "design_cma_es", "design_lbfgs_differences", "design_lbfgs_gradient")
    assert len(bottom.patches) == len(names)
    for patch, name in zip(bottom.patches, names, strict=True):
        np.testing.assert_array_equal(patch.get_data().values, pictures[name])
    np.testing.assert_array_equal(top.patches[0].get_data().values, pictures["design_heat"])
