"""Residual learning: the tasks, the base that an untrained network predicts, training, evaluation."""

import numpy as np
import pandas as pd
import pytest
import torch
import xarray as xr
from msgspec.structs import replace
from torch import nn

from mlsim.numerics.estimation.relative_errors import relative_errors
from mlsim.numerics.periodic.trigonometric_interpolation import points, resampled
from mlsim.studies.residual.claims import claims
from mlsim.studies.residual.classical import evaluate_exact
from mlsim.studies.residual.evaluate import evaluate, extrapolated, gradient_norms
from mlsim.studies.residual.generate import coarsened, generate, members
from mlsim.studies.residual.plot import correction_figure, depth_figure, toeplitz_figure
from mlsim.studies.residual.quantities import QUANTITIES
from mlsim.studies.residual.settings import Correction, CorrectionRun, Exact, Scoring, Shape, Stack, StackRun, States
from mlsim.studies.residual.tasks import (
    conditioned_task,
    correction_network,
    correction_tasks,
    interpolated,
    residual_task,
    stack_network,
    whole_task,
)
from mlsim.studies.residual.train import member, train, train_stack
from mlsim.tables import aggregated, metrics, with_published
from mlsim.training.resume import Checkpoint

STATES = States(size=80, ratios=(2, 4, 8), test=20, validation=10, train=200, interaction=10.0, references=20)
BUDGET = {"steps": 60, "batch": 20, "rate": 2e-3, "validations": 3}
DENSE = Correction(network="dense", residual=(4,), conditioned=(4,), **BUDGET)
CIRCULAR = Correction(network="circular", residual=(4,), **BUDGET)
SHAPE = Shape(ratio=4, channels=4, width=3)


def stack(network, initial="he", **changes) -> Stack:
    return Stack(**({"network": network, "initial": initial, "depths": (2, 6)} | BUDGET | changes))


@pytest.fixture(scope="module")
def data() -> xr.Dataset:
    return generate(STATES, seed=0)


def zeroed(net: nn.Module, last: nn.Module) -> nn.Module:
    with torch.no_grad():
        for parameter in last.parameters():
            parameter.zero_()
    return net


def test_test_potentials_do_not_depend_on_the_number_of_the_others(data):
    more = generate(replace(STATES, train=230, validation=11), seed=0)
    for name in ("potential", "state", "state_4"):
        np.testing.assert_array_equal(more[name][:20], data[name][:20])


def test_parts_share_no_potential(data):
    potentials = data["potential"].values
    assert len(np.unique(potentials, axis=0)) == len(potentials) == 230
    bounds = [(members(data, part).start, members(data, part).stop) for part in ("test", "validation", "train")]
    assert bounds == [(0, 20), (20, 30), (30, 230)]


def test_coarse_points_are_points_of_the_fine_grid():
    np.testing.assert_array_equal(coarsened(points(80), 4), points(20))


def test_the_error_of_the_interpolated_coarse_state_has_order_two():
    """Against the exact state on 640 points; V's shift by its grid minimum moves E, not u."""
    fine = generate(replace(STATES, size=320, ratios=(2, 4, 8), train=2, validation=2, references=20), seed=0)
    exact = fine["exact_state"].values
    errors = [relative_errors(interpolated(fine, ratio)[:20], exact).mean() for ratio in (2, 4, 8)]
    assert np.diff(np.log2(errors)) == pytest.approx([2, 2], abs=0.1)


def test_band_limited_states_leave_no_residual(data):
    u = 1 + 0.3 * np.cos(2 * np.pi * points(80)) + 0.1 * np.sin(6 * np.pi * points(80))
    states = xr.Dataset(
        {"state": (("sample", "point"), u[None]), "state_4": (("sample", "point_4"), coarsened(u, 4)[None])}
    )
    assert np.abs(interpolated(states, 4) - u).max() < 1e-12
    # half a cell out of phase would cost more than the coarse solve's own error
    assert np.abs(resampled(np.roll(coarsened(u, 4), 1), 80) - u).max() > 1e-2


@pytest.mark.parametrize("variant", [DENSE, CIRCULAR], ids=["dense", "circular"])
def test_a_network_with_a_zero_last_layer_predicts_the_coarse_interpolant(variant, data):
    task = residual_task(data, ratio=4)
    net = correction_network(variant, task, seed=0, name="residual_4")
    last = net.get_submodule("layers.2") if variant.network == "dense" else net.get_submodule("projection")
    predicted = task.predicted(zeroed(net, last), members(data, "test"))
    np.testing.assert_array_equal(predicted, interpolated(data, 4)[:20])


def test_base_and_targets_make_up_the_truth(data):
    for task in (whole_task(data), residual_task(data, ratio=8), conditioned_task(data, ratio=4)):
        # targets are in single precision
        np.testing.assert_allclose(task.base + task.scale * task.targets.numpy(), task.truth, rtol=0, atol=1e-6)
        assert float(task.targets[members(data, "train")].square().mean()) == pytest.approx(1, abs=1e-5)


