"""The problems of the study, one small training of each network and of a game, and what is measured at their ends."""

import math

import numpy as np
import pandas as pd
import pytest
import torch
from msgspec.structs import replace

from mlsim.numerics.estimation.kernel_ridge import kernel_ridge
from mlsim.numerics.estimation.relative_errors import relative_error
from mlsim.studies.landscape.claims import claims
from mlsim.studies.landscape.classical import FACTORS, classical, tridiagonal_solve
from mlsim.studies.landscape.comparisons import comparison_rows
from mlsim.studies.landscape.evaluate import evaluate
from mlsim.studies.landscape.exact import dirac_rows, invariance_rows, rescaled, sine_rows
from mlsim.studies.landscape.games import game_losses, train_game
from mlsim.studies.landscape.generate import generate
from mlsim.studies.landscape.plot import PAIRS, TITLES, game_figure, sensitivity_figure, surface_figure, training_figure
from mlsim.studies.landscape.problems import curvature, poisson_points, poisson_solution, task_of
from mlsim.studies.landscape.quantities import QUANTITIES
from mlsim.studies.landscape.settings import (
    Analysis,
    Function,
    Game,
    GameRun,
    Mixture,
    Poisson,
    Problems,
    Run,
    Scoring,
    States,
    Variant,
)
from mlsim.studies.landscape.surroundings import analyse
from mlsim.studies.landscape.train import stored_parameters, train
from mlsim.tables import aggregated, case_row, metrics, with_published
from mlsim.training.resume import Checkpoint
from mlsim.training.side_by_side import each_copy
from mlsim.verdicts import verdicts

POISSON = Poisson(points=16, modes=(1, 3), amplitudes=(1.0, 0.5), width=6, accuracy=0.9, sines=(2, 4))
PROBLEMS = Problems(
    poisson=POISSON,
    function=Function(inputs=4, train=30, test=20, width=6, accuracy=0.5),
    states=States(
        points=20,
        train=6,
        test=5,
        interaction=10.0,
        depth=4,
        channels=3,
        taps=3,
        levels=2,
        rank=2,
        layers=2,
        accuracy=0.5,
    ),
    mixture=Mixture(modes=4, samples=16, latent=2, width=4, critic_width=4),
)
ANALYSIS = Analysis(reach=1.0, points=5, directions=2, kept=(1.0,), eigenvalues=10, field_points=3)
BUDGET = {"optimiser": "adam", "rates": (0.01,), "shown": 0.01, "steps": 4}
VARIANTS = {
    "pinn": Variant(network="pinn", optimiser="adam", rates=(0.01, 0.1), shown=0.01, steps=4),
    "data_fit": Variant(network="data_fit", **BUDGET),
    "data_fit_descent": Variant(network="data_fit", optimiser="descent", rates=(0.05, 1e6), shown=0.05, steps=60),
    **{name: Variant(network=name, seeds=(0,), **BUDGET) for name in ("relu", "plain", "skip", "mnn_h")},
}
GAMES = {
    "gan": Game(penalty=0.0, rate=0.01, steps=3, seeds=(0,)),
    "gan_penalised": Game(penalty=1.0, rate=0.01, steps=3, seeds=(0,)),
}
SCORING = Scoring(problems=PROBLEMS, seeds=(0, 1), analysis=ANALYSIS, variants=VARIANTS, games=GAMES)


@pytest.fixture(scope="module")
def data():
    return generate(PROBLEMS, seed=0)


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    runs = {
        name: train(
            Run(problems=PROBLEMS, seeds=SCORING.seeds, analysis=ANALYSIS, variant=variant),
            data=data,
            checkpoint=Checkpoint(folder / name, stamp=name),
            device="cpu",
        )
        for name, variant in VARIANTS.items()
    }
    games = {
        name: train_game(
            GameRun(problems=PROBLEMS, seeds=SCORING.seeds, game=game),
            data=data,
            checkpoint=Checkpoint(folder / name, stamp=name),
            device="cpu",
        )
        for name, game in GAMES.items()
    }
    return runs, games


