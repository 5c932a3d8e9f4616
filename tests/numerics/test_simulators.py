"""Simulators to optimise: adjoints against complex steps, Taylor slopes and autograd; closed forms of the best bar."""

import numpy as np
import pytest
import torch
from scipy.special import ndtr

from mlsim.numerics.differentiation.conduction import bar_temperatures
from mlsim.numerics.differentiation.difference_quotients import complex_step_derivative, taylor_slope
from mlsim.numerics.differentiation.torch_operations import OperationCounter
from mlsim.numerics.estimation.objectives import Misfit, Objective, Simulator
from mlsim.numerics.flow.bar_design import BarObjective, HeatedBar
from mlsim.numerics.flow.darcy_1d import exponential_modes, line_pressures
from mlsim.numerics.flow.darcy_1d_readings import LayeredFlow, ModesFlow, evenly_spaced
from mlsim.numerics.waves.travel_times import LayeredWave

CELLS, SPACING = 32, 4
SENSORS = evenly_spaced(CELLS, spacing=SPACING)
MODES = exponential_modes(CELLS, length=0.3, count=6)
RNG = np.random.default_rng(5)
THETA, TRUTH, DIRECTION = RNG.normal(size=(3, 6))
HEAT = RNG.uniform(0.2, 2.0, size=24)
WAVE = {"frequencies": (1.0, 7.0), "amplitudes": (1.0, 0.3), "spread": 1.0}


def simulators() -> dict[str, Simulator]:
    return {
        "modes": ModesFlow(MODES, sensors=SENSORS),
        "layers": LayeredFlow(cells=CELLS, interfaces=3, sensors=SENSORS),
        "wave": LayeredWave(layers=6, **WAVE),
    }


def objectives() -> dict[str, Objective]:
    misfits = {name: Misfit(each, each.outputs(TRUTH[None])[0]) for name, each in simulators().items()}
    return {**misfits, "bar": BarObjective(HeatedBar(HEAT, segments=6))}


each_objective = pytest.mark.parametrize("name", ["modes", "layers", "wave", "bar"])
each_simulator = pytest.mark.parametrize("name", ["modes", "layers", "wave"])


@each_objective
def test_gradient_is_the_complex_step_derivative(name):
    objective = objectives()[name]
    _, gradient = objective.value_and_gradient(THETA)
    for direction in np.eye(6):
        exact = complex_step_derivative(lambda t, v=direction: complex(objective.values((THETA + t * v)[None])[0]))
        # only rounding: sums of some hundred terms
        assert gradient @ direction == pytest.approx(exact, rel=1e-11, abs=1e-13)


@each_objective
def test_remainder_after_the_gradient_is_of_order_two(name):
    objective = objectives()[name]
    derivative = float(objective.value_and_gradient(THETA)[1] @ DIRECTION)
    steps = [1e-3 * 2.0**-k for k in range(5)]
    slope = taylor_slope(
        lambda t: float(objective.values((THETA + t * DIRECTION)[None])[0]), derivative=derivative, steps=steps
    )
    assert slope == pytest.approx(2.0, abs=0.02)


@each_objective
def test_many_values_at_once_are_those_one_by_one(name):
    objective, many = objectives()[name], RNG.normal(size=(5, 6))
    one_by_one = [objective.value_and_gradient(each)[0] for each in many]
    np.testing.assert_allclose(objective.values(many), one_by_one, rtol=1e-12)


@each_simulator
def test_misfit_is_one_at_the_start_and_zero_at_the_truth(name):
    misfit = objectives()[name]
    start, truth = misfit.values(np.stack([np.zeros(6), TRUTH]))
    assert start == pytest.approx(1.0, rel=1e-12)
    # a product with one row is rounded otherwise than one with two
    assert 0.0 <= truth < 1e-25


@each_simulator
def test_jacobian_is_the_complex_step_derivative_and_its_transpose_the_adjoint(name):
    simulator, step = simulators()[name], 1e-30
    jacobian = simulator.jacobian(THETA)
    exact = simulator.outputs(THETA + 1j * step * np.eye(6)).imag.T / step
    np.testing.assert_allclose(jacobian, exact, rtol=1e-11, atol=1e-14)
    weights = RNG.normal(size=len(jacobian))
    np.testing.assert_allclose(simulator.pulled_back(THETA, weights), weights @ jacobian, rtol=1e-11, atol=1e-14)


def test_observations_of_the_start_are_refused():
    flow = simulators()["modes"]
    with pytest.raises(ValueError, match="observed"):
        Misfit(flow, flow.outputs(np.zeros((1, 6)))[0])


def test_readings_jump_as_an_interface_passes_a_centre_and_are_constant_between():
    flow = LayeredFlow(cells=CELLS, interfaces=1, sensors=SENSORS)
    free = np.linspace(-0.2, 0.2, 400)
    readings = flow.outputs(np.stack([free, np.ones(400)], axis=1))
    jumps = np.abs(np.diff(readings, axis=0)).max(axis=1) > 0
    passed = np.floor(CELLS * (0.1 + 0.8 * ndtr(free)) + 0.5)
    np.testing.assert_array_equal(jumps, np.diff(passed) > 0)
    assert 0 < jumps.sum() < 10


def test_layers_of_equal_permeability_are_homogeneous():
    flow = LayeredFlow(cells=CELLS, interfaces=3, sensors=SENSORS)
    theta = np.concatenate([RNG.normal(size=3), np.zeros(3)])
    np.testing.assert_array_equal(flow.outputs(theta[None])[0], line_pressures(np.zeros(CELLS))[SENSORS])


