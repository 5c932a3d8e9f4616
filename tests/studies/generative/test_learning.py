"""Generative models: data, training, samples, scores, figures, settings."""

from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import pytest
import torch
import xarray as xr
import yaml
from msgspec.structs import replace

from mlsim.config import ConfigError, parse
from mlsim.numerics.probability.gan_losses import relativistic_loss, zero_centred_penalty
from mlsim.numerics.probability.two_sample_distances import energy_distance
from mlsim.studies.generative.assimilation import filtered
from mlsim.studies.generative.coordinates import coordinates_of, part_of, principal, scaled
from mlsim.studies.generative.evaluate import evaluate
from mlsim.studies.generative.fields import FieldScores
from mlsim.studies.generative.generate import generate
from mlsim.studies.generative.manifold import nrmse, principal_reconstruction
from mlsim.studies.generative.models import Losses, Sizes, Training, networks_of, samples_of
from mlsim.studies.generative.plot import LABELS, calibration_figure, dimension_figure, samples_figure, training_figure
from mlsim.studies.generative.quantities import QUANTITIES
from mlsim.studies.generative.settings import (
    KINDS,
    Case,
    Chains,
    Darcy,
    Evaluation,
    Inverse,
    Kind,
    Lorenz,
    Run,
    Scoring,
    Settings,
    Simulation,
    Variant,
    method_of,
)
from mlsim.studies.generative.train import train
from mlsim.tables import aggregated, metrics, with_published
from mlsim.training.resume import Checkpoint
from mlsim.training.seeding import numpy_generator

DARCY = Darcy(cells=64, length=0.15, modes=16, manifold_modes=2, nodes=12, deviation=1.0, smoothing=2.0)
INVERSE = Inverse(noise=0.1, lognormal_noise=0.01, parameters=8)
CHAINS = Chains(parallel=10, burn_in=50, kept=10, proposal=0.3)
LORENZ = Lorenz(interval=0.25, noise=2.0, window=2, members=40, inflation=1.02, cycles=12)
EVALUATION = Evaluation(
    samples=500, field_samples=100, sets=2, directions=8, transported=100, problems=2, posterior_samples=2000,
    calibrated=200, rank_draws=7,
)  # fmt: skip
CASES = {
    "grid25": Case(job="j", train=2000, steps=12, batch=32, looks=2),
    "darcy_1d": Case(job="j", train=400, test=200, steps=12, batch=32, looks=2, components=4),
    "darcy_2d": Case(job="j", train=100, test=200, steps=12, batch=32, looks=2, components=4),
    "darcy_manifold": Case(job="j", train=400, test=200, steps=200, batch=64, looks=2),
    "linear_gaussian": Case(job="j", train=4000, test=200, steps=300, batch=256, looks=2),
    "lognormal_inverse": Case(job="j", train=400, test=200, steps=12, batch=32, looks=2),
    "lorenz63": Case(job="j", train=400, test=200, steps=12, batch=32, looks=2),
}
SMALL = {"rate": 2e-3, "hidden": (32, 32)}
VARIANTS = {
    "grid25_pacgan2": Variant(case="grid25", kind="gan", pack=2, **SMALL),
    "grid25_wgan_gp": Variant(case="grid25", kind="wgan_gp", penalty=0.1, turns=2, **SMALL),
    "grid25_edm": Variant(case="grid25", kind="edm", frequencies=2, sampler_steps=4, **SMALL),
    "darcy_1d_spline_flow": Variant(case="darcy_1d", kind="spline_flow", seeds=1, **SMALL),
    "darcy_2d_flow_matching": Variant(case="darcy_2d", kind="flow_matching", sampler_steps=4, **SMALL),
    "darcy_manifold_autoencoder": Variant(case="darcy_manifold", kind="autoencoder", latent=3, **SMALL),
    "linear_gaussian_flow_matching": Variant(case="linear_gaussian", kind="flow_matching", sampler_steps=8, **SMALL),
    "linear_gaussian_rpgan": Variant(case="linear_gaussian", kind="rpgan", penalty=0.1, latent=8, **SMALL),
    "lognormal_inverse_flow_matching": Variant(case="lognormal_inverse", kind="flow_matching", **SMALL),
    "lorenz63_flow_matching": Variant(case="lorenz63", kind="flow_matching", sampler_steps=4, **SMALL),
}
SEEDS = (0, 1)
RUN = Run(cases=CASES, variants=VARIANTS)
SCORING = Scoring(
    cases=CASES, variants=VARIANTS, darcy=DARCY, inverse=INVERSE, lorenz=LORENZ, chains=CHAINS, evaluation=EVALUATION
)


