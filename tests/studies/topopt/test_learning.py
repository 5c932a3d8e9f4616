"""Samples, losses, training and evaluation of topology optimisation."""

import numpy as np
import pandas as pd
import pytest
import torch
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from oracles.sparse_solver import SparseSolver

from mlsim.config import parse
from mlsim.studies.topopt.evaluate import compliances_of, evaluate, evaluate_thresholding, examples
from mlsim.studies.topopt.generate import (
    elastic_case,
    merge,
    simulate,
    simulate_examples,
    simulate_heat,
    stored_cases,
)
from mlsim.studies.topopt.plot import accuracy_figure, problems_figure
from mlsim.studies.topopt.quantities import QUANTITIES
from mlsim.studies.topopt.samples import Samples, drawn_iterations, part, random_symmetries, thresholded
from mlsim.studies.topopt.settings import (
    ELASTIC,
    HEAT,
    Evaluation,
    Example,
    ExampleSampling,
    HeatSampling,
    Problems,
    Run,
    Sampling,
    Scoring,
    Simulation,
    Training,
    Variant,
)
from mlsim.studies.topopt.train import Stream, batch_loss, design_loss, learning_rate, network, predicted, train
from mlsim.tables import aggregated, metrics, with_published
from mlsim.training.batches import Batches
from mlsim.training.resume import Checkpoint

DISTRIBUTION = {"boundary_factor": 100.0, "volume_mean": 0.5, "volume_deviation": 0.1, "volume_range": [0.1, 0.9]}
SIMULATION = {"updates": 8, "filter_radius": 1.5}
TRAINING = Training(samples=128, batch=8, peak_rate=2e-3, warm_up=0.1, dropout=0.1, volume_weight=1.0, validations=2)
EVALUATION = Evaluation(iterations=(2, 5), resamplings=100)


@pytest.fixture(scope="module")
def histories() -> xr.Dataset:
    cases = {**DISTRIBUTION, "mean_fixed_x": 2.0, "mean_fixed_y": 1.0, "mean_loads": 1.0}
    settings = parse(Sampling, {"simulation": SIMULATION, "load_cases": cases}, path="test")
    shard = simulate(settings, seed=0, first=0, count=9)
    return merge(Problems(test=3, validation=2, train=4, per_shard=9), shards=[shard])


@pytest.fixture(scope="module")
def heat() -> xr.Dataset:
    settings = parse(
        HeatSampling,
        {"simulation": SIMULATION, "heat": {**DISTRIBUTION, "problems": 2, "mean_cold": 2.0, "source": 0.01}},
        path="test",
    )
    return simulate_heat(settings, seed=0)


def test_inputs_are_the_density_and_its_last_change(histories):
    samples = Samples(histories, gradient=True)
    inputs = samples.inputs(np.array([0, 3]), np.array([1, 4])).numpy()
    density = histories["density"].values / 65535
    np.testing.assert_allclose(inputs[1, 0], density[3, 4], atol=1e-6)
    np.testing.assert_allclose(inputs[1, 1], density[3, 4] - density[3, 3], atol=1e-6)
    # relative sensitivities have mean one: decades around zero
    assert -4 <= inputs[:, 2].min() < 0 < inputs[:, 2].max() < 3.3


def test_symmetries_move_inputs_and_targets_together_and_reach_all_eight():
    image = torch.arange(16.0).reshape(1, 1, 4, 4).expand(400, 1, 4, 4).clone()
    inputs, targets = random_symmetries(image, image[:, 0].clone(), rng=np.random.default_rng(0))
    assert torch.equal(inputs[:, 0], targets)
    assert len({tuple(image.flatten().tolist()) for image in targets}) == 8


@given(mean=st.floats(0.5, 50.0), last=st.integers(2, 99))
def test_drawn_iterations_stay_in_range(mean, last):
    rng = np.random.default_rng(0)
    for variant in (Variant(sampler="poisson", mean=mean), Variant(sampler="uniform")):
        drawn = drawn_iterations(variant, size=200, rng=rng, last=last)
        assert 1 <= drawn.min() <= drawn.max() <= last


def test_drawn_iterations_have_the_mean_of_their_distribution():
    rng = np.random.default_rng(0)
    poisson = drawn_iterations(Variant(sampler="poisson", mean=30.0), size=20000, rng=rng, last=99)
    uniform = drawn_iterations(Variant(sampler="uniform"), size=20000, rng=rng, last=99)
    assert poisson.mean() == pytest.approx(30.0, abs=4 * np.sqrt(30 / 20000))
    assert poisson.var() == pytest.approx(30.0, rel=0.05)
    assert uniform.mean() == pytest.approx(50.0, abs=4 * 28.6 / np.sqrt(20000))


