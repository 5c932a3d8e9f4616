"""Monotone networks."""

import pytest
import torch
from torch import Tensor, nn

from mlsim.networks.perceptrons.monotone import ConvexConcaveNetwork, ExponentialNetwork, ResistorNetwork
from mlsim.networks.wrappers.symmetrised import Flat, Reflected


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def monotone(name: str, inputs: int = 4) -> nn.Module:
    """A network with parameters far from the initial ones, in double precision."""
    net = {
        "exponential": lambda: ExponentialNetwork(inputs=inputs, hidden=(7, 5), generator=generator()),
        "convex_concave": lambda: ConvexConcaveNetwork(inputs=inputs, hidden=(6, 9), generator=generator()),
        "resistor": lambda: ResistorNetwork(inputs=inputs, hidden=(7, 5, 6), spread=3.0, generator=generator()),
    }[name]()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator(1)))
    return net.double().requires_grad_(False)


def points(count: int, inputs: int = 4, size: float = 6.0, seed: int = 2) -> Tensor:
    return size * (2 * torch.rand(count, inputs, generator=generator(seed), dtype=torch.float64) - 1)


NETWORKS = ["exponential", "convex_concave", "resistor"]


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("size", [2.0, 20.0])
def test_no_derivative_is_negative_far_outside_the_data(name, size):
    net, x = monotone(name), points(500, size=size).requires_grad_()
    (gradient,) = torch.autograd.grad(net(x).sum(), x)
    assert float(gradient.min()) >= 0
    assert float(gradient.max()) > 0


@pytest.mark.parametrize("name", NETWORKS)
def test_a_larger_input_has_no_smaller_output(name):
    net, x = monotone(name), points(500)
    above = x + points(500, seed=3).abs()
    assert bool((net(above) >= net(x)).all())


def test_a_resistor_network_scales_stays_between_and_is_concave():
    net, x, other = monotone("resistor"), points(500), points(500, seed=4)
    value = net(x)
    torch.testing.assert_close(net(x + 1.25), value + 1.25, rtol=0, atol=1e-13)
    assert bool(((x.min(dim=1).values <= value + 1e-13) & (value <= x.max(dim=1).values + 1e-13)).all())
    middle = net(((x.exp() + other.exp()) / 2).log()).exp()
    assert bool((middle >= (value.exp() + net(other).exp()) / 2 * (1 - 1e-13)).all())


def test_a_resistor_network_with_chosen_shares_is_a_circuit():
    """One hidden layer: units ``k_1`` and ``(k_2 + k_3) / 2``, then these in series, half of the length each."""
    net = ResistorNetwork(inputs=3, hidden=(2,), spread=1.0, generator=generator()).double()
    off = -1e3  # a share of zero
    with torch.no_grad():
        net.shares[0].copy_(torch.tensor([[0.0, off, off], [off, 0.0, 0.0]]))
        net.shares[1].copy_(torch.tensor([[0.0, 0.0, off, off, off]]))
    k = torch.tensor([[2.0, 3.0, 9.0]], dtype=torch.float64)
    assert float(net(k.log()).exp().detach()) == pytest.approx(1 / (0.5 / 2 + 0.5 / 6), rel=1e-14)


def test_convex_and_concave_units_give_what_their_formulas_say():
    net = ConvexConcaveNetwork(inputs=1, hidden=(3,), generator=generator()).double().requires_grad_(False)
    net.weights[0].copy_(torch.tensor([[-1.0], [1.0], [1.0]]))  # of the sign nothing is left
    for place, formula in enumerate((lambda x: x, lambda x: 1 - torch.exp(-x), lambda x: 1 - (torch.exp(1 - x) - 1))):
        net.weights[1].copy_(torch.eye(3)[place : place + 1])
        x = torch.tensor([[1.5]], dtype=torch.float64)
        assert float(net(x)) == pytest.approx(float(formula(x)), rel=1e-14)


@pytest.mark.parametrize("name", NETWORKS)
def test_wrong_widths_are_refused(name):
    if name == "resistor":
        with pytest.raises(ValueError, match="odd number"):
            ResistorNetwork(inputs=2, hidden=(3, 3), spread=1.0, generator=generator())
    elif name == "convex_concave":
        with pytest.raises(ValueError, match="multiples of three"):
            ConvexConcaveNetwork(inputs=2, hidden=(4,), generator=generator())


def test_reflections_keep_monotonicity():
    net = Reflected(Flat(monotone("resistor")))
    fields = points(200).reshape(200, 2, 2).requires_grad_()
    (gradient,) = torch.autograd.grad(net(fields).sum(), fields)
    assert float(gradient.min()) >= 0