def _simulation(**cases: Case) -> Simulation:
    return Simulation(cases=cases, darcy=DARCY, inverse=INVERSE, lorenz=LORENZ)


@pytest.fixture(scope="module")
def data():
    return generate(_simulation(**CASES), seed=0)


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    checkpoint = Checkpoint(tmp_path_factory.mktemp("run") / "c", stamp="s")
    return train(RUN, data=data, seeds=SEEDS, checkpoint=checkpoint, device="cpu")


@pytest.fixture(scope="module")
def rows(data, trained) -> pd.DataFrame:
    return metrics(evaluate(SCORING, data=data, model=trained.state, seeds=SEEDS), QUANTITIES)


@pytest.fixture(scope="module")
def table(rows) -> pd.DataFrame:
    return with_published(aggregated([rows]), [])


def _value(rows: pd.DataFrame, case: str, method: str, quantity: str, x: float | None = None) -> float:
    chosen = rows[(rows["case"] == case) & (rows["method"] == method) & (rows["quantity"] == quantity)]
    chosen = chosen if x is None else chosen[chosen["x"] == x]
    return float(chosen["value"].mean())


def test_test_samples_do_not_depend_on_the_number_of_training_samples(data):
    for name, case in CASES.items():
        more = generate(_simulation(**{name: replace(case, train=case.train + 100)}), seed=0)
        for part in ("test", "second", "test_data"):
            if f"{name}_{part}" in data:
                np.testing.assert_array_equal(more[f"{name}_{part}"].values, data[f"{name}_{part}"].values)


def test_training_and_test_samples_are_different(data):
    for name in CASES:
        if f"{name}_test" in data:
            training, test = ({x.tobytes() for x in data[f"{name}_{part}"].values} for part in ("train", "test"))
            assert not training & test


@pytest.mark.parametrize("name", ["darcy_1d", "darcy_2d", "darcy_manifold"])
def test_true_pressures_are_positive(data, name):
    assert part_of(data, name, "test").min() > 0


def test_whitened_coordinates_have_unit_covariance_and_return_to_the_points(data):
    x = part_of(data, "darcy_1d", "train")
    z = principal(x, components=5).of(x)
    np.testing.assert_allclose(np.cov(z, rowvar=False), np.eye(5), atol=1e-9)
    for coordinates in (scaled(x), principal(x, components=x.shape[1])):
        np.testing.assert_allclose(coordinates.points(coordinates.of(x)), x, atol=1e-9)


def test_interrupted_training_of_a_job_ends_bit_identical(data, trained, tmp_path):
    names = ("grid25_wgan_gp", "darcy_1d_spline_flow")
    checkpoint = Checkpoint(tmp_path / "c", stamp="s")
    first = {names[0]: VARIANTS[names[0]]}
    train(Run(cases=CASES, variants=first), data=data, seeds=SEEDS, checkpoint=checkpoint, device="cpu")
    both = {name: VARIANTS[name] for name in names}
    resumed = train(Run(cases=CASES, variants=both), data=data, seeds=SEEDS, checkpoint=checkpoint, device="cpu")
    assert resumed.state.keys() == {key for key in trained.state if key.startswith(names)}
    assert all(torch.equal(value, trained.state[key]) for key, value in resumed.state.items())


def test_initial_parameters_of_a_member_depend_on_its_seed_alone():
    variant, sizes = VARIANTS["grid25_pacgan2"], Sizes(dimension=2)
    both, alone = (networks_of(variant, sizes, seeds=seeds)["critic"] for seeds in ((0, 7), (7,)))
    for joint, single in zip(both.parameters(), alone.parameters(), strict=True):
        torch.testing.assert_close(joint[1:], single, rtol=0, atol=0)