@pytest.fixture(scope="module")
def surroundings(data, trained):
    models, games = ([runs[name].state for name in sorted(runs)] for runs in trained)
    return analyse(SCORING, data=data, models=models, games=games, seed=0)


@pytest.fixture(scope="module")
def histories(trained):
    return [pd.DataFrame(trained[0][name].history) for name in sorted(VARIANTS)]


@pytest.fixture(scope="module")
def table(data, trained, surroundings, histories):
    models = [trained[0][name].state for name in sorted(trained[0])]
    rows = evaluate(SCORING, data=data, surroundings=surroundings, models=models, histories=histories, seed=0)
    return with_published(aggregated([metrics(rows, QUANTITIES)]), [])


def value(table, *, case, method, quantity, x=None):
    rows = table[(table["case"] == case) & (table["method"] == method) & (table["quantity"] == quantity)]
    rows = rows[rows["x"].isna()] if x is None else rows[rows["x"] == x]
    assert len(rows) == 1
    return float(rows["value"].iloc[0])


def test_data_have_the_stated_distributions(data):
    assert float(data["y_train"].mean()) == pytest.approx(0.0, abs=1e-12)
    assert float(data["y_train"].std()) == pytest.approx(1.0, rel=1e-12)
    radius = np.linalg.norm(data["real"].values, axis=1)
    assert radius == pytest.approx(1.0, abs=6 * 0.1)
    np.testing.assert_allclose((data["state_test"].values ** 2).mean(axis=1), 1.0, rtol=1e-10)
    assert all(variable.attrs["units"] and variable.attrs["long_name"] for variable in data.variables.values())


def test_test_parts_do_not_depend_on_the_size_of_the_training_parts(data):
    larger = replace(PROBLEMS, function=replace(PROBLEMS.function, train=60), states=replace(PROBLEMS.states, train=9))
    other = generate(larger, seed=0)
    assert (other["x_test"].values == data["x_test"].values).all()
    assert (other["potential_test"].values == data["potential_test"].values).all()


def test_solution_of_the_poisson_problem_leaves_no_residual():
    x = poisson_points(POISSON)
    u = curvature(lambda y: poisson_solution(POISSON, y, forcing=False), x)
    torch.testing.assert_close(-u, poisson_solution(POISSON, x, forcing=True), rtol=1e-12, atol=1e-11)


@pytest.mark.parametrize("network", ["pinn", "data_fit"])
def test_loss_of_the_zero_network_is_one(data, network):
    task = task_of(network, PROBLEMS, data=data)
    zero = {name: torch.zeros_like(value) for name, value in task.initial(0).items()}
    assert float(task.loss(zero)) == pytest.approx(1.0, rel=1e-12)


def test_tridiagonal_solve_has_order_two():
    errors = [tridiagonal_solve(replace(POISSON, points=n)).error for n in (64, 128)]
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.02)


