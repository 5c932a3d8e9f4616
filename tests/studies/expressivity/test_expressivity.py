"""Data, trainings side by side, rows, settings."""

from functools import partial
from itertools import count
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from msgspec.structs import replace
from tensorly.decomposition import parafac

from mlsim.config import parse
from mlsim.numerics.estimation.relative_errors import relative_error
from mlsim.numerics.tensors.weighted_automata import all_words
from mlsim.studies.expressivity import approximation
from mlsim.studies.expressivity.approximation import als_error, needed_rank_rows, random_unit_train
from mlsim.studies.expressivity.certificates import evaluate_tensors
from mlsim.studies.expressivity.claims import claims
from mlsim.studies.expressivity.evaluate import evaluate
from mlsim.studies.expressivity.generate import function_of, generate
from mlsim.studies.expressivity.plot import NAMES, bound_figure, network_figure, rank_figure
from mlsim.studies.expressivity.quantities import QUANTITIES
from mlsim.studies.expressivity.settings import Run, Sampling, Scoring, Settings, Variant
from mlsim.studies.expressivity.train import matched_width, network, patches, samples_of, train, widths_of
from mlsim.tables import aggregated, metrics
from mlsim.training.resume import Checkpoint
from mlsim.verdicts import verdicts

ROOT = Path(__file__).parents[3]
SEEDS = (0, 4)


def _settings(**changes):
    section = yaml.safe_load((ROOT / "config" / "expressivity.yaml").read_text())["expressivity"]
    smoke = yaml.safe_load((ROOT / "config" / "smoke.yaml").read_text())["expressivity"]
    return parse(Settings, _merged(_merged(section, smoke), changes), path="expressivity")


def _merged(base, overlay):
    both = {key: _merged(base[key], value) for key, value in overlay.items() if isinstance(value, dict) and key in base}
    return {**base, **overlay, **both}


@pytest.fixture(scope="module")
def settings():
    return _settings(seeds=list(SEEDS))


@pytest.fixture(scope="module")
def data(settings):
    return generate(Sampling(seeds=settings.seeds, data=settings.data), seed=0)


def _state(settings, data, kind, *, seeds, folder):
    run = Run(seeds=seeds, tasks=settings.tasks, variant=Variant(network=kind))
    return train(run, data=data, checkpoint=Checkpoint(folder / f"{kind}{seeds}.pt", stamp="test"), device="cpu").state


