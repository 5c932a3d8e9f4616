"""The study of surrogates: data, training, measures against known functions, worst cases, claims."""

from math import inf, sqrt

import numpy as np
import pytest
import torch
import xarray as xr
from msgspec.structs import replace
from torch.nn import functional

from mlsim.numerics.flow.effective_conductivity import with_gradient
from mlsim.studies.surrogate.claims import claims
from mlsim.studies.surrogate.classical import boosting, evaluate_classical, fitted_bounds, fixed, gaussian_process
from mlsim.studies.surrogate.evaluate import evaluate, surrogates
from mlsim.studies.surrogate.generate import exact, generate, part
from mlsim.studies.surrogate.measures import (
    accuracy_rows,
    calibration_rows,
    gradient_rows,
    interval_rows,
    nrmse,
    paired_rows,
)
from mlsim.studies.surrogate.models import ToeplitzConvolution, members, network, runs_of
from mlsim.studies.surrogate.pictures import inspect
from mlsim.studies.surrogate.plot import error_figure, input_figure, interval_figure, violation_figure
from mlsim.studies.surrogate.quantities import QUANTITIES
from mlsim.studies.surrogate.samples import Parts, Surrogate
from mlsim.studies.surrogate.settings import Classical, ClassicalRun, Fields, Measures, Run, Scoring, Variant
from mlsim.studies.surrogate.train import train
from mlsim.studies.surrogate.worst_cases import Norms, leading_field, leading_vectors, worst_case_rows
from mlsim.tables import aggregated, metrics
from mlsim.training.resume import Checkpoint
from mlsim.training.seeding import torch_generator

FIELDS = Fields(side=3, spread=2.0, wide_spread=3.0, test=200, validation=60, calibration=100, samples=(40, 120))
MEASURES = Measures(paired=60, step=0.1, jacobian=50, q=4.0, starts=4, amplitude=0.5, random=3)
CLASSICAL = Classical(trees=20, leaves=(4,), rate=0.2, likelihood_samples=40)
BUDGET = {"steps": 40, "batch": 20, "validations": 4}
MLP = Variant(network="dense", widths=(16, 16), rate=1e-2, **BUDGET)
RESISTOR = Variant(network="resistor", widths=(8, 8, 8), reflected=True, rate=0.3, **BUDGET)
VARIANTS = {"mlp": MLP, "resistor_symmetric": RESISTOR}
SEEDS = (0, 1)
RUNS = runs_of(FIELDS.samples, SEEDS)
SCORING = Scoring(samples=FIELDS.samples, seeds=SEEDS, variants=VARIANTS, measures=MEASURES)


@pytest.fixture(scope="module")
def data() -> xr.Dataset:
    return generate(FIELDS, seed=0, seeds=list(SEEDS))


@pytest.fixture(scope="module")
def parts(data) -> Parts:
    return Parts.of(data)


TRUTH = Surrogate(value=exact)
BASELINE = Surrogate(value=lambda fields: fields.mean(dim=(1, 2)))
NEGATIVE = Surrogate(value=lambda fields: -fields.mean(dim=(1, 2)))


def values(rows) -> dict[str, float]:
    """Values by quantity, of the main case."""
    return {row["quantity"]: row["value"] for row in rows if row["case"] in ("conductivity", "calibration")}


def test_test_fields_do_not_depend_on_the_number_of_the_others(data):
    more = generate(replace(FIELDS, validation=70, calibration=30, samples=(50,)), seed=0, seeds=[1])
    for name in ("test_field", "wide_field", "test_output"):
        np.testing.assert_array_equal(more[name], data[name])
    np.testing.assert_array_equal(more["train_1_field"], data["train_1_field"][:50])


def test_parts_share_no_field(data):
    fields = np.concatenate([data[name].values for name in data if str(name).endswith("_field")])
    assert len(np.unique(fields, axis=0)) == len(fields) == 2 * 200 + 60 + 100 + 2 * 120