def test_test_samples_do_not_enter_the_normalisation(data):
    changed = data.copy(deep=True)
    changed["potential"][:30] *= 3
    changed["state"][:30] *= 3
    for one, other in zip(*(correction_tasks(DENSE, d).values() for d in (data, changed)), strict=True):
        assert one.scale == other.scale
        np.testing.assert_array_equal(one.inputs[30:], other.inputs[30:])
        np.testing.assert_array_equal(one.base[30:], other.base[30:])


def test_training_to_the_residual_beats_the_coarse_solve_and_training_to_the_state(data, tmp_path):
    checkpoint = Checkpoint(tmp_path / "c", stamp="s")
    run = CorrectionRun(variant=replace(DENSE, steps=200))
    trained = train(run, data=data, seed=0, checkpoint=checkpoint, device="cpu")
    tasks, test = correction_tasks(run.variant, data), members(data, "test")
    errors = {}
    for name, task in tasks.items():
        net = correction_network(run.variant, task, seed=0, name=name)
        net.load_state_dict(member(trained.state, name))
        errors[name] = task.errors(net, test).mean()
    coarse_solve = relative_errors(interpolated(data, 4)[test], tasks["direct_1"].truth[test]).mean()
    assert errors["residual_4"] < 0.5 * coarse_solve
    assert errors["residual_4"] < 0.2 * errors["direct_1"]


def test_interrupted_training_ends_bit_identical(data, tmp_path):
    run = StackRun(shape=SHAPE, variant=stack("skip", "small"))
    whole = train_stack(run, data=data, seed=0, checkpoint=Checkpoint(tmp_path / "w", stamp="s"), device="cpu")
    cut = Checkpoint(tmp_path / "c", stamp="s")
    shorter = StackRun(shape=SHAPE, variant=stack("skip", "small", depths=(2,)))
    train_stack(shorter, data=data, seed=0, checkpoint=cut, device="cpu")
    resumed = train_stack(run, data=data, seed=0, checkpoint=cut, device="cpu")
    assert whole.state.keys() == resumed.state.keys()
    assert all(torch.equal(resumed.state[name], value) for name, value in whole.state.items())


def test_gradients_vanish_in_deep_plain_networks_and_not_with_skips(data):
    norms = {}
    for network, initial in (("plain", "torch"), ("plain", "he"), ("skip", "small")):
        net = stack_network(stack(network, initial), Shape(ratio=4, channels=8, width=9), depth=34, seed=0)
        norms[initial] = gradient_norms(net, whole_task(data, ratio=4), members(data, "train"))
    assert len(norms["he"]) == 34
    # each layer with torch's distribution shrinks a signal to less than half: 2^-34 is 6e-11
    assert norms["torch"][0] < 1e-10 * norms["torch"][-1]
    assert norms["he"][0] < 1e-1 * norms["he"][-1]
    assert 0.1 < norms["small"][0] / norms["small"][-1] < 10


def test_richardson_is_exact_where_the_error_is_quadratic():
    h, truth = 1 / 320, np.array([2.0, -1.0])
    coarse = {ratio: truth + 7 * ((ratio * h) ** 2 - h**2) for ratio in (3, 8)}
    value_at_h = extrapolated(coarse[3], coarse[8], ratio=3, ratio_of_coarser=8)
    np.testing.assert_allclose(value_at_h, truth, rtol=0, atol=1e-14)


@pytest.fixture(scope="module")
def rows(data, tmp_path_factory):
    """Rows of one dense correction and of three deep networks, a few steps each."""
    folder = tmp_path_factory.mktemp("runs")
    dense, stacks = replace(DENSE, steps=5), {name: stack(name, steps=5) for name in ("plain", "skip", "mgnet")}
    stacks["plain_he"] = stack("plain", steps=5)
    models, runs = [], []
    for name in ("dense", *stacks):
        checkpoint = Checkpoint(folder / name, stamp="s")
        if name == "dense":
            trained = train(CorrectionRun(variant=dense), data=data, seed=0, checkpoint=checkpoint, device="cpu")
        else:
            run = StackRun(shape=SHAPE, variant=stacks[name])
            trained = train_stack(run, data=data, seed=0, checkpoint=checkpoint, device="cpu")
        models.append(trained.state)
        runs.append([name, 0])
    settings = Scoring(corrections={"dense": dense}, shape=SHAPE, stacks=stacks)
    return metrics(evaluate(settings, data=data, models=models, runs=runs), QUANTITIES)


def value(rows, **keys) -> float:
    chosen = rows
    for key, wanted in keys.items():
        chosen = chosen[chosen[key] == wanted]
    return float(chosen["value"].item())


