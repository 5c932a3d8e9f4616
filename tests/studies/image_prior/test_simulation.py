"""The network as a coefficient and as a design."""

from itertools import islice

import numpy as np
import pytest
import torch
from msgspec.structs import replace

from mlsim.networks.untrained.design_decoder import DesignDecoder
from mlsim.networks.untrained.field_decoder import FieldDecoder
from mlsim.studies.image_prior.designs import design_objective, evaluate_designs, load_case, problem_values
from mlsim.studies.image_prior.inversion import (
    by_network,
    by_pixels,
    evaluate_inversion,
    nrmse,
    problem,
)
from mlsim.studies.image_prior.plot import INVERSIONS, simulation_figure
from mlsim.studies.image_prior.quantities import QUANTITIES
from mlsim.studies.image_prior.settings import Designs, Inversion
from mlsim.tables import aggregated, metrics
from mlsim.training.reparametrised import load, parameters_of, reparametrised
from mlsim.training.seeding import global_randomness

INVERSION = Inversion(
    doublings=2,
    contrast=5.0,
    noise=0.01,
    sensors=(60,),
    truths=3,
    validation=1,
    weights=(0.01, 0.1),
    evaluations=60,
    width=8,
    starts=2,
)
DESIGNS = Designs(
    side=16,
    problems=2,
    filter_radius=1.5,
    solves=(5, 12),
    filters=(8, 8, 4, 4),
    starts=2,
    mean_fixed_x=2.0,
    mean_fixed_y=1.0,
    mean_loads=1.0,
    boundary_factor=100.0,
    volume_mean=0.5,
    volume_deviation=0.1,
    volume_range=(0.1, 0.9),
)
NETWORKS = {
    "field": lambda: FieldDecoder(width=3, coarsest=3, doublings=2),
    "design": lambda: DesignDecoder(columns=8, rows=16, filters=(3, 3, 2, 2)),
}


@pytest.mark.parametrize("network", NETWORKS)
def test_gradient_in_the_parameters_is_a_central_difference(network):
    with global_randomness(0, "network"):
        net = NETWORKS[network]().double()
    shape = tuple(net().shape)
    rng = np.random.default_rng(0)
    weights = rng.normal(size=shape)
    composed = reparametrised(net, lambda field: (float((weights * field**2).sum()), 2.0 * weights * field))
    start = parameters_of(net)
    direction = rng.normal(size=start.size)
    ahead, behind = (composed(start + step * direction)[0] for step in (1e-6, -1e-6))
    assert float(composed(start)[1] @ direction) == pytest.approx((ahead - behind) / 2e-6, rel=1e-5)


def test_parameters_come_back_as_they_were_put_in():
    net = FieldDecoder(width=3, coarsest=3, doublings=1)
    vector = parameters_of(net)
    with torch.no_grad():
        before = net()
        load(net, vector)
        assert torch.equal(net(), before)


def test_truths_depend_on_their_name_alone_and_have_two_phases():
    first, again = (problem(INVERSION, ("truth", 1), sensors=60, seed=0) for _ in range(2))
    np.testing.assert_array_equal(first.log_k, again.log_k)
    assert set(np.unique(first.log_k)) == {0.0, np.log(5.0)}
    other = problem(INVERSION, ("validation truth", 1), sensors=60, seed=0)
    assert not np.array_equal(first.log_k, other.log_k)


def test_truth_on_the_coarser_grid_fits_the_data_far_better_than_a_constant():
    given = problem(INVERSION, ("truth", 0), sensors=60, seed=0)
    constant = np.full_like(given.log_k, np.log(5.0) / 2.0)
    # the data come from a finer grid, so that the misfit is not one
    assert given.misfit(given.log_k)[0] < 0.1 * given.misfit(constant)[0]


def test_error_of_the_best_constant_is_one_and_of_the_truth_zero():
    truth = np.random.default_rng(0).normal(size=(9, 9))
    assert nrmse(np.full((9, 9), truth[1:-1, 1:-1].mean()), truth) == pytest.approx(1.0)
    assert nrmse(truth, truth) == 0.0


@pytest.mark.parametrize("method", ["tikhonov", "tv", "bounded_tikhonov", "bounded_tv"])
def test_inversion_lowers_error_and_misfit(method):
    given = problem(INVERSION, ("truth", 0), sensors=60, seed=0)
    estimate = by_pixels(INVERSION, method, given, weight=0.01)
    constant = np.full_like(given.log_k, np.log(5.0) / 2.0)
    assert estimate.misfit < 0.1 * given.misfit(constant)[0]
    assert nrmse(estimate.log_k, given.log_k) < 0.9
    assert estimate.evaluations <= INVERSION.evaluations