def test_the_truth_violates_nothing(parts):
    measured = values(
        accuracy_rows(parts.predictions(TRUTH), parts, x=1.0)
        + gradient_rows(TRUTH, parts.test, x=1.0)
        + paired_rows(TRUTH, parts.test, MEASURES, seed=0, x=1.0)
    )
    for quantity in (
        "nrmse",
        "violating_points",
        "violating_pairs",
        "bound_violations",
        "homogeneity_error",
        "reflection_error",
        "concavity_violations",
        "second_difference_error",
        "gradient_error",
    ):
        # second differences divide rounding by the step
        assert measured[quantity] == pytest.approx(0, abs=1e-9), quantity
    assert measured["pointwise_gain"] == pytest.approx(1, abs=1e-12)
    assert measured["second_difference_ratio"] == pytest.approx(1, abs=1e-12)


def test_violations_are_zero_for_the_mean_and_complete_for_minus_the_mean(parts):
    for surrogate, percent in ((BASELINE, 0.0), (NEGATIVE, 100.0)):
        rows = gradient_rows(surrogate, parts.test, x=1.0)
        measured = values(rows + paired_rows(surrogate, parts.test, MEASURES, seed=0, x=1.0))
        for quantity in ("violating_points", "violating_partials", "paired_violating_points", "violating_pairs"):
            assert measured[quantity] == percent
    assert values(gradient_rows(NEGATIVE, parts.test, x=1.0))["homogeneity_error"] == pytest.approx(2)


def test_the_homogeneity_error_is_the_degree_less_one(parts):
    twice = Surrogate(value=lambda fields: 2 * fields.mean(dim=(1, 2)))
    assert values(gradient_rows(twice, parts.test, x=1.0))["homogeneity_error"] == pytest.approx(1)
    rows = values(paired_rows(twice, parts.test, MEASURES, seed=0, x=1.0))
    assert rows["paired_homogeneity_error"] == pytest.approx(1)
    assert rows["second_difference_error"] == pytest.approx(1)  # a linear function bends nowhere


def test_outer_bounds_lie_outside_and_clipping_gives_the_sharp_ones(parts):
    rows = {name: accuracy_rows(parts.predictions(surrogate), parts, x=1.0) for name, surrogate in fixed().items()}
    for name in ("row_bound", "layer_bound"):
        assert values(rows[name])["bound_violations"] == 0
    for name, inner in (("harmonic_mean", "row_bound"), ("arithmetic_mean", "layer_bound")):
        assert values(rows[name])["bound_violations"] == 100
        assert values(rows[name])["clipped_nrmse"] == pytest.approx(values(rows[inner])["nrmse"])


def test_relative_error_has_the_standard_error_of_resampling(parts):
    output = parts.test.output
    noise = 0.1 * torch.randn(200, generator=torch_generator(0, "noise"), dtype=torch.float64)
    value, se = nrmse(output + noise, output)
    rng = np.random.default_rng(0)
    scale = float((output - output.mean()).square().mean())
    drawn = [sqrt(float(noise[rng.integers(0, 200, 200)].square().mean()) / scale) for _ in range(2000)]
    assert value == pytest.approx(np.mean(drawn), rel=0.01)
    assert se == pytest.approx(np.std(drawn), rel=0.1)


def test_conformal_intervals_of_any_surrogate_cover(parts):
    """The baseline is a poor surrogate: its intervals are wide, and cover."""
    measured = values(interval_rows(parts.predictions(BASELINE), parts, x=1.0))
    # of both halves, 100 calibration and 200 test fields: three standard deviations
    slack = 3 * sqrt(0.09 / 100 + 0.09 / 200)
    assert measured["coverage_90"] == pytest.approx(0.9, abs=slack)
    assert measured["scaled_coverage_90"] == pytest.approx(0.9, abs=slack)
    coverage = [row["value"] for row in calibration_rows(parts.predictions(BASELINE), parts)]
    assert coverage == sorted(coverage)
    assert values(interval_rows(parts.predictions(TRUTH), parts, x=1.0))["interval_width"] < 1e-12


def test_the_worst_signs_of_the_truth_are_a_common_factor(parts):
    """Every row of the derivative is nonnegative with sum one: ones are the (infinity, q) vector, of value one."""
    for q in (1.0, 2.0, 4.0):
        singular = leading_vectors(parts.test.gradient, Norms(p=inf, q=q), starts=3)
        assert float(singular.values.max()) == pytest.approx(1, abs=1e-12)
        assert bool((singular.best() == singular.best()[0]).all())