def test_draws_of_a_step_are_a_function_of_the_step(data):
    samples = torch.from_numpy(part_of(data, "grid25", "train")).float()
    training = Training(samples=samples, context=None, batch=8, seeds=SEEDS)
    for player in ("critic", "generator"):
        assert torch.equal(training.drawn(player, 3).clean, training.drawn(player, 3).clean)
    assert not torch.equal(training.drawn("critic", 3).clean, training.drawn("generator", 3).clean)
    assert not torch.equal(training.drawn("critic", 3).clean, training.drawn("critic", 4).clean)


@pytest.mark.parametrize("kind", ["gan", "wgan_gp", "rpgan"])
def test_turns_of_a_conditional_game_have_gradients_for_every_parameter(kind):
    variant = Variant(case="linear_gaussian", kind=kind, penalty=0.5, latent=3, pack=2, **SMALL)
    networks = networks_of(variant, Sizes(dimension=2, context=1), seeds=SEEDS)
    generator = torch.Generator().manual_seed(0)
    samples, context = torch.randn(64, 2, generator=generator), torch.randn(64, 1, generator=generator)
    training = Training(samples=samples, context=context, batch=16, seeds=SEEDS)
    losses = Losses(variant=variant, networks=networks, training=training)
    for name, loss in {"critic": losses.of_critic, "generator": losses.of_generator}.items():
        gradients = torch.autograd.grad(loss(0), list(networks[name].parameters()), allow_unused=True)
        # the constant of a critic cancels in differences of its values
        missing = [gradient is None or bool((gradient == 0).all()) for gradient in gradients]
        assert not any(missing[:-1])


def test_relativistic_critic_is_penalised_for_its_slopes_at_real_and_generated_samples():
    variant = Variant(case="grid25", kind="rpgan", penalty=0.5, latent=3, **SMALL)
    networks = networks_of(variant, Sizes(dimension=2), seeds=SEEDS)
    samples = torch.randn(64, 2, generator=torch.Generator().manual_seed(0))
    training = Training(samples=samples, context=None, batch=16, seeds=SEEDS)
    draw, critic = training.drawn("critic", 0), networks["critic"]
    fake = networks["generator"](draw.normal(3), None).detach()
    expected = relativistic_loss(critic(draw.clean), critic(fake)) + 0.5 * zero_centred_penalty(
        critic, draw.clean, fake
    )
    loss = Losses(variant=variant, networks=networks, training=training).of_critic(0)
    torch.testing.assert_close(loss, expected.sum())


def test_samples_of_a_member_are_repeatable_and_depend_on_its_context():
    variant, sizes = VARIANTS["linear_gaussian_flow_matching"], Sizes(dimension=2, context=1)
    network = networks_of(variant, sizes, seeds=(0,))["generator"]
    context = torch.linspace(-1, 1, 10)[:, None]
    one, again, other = (
        samples_of(network, variant, sizes=sizes, count=10, seed=3, context=c)
        for c in (context, context, context.flip(0))
    )
    torch.testing.assert_close(one, again, rtol=0, atol=0)
    assert one.shape == (1, 10, 2)
    assert not torch.allclose(one, other)


def test_three_hundred_steps_learn_a_posterior_that_the_prior_is_far_from(rows):
    case = "linear_gaussian"
    truth, learned, prior = (
        _value(rows, case, method, "relative_w2") for method in ("truth", "flow_matching", "prior")
    )
    # floor of 2000 samples in 8 dimensions: about 0.03
    assert truth < 0.06
    assert learned < prior / 3
    # the ensemble update is exact for a linear problem, up to the noise of its gain
    assert _value(rows, case, "ensemble_kalman", "relative_w2") < 2 * truth


def test_exact_sampler_is_calibrated_and_fractions_of_ranks_sum_to_one(rows):
    fractions = rows[rows["quantity"] == "rank_share"].groupby(["case", "method", "seed"])["value"].sum()
    np.testing.assert_allclose(fractions, 1.0)
    assert _value(rows, "linear_gaussian", "truth", "rank_p_value") > 1e-3


def test_true_pressures_keep_the_maximum_principle_and_a_gaussian_fit_breaks_it(rows):
    for case in ("darcy_1d", "darcy_2d"):
        assert _value(rows, case, "truth", "negative_share") == 0
        assert _value(rows, case, "gaussian", "negative_share") > 2


