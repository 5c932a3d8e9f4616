"""BCR-Net is the nonstandard form where it is linear, and keeps its symmetry where it is not."""

import pytest
import torch
from torch.autograd import gradcheck

from mlsim.networks.wavelets.bcr import BCRNet, Sizes, linear_bcr_net
from mlsim.numerics.periodic.integral_kernels import circulant
from mlsim.numerics.wavelets.filters import daubechies
from mlsim.numerics.wavelets.nonstandard_form import banded, nonstandard_form, product, same_everywhere

PUBLISHED = Sizes(points=320, levels=6)
SMALL = Sizes(points=12, levels=1, channels=2, depth=2, order=2)


def _generator(seed=0):
    return torch.Generator().manual_seed(seed)


def _net(sizes=PUBLISHED, *, seed=0, **options):
    return BCRNet(sizes, generator=_generator(seed), dtype=torch.float64, **options)


def _vectors(points, *, count=3):
    return torch.randn(count, points, generator=_generator(1), dtype=torch.float64)


def test_parameters_are_those_of_the_layers():
    filters = 2 * (12 * 6 + 5 * 12 * 6 * 6)
    bands = 6 * 5 * (12**2 * 5 + 12)
    coarse = 5 * (6**2 * 5 + 6)
    assert sum(p.numel() for p in _net().parameters()) == filters + bands + coarse + 2 == 27_356


@pytest.mark.parametrize(("order", "band"), [(1, 1), (2, 2), (3, 2), (3, 4), (2, 5)])
def test_linear_network_is_the_banded_nonstandard_product(order, band):
    size, levels = 320, 6
    kernel = torch.randn(size, generator=_generator(), dtype=torch.float64)  # not symmetric
    matrix, vectors = circulant(kernel), _vectors(size)
    bases = same_everywhere(daubechies(order), levels=levels)
    expected = product(banded(nonstandard_form(matrix, bases), band=band), vectors, bases)
    network = linear_bcr_net(kernel, levels=levels, order=order, band=band)(vectors)
    # the notes' tolerance, hundreds of roundings of 1e-16
    assert (network - expected).norm() < 1e-12 * expected.norm()
    # and the band matters here: a random kernel does not decay
    assert (expected - vectors @ matrix.T).norm() > 0.1 * expected.norm()


def test_linear_network_refuses_a_last_level_that_one_odd_convolution_does_not_cover():
    with pytest.raises(ValueError, match="odd"):
        linear_bcr_net(torch.ones(64, dtype=torch.float64), levels=3, order=2, band=1)


@pytest.mark.parametrize("filters", ["frozen", "trained", "random"])
def test_network_commutes_with_shifts_by_a_coarsest_cell_and_no_others(filters):
    net, vectors = _net(filters=filters), _vectors(320)
    for convolutions in [*net.bands, net.coarse]:
        for layer in convolutions.layers:  # biases start at zero, where they hide a wrong padding
            torch.nn.init.normal_(layer.bias, generator=_generator(2))

    def defect(shift):
        shifted = net(vectors.roll(shift, dims=1)) - net(vectors).roll(shift, dims=1)
        return float(shifted.norm() / net(vectors).norm())

    with torch.no_grad():
        assert max(defect(shift) for shift in (64, 128, -64)) < 1e-10
        assert min(defect(shift) for shift in (1, 2, 32, 63)) > 1e-6


def test_derivatives_are_those_of_difference_quotients():
    net = _net(SMALL, linear=True)
    names = [name for name, _ in net.named_parameters()]

    def value(*parameters):
        return torch.func.functional_call(net, dict(zip(names, parameters, strict=True)), (_vectors(12, count=2),))

    assert gradcheck(value, tuple(p.detach().requires_grad_() for p in net.parameters()))


def test_relu_has_the_derivatives_of_difference_quotients_away_from_its_kink():
    net = _net(SMALL)
    assert gradcheck(net, (_vectors(12, count=2).requires_grad_(),))


def test_untrained_filters_reconstruct_the_input_from_the_details_and_the_coarsest_means():
    net, vectors = _net(), _vectors(320)
    net.coarse.layers = torch.nn.ModuleList()
    for each in net.bands:
        each.register_forward_hook(lambda _, inputs, __: inputs[0] * _details_alone(inputs[0].shape[1]))
    with torch.no_grad():
        # twelve transforms with rounding errors of 1e-16 each
        assert (net(vectors) - vectors).norm() < 1e-12 * vectors.norm()


def _details_alone(channels):
    return (torch.arange(channels) < channels // 2).double()[:, None]


@pytest.mark.parametrize(
    "options",
    [{"points": 100, "levels": 3}, {"points": 64, "levels": 0}, {"points": 64, "levels": 6, "order": 3}],
)
def test_levels_that_do_not_fit_are_refused(options):
    with pytest.raises(ValueError, match="levels"):
        Sizes(**options)


def test_initial_parameters_depend_on_the_generator_alone():
    first, second, other = (_net(SMALL, filters="random", seed=seed).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not torch.equal(first["analysis.0"], other["analysis.0"])