def test_loss_of_constant_predictions_has_its_closed_form():
    targets = torch.zeros(2, 4, 4)
    targets[0] = 1.0
    logits = torch.zeros(2, 4, 4)
    # entropy log 2; each volume is wrong by 1/2, their mean over the minibatch by nothing
    assert design_loss(logits, targets, volume_weight=3.0).item() == pytest.approx(np.log(2) + 3 / 4)
    assert design_loss(logits, targets, volume_weight=3.0, pooled=True).item() == pytest.approx(np.log(2))


def test_untrained_skip_network_scores_as_thresholding(histories):
    test = part(histories, "test")
    net = network(Variant(sampler="uniform", skip=True), dropout=0.1, seed=0).eval()
    inputs = Samples(test, gradient=False).inputs(np.arange(3), np.full(3, 5))
    np.testing.assert_array_equal(predicted(net, inputs).numpy(), thresholded(test, iteration=5))


def test_released_protocol_keeps_its_rules_and_stops_a_minibatch_at_one_iteration(histories):
    assert (
        learning_rate(Run(training=TRAINING, variant=Variant(sampler="uniform", protocol="released")))(0.7) == 1e-3 / 3
    )
    theirs, ours = (replace(TRAINING, dropout=0.0).by(protocol) for protocol in ("released", "ours"))
    assert (theirs.batch, ours.batch) == (64, 8)
    assert (theirs.dropout, ours.dropout) == (0.1, 0.0)
    distinct = []

    class Spy(Samples):
        def inputs(self, problems, iterations):
            distinct.append(np.unique(iterations).size)
            return super().inputs(problems, iterations)

    for protocol in ("released", "ours"):
        run = Run(training=TRAINING, variant=Variant(sampler="uniform", protocol=protocol))
        stream = Stream(Spy(histories, gradient=False), run, batches=Batches(samples=9, size=8, seed=0), seed=0)
        stream.batch(0)
    assert distinct[0] == 1
    assert distinct[1] > 1


@pytest.mark.parametrize("variant", [
    Variant(sampler="poisson", mean=5.0),
    Variant(sampler="uniform", skip=True),
    Variant(sampler="uniform", gradient=True),
    Variant(sampler="uniform", protocol="released"),
], ids=["plain", "skip", "gradient", "released"])  # fmt: skip
def test_every_variant_trains_and_has_every_metric(histories, heat, variant, tmp_path):
    run = Run(training=TRAINING, variant=variant)
    trained = train(run, histories=histories, seed=0, checkpoint=Checkpoint(tmp_path / "c.pt", stamp=""), device="cpu")
    assert trained.history[-1]["step"] == (2 if variant.protocol == "released" else 16)
    frame = evaluate(
        Scoring(evaluation=EVALUATION, variant=variant, training=TRAINING),
        histories=histories, heat=heat, model=trained.state, seed=0, method="m",
    )  # fmt: skip
    rows = metrics(frame, QUANTITIES)
    for case in (ELASTIC, HEAT):
        per_case = rows[rows["case"] == case]
        assert set(per_case["quantity"]) == set(QUANTITIES) - {"problems"}
        assert (per_case[per_case["quantity"] == "accuracy"]["x"] == [2, 5]).all()


def test_gradients_of_the_batch_loss_follow_the_seed_alone(histories):
    variant = Variant(sampler="uniform")
    model = network(variant, dropout=0.0, seed=0)
    losses = []
    for seed in (0, 0, 1):
        stream = Stream(
            Samples(histories, gradient=False), Run(training=TRAINING, variant=variant),
            batches=Batches(samples=9, size=8, seed=seed), seed=seed,
        )  # fmt: skip
        losses.append(batch_loss(model, stream, 3, device="cpu").item())
    assert losses[0] == losses[1] != losses[2]


def test_thresholding_gains_nothing_over_itself_and_final_designs_have_ratio_one(histories, heat):
    rows = metrics(evaluate_thresholding(EVALUATION, histories=histories, heat=heat), QUANTITIES)
    gains = rows[(rows["method"] == "thresholding") & rows["quantity"].str.startswith("gain")]
    assert (gains["value"] == 0).all()
    everything = rows[(rows["method"] == "thresholding_all") & (rows["quantity"] == "problems")]
    assert everything["value"].item() == 9
    final = rows[rows["method"] == "final_design"]
    assert set(final["quantity"]) == {"volume_error", "volume_excess", "disconnected"}


