"""The study of wavelets: its data, learned filters of signals and of operators, the rows of its table."""

import numpy as np
import pytest
import torch
from msgspec.structs import replace

from mlsim.numerics.periodic.integral_kernels import kernel_matrix
from mlsim.numerics.periodic.random_signals import random_waves
from mlsim.numerics.wavelets.filters import daubechies, lattice_filters, orthonormality_defect, scaling_function
from mlsim.numerics.wavelets.nonstandard_form import same_everywhere
from mlsim.numerics.wavelets.sparsity import gini
from mlsim.studies.wavelets.classical import evaluate_signals
from mlsim.studies.wavelets.evaluate import evaluate
from mlsim.studies.wavelets.generate import generate, signals_of
from mlsim.studies.wavelets.operators import evaluate_operators
from mlsim.studies.wavelets.plot import (
    CASCADE,
    OPERATOR_STYLES,
    ROUNDING,
    SIGNAL_STYLES,
    TITLES,
    band_figure,
    compression_figure,
    filters_figure,
)
from mlsim.studies.wavelets.quantities import QUANTITIES
from mlsim.studies.wavelets.settings import (
    ENSEMBLES,
    Compression,
    OperatorRun,
    Operators,
    OperatorTraining,
    OperatorVariant,
    Run,
    Scoring,
    Signals,
    Training,
    Variant,
)
from mlsim.studies.wavelets.train import coefficients_of, train
from mlsim.studies.wavelets.train_operators import error_of, train_operators
from mlsim.tables import aggregated, metrics, with_published
from mlsim.training.resume import Checkpoint

SIGNALS = Signals(test=12, validation=6, train=12, points=64, modes=6, decay=3.0, pieces=2, interaction=10.0)
COMPRESSION = Compression(
    levels=4, bases=("haar", "db2"), ranks=(2, 8), kept=(4, 63), tolerances=(0.01,), degrees=(1, 2)
)
OPERATORS = Operators(
    kernels=("logarithm", "convection"),
    points=80,
    levels=3,
    network_levels=4,
    orders=(1, 3),
    bases=("sym5",),
    bands=(1, 2, 20),
)
TRAINING = Training(steps=40, rate=0.02, rate_random=0.1, validations=4, starts=2, penalty=10.0, batch=12)
LATTICE, PENALTY = Variant(form="lattice", lengths=(4,)), Variant(form="penalty", lengths=(4,))
OPERATOR_VARIANTS = {
    "learned_db3": OperatorVariant(start="db3", filters="shared"),
    "learned_db3_each": OperatorVariant(start="db3", filters="per_level_and_side"),
}
LEARNED = OperatorTraining(bands=(1, 2), steps=25, rate=0.03, validations=5, variants=OPERATOR_VARIANTS)
OPERATOR_RUN = OperatorRun(learned=LEARNED, operators=OPERATORS)


@pytest.fixture(scope="module")
def data():
    return generate(SIGNALS, seed=0)


@pytest.fixture(scope="module")
def lattice(data, tmp_path_factory):
    return _trained(LATTICE, data, tmp_path_factory.mktemp("lattice"))


@pytest.fixture(scope="module")
def operators(tmp_path_factory):
    checkpoint = Checkpoint(tmp_path_factory.mktemp("operators") / "c", stamp="s")
    return train_operators(OPERATOR_RUN, checkpoint=checkpoint, device="cpu").state


def _trained(variant, data, folder, *, training=TRAINING, seed=0):
    run = Run(training=training, variant=variant, levels=COMPRESSION.levels)
    return train(run, data=data, seed=seed, checkpoint=Checkpoint(folder / "c", stamp="s"), device="cpu").state


def _values(rows, **key):
    for name, value in key.items():
        rows = rows[rows[name] == value]
    return rows.set_index("x")["value"]


def test_test_signals_do_not_depend_on_the_number_of_others(data):
    more = generate(replace(SIGNALS, validation=3, train=40), seed=0)
    for ensemble in ENSEMBLES:
        assert torch.equal(signals_of(data, ensemble, "test"), signals_of(more, ensemble, "test"))
        assert not torch.equal(signals_of(data, ensemble, "test"), signals_of(data, ensemble, "train"))