def test_plain_and_skip_networks_draw_the_same_numbers(data):
    plain, skip = (task_of(name, PROBLEMS, data=data).initial(0) for name in ("plain", "skip"))
    for name, value in plain.items():
        factor = 1.0 if "convolutions" not in name else 6**0.5 / 4**-0.5
        torch.testing.assert_close(value, factor * skip[name], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("network", ["pinn", "data_fit", "relu", "plain", "skip", "mnn_h"])
def test_loss_of_a_batch_of_copies_is_that_of_each(data, network):
    task = task_of(network, PROBLEMS, data=data)
    copies = [task.initial(seed) for seed in (0, 1)]
    stacked = {name: torch.stack([copy[name] for copy in copies]) for name in copies[0]}
    batched = each_copy(lambda at: {"loss": task.loss(at)}, stacked, vectorised=task.vectorised)["loss"]
    alone = torch.stack([task.loss(copy) for copy in copies]).detach()
    tolerance = 1e-12 if task.precision == torch.float64 else 1e-5
    torch.testing.assert_close(batched, alone, rtol=tolerance, atol=0)


def test_every_weight_of_every_network_is_normalised_and_every_bias_is_not(data):
    for network in ("pinn", "relu", "plain", "mnn_h"):
        task = task_of(network, PROBLEMS, data=data)
        for name, value in task.initial(0).items():
            assert (task.filter_axes(name, value) == 0) == ("bias" in name)


def test_block_filters_are_the_weights_of_one_output(data):
    task = task_of("mnn_h", PROBLEMS, data=data)
    parameters = task.initial(0)
    shapes = {name: value.shape[: task.filter_axes(name, value)] for name, value in parameters.items()}
    assert shapes["restrictions.0.weight"] == (1, 2)
    assert shapes["kernels.weights.2"] == (2, 1, 2)


def test_curves_begin_at_the_trained_loss_bit_for_bit(data, trained, surroundings):
    for name, variant in VARIANTS.items():
        task = task_of(variant.network, PROBLEMS, data=data)
        for index, seed in enumerate(variant.seeds or SCORING.seeds):
            end = stored_parameters(trained[0][name].state, seed=seed, step=variant.steps)
            loss = float(task.loss(end).detach())
            assert loss == float(trained[0][name].state[f"seed{seed}.trained_loss"])
            assert (surroundings[f"curve_{name}"].values[index, :, 2] == loss).all()
    assert float(surroundings["surface_pinn"][2, 2]) == float(surroundings["trained_loss_pinn"][0])


def test_trained_loss_is_the_last_of_the_history_up_to_the_order_of_sums(trained):
    for name, variant in VARIANTS.items():
        last = {
            row["seed"]: row["loss"]
            for row in trained[0][name].history
            if row["step"] == variant.steps and row["rate"] == variant.shown
        }
        for seed in variant.seeds or SCORING.seeds:
            loss = float(trained[0][name].state[f"seed{seed}.trained_loss"])
            assert loss == pytest.approx(last[seed], rel=1e-11 if variant.network in ("pinn", "data_fit") else 1e-5)


def test_sharpness_by_lanczos_is_that_of_the_whole_spectrum(surroundings):
    for name in ("pinn", "data_fit"):
        by_lanczos, spectrum = (surroundings[f"{quantity}_{name}"].values for quantity in ("sharpness", "spectrum"))
        np.testing.assert_allclose(by_lanczos[:, -1], spectrum[:, 0], rtol=1e-3)


def test_rescaled_network_is_the_same_function_with_the_same_normalised_curve(data, trained):
    task = task_of("relu", PROBLEMS, data=data)
    end = stored_parameters(trained[0]["relu"].state, seed=0, step=4)
    assert float(task.loss(rescaled(end, 10.0))) == pytest.approx(float(task.loss(end)), rel=1e-13)
    rows = {(row["method"], row["quantity"]): row["value"] for row in invariance_rows(task, end, ANALYSIS, seed=0)}
    assert rows["filter_normalised", "curve_change"] <= 1e-12
    assert rows["raw", "curve_change"] > 0.1
    assert rows["filter_normalised", "curve_change_by_neuron"] > 1e-3
    assert rows["hessian", "sharpness_ratio"] > 2


def test_condition_of_the_linear_models_is_one_and_the_fourth_power():
    rows = {(row["method"], row["x"]): row["value"] for row in sine_rows(POISSON) if row["quantity"] == "condition"}
    for count in (2.0, 4.0):
        assert rows["data_fit", count] == pytest.approx(1.0, rel=1e-12)
        assert rows["pinn", count] == pytest.approx(count**4, rel=1e-12)


def test_dirac_gan_rotates_without_and_is_attracted_with_a_penalty():
    rows = {(row["quantity"], row["x"]): row["value"] for row in dirac_rows()}
    assert rows["attraction", 0.0] == pytest.approx(0.0, abs=1e-15)
    assert rows["rotation", 0.0] == pytest.approx(0.5)
    assert rows["attraction", 0.5] == pytest.approx(0.25)
    assert rows["rotation", 0.5] == pytest.approx(math.sqrt(0.25 - 0.0625))


def test_field_of_a_gan_is_the_gradient_of_each_players_loss(data, trained):
    from mlsim.numerics.landscapes.game_fields import game_field

    losses = game_losses(PROBLEMS.mixture, data=data, penalty=1.0)
    state = {name.removeprefix("seed0."): value for name, value in trained[1]["gan_penalised"].state.items()}
    at = {name: value.clone().requires_grad_() for name, value in state.items()}
    gradients = [
        torch.autograd.grad(losses[name.partition(".")[0]](at), value, retain_graph=True)[0].flatten()
        for name, value in at.items()
    ]
    torch.testing.assert_close(game_field(losses, state).value, torch.cat(gradients), rtol=1e-12, atol=1e-14)


def test_jacobian_of_a_penalised_gan_is_the_derivative_of_its_field(data, trained):
    from mlsim.numerics.landscapes.game_fields import game_field

    losses = game_losses(PROBLEMS.mixture, data=data, penalty=1.0)
    state = {name.removeprefix("seed0."): value for name, value in trained[1]["gan_penalised"].state.items()}
    matrix = game_field(losses, state).matrix()
    step, column = 1e-5, 0
    for name, value in state.items():
        for index in range(value.numel()):
            moved = []
            for sign in (1, -1):
                other = value.clone()
                other.view(-1)[index] += sign * step
                moved.append(game_field(losses, {**state, name: other}).value)
            torch.testing.assert_close((moved[0] - moved[1]) / (2 * step), matrix[:, column], rtol=1e-5, atol=1e-8)
            column += 1
    assert column == matrix.shape[1]


def test_sign_tests_and_decades_of_known_rows():
    sharpness = {"pinn": (10, 100, 1), "data_fit": (1, 1, 1), "skip": (1, 2, 3), "plain": (2, 3, 4)}
    rows = [
        case_row(case, "final_sharpness", value, method="adam", seed=seed)
        for case, values in sharpness.items()
        for seed, value in enumerate(values)
    ]
    rows += [case_row("gan", "attraction", value, method="game", seed=seed) for seed, value in enumerate((-0.3, 0.1))]
    rows.append(case_row("all", "origin_difference", 0.0, method="adam", seed=0))
    compared = pd.DataFrame(comparison_rows(rows)).set_index("quantity")["value"]
    assert compared["decades_of_sharpness_over_data_fit"].tolist() == [1.0, 2.0, 0.0]
    assert (compared["seeds_with_more_sharpness"], compared["seeds_with_less_sharpness"]) == (2, 3)
    assert compared["chance_of_more_sharpness"] == pytest.approx(0.5)  # two or three of three coins
    assert compared["chance_of_less_sharpness"] == pytest.approx(1 / 8)
    assert compared["attraction_of_all"] == -0.3


def test_kernel_regression_is_chosen_by_the_error_of_all_points_and_pays_for_the_choice(data):
    (solved,) = classical("relu", PROBLEMS, data=data)
    n, d, held_out = data.sizes["point_train"], data.sizes["input"], data.sizes["point_train"] // 5
    alone = 3 * n**2 * d + n**3 / 3 + 2 * n**2
    trial = 3 * (n - held_out) ** 2 * d + (n - held_out) ** 3 / 3 + 2 * (n - held_out) ** 2
    assert solved.operations == pytest.approx(alone + len(FACTORS) * (trial + held_out * (n - held_out) * (3 * d + 2)))
    x, y = data["x_train"].values, data["y_train"].values[:, None]
    errors = {}
    for factor in FACTORS:
        fitted = kernel_ridge(x[held_out:], y[held_out:], length_scale=factor * x.std())
        errors[factor] = relative_error(fitted(x[:held_out]), y[:held_out])
    best = kernel_ridge(x, y, length_scale=min(errors, key=errors.__getitem__) * x.std())
    assert solved.error == relative_error(best(data["x_test"].values)[:, 0], data["y_test"].values)


def test_divergence_is_counted_and_dropped_from_the_errors_alone(table):
    labels = {"case": "data_fit", "method": "descent"}
    assert value(table, quantity="diverged", x=1e6, **labels) == 100.0
    assert value(table, quantity="diverged", x=0.05, **labels) == 0.0
    assert value(table, quantity="diverged_of_all", **labels) == 50.0
    errors = table[(table["case"] == "data_fit") & (table["method"] == "descent") & (table["quantity"] == "error")]
    assert 1e6 not in set(errors["x"])


def test_table_names_every_network_and_its_origins(table):
    for name, variant in VARIANTS.items():
        assert value(table, case=variant.network, method=variant.optimiser, quantity="origin_difference") == 0.0, name
    assert value(table, case="skip", method="sign_test", quantity="seeds_with_less_sharpness") in (0.0, 1.0)
    assert table["value"].notna().all()


def test_claims_are_refused_at_this_size(table):
    assert verdicts(table, claims(), study="landscape")["verdict"].str.startswith("not comparable").all()


def test_pairs_of_surfaces_share_the_range_of_their_losses(surroundings):
    figure = surface_figure(surroundings=surroundings, coordinates=ANALYSIS.coordinates())
    contours = {ax.get_title(): ax.collections[0] for ax in figure.axes if ax.get_title()}
    assert list(contours) == [TITLES[name] for column in zip(*PAIRS, strict=True) for name in column]
    for pair in PAIRS:
        losses = np.log10([surroundings[f"surface_{name}"].values for name in pair])
        for name in pair:
            assert contours[TITLES[name]].levels[[0, -1]] == pytest.approx([losses.min(), losses.max()])


def test_training_figure_draws_curves_and_the_rows_of_sharpness_and_spectra(table, surroundings):
    coordinates = ANALYSIS.coordinates()
    left, middle, right = training_figure(table=table, surroundings=surroundings, coordinates=coordinates).axes
    curves = {line.get_label(): line for line in left.lines}
    for name, title in TITLES.items():
        median = np.median(surroundings[f"curve_{name}"].values, axis=(0, 1))
        np.testing.assert_array_equal(curves[title].get_ydata(), median)
        np.testing.assert_array_equal(curves[title].get_xdata(), coordinates)
    for ax, quantity, methods in ((middle, "sharpness", ["adam", "descent"]), (right, "eigenvalue", ["adam"])):
        rows = table[(table["quantity"] == quantity) & table["method"].isin(methods) & (table["value"] > 0)]
        drawn = [list(line.get_ydata()) for line in ax.lines if len(line.get_ydata())]
        in_table = [list(group.sort_values("x")["value"]) for _, group in rows.groupby(["case", "method"])]
        assert sorted(drawn) == sorted(in_table)


def test_sensitivity_figure_shows_final_errors_and_crosses_where_training_diverged(histories):
    histories = dict(zip(sorted(VARIANTS), histories, strict=True))
    figure = sensitivity_figure(histories=list(histories.values()), names=list(histories))
    descent, pinn = figure.axes[:2]
    last = histories["pinn"][histories["pinn"]["step"] == 4]
    errors = last.pivot(index="seed", columns="rate", values="error").to_numpy()
    np.testing.assert_array_equal(pinn.images[0].get_array(), errors)
    assert [(text.get_text(), text.get_position()) for text in descent.texts] == [("x", (1, 0)), ("x", (1, 1))]
    assert [ax.get_title() for ax in (descent, pinn)] == [
        "Poisson, data fit, gradient descent",
        f"{TITLES['pinn']}, Adam",
    ]
    assert sensitivity_figure(histories=[], names=[]).get_suptitle() == "no variant with several learning rates"


def test_game_figure_draws_the_eigenvalues_of_every_seed(surroundings):
    figure = game_figure(surroundings=surroundings, names=sorted(GAMES))
    bottom = figure.axes[len(figure.axes) // 2 :]
    for ax, name in zip(bottom[1:], GAMES, strict=True):
        np.testing.assert_array_equal(ax.lines[0].get_xdata(), surroundings[f"real_{name}"].values[0])
        np.testing.assert_array_equal(ax.lines[0].get_ydata(), surroundings[f"imaginary_{name}"].values[0])