def test_the_2_2_vector_is_that_of_the_svd(parts):
    matrix = parts.test.gradient.flatten(1)
    _, exact_values, vectors = torch.linalg.svd(matrix, full_matrices=False)
    singular = leading_vectors(parts.test.gradient, Norms(p=2, q=2), starts=3)
    assert float(singular.values.max()) == pytest.approx(float(exact_values[0]) / sqrt(len(matrix)), rel=1e-10)
    vector = leading_field(parts.test.gradient, Norms(p=2, q=2), starts=3).flatten()
    assert float(vector @ vectors[0]) ** 2 == pytest.approx(1, abs=1e-8)


def test_the_derivative_of_the_sample_is_that_of_the_truth_in_logarithms(parts):
    torch.testing.assert_close(parts.test.gradient, TRUTH.gradient(parts.test.field), rtol=1e-10, atol=1e-10)
    value, gradient = with_gradient(parts.test.field.exp())
    logarithmic = gradient * parts.test.field.exp() / value[:, None, None]
    torch.testing.assert_close(parts.test.gradient, logarithmic, rtol=0, atol=0)


def test_the_worst_signs_for_a_known_error_are_found(parts):
    """Error ``0.3 (x_1 - x_2)``: worst signs are plus and minus there, and nothing else matters."""
    wrong = Surrogate(value=lambda fields: exact(fields) + 0.3 * (fields[:, 0, 0] - fields[:, 0, 1]))
    error = wrong.gradient(parts.test.field) - parts.test.gradient
    signs = leading_field(error, Norms(p=inf, q=4.0), starts=3)
    assert float(signs[0, 0]) == -float(signs[0, 1])
    rows = values(worst_case_rows(wrong, parts, MEASURES, seed=0, x=1.0))
    # the error 0.3 (x_1 - x_2) moves by 0.3 everywhere: from 0.3 sqrt(8/3), its standard deviation, to more
    assert rows["worst_case_ratio"] > 1.1
    assert rows["worst_case_ratio"] >= rows["random_case_ratio"]
    # the error moves by 0.3 (v_1 - v_2); all of the worst v lies in these two of n cells, where each entry is
    # sqrt(n / 2) for a root mean square of one: it moves by 0.3 sqrt(2 n) times the amplitude
    cells = parts.test.field[0].numel()
    deviation = 0.3 * (parts.test.field[:, 0, 0] - parts.test.field[:, 0, 1]).square().mean().sqrt()
    moved = 0.3 * MEASURES.amplitude * (2 * cells) ** 0.5
    assert rows["worst_case_ratio_2_2"] > 0.5 * (1 + (moved / float(deviation)) ** 2) ** 0.5
    assert rows["worst_case_ratio_2_2"] > rows["random_case_ratio_2_2"]
    truth = values(worst_case_rows(BASELINE, parts, MEASURES, seed=0, x=1.0))
    assert truth["gain_inf_4"] == pytest.approx(1, abs=1e-12)
    assert truth["alignment_inf_4"] == pytest.approx(1, abs=1e-12)


def test_fitted_bounds_find_their_one_number(data):
    fields, _ = part(data, "train_0")
    bounds = fixed()
    low, high = (bounds[name].values(fields) for name in ("row_bound", "layer_bound"))
    surrogate = fitted_bounds((fields, low + 0.3 * (high - low)))
    torch.testing.assert_close(surrogate.values(fields), low + 0.3 * (high - low), rtol=0, atol=1e-13)


def test_a_process_is_sklearns_and_its_derivative_that_of_differences(data):
    validation = part(data, "validation")
    surrogate = gaussian_process(CLASSICAL, part(data, "train_0"), validation)
    fields = validation[0][:10]
    step = 1e-6 * torch.eye(9, dtype=torch.float64).reshape(9, 3, 3)
    for field, gradient in zip(fields, surrogate.gradient(fields), strict=True):
        slope = (surrogate.values(field + step) - surrogate.values(field - step)) / 2e-6
        torch.testing.assert_close(gradient.flatten(), slope, rtol=0, atol=1e-7)
    assert surrogate.deviation is not None
    assert bool((surrogate.deviation(fields) > 0).all())
    assert nrmse(surrogate.values(validation[0]), validation[1])[0] < 0.8