def test_ensembles_are_what_they_are_called(data):
    smooth = np.abs(np.fft.rfft(signals_of(data, "smooth", "test").numpy()))
    assert smooth[:, SIGNALS.modes + 1 :].max() < 1e-12
    assert bool((signals_of(data, "ground_states", "test") > 0).all())  # positivity makes a state the ground state
    steps = signals_of(data, "piecewise_smooth", "test").diff(dim=1).abs().numpy()
    assert np.median(steps.max(axis=1) / np.median(steps, axis=1)) > 4


@pytest.mark.parametrize("ensemble", ENSEMBLES)
def test_learned_lattice_is_at_least_as_sparse_as_its_start_on_validation_signals(ensemble, data, lattice):
    signals = signals_of(data, ensemble, "validation")
    learned, start = (
        gini(coefficients_of(signals, filters, levels=COMPRESSION.levels)).mean()
        for filters in (lattice[f"{ensemble}.4"], daubechies(2))
    )
    assert learned >= start - 1e-12
    assert float(orthonormality_defect(lattice[f"{ensemble}.4"])) ** 0.5 < 1e-12


def test_sparsest_filters_of_four_coefficients_for_smooth_signals_are_those_of_daubechies():
    """Among all lattices of one free angle, scanned in steps of five degrees, and of one degree beside the best."""
    waves = random_waves(20, 256, modes=8, decay=4.0, rng=np.random.default_rng(0))
    signals = torch.from_numpy(waves)

    def sparsity(degrees):
        angle = torch.tensor([degrees * torch.pi / 180], dtype=torch.float64)
        return float(gini(coefficients_of(signals, lattice_filters(angle), levels=6)).mean())

    values = {degrees: sparsity(degrees) for degrees in range(-90, 90, 5)}
    # -15 degrees give db2, -75 its mirror image
    assert set(sorted(values, key=values.__getitem__)[-2:]) == {-15, -75}
    for best in (-15, -75):
        assert max(sparsity(best - 1.0), sparsity(best + 1.0)) < values[best]


def test_penalty_form_is_nearly_orthonormal_and_not_exactly(data, tmp_path):
    state = _trained(PENALTY, data, tmp_path)
    defects = {name: float(orthonormality_defect(filters)) for name, filters in state.items()}
    assert all(defect < 0.1 for defect in defects.values())
    assert any(defect > 1e-12 for defect in defects.values())


def test_equal_seeds_give_equal_filters_also_after_an_interruption(data, tmp_path):
    training = replace(TRAINING, steps=4, validations=2)
    (tmp_path / "one").mkdir()
    first = _trained(LATTICE, data, tmp_path / "one", training=training)
    again = _trained(LATTICE, data, tmp_path / "one", training=training)  # passes over the finished fits
    other = _trained(LATTICE, data, tmp_path, training=training)
    assert all(torch.equal(first[name], again[name]) and torch.equal(first[name], other[name]) for name in first)


def test_rows_of_learned_filters_are_those_of_the_filters(data, lattice):
    scoring = Scoring(variant=LATTICE, training=TRAINING, compression=COMPRESSION)
    rows = metrics(evaluate(scoring, data=data, model=lattice, seed=0, method="lattice"), QUANTITIES)
    for ensemble in ENSEMBLES:
        assert _values(rows, case=ensemble, method="lattice", quantity="reconstruction_error")[4] < 1e-12
        errors = _values(rows, case=ensemble, method="lattice_4", quantity="relative_error")
        assert errors[63] < errors[4]


@pytest.fixture(scope="module")
def table(data, lattice, operators):
    """The table of these sizes."""
    scoring = Scoring(variant=LATTICE, training=TRAINING, compression=COMPRESSION)
    parts = [
        evaluate(scoring, data=data, model=lattice, seed=0, method="lattice"),
        evaluate_signals(COMPRESSION, data=data),
        evaluate_operators(OPERATOR_RUN, model=operators),
    ]
    return with_published(aggregated([metrics(part, QUANTITIES) for part in parts]), [])