@pytest.fixture(scope="module")
def table(settings, data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    states = [_state(settings, data, kind, seeds=SEEDS, folder=folder) for kind in settings.enabled]
    scoring = Scoring(seeds=settings.seeds, tasks=settings.tasks, variants=settings.enabled)
    rows = evaluate(scoring, data=data, model=states, methods=list(settings.enabled))
    return aggregated([metrics(rows, QUANTITIES), metrics(evaluate_tensors(settings.tensors, seed=0), QUANTITIES)])


def test_a_member_is_trained_as_if_it_were_alone(settings, data, tmp_path):
    both, single = (_state(settings, data, "tt", seeds=seeds, folder=tmp_path) for seeds in (SEEDS, SEEDS[1:]))
    for name, value in single.items():
        # single precision and four steps: only the order of sums differs
        torch.testing.assert_close(both[name][1:], value, rtol=1e-4, atol=1e-5)
    start = network("tt", settings.tasks["teacher"], data=data, width=2, seeds=SEEDS).state_dict()
    assert not torch.equal(start["cores"], both["teacher.2.cores"])


def test_functions_depend_on_their_seed_and_not_on_the_number_of_seeds(settings, data):
    fewer = generate(Sampling(seeds=(4,), data=settings.data), seed=0)
    for name in ("teacher", "automaton"):
        assert np.array_equal(fewer[f"{name}_cores"].values[0], data[f"{name}_cores"].sel(draw=4).values)
        assert np.array_equal(fewer[f"{name}_test_words"].values, data[f"{name}_test_words"].values)
    assert not np.array_equal(data["teacher_cores"].values[0], data["teacher_cores"].values[1])


def test_stored_values_are_those_of_the_stored_function(data):
    function = function_of(data, "teacher", draw=4)
    words = data["teacher_test_words"].values.astype(int)
    np.testing.assert_array_equal(function.values(words), data["teacher_test_values"].sel(draw=4).values)
    assert np.mean(function.values(all_words(letters=3, sites=4)) ** 2) == pytest.approx(1.0)


def test_test_part_of_the_digits_is_stratified(data):
    test = data["is_test"].values
    assert test.sum() == 540
    fractions = [test[data["label"].values == digit].mean() for digit in range(10)]
    # one image more or less of some 180
    assert max(abs(fraction - 540 / 1797) for fraction in fractions) < 0.006


def test_patches_hold_each_pixel_once():
    image = torch.arange(64.0).reshape(1, 8, 8)
    for side in (2, 4):
        parts = patches(image, side=side)
        assert sorted(parts.flatten().tolist()) == list(range(64))
        assert parts[0, 1].tolist() == image[0, :side, side : 2 * side].flatten().tolist()


@pytest.mark.parametrize("kind", ["tt_shared", "ht", "cp"])
def test_matched_width_is_the_smallest_with_as_many_parameters_as_the_train(settings, data, kind):
    task = settings.tasks["automaton"]

    def parameters(kind, width):
        return sum(p[0].numel() for p in network(kind, task, data=data, width=width, seeds=(0,)).parameters())

    least = parameters("tt", task.matched)
    assert matched_width(kind, task, data=data) == next(w for w in count(1) if parameters(kind, w) >= least)
    assert matched_width("tt", task, data=data) == task.matched
    assert set(widths_of(kind, task, data=data)) >= set(task.widths)


def test_samples_of_words_are_one_hot(settings, data):
    samples = samples_of(settings.tasks["teacher"], data, seeds=SEEDS, test=False)
    assert (samples.inputs.sum(dim=-1) == 1).all()
    assert samples.targets.shape == (2, len(samples.inputs))


def test_table_holds_every_task_with_the_classical_methods(settings, table):
    for case, task in settings.tasks.items():
        rows = table[table["case"] == case]
        baselines = {"svc", "logistic"} if task.data == "digits" else {"kernel_ridge", "linear"}
        assert {"tt", "cp"} | baselines == set(rows["method"])
        parameters = rows[rows["quantity"] == "equal_parameters"].set_index("method")["value"]
        assert parameters["tt"] == parameters.min()
    assert np.isfinite(table["value"]).all()


def test_gains_are_the_differences_of_accuracies(table):
    for case in ("digits_2x2", "digits_4x4"):
        values = table[(table["case"] == case) & (table["x"] == 2)].set_index(["method", "quantity"])["value"]
        gain = values["tt", "accuracy"] - values["cp", "accuracy"]
        assert values["tt", "gain_over_cp"] == pytest.approx(gain, abs=1e-9)


def test_shallow_networks_are_above_their_bound_even_untrained(table):
    excess = table[table["quantity"] == "smallest_excess"].set_index("case")["value"]
    assert excess["teacher"] >= -1e-6
    assert excess["cp_error_r2"] >= -1e-12


def test_least_squares_that_end_early_are_good_enough_and_those_that_go_on_are_better():
    tensor = random_unit_train(np.random.default_rng(0), n=3, r=2, d=4)
    run = partial(als_error, tensor, 4, iterations=50, names=(0, "test"))
    ended, whole = run(enough=0.5), run()
    assert whole < ended <= 0.5
    assert run(enough=whole / 2) == whole  # an error that is never reached ends nothing


def test_line_searches_halve_the_sweeps_and_the_errors_are_smaller():
    tensor = random_unit_train(np.random.default_rng(0), n=3, r=3, d=6)
    for rank in (12, 24):
        half = [als_error(tensor, rank, iterations=100, names=(0, "test", start)) for start in range(3)]
        plain = [parafac(tensor, rank, init="random", n_iter_max=200, tol=1e-10, random_state=k) for k in range(3)]
        assert np.mean(half) < np.mean([relative_error(tensors.to_tensor(), tensor) for tensors in plain])


def test_early_ends_find_the_same_canonical_ranks(settings, monkeypatch):
    needed = replace(settings.tensors.needed_rank, error=0.2, als_up_to=4)
    ranks = [row for row in needed_rank_rows(needed, seed=0) if row["quantity"] == "als_rank"]
    assert ranks
    whole = partial(als_error, enough=0.0)
    monkeypatch.setattr(approximation, "als_error", lambda *parts, enough, **named: whole(*parts, **named))
    assert [row for row in needed_rank_rows(needed, seed=0) if row["quantity"] == "als_rank"] == ranks


def _values(table, case, quantity, *, method):
    rows = table[(table["case"] == case) & (table["quantity"] == quantity) & (table["method"] == method)]
    return rows[rows["x"].notna()].set_index("x")["value"].sort_index().tolist()


def test_figures_of_tensors_draw_the_rows_of_the_table(table):
    left, right = rank_figure(table=table).axes
    assert list(left.lines[0].get_xdata()) == [4, 6, 8]
    assert list(left.lines[0].get_ydata()) == _values(table, "rank_n2_r2", "exact_rank", method="tt")
    assert list(right.lines[0].get_ydata()) == _values(table, "grid_m4_t4", "exact_rank", method="relu")
    left, right = bound_figure(table=table).axes
    assert list(left.lines[0].get_ydata()) == _values(table, "cp_error_r2", "als_error", method="cp")
    drawn = {line.get_label(): list(line.get_ydata()) for line in right.lines}
    assert drawn["CP, lower bound"] == _values(table, "cp_width_n2_r2", "needed_rank", method="cp")


def test_figure_of_networks_draws_curves_and_baselines_of_the_table(table):
    cases = {
        "digits_2x2": "accuracy",
        "digits_4x4": "accuracy",
        "teacher": "relative_error",
        "automaton": "relative_error",
    }
    for ax, (case, quantity) in zip(network_figure(table=table).axes, cases.items(), strict=True):
        method, label = ("svc", "support vectors") if quantity == "accuracy" else ("linear", "linear")
        curve = next(container for container in ax.containers if container.get_label() == NAMES["tt"])
        assert list(curve.lines[0].get_ydata()) == _values(table, case, quantity, method="tt")
        line = next(line for line in ax.lines if line.get_label() == label)
        rows = table[(table["case"] == case) & (table["quantity"] == quantity) & (table["method"] == method)]
        assert set(line.get_ydata()) == set(rows["value"])


def test_no_claim_is_judged_at_these_sizes(table):
    outcome = verdicts(table, claims(), study="expressivity")["verdict"]
    assert outcome.str.startswith("not comparable (needs").all()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"seeds": [1, 1]}, "seeds"),
        ({"tensors": {"ranks": [{"n": 2, "r": 2, "d": [5]}]}}, r"tensors\.ranks\[0\]\.d"),
        ({"tensors": {"trees": [{"n": 2, "r": 2, "d": [6]}]}}, r"tensors\.trees"),
        ({"tensors": {"needed_rank": {"error": 1.5}}}, r"needed_rank\.error"),
        ({"data": {"teacher": {"train": 1000}}}, r"data\.teacher\.train"),
        ({"data": {"automaton": {"sites": 6}}}, r"data\.automaton\.sites"),
        ({"tasks": {"digits_2x2": {"patch": 3}}}, r"tasks\.digits_2x2\.patch"),
        ({"tasks": {"teacher": {"patch": 2}}}, r"tasks\.teacher\.patch"),
        ({"tasks": {"teacher": {"matched": 3}}}, r"tasks\.teacher\.matched"),
        ({"variants": {"svc": {"network": "cp"}}}, r"variants\.svc is the name of a built-in method"),
        ({"variants": {"tt": {"enabled": False}}}, "variants"),
    ],
)
def test_wrong_settings_name_their_key(changes, named):
    with pytest.raises(ValueError, match=named):
        _settings(**changes)