@pytest.fixture(scope="module")
def line():
    """Scores on a distribution of three coordinates, in any unit."""
    rng = np.random.default_rng(0)
    parts = {f"darcy_1d_{part}": rng.lognormal(size=(200, 3)) * [1.0, 2.0, 0.5] for part in ("train", "test", "second")}
    scoring = replace(SCORING, cases={"darcy_1d": replace(CASES["darcy_1d"], components=3)})

    def scores(unit: float) -> FieldScores:
        data = xr.Dataset({name: ((f"{name}_sample", "coordinate"), unit * x) for name, x in parts.items()})
        return FieldScores("darcy_1d", scoring, data=data)

    return scores


def test_floor_of_a_distribution_is_what_pairs_of_its_sets_score_on_average(line):
    scores, rng = line(1.0), np.random.default_rng(1)
    fresh = [rng.lognormal(size=(2, EVALUATION.field_samples, 3)) * [1.0, 2.0, 0.5] / scores.scale for _ in range(400)]
    squares = np.square([energy_distance(x, y) for x, y in fresh])
    error = squares.std() / np.sqrt(len(squares))
    # the floor is computed from two sets of 100 samples, which have long tails
    assert scores.floor[0] ** 2 == pytest.approx(squares.mean(), abs=4 * error + 0.4 * squares.mean())


def test_scores_over_the_floor_do_not_depend_on_the_unit(line):
    drawn = np.random.default_rng(2).lognormal(size=(200, 3))
    both = [
        [row["value"] for row in line(unit).rows(unit * drawn) if "over_floor" in row["quantity"]] for unit in (1, 50)
    ]
    np.testing.assert_allclose(both[0], both[1], rtol=1e-9)


def test_autoencoder_starts_near_principal_components_and_does_not_lose_to_them_after_training(rows):
    pca, learned = (
        [_value(rows, "darcy_manifold", method, "reconstruction_error", x) for x in (1.0, 2.0, 3.0)]
        for method in ("pca", "autoencoder")
    )
    assert pca == sorted(pca, reverse=True)
    # the manifold has two dimensions and bends: one straight coordinate leaves more than a short training of a curve
    assert learned[0] < 1.2 * pca[0]


def test_principal_reconstruction_is_best_among_linear_ones_and_exact_with_all_components():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 4)) * [3.0, 2.0, 1.0, 0.5]
    best = nrmse(x, principal_reconstruction(x, train=x, latent=2))
    for _ in range(20):
        basis = np.linalg.qr(rng.normal(size=(4, 2)))[0]
        centred = x - x.mean(axis=0)
        assert nrmse(x, x.mean(axis=0) + centred @ basis @ basis.T) >= best - 1e-12
    assert nrmse(x, principal_reconstruction(x, train=x, latent=4)) < 1e-12


def test_ensemble_filter_errs_less_than_the_observations(data, rows):
    errors = {m: _value(rows, "lorenz63", m, "rmse") for m in ("ensemble_kalman", "observation", "prior")}
    # the observation's own draws have the mean of the observation: noise 2 per coordinate and its sampling error
    assert errors["observation"] == pytest.approx(2.0 * np.sqrt(1 + 1 / EVALUATION.rank_draws), rel=0.1)
    assert errors["ensemble_kalman"] < 0.8 * errors["observation"] < errors["prior"]
    observed = part_of(data, "lorenz63", "test_data").reshape(200, -1, 3)
    ensembles = filtered(observed[:3], LORENZ, rng=numpy_generator(0, "filter"))
    assert ensembles.shape == (3, LORENZ.members, 3)


def test_halves_of_the_chains_are_nearer_to_each_other_than_the_prior_to_either(rows):
    case = "lognormal_inverse"
    assert 0 < _value(rows, case, "pcn", "acceptance") < 1
    assert _value(rows, case, "pcn", "relative_w2") < _value(rows, case, "prior", "relative_w2")


def test_kernel_density_is_nearer_to_the_truth_than_a_gaussian_on_the_grid(rows):
    assert _value(rows, "grid25", "kde", "energy_distance") < _value(rows, "grid25", "gaussian", "energy_distance")
    assert _value(rows, "grid25", "truth", "fair_modes") == 25


def test_energy_distance_of_scaled_samples_scales(data):
    x = part_of(data, "darcy_1d", "test")
    one = energy_distance(x[:100], x[100:])
    assert energy_distance(3 * x[:100], 3 * x[100:]) == pytest.approx(3 * one, rel=1e-6)