def test_ratios_of_the_table_are_those_of_its_errors(rows):
    def error(method: str, **keys) -> float:
        return value(rows, case="nlse_1d", method=method, quantity="test_error", **keys)

    ratio = value(rows, method="residual", quantity="direct_error_over_own")
    assert ratio == pytest.approx(error("direct") / error("residual"))
    ratio = value(rows, method="residual", quantity="coarse_error_over_own")
    assert ratio == pytest.approx(error("coarse_solve", x=4.0) / error("residual"))
    ratio = value(rows, method="residual", quantity="finer_coarse_error_over_own")
    assert ratio == pytest.approx(error("coarse_solve", x=2.0) / error("residual"))
    for method in ("skip", "mgnet"):
        plain, other = (
            value(rows, case="depth", method=name, quantity="train_error", x=6.0) for name in ("plain", method)
        )
        ratio = value(rows, method=method, quantity="plain_train_error_over_own", x=6.0)
        assert ratio == pytest.approx(plain / other)
    assert rows[(rows["method"] == "plain") & rows["quantity"].str.contains("over_own")].empty


def test_the_fine_state_is_four_times_as_exact_as_that_of_doubled_spacing(rows):
    orders = rows[(rows["method"] == "coarse_solve") & (rows["quantity"] == "order")].set_index("x")["value"]
    # on 80 and 40 points; the wells are about 5 points wide on the coarser
    assert orders[2.0] == pytest.approx(2, abs=0.2)


def test_plain_and_skip_rows_have_equal_parameters_and_mgnet_fewer(rows):
    plain, skip, mgnet = (
        value(rows, method=method, quantity="parameters", x=6.0, case="depth") for method in ("plain", "skip", "mgnet")
    )
    assert plain == skip > mgnet


def test_gradients_of_mgnet_are_given_at_the_convolutions_that_it_does_not_share(rows):
    chosen = rows[rows["case"] == "gradient_6"]
    layers = {method: chosen[chosen["method"] == method]["x"].to_list() for method in ("skip", "mgnet")}
    assert layers == {"skip": [1, 2, 3, 4, 5, 6], "mgnet": [1, 3, 5]}


@pytest.fixture(scope="module")
def exact_rows():
    settings = Exact(
        cycle_sizes=(7, 15), size=32, jumps=3, noise=0.3, width=7, test=200, validation=100, samples=(1, 8, 512)
    )
    return metrics(evaluate_exact(settings, seed=0, seeds=[0]), QUANTITIES)


def test_a_short_convolution_learns_from_one_function_what_a_matrix_does_not_from_eight(exact_rows):
    def error(method: str, samples: float, case: str = "toeplitz") -> float:
        return value(exact_rows, case=case, method=method, quantity="test_error", x=samples)

    assert error("convolution", 1.0) < 0.8 * error("dense_matrix", 8.0)
    # for a distribution that is invariant under shifts the best linear map is a circulant: with many samples both agree
    assert error("dense_matrix", 512.0) == pytest.approx(error("full_convolution", 512.0), rel=0.05)
    variable = "toeplitz_variable"
    assert error("dense_matrix", 512.0, variable) < 0.9 * error("full_convolution", 512.0, variable)


def test_rows_of_the_cycle_hold_the_closed_form(exact_rows):
    for size in (7.0, 15.0):
        computed, formula = (
            value(exact_rows, case="mgnet", method=method, quantity="spectral_radius", x=size)
            for method in ("mgnet_zero", "closed_form")
        )
        assert computed == pytest.approx(formula, abs=1e-8)


def test_every_claim_names_rows_that_the_evaluation_writes(rows, exact_rows):
    table = aggregated([rows, exact_rows])
    written = set(zip(table["case"], table["method"], table["quantity"], strict=True))
    for claim in claims():
        for measured in claim.measured:
            known = {("nlse_1d", "richardson", "test_error")}  # at the ratios 2 and 4, of which one has its double
            assert (measured.case, measured.method, measured.quantity) in written | known, claim.name
        for size in claim.needs:
            owner = size.method or claim.measured[0].method
            assert (size.case, owner, size.quantity) in written, claim.name


def test_figures_draw_the_rows_of_the_table(rows, exact_rows):
    table = with_published(aggregated([rows, exact_rows]), [])

    def values(**keys) -> np.ndarray:
        chosen = table[(table[list(keys)] == pd.Series(keys)).all(axis=1)]
        return chosen.sort_values("x")["value"].to_numpy()

    def curves(ax) -> dict[str, np.ndarray]:
        return {bars.get_label(): bars.lines[0].get_ydata().astype(float) for bars in ax.containers}

    (ax,) = correction_figure(table=table).axes
    errors = values(method="coarse_solve", quantity="test_error")
    np.testing.assert_allclose(curves(ax)["interpolated coarse solve"], errors)
    left, right = depth_figure(table=table).axes
    errors = values(case="depth", method="skip", quantity="train_error")
    np.testing.assert_allclose(curves(left)["with skips"], errors)
    for line, method in zip(right.lines, ("plain", "plain_he", "skip", "mgnet"), strict=True):
        np.testing.assert_allclose(line.get_ydata(), values(case="gradient_6", method=method))
    ax = toeplitz_figure(table=table).axes[0]
    errors = values(case="toeplitz", method="convolution", quantity="test_error")
    np.testing.assert_allclose(curves(ax)["short convolution"], errors)