def test_pressure_is_positive_inside():
    assert (ModesFlow(MODES, sensors=SENSORS).outputs(RNG.normal(size=(50, 6))) > 0).all()


def test_low_frequency_has_one_well_and_a_high_one_has_many():
    theta = np.linspace(-1.5, 1.5, 2001)[:, None]

    def wells(frequency: float) -> int:
        wave = LayeredWave(layers=1, frequencies=(frequency,), amplitudes=(1.0,), spread=1.0)
        values = Misfit(wave, wave.outputs(np.array([[0.01]]))[0]).values(theta)
        return int(((values[1:-1] < values[:-2]) & (values[1:-1] < values[2:])).sum())

    assert wells(1.0) == 1
    # periods of 2 pi / 20 that end inside the interval of length 3
    assert wells(20.0) == 9


@pytest.mark.parametrize("segments", [2, 8, 24])
def test_uniform_heat_has_the_best_bar_in_closed_form(segments):
    bar = HeatedBar(np.ones(48), segments=segments)
    edges = np.linspace(0, 1, segments + 1) - 0.5
    squares = np.diff(edges**3) / 3
    best = np.sqrt(squares) / np.sqrt(squares).mean()
    # the minimum of a parabola is known to half the digits of its value
    np.testing.assert_allclose(bar.optimum(), best, rtol=1e-6)
    least = np.sqrt(squares / segments).sum() ** 2
    assert bar.compliance(bar.optimum()[None])[0] == pytest.approx(least, rel=1e-12)
    if segments == 2:  # nothing to gain from two equal halves
        assert least == pytest.approx(1 / 12, rel=1e-12)
    if segments == 24:
        assert least == pytest.approx(1 / 16, rel=0.01)


def test_optimality_criteria_reach_the_optimum_and_no_design_is_better():
    bar = HeatedBar(HEAT, segments=8)
    best = bar.compliance(bar.optimum()[None])[0]
    k = np.ones(8)
    for _ in range(200):
        k = bar.improved(k)
    np.testing.assert_allclose(k, bar.optimum(), rtol=1e-6)
    assert k.mean() == pytest.approx(1.0)
    designs = np.exp(RNG.normal(size=(2000, 8)))
    designs /= designs.mean(axis=1, keepdims=True)
    assert bar.compliance(designs).min() > best
    near = bar.optimum() * np.exp(1e-3 * RNG.normal(size=(200, 8)))
    assert bar.compliance(near / near.mean(axis=1, keepdims=True)).min() > best * (1 - 1e-12)


def test_compliance_is_that_of_the_temperatures_by_elimination():
    """Linear elements are exact at the nodes; inside a cell f u has ``f^2 h^3 / (12 k)`` more."""
    cells = len(HEAT)
    k = np.exp(RNG.normal(size=cells))
    load = (HEAT[:-1] + HEAT[1:]) / (2 * cells)
    u = np.array(bar_temperatures(list(k), list(load)))
    expected = load @ u + (HEAT**2 / (12 * k * cells**3)).sum()
    found = HeatedBar(HEAT, segments=cells).compliance(k[None])[0]
    assert found == pytest.approx(expected, rel=1e-12)


def test_design_keeps_the_amount_of_material_and_does_not_overflow():
    objective = BarObjective(HeatedBar(HEAT, segments=6))
    designs = objective.design(300.0 * RNG.normal(size=(10, 6)))
    np.testing.assert_allclose(designs.mean(axis=1), 1.0, rtol=1e-12)


def test_segments_that_do_not_divide_are_refused():
    with pytest.raises(ValueError, match="segments is 5"):
        HeatedBar(HEAT, segments=5)


def torch_programs(theta: torch.Tensor) -> dict[str, torch.Tensor]:
    """The three simulators' misfits once more, in torch, without any formula for derivatives."""
    observed = {name: torch.from_numpy(each.outputs(TRUTH[None])[0]) for name, each in simulators().items()}
    x = torch.from_numpy((np.arange(CELLS) + 0.5) / CELLS)
    weight = torch.exp(-(torch.from_numpy(MODES.vectors * np.sqrt(MODES.values)) @ theta)) / CELLS
    centre = torch.dot(weight, x) / weight.sum()
    pressures = torch.cumsum((centre - x) * weight, 0)[torch.from_numpy(SENSORS)]
    times = torch.cumsum(theta, 0) / np.sqrt(6.0)
    waves = [a * f(w * times) for w, a in ((1.0, 1.0), (7.0, 0.3)) for f in (torch.cos, torch.sin)]
    left = {"modes": pressures - observed["modes"], "wave": torch.cat(waves) - observed["wave"]}
    return {name: each.square().sum() for name, each in left.items()}


@pytest.mark.parametrize("name", ["modes", "wave"])
def test_autograd_finds_the_gradient_for_at_most_four_times_the_operations_of_the_value(name):
    theta = torch.from_numpy(THETA.copy()).requires_grad_()
    with OperationCounter() as value_counter:
        torch_programs(theta)[name]
    with OperationCounter() as counter:
        value = torch_programs(theta)[name]
        (gradient,) = torch.autograd.grad(value, theta)
    assert value_counter.operations < counter.operations <= 4 * value_counter.operations
    objective = objectives()[name]
    own, exact = objective.value_and_gradient(THETA)
    np.testing.assert_allclose(gradient.numpy() * own / value.item(), exact, rtol=1e-11, atol=1e-13)