def test_compliance_of_the_solid_design_is_that_of_uniform_unit_moduli(histories):
    test = part(histories, "test")
    solid = np.ones_like(test["target"].values)
    for case, value in zip(stored_cases(test), compliances_of(test, [solid], case=ELASTIC)[0], strict=True):
        body = elastic_case(case)
        assert value == pytest.approx(body.force @ SparseSolver(body).solve(np.ones(1600)), rel=1e-9)


def test_training_lowers_the_loss(histories, tmp_path):
    training = Training(
        samples=1600, batch=8, peak_rate=2e-3, warm_up=0.1, dropout=0.0, volume_weight=1.0, validations=10
    )
    run = Run(training=training, variant=Variant(sampler="uniform"))
    checkpoint = Checkpoint(tmp_path / "c.pt", stamp="")
    history = train(run, histories=histories, seed=0, checkpoint=checkpoint, device="cpu").history
    # four problems in eight images each are learnt in part within 200 steps; the entropy of a coin is log 2
    assert history[0]["loss"] > 0.6
    assert history[-1]["loss"] < 0.4


def test_solid_designs_are_stiffer_than_any_other(histories):
    test = part(histories, "test")
    truth = test["target"].values
    holes = truth & (np.indices(truth.shape)[1] > 5)
    solid, final, weakened = compliances_of(test, [np.ones_like(truth), truth, holes], case=ELASTIC)
    assert (solid <= final).all()
    assert (final <= weakened).all()


def test_table_of_thresholding_agrees_with_a_direct_count(histories, heat):
    rows: pd.DataFrame = metrics(evaluate_thresholding(EVALUATION, histories=histories, heat=heat), QUANTITIES)
    density = histories["density"].values[:, 5] / 65535
    direct = 100 * ((density > 0.5) == histories["target"].values).mean()
    chosen = rows[(rows["method"] == "thresholding_all") & (rows["quantity"] == "accuracy") & (rows["x"] == 5)]
    assert chosen["value"].item() == pytest.approx(direct)


def test_figure_draws_accuracy_and_gain_against_the_iteration(histories, heat):
    thresholding = metrics(evaluate_thresholding(EVALUATION, histories=histories, heat=heat), QUANTITIES)
    rows = thresholding[thresholding["method"] == "thresholding"]
    better = rows.assign(method="cnn_uniform", value=rows["value"] + 1)
    published = {"case": ELASTIC, "method": "cnn_uniform", "x": "5", "quantity": "accuracy", "value": "96.5"}
    table = with_published(aggregated([rows, better]), [published])
    left, right = accuracy_figure(table=table).axes
    accuracy = rows[(rows["case"] == ELASTIC) & (rows["quantity"] == "accuracy")].sort_values("x")["value"].to_numpy()
    curves = {line.get_label(): line.get_ydata() for line in left.lines}
    np.testing.assert_allclose(curves["Thresholding"], accuracy)
    np.testing.assert_allclose(curves["CNN U[1, 100]"], accuracy + 1)
    assert [96.5] in [list(line.get_ydata()) for line in left.lines]
    # thresholding gains nothing over itself, and the made-up network one point
    assert right.lines[0].get_ydata() == pytest.approx([1, 1])


def test_figure_shows_the_iterate_at_which_a_problem_is_stopped(histories):
    beam = Example(fixed_x=("left",), fixed_y=("left",), loads=((40, 20),), volume_fraction=0.4, stopped_after=5)
    cases = simulate_examples(
        ExampleSampling(simulation=Simulation(updates=8, filter_radius=1.5), examples={"short_beam": beam})
    )
    variant = Variant(sampler="uniform", skip=True)
    settings = Scoring(evaluation=EVALUATION, variant=variant, training=TRAINING)
    state = network(variant, dropout=0.1, seed=0).state_dict()
    predictions = examples(settings, histories=histories, cases=cases, model=state, seed=0, method="cnn_uniform_skip")
    assert predictions["name"].values.tolist() == ["test problem 1", "test problem 2", "short_beam"]
    axes = problems_figure(predictions=predictions).axes
    assert len(axes) == 3 * 4
    stopped, predicted_design, final, thresholding = (np.asarray(ax.images[0].get_array()) for ax in axes[8:])
    density = cases["density"].values[0] / 65535
    np.testing.assert_allclose(stopped, 1 - density[5], atol=1e-6)
    np.testing.assert_array_equal(thresholding, density[5] <= 0.5)
    # an untrained network with a skip predicts thresholding
    np.testing.assert_array_equal(predicted_design, thresholding)
    np.testing.assert_array_equal(final, ~cases["target"].values[0])
    assert axes[8].get_ylabel() == "short beam\n5 iterations"
