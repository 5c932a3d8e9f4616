"""Histories of SIMP: independent of sharding, split by problem, true to the published thresholding row."""

import numpy as np
import pytest
import xarray as xr

from mlsim.config import parse
from mlsim.numerics.elasticity.simp import Simp, preset
from mlsim.storage import read_dataset, write_dataset
from mlsim.studies.topopt.generate import (
    DENSITY_LEVELS,
    GRID,
    elastic_case,
    merge,
    simulate,
    simulate_examples,
    simulate_heat,
    stored_cases,
)
from mlsim.studies.topopt.samples import part
from mlsim.studies.topopt.settings import Example, ExampleSampling, Heat, HeatSampling, Problems, Sampling, Simulation

LOAD_CASES = {
    "mean_fixed_x": 2.0, "mean_fixed_y": 1.0, "mean_loads": 1.0, "boundary_factor": 100.0,
    "volume_mean": 0.5, "volume_deviation": 0.1, "volume_range": [0.1, 0.9],
}  # fmt: skip
SHORT = {"simulation": {"updates": 6, "filter_radius": 1.5}, "load_cases": LOAD_CASES}
SETTINGS = parse(Sampling, SHORT, path="test")


@pytest.fixture(scope="module")
def whole() -> xr.Dataset:
    return simulate(SETTINGS, seed=7, first=0, count=5)


def test_problem_does_not_depend_on_the_sharding(whole):
    shards = [simulate(SETTINGS, seed=7, first=0, count=2), simulate(SETTINGS, seed=7, first=2, count=3)]
    merged = merge(Problems(test=2, validation=1, train=2, per_shard=3), shards=shards)
    xr.testing.assert_identical(merged.drop_vars("part"), whole)


def test_problems_of_another_seed_differ(whole):
    other = simulate(SETTINGS, seed=8, first=0, count=1)
    assert not np.array_equal(other["load"].values[0], whole["load"].values[0]) or not np.array_equal(
        other["fixed_x"].values[0], whole["fixed_x"].values[0]
    )


def test_test_problems_stay_when_the_training_set_grows(whole):
    small = merge(Problems(test=2, validation=1, train=1, per_shard=5), shards=[whole.isel(problem=slice(0, 4))])
    large = merge(Problems(test=2, validation=1, train=2, per_shard=5), shards=[whole])
    xr.testing.assert_identical(part(small, "test"), part(large, "test"))
    indices = [set(part(large, name)["index"].values.tolist()) for name in ("test", "validation", "train")]
    assert indices == [{0, 1}, {2}, {3, 4}]


def test_shards_in_wrong_order_or_number_are_refused(whole):
    problems = Problems(test=2, validation=1, train=2, per_shard=3)
    with pytest.raises(ValueError, match="in order"):
        merge(problems, shards=[whole.isel(problem=slice(2, 5)), whole.isel(problem=slice(0, 2))])
    with pytest.raises(ValueError, match="hold 3 problems"):
        merge(problems, shards=[whole.isel(problem=slice(0, 3))])


def test_history_starts_uniform_keeps_its_volume_and_moves_by_at_most_a_fifth(whole):
    density = whole["density"].values / DENSITY_LEVELS
    fraction = whole["volume_fraction"].values
    np.testing.assert_allclose(density[:, 0], fraction[:, None, None] * np.ones((40, 40)), atol=1e-5)
    # rounding to 1/65535 is below 1e-5 per element
    np.testing.assert_allclose(density.mean(axis=(2, 3)), fraction[:, None] * np.ones(7), atol=1e-5)
    assert np.abs(np.diff(density, axis=1)).max() <= 0.2 + 2e-5
    final = density[:, -1]
    mean = final.mean(axis=(1, 2), keepdims=True)
    clear = np.abs(final - mean) > 1e-4
    assert ((final > mean) == whole["target"].values)[clear].all()


def test_stored_load_case_solves_to_the_stored_compliance(whole, tmp_path):
    write_dataset(whole, tmp_path / "d.zarr.zip")
    stored = read_dataset(tmp_path / "d.zarr.zip")
    for problem, case in enumerate(stored_cases(stored)):
        simp = Simp(elastic_case(case), filter_radius=1.5, rules=preset("topy"))
        start = np.full(GRID.elements, case.volume_fraction)
        assert simp.compliance(start)[0] == pytest.approx(stored["compliance"].values[problem, 0], rel=1e-9)


def test_sensitivity_has_its_mean_four_decades_above_the_smallest(whole):
    decades = whole["log_sensitivity"].values[:, 1:] / 32.0 - 4.0
    # the mean of the relative sensitivity is one, up to rounding by 1/64 decade and clipping at 1e-4
    np.testing.assert_allclose((10.0**decades).mean(axis=(2, 3)), 1.0, rtol=0.04)


def test_heat_problems_have_cold_nodes_and_a_source_everywhere():
    heat = Heat(
        problems=3, mean_cold=2.0, boundary_factor=100.0, source=0.01,
        volume_mean=0.5, volume_deviation=0.1, volume_range=(0.1, 0.9),
    )  # fmt: skip
    data = simulate_heat(HeatSampling(simulation=Simulation(updates=5, filter_radius=1.5), heat=heat), seed=0)
    assert (data["fixed_x"].values.sum(axis=(1, 2)) >= 1).all()
    assert (data["load"].values == 0.01).all()
    assert (np.diff(data["compliance"].values, axis=1) < 0).all()
    volume = data["density"].values.mean(axis=(2, 3)) / DENSITY_LEVELS
    np.testing.assert_allclose(volume, data["volume_fraction"].values[:, None] * np.ones(6), atol=1e-5)


def test_symmetric_example_has_a_symmetric_history():
    cantilever = Example(fixed_x=("left",), fixed_y=("left",), loads=((40, 20),), volume_fraction=0.4, stopped_after=5)
    data = simulate_examples(
        ExampleSampling(simulation=Simulation(updates=10, filter_radius=1.5), examples={"cantilever": cantilever})
    )
    density = data["density"].values[0].astype(int)
    # one unit of the last place: symmetric up to round-off, then rounded
    assert np.abs(density - density[:, ::-1]).max() <= 1
    assert data["name"].values.tolist() == ["cantilever"]
