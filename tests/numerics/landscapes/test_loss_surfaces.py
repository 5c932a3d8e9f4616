"""Curves and surfaces of a loss along normalised directions."""

import numpy as np
import pytest
import torch
from torch.func import functional_call

from mlsim.networks.perceptrons.dense import Dense
from mlsim.numerics.landscapes.hessians import hessian
from mlsim.numerics.landscapes.loss_surfaces import curve, filter_normalised, moved, random_direction, surface

COORDINATES = [step / 5 for step in range(-5, 6)]


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def relu():
    """Loss and parameters of a ReLU network, double precision."""
    net = Dense(widths=(6, 9, 7, 1), activation="relu", generator=generator()).double()
    x, y = (
        torch.randn(40, 6, dtype=torch.float64, generator=generator(1)),
        torch.randn(40, 1, dtype=torch.float64, generator=generator(2)),
    )
    parameters = {name: each.detach() for name, each in net.named_parameters()}
    return lambda at: (functional_call(net, dict(at), (x,)) - y).square().mean(), parameters


def scaled(parameters, factor):
    c = torch.as_tensor(factor, dtype=torch.float64)
    rows = c[:, None] if c.ndim else c
    return parameters | {
        "layers.0.weight": rows * parameters["layers.0.weight"],
        "layers.0.bias": c * parameters["layers.0.bias"],
        "layers.1.weight": parameters["layers.1.weight"] / c,
    }


def along(loss, parameters, *, raw=False):
    drawn = random_direction(parameters, generator=generator(3))
    return curve(loss, parameters, drawn if raw else filter_normalised(drawn, parameters), coordinates=COORDINATES)


def test_normalised_direction_has_the_norm_of_each_filter_and_leaves_biases_alone(relu):
    _, parameters = relu
    direction = filter_normalised(random_direction(parameters, generator=generator()), parameters)
    for name, each in parameters.items():
        if each.ndim == 1:
            assert not direction[name].any()
        else:
            torch.testing.assert_close(direction[name].norm(dim=1), each.norm(dim=1), rtol=1e-14, atol=0)


def test_rescaling_of_layers_leaves_normalised_curves_alone_and_changes_raw_ones(relu):
    loss, parameters = relu
    other = scaled(parameters, 10.0)
    np.testing.assert_allclose(along(loss, other), along(loss, parameters), rtol=1e-12)
    raw, raw_other = (along(loss, each, raw=True) for each in (parameters, other))
    assert (np.abs(raw_other - raw) / raw).max() > 0.1


def test_rescaling_by_a_power_of_two_changes_no_bit_of_a_normalised_curve(relu):
    loss, parameters = relu
    assert (along(loss, scaled(parameters, 8.0)) == along(loss, parameters)).all()


def test_rescaling_of_single_neurons_changes_normalised_curves(relu):
    loss, parameters = relu
    factors = torch.exp(torch.randn(9, dtype=torch.float64, generator=generator(4)))
    other = scaled(parameters, factors)
    assert float(loss(other)) == pytest.approx(float(loss(parameters)), rel=1e-12)
    assert (np.abs(along(loss, other) / along(loss, parameters) - 1)).max() > 0.01


def test_exchange_of_neurons_moves_normalised_directions_along(relu):
    loss, parameters = relu
    order = torch.randperm(9, generator=generator(5))

    def exchanged(at):
        return at | {
            "layers.0.weight": at["layers.0.weight"][order],
            "layers.0.bias": at["layers.0.bias"][order],
            "layers.1.weight": at["layers.1.weight"][:, order],
        }

    drawn = random_direction(parameters, generator=generator(3))
    direction = filter_normalised(exchanged(drawn), exchanged(parameters))
    found = curve(loss, exchanged(parameters), direction, coordinates=COORDINATES)
    np.testing.assert_allclose(found, along(loss, parameters), rtol=1e-12)


def test_curve_and_surface_at_the_origin_are_the_loss_bit_for_bit_and_parameters_stay(relu):
    loss, parameters = relu
    before = {name: each.clone() for name, each in parameters.items()}
    directions = [
        filter_normalised(random_direction(parameters, generator=generator(seed)), parameters) for seed in (1, 2)
    ]
    values = surface(loss, parameters, (directions[0], directions[1]), coordinates=COORDINATES)
    with torch.no_grad():
        assert values[5, 5] == float(loss(parameters))
    assert (values[:, 5] == curve(loss, parameters, directions[0], coordinates=COORDINATES)).all()
    assert (values[5] == curve(loss, parameters, directions[1], coordinates=COORDINATES)).all()
    assert all(torch.equal(each, before[name]) for name, each in parameters.items())
    assert all(torch.equal(each, parameters[name]) for name, each in moved(parameters, (0.0, directions[0])).items())


def test_curve_of_a_linear_model_is_a_parabola_whose_second_difference_is_the_hessian():
    columns = torch.randn(20, 4, dtype=torch.float64, generator=generator())
    values = torch.randn(20, dtype=torch.float64, generator=generator(1))

    def loss(at):
        return (columns @ at["w"][0] - values).square().mean()

    parameters = {"w": torch.randn(1, 4, dtype=torch.float64, generator=generator(2))}
    direction = random_direction(parameters, generator=generator(3))
    found = curve(loss, parameters, direction, coordinates=[-1.0, 0.0, 1.0, 2.0])
    second = np.diff(found, n=2)
    d = direction["w"][0]
    exact = 2 * (columns @ d).square().mean()
    # rounding of four losses of order ten
    np.testing.assert_allclose(second, float(exact), rtol=1e-12)
    product = hessian(loss, parameters).transposed_product(d)
    assert float(d @ product) == pytest.approx(float(exact), rel=1e-13)