def test_network_stays_within_its_bounds_and_stops_at_the_noise():
    given = problem(INVERSION, ("truth", 0), sensors=60, seed=0)
    # at a misfit that is easily reached the search ends before its budget
    noisy = replace(INVERSION, noise=0.2)
    starts = by_network(noisy, problem(noisy, ("truth", 0), sensors=60, seed=0), seed=0, index=0)
    assert all(start.misfit <= 1.0 and start.evaluations < INVERSION.evaluations for start in starts)
    for estimate in (*starts, *by_network(INVERSION, given, seed=0, index=0)):
        assert estimate.log_k.min() >= -0.2
        assert estimate.log_k.max() <= np.log(5.0) + 0.2
    assert not np.array_equal(starts[0].log_k, starts[1].log_k)


@pytest.fixture(scope="module")
def inversion():
    return metrics(evaluate_inversion(replace(INVERSION, evaluations=10), seed=0), QUANTITIES)


@pytest.fixture(scope="module")
def designs():
    return metrics(evaluate_designs(DESIGNS, seed=0), QUANTITIES)


def test_paired_differences_are_those_of_the_mean_errors(inversion):
    values = inversion.set_index(["method", "quantity", "x"])["value"]
    for method in ("tikhonov", "tv", "bounded_tikhonov", "bounded_tv"):
        difference = values[method, "relative_error", 60.0] - values["cnn", "relative_error", 60.0]
        assert values["cnn", f"error_below_{method}", 60.0] == pytest.approx(difference, abs=1e-12)
        assert values[method, "weight", 60.0] in INVERSION.weights


def test_designs_of_all_methods_have_the_volume_that_is_asked_for(monkeypatch):
    simp, filtering, volume = load_case(DESIGNS, seed=0, index=0)
    start = np.full(DESIGNS.side**2, volume)
    for iterate in islice(simp.iterates(start), 6):
        # bisection over the multiplier, relative tolerance 1e-12
        assert filtering.mean(iterate.density).mean() == pytest.approx(filtering.mean(start).mean(), abs=1e-6)
    volumes, compliance = [], simp.compliance

    def recorded(physical: np.ndarray):
        volumes.append(physical.mean())
        return compliance(physical)

    monkeypatch.setattr(simp, "compliance", recorded)
    design_objective(simp, filtering, volume=volume)(np.random.default_rng(0).normal(size=start.size))
    assert volumes[0] == pytest.approx(volume, abs=1e-10)


def test_gradient_of_the_design_s_compliance_is_a_central_difference():
    simp, filtering, volume = load_case(DESIGNS, seed=0, index=1)
    objective = design_objective(simp, filtering, volume=volume)
    rng = np.random.default_rng(0)
    logits, direction = rng.normal(size=(2, DESIGNS.side**2))
    ahead, behind = (objective(logits + step * direction)[0] for step in (1e-5, -1e-5))
    assert float(objective(logits)[1] @ direction) == pytest.approx((ahead - behind) / 2e-5, rel=1e-5)


def test_all_methods_begin_a_suite_s_problem_alike_and_improve_on_it():
    values = problem_values(DESIGNS, seed=0, index=0)
    assert set(values) == {"oc", "pixels", "cnn", "cnn_start_0", "cnn_start_1"}
    # equal logits are the uniform design, up to the filter at the border
    assert values["pixels"][0] == pytest.approx(values["oc"][0], rel=1e-9)
    for method, compliances in values.items():
        assert len(compliances) == 12
        assert (np.diff(compliances) <= 0).all()
        # a search that moved the wrong way would keep its first design
        assert compliances[-1] < 0.9 * compliances[0], method


def test_ratios_of_the_suite_are_means_over_its_problems(designs):
    rows = designs.set_index(["method", "quantity", "x"])["value"]
    values = [problem_values(DESIGNS, seed=0, index=k) for k in range(2)]
    ratios = np.array([by_method["cnn"][11] / by_method["oc"][11] for by_method in values])
    assert rows["cnn", "compliance_ratio", 12.0] == pytest.approx(float(np.exp(np.log(ratios).mean())))
    assert rows["cnn", "wins_over_oc", 12.0] == (ratios < 1).mean()
    assert rows["cnn", "least_ratio", 12.0] <= rows["cnn", "median_ratio", 12.0]


def test_points_of_the_figure_are_the_rows_of_the_table(inversion, designs):
    left, right = simulation_figure(table=aggregated([inversion, designs])).axes
    errors = inversion[inversion["quantity"] == "relative_error"].set_index("method")["value"]
    drawn = [container[0].get_ydata()[0] for container in left.containers]
    assert drawn == [errors[method] for method in INVERSIONS]
    ratios = designs[designs["quantity"] == "compliance_ratio"]
    for container, method in zip(right.containers, ("cnn", "pixels"), strict=True):
        np.testing.assert_array_equal(container[0].get_ydata(), ratios.loc[ratios["method"] == method, "value"])