@pytest.mark.parametrize(
    ("draw", "styles", "case", "method"),
    [
        (band_figure, OPERATOR_STYLES, "logarithm", "sym5"),
        (band_figure, OPERATOR_STYLES, "convection", "learned_db3"),
        (compression_figure, SIGNAL_STYLES, "smooth", "db2"),
        (compression_figure, SIGNAL_STYLES, "piecewise_smooth", "principal_components"),
    ],
)
def test_curve_of_a_method_is_its_error_in_the_table(table, draw, styles, case, method):
    (ax,) = (ax for ax in draw(table=table).axes if ax.get_title() == TITLES[case])
    (curve,) = (line for line in ax.lines if line.get_label() == styles[method][0])
    errors = _values(table, case=case, method=method, quantity="relative_error").sort_index()
    errors = errors[errors > ROUNDING]
    assert curve.get_xdata().tolist() == errors.index.tolist()
    assert curve.get_ydata().tolist() == errors.tolist()


def test_drawn_scaling_functions_are_those_of_the_filters(lattice):
    axes = filters_figure(LATTICE, model=lattice).axes
    for ax, ensemble in zip(axes, ENSEMBLES, strict=True):
        learned = lattice[f"{ensemble}.4"]
        known, as_learned, mirrored = (
            scaling_function(filters, levels=CASCADE)[0].numpy()
            for filters in (daubechies(2), learned, learned.flip(1))
        )
        np.testing.assert_array_equal(ax.lines[0].get_ydata(), known)
        drawn = ax.lines[2].get_ydata()
        assert np.array_equal(drawn, as_learned) or np.array_equal(drawn, mirrored)


def test_rows_of_bases_agree_with_what_is_known_of_them(data):
    rows = metrics(evaluate_signals(COMPRESSION, data=data), QUANTITIES)
    # twelve real waves span the smooth ensemble, and so do twelve training signals
    needed = _values(rows, case="smooth", method="principal_components", quantity="coefficients")
    assert needed[0.01] <= 2 * SIGNALS.modes
    powers = rows[rows["case"] == "powers"]
    tensor_train, wavelets = (_values(powers, method=m, quantity="coefficients") for m in ("wtt", "daubechies"))
    assert tensor_train.tolist() == [2.0, 3.0]  # as many as the space of polynomials has dimensions
    assert (tensor_train <= wavelets).all()
    assert (_values(powers, method="wtt", quantity="details_up_to_degree") < 1e-11).all()
    assert (_values(powers, method="wtt", quantity="details_of_next_degree") > 1e-3).all()


@pytest.mark.parametrize("kernel", OPERATORS.kernels)
@pytest.mark.parametrize("band", LEARNED.bands)
def test_learned_filters_lower_the_error_at_equal_band(kernel, band, operators):
    matrix = kernel_matrix(kernel, size=OPERATORS.points)
    start = error_of(matrix, same_everywhere(daubechies(3), levels=OPERATORS.levels), band=band)
    for name in LEARNED.variants:
        assert error_of(matrix, operators[f"{name}.{kernel}.{band}"], band=band) < 0.99 * start
    bank = operators[f"learned_db3.{kernel}.{band}"]
    assert torch.equal(bank[0, 0], bank[-1, 1])
    assert float(orthonormality_defect(bank[0, 0])) ** 0.5 < 1e-12


def test_rows_of_operators_agree_with_what_is_known_of_them(operators):
    rows = metrics(evaluate_operators(OPERATOR_RUN, model=operators), QUANTITIES)
    for kernel in OPERATORS.kernels:
        exact = _values(rows, case=kernel, quantity="full_band_error")
        assert (exact < 1e-11).all()  # symlets of PyWavelets are orthonormal to 1e-12
        dense = float(_values(rows, case=kernel, method="dense", quantity="coefficients").iloc[0])
        assert dense == OPERATORS.points**2
        # a band of 20 covers the finest level of 40 points but for nothing
        assert _values(rows, case=kernel, method="db3", quantity="relative_error")[20] < 1e-12
        assert _values(rows, case=kernel, method="db3", quantity="coefficients")[20] == dense
        cut, largest = (
            _values(rows, case=kernel, method=method, quantity="relative_error")
            for method in ("db3", "thresholded_form")
        )
        assert (largest[[1, 2]] <= cut[[1, 2]]).all()  # the best choice of as many entries
    difference = _values(rows, case="logarithm", method="bcr_net", quantity="difference_from_form")
    assert (difference < 1e-12).all()
    fourier = _values(rows, method="fourier_diagonal", quantity="relative_error", case="logarithm")
    assert float(fourier.iloc[0]) < 1e-14