def _line_of(figure, label: str, panel: int = 0) -> np.ndarray:
    (line,) = [line for line in figure.axes[panel].get_lines() if line.get_label() == label]
    return np.asarray(line.get_ydata())


def test_calibration_figure_draws_the_fractions_of_ranks(table):
    figure = calibration_figure(table=table)
    for panel, case in enumerate(("linear_gaussian", "lognormal_inverse", "lorenz63")):
        chosen = table[(table["case"] == case) & (table["quantity"] == "rank_share")]
        for method in ("flow_matching", "ensemble_kalman"):
            expected = chosen[chosen["method"] == method].sort_values("x")["value"]
            np.testing.assert_array_equal(_line_of(figure, LABELS[method], panel), expected)


def test_dimension_figure_draws_the_reconstruction_errors(table):
    (ax,) = dimension_figure(table=table).axes
    chosen = table[table["quantity"] == "reconstruction_error"]
    for container in ax.containers:
        method = {label: method for method, label in LABELS.items()}[container.get_label()]
        np.testing.assert_array_equal(container[0].get_ydata(), chosen[chosen["method"] == method]["value"])
    assert len(ax.containers) == 2


def test_training_figure_draws_the_history_with_the_loss_of_one_critic(trained):
    history = pd.DataFrame(trained.history)
    figure = training_figure(RUN, history=history, case="grid25", seeds=SEEDS)
    records = history[history["variant"] == "grid25_pacgan2"]
    np.testing.assert_array_equal(_line_of(figure, "PacGAN2"), records["fair_modes"])
    np.testing.assert_allclose(_line_of(figure, "PacGAN2", 2), records["loss_critic"] / len(SEEDS))


def test_samples_figure_has_a_panel_of_each_method_with_its_scores(data, trained, table):
    figure = samples_figure(RUN, data=data, model=trained.state, table=table, case="grid25", seeds=SEEDS)
    methods = ["truth", *(method_of(name, v) for name, v in VARIANTS.items() if v.case == "grid25")]
    for ax, method in zip(figure.axes, methods, strict=True):
        points, centres = (np.asarray(drawn.get_offsets()) for drawn in ax.collections)
        assert (len(points), len(centres)) == (2000, 25)
        assert f"{_value(table, 'grid25', method, 'fair_modes'):.3g} fair modes" in ax.get_title()


MODEL = {"case": "grid25", "kind": "edm", "rate": 1e-3, "hidden": [8]}
BAD = {
    "no mixture shown": ({"shown": "darcy_1d"}, "shown"),
    "name without its case": ({"variants": {"edm": MODEL}}, "variants"),
    "method that is not trained": ({"variants": {"grid25_kde": MODEL}}, "variants"),
    "case that does not exist": ({"variants": {"ring9_edm": {**MODEL, "case": "ring9"}}}, "ring9_edm.case"),
    "kind that the case has not": ({"variants": {"grid25_ae": {**MODEL, "kind": "autoencoder"}}}, "kind"),
    "pack that does not divide the batch": ({"variants": {"grid25_gan": {**MODEL, "kind": "gan", "pack": 3}}}, "pack"),
}


@pytest.mark.parametrize("mistake", BAD)
def test_settings_that_make_no_sense_are_refused(mistake):
    text = (Path(__file__).parents[3] / "config" / "generative.yaml").read_text(encoding="utf-8")
    section = {**yaml.safe_load(text)["generative"], "variants": {"grid25_edm": MODEL}}
    parse(Settings, section, path="generative")
    changes, named = BAD[mistake]
    with pytest.raises(ConfigError, match=named):
        parse(Settings, {**section, **changes}, path="generative")


def test_every_kind_is_trained_in_some_case():
    assert {kind for kinds in KINDS.values() for kind in kinds} == set(get_args(Kind))


def test_coordinates_of_a_case_come_from_its_training_part_alone(data):
    case = CASES["darcy_1d"]
    changed = data.copy()
    changed["darcy_1d_test"] = 2 * data["darcy_1d_test"]
    np.testing.assert_array_equal(
        coordinates_of("darcy_1d", case, changed).forward, coordinates_of("darcy_1d", case, data).forward
    )