def test_monotone_boosting_never_falls_and_free_boosting_does(data, parts):
    training, validation = part(data, "train_0"), part(data, "validation")
    for monotone in (True, False):
        surrogate = boosting(CLASSICAL, training, validation, monotone=monotone)
        measured = values(paired_rows(surrogate, parts.test, replace(MEASURES, step=1.0), seed=0, x=1.0))
        assert (measured["violating_points"] == 0) is monotone


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    """Both kinds of network after a few steps."""
    folder = tmp_path_factory.mktemp("runs")
    return {
        name: train(
            Run(samples=FIELDS.samples, seeds=SEEDS, variant=variant),
            data=data,
            checkpoint=Checkpoint(folder / name, stamp="s"),
            device="cpu",
        )
        for name, variant in VARIANTS.items()
    }


def test_training_lowers_the_error_of_every_member(data, trained):
    fields, output = part(data, "test")
    for name, variant in VARIANTS.items():
        initial = members(variant, side=3, runs=RUNS).state_dict()
        before, after = (
            [nrmse(surrogate.values(fields), output)[0] for surrogate in surrogates(variant, state, data, runs=RUNS)]
            for state in (initial, trained[name].state)
        )
        assert all(late < 0.9 * early for early, late in zip(before, after, strict=True)), name


def test_a_trained_resistor_network_keeps_every_exact_property(data, trained, parts):
    for surrogate in surrogates(RESISTOR, trained["resistor_symmetric"].state, data, runs=RUNS):
        measured = values(gradient_rows(surrogate, parts.wide, x=1.0))
        measured |= values(paired_rows(surrogate, parts.wide, MEASURES, seed=0, x=1.0))
        for quantity in ("violating_points", "violating_pairs", "concavity_violations"):
            assert measured[quantity] == 0
        for quantity in ("homogeneity_error", "reflection_error"):
            assert measured[quantity] < 1e-12
        assert measured["pointwise_gain"] == pytest.approx(1, abs=1e-12)


def test_a_member_trained_alone_is_the_member_trained_beside_others(data, trained, tmp_path):
    run = Run(samples=(120,), seeds=(1,), variant=MLP)
    alone = train(run, data=data, checkpoint=Checkpoint(tmp_path / "c", stamp="s"), device="cpu")
    fields = part(data, "test")[0]
    (one,) = surrogates(MLP, alone.state, data, runs=[(120, 1)])
    beside = surrogates(MLP, trained["mlp"].state, data, runs=RUNS)[RUNS.index((120, 1))]
    # single precision, forty steps, sums in another order
    torch.testing.assert_close(one.values(fields), beside.values(fields), rtol=0, atol=1e-4)


def test_interrupted_training_ends_bit_identical(data, trained, tmp_path):
    class StopError(Exception):
        pass

    class Cut(Checkpoint):
        def save(self, state):
            super().save(state)
            if state["progress"]["step"] == 20:
                raise StopError

    run = Run(samples=FIELDS.samples, seeds=SEEDS, variant=MLP)
    with pytest.raises(StopError):
        train(run, data=data, checkpoint=Cut(tmp_path / "c", stamp="s"), device="cpu")
    resumed = train(run, data=data, checkpoint=Checkpoint(tmp_path / "c", stamp="s"), device="cpu")
    assert all(torch.equal(resumed.state[name], value) for name, value in trained["mlp"].state.items())


