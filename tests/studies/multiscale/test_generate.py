"""Data sets: checked residuals, reproducible, samples that do not depend on the numbers of others."""

import numpy as np
import pytest
from msgspec.structs import replace

from mlsim.numerics.waves.schroedinger import minus_second_derivative
from mlsim.studies.multiscale.generate import PARTS, check, generate, samples_of, shifted_parts
from mlsim.studies.multiscale.settings import Data

SMALL = {
    "nlse_1d": Data(case="nlse_1d", size=80, test=6, validation=4, train=8, shifted=3),
    "nlse_2d": Data(case="nlse_2d", size=20, test=3, validation=2, train=4, shifted=2),
    "rte_slab": Data(case="rte_slab", size=80, test=3, validation=2, train=4, shifted=2),
    "darcy_2d": Data(case="darcy_2d", size=17, test=3, validation=2, train=4, shifted=2),
}


@pytest.mark.parametrize("case", SMALL)
def test_every_sample_solves_its_equation_and_every_variable_has_its_unit(case):
    data = generate(SMALL[case], seed=0)
    assert float(data["residual"].max()) < 1e-11
    if case != "darcy_2d":  # which is zero on the boundary
        assert float(data["solution"].min()) > 0
    assert all({"units", "long_name"} <= set(variable.attrs) for variable in data.variables.values())
    counts = [len(samples_of(data, part)[0]) for part in PARTS]
    assert counts == [SMALL[case].test, SMALL[case].validation, SMALL[case].train]
    assert all(len(samples_of(data, name)[0]) == SMALL[case].shifted for name in shifted_parts(data))


@pytest.mark.parametrize("case", SMALL)
def test_more_training_samples_leave_all_others_as_they_are(case):
    few, settings = generate(SMALL[case], seed=0), SMALL[case]
    many = generate(replace(settings, train=settings.train + 60), seed=0)
    for part in (*PARTS, *shifted_parts(few)):
        count = len(samples_of(few, part)[0])
        assert np.array_equal(samples_of(few, part)[0], samples_of(many, part)[0][:count])
    assert not np.array_equal(samples_of(many, "train")[0][:50], samples_of(many, "train")[0][50:100])


def test_states_are_normalised_and_the_energy_is_theirs():
    data = generate(SMALL["nlse_1d"], seed=1)
    u, v = data["solution"].values, data["coefficient"].values
    # rounding of sums of 80 squares
    assert np.abs((u**2).mean(axis=1) - 1).max() < 1e-12
    image = minus_second_derivative(u.T, stencil="differences").T + (v + 10 * u**2) * u
    assert np.abs((image * u).mean(axis=1) / data["energy"].values - 1).max() < 1e-10


def test_both_stencils_are_in_the_data_and_differ_by_the_error_of_discretisation():
    data = generate(Data(case="nlse_1d", size=160, test=6, validation=2, train=2), seed=0)
    exact, other = samples_of(data, "test")[1], data["other_stencil"].values
    difference = np.linalg.norm(other - exact, axis=1) / np.linalg.norm(exact, axis=1)
    # order two: 2e-4 at 160 points, measured in the notes of the field on 256 samples
    assert 2e-5 < difference.mean() < 1e-3


def test_lognormal_potentials_are_another_distribution_and_the_wells_become_the_shifted_one():
    data = generate(Data(case="nlse_1d", size=80, test=2, validation=2, train=2, shifted=2, law="lognormal"), seed=0)
    assert (samples_of(data, "test")[0] < 0).all()
    assert (samples_of(data, "other_law")[0] >= 1).all()


def test_solution_with_a_large_residual_or_a_wrong_sign_is_refused():
    positive = np.ones((2, 3))
    with pytest.raises(ValueError, match="relative residual"):
        check({"solution": positive, "residual": np.array([1e-12, 1e-3])}, positive=True)
    with pytest.raises(ValueError, match="relative residual"):
        check({"solution": positive, "residual": np.array([np.nan, 0.0])}, positive=True)
    with pytest.raises(ValueError, match="not positive"):
        check({"solution": -positive, "residual": np.zeros(2)}, positive=True)