def test_a_toeplitz_convolution_is_torchs():
    generator = torch_generator(0, "convolution")
    layer = ToeplitzConvolution(side=4, channels=(2, 5))
    torch.nn.init.normal_(layer.weight, generator=generator)
    torch.nn.init.normal_(layer.bias, generator=generator)
    image = torch.randn(6, 2, 4, 4, generator=generator)
    wanted = functional.conv2d(image, layer.weight.reshape(5, 2, 3, 3), layer.bias, padding=1)
    # single precision, sums of eighteen products
    torch.testing.assert_close(layer(image.flatten(1)), wanted.flatten(1), rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", ["dense", "convolutions", "exponential", "convex_concave", "resistor"])
def test_every_network_maps_fields_to_numbers(kind):
    variant = Variant(network=kind, widths=(6, 6, 6), rate=0.1, **BUDGET)
    net = network(variant, side=3, generator=torch_generator(0, "parameters"))
    assert net(torch.zeros(5, 3, 3)).shape == (5,)


@pytest.fixture(scope="module")
def table(data, trained):
    rows = evaluate(SCORING, data=data, models=[result.state for result in trained.values()], names=list(trained))
    run = ClassicalRun(samples=FIELDS.samples, seeds=SEEDS, classical=CLASSICAL, measures=MEASURES)
    return aggregated([metrics(rows, QUANTITIES), metrics(evaluate_classical(run, data=data), QUANTITIES)])


def test_ratios_of_the_table_are_those_of_its_errors(table):
    def value(method: str, quantity: str) -> float:
        chosen = (table["method"] == method) & (table["quantity"] == quantity) & (table["case"] == "conductivity")
        return float(table[chosen & (table["x"] == 120.0)]["value"].item())

    assert value("mlp", "nrmse_over_plain") == 1
    # a mean of ratios over two seeds and a ratio of means
    ratio = value("resistor_symmetric", "nrmse") / value("mlp", "nrmse")
    assert value("resistor_symmetric", "nrmse_over_plain") == pytest.approx(ratio, rel=0.1)
    assert value("resistor_symmetric", "violating_points") == 0


@pytest.fixture(scope="module")
def pictures(data, trained):
    return inspect(SCORING, data=data, models=[result.state for result in trained.values()], names=list(trained))


def test_pictures_hold_every_method_and_the_exact_derivative(pictures):
    assert pictures.attrs["methods"] == ["exact", *VARIANTS]
    assert float(pictures["derivative"][0].sum()) == pytest.approx(1, abs=1e-12)
    assert float(pictures["derivative"][2].sum()) == pytest.approx(1, abs=1e-12)  # homogeneous by construction
    np.testing.assert_allclose((pictures["leading"] ** 2).sum(dim=("row", "column")), 1, rtol=1e-12)
    np.testing.assert_allclose(np.abs(pictures["worst_signs"][1:]), 1)


def test_figures_draw_the_rows_of_the_table(table, pictures):
    def curve(case: str, method: str, quantity: str) -> np.ndarray:
        chosen = (table["case"] == case) & (table["method"] == method) & (table["quantity"] == quantity)
        return table[chosen].sort_values("x")[["x", "value"]].to_numpy()

    errors, wide = error_figure(table=table).axes
    np.testing.assert_array_equal(errors.lines[0].get_xydata(), curve("conductivity", "mlp", "nrmse"))
    np.testing.assert_array_equal(wide.lines[-1].get_xydata(), curve("wide", "fitted_bounds", "nrmse"))
    for ax, quantity in zip(
        violation_figure(table=table).axes,
        ("violating_points", "bound_violations", "paired_homogeneity_error", "second_difference_error"),
        strict=True,
    ):
        np.testing.assert_array_equal(ax.lines[0].get_xydata(), curve("conductivity", "mlp", quantity))
    coverage, width, predictions = interval_figure(table=table, pictures=pictures).axes
    nominal = curve("calibration", "mlp", "coverage")
    np.testing.assert_array_equal(coverage.lines[1].get_xydata(), nominal * [1, 100])
    np.testing.assert_array_equal(width.lines[0].get_xydata(), curve("conductivity", "mlp", "interval_width"))
    exact_values = np.sort(pictures["prediction"].values[0, :30])
    np.testing.assert_array_equal(predictions.lines[-1].get_ydata(), exact_values)
    images = [ax.images[0].get_array() for ax in input_figure(pictures=pictures).axes[:3]]
    np.testing.assert_array_equal(images, pictures["derivative"])


def test_every_claim_names_rows_that_the_evaluation_writes(table):
    written = set(zip(table["case"], table["method"], table["quantity"], strict=True))
    quantities = {(case, quantity) for case, _, quantity in written}
    for claim in claims():
        for rows in claim.measured:
            # networks that are not trained here write the same quantities
            assert (rows.case, rows.quantity) in quantities, claim.name
        for size in claim.needs:
            assert (size.case, size.quantity) in quantities, claim.name
