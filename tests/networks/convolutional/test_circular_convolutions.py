"""Stacks of circular convolutions with and without skips."""

import pytest
import torch
from torch.nn import functional

from mlsim.networks.convolutional.circular_convolutions import CircularConvolutions


def _net(*, skip: bool, dilations: tuple[int, ...] = (1, 2, 4), width: int = 3, inputs: int = 1):
    generator = torch.Generator().manual_seed(0)
    net = CircularConvolutions(
        channels=5, width=width, dilations=dilations, skip=skip, inputs=inputs, generator=generator
    )
    return net.double()


def _functions(points: int = 12, *, channels: tuple[int, ...] = ()):
    return torch.randn(3, *channels, points, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


def test_skips_have_no_parameters():
    plain, skip = (sum(p.numel() for p in _net(skip=each).parameters()) for each in (False, True))
    # lift and projection of five channels, three convolutions of width three
    assert plain == skip == 5 + 5 + 3 * (5 * 5 * 3 + 5) + 5 + 1


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("shift", [1, 5])
def test_every_shift_of_the_input_shifts_the_output(skip: bool, shift: int):
    net, x = _net(skip=skip), _functions()
    with torch.no_grad():
        torch.testing.assert_close(net(x.roll(shift, -1)), net(x).roll(shift, -1), rtol=0, atol=1e-13)


def test_taps_may_reach_more_than_once_around_the_ring():
    # on four points the taps at distance six are those at distance two
    far, near = _net(skip=False, dilations=(6,)), _net(skip=False, dilations=(2,))
    x = _functions(4)
    with torch.no_grad():
        # the same sums; the order of the axes in memory, and with it that of the terms, is another one
        torch.testing.assert_close(far(x), near(x), rtol=0, atol=1e-14)


def test_skips_with_zero_convolutions_leave_lift_and_projection_alone():
    net, x = _net(skip=True), _functions()
    with torch.no_grad():
        for layer in net.convolutions:
            for parameter in layer.parameters():
                parameter.zero_()
        torch.testing.assert_close(net(x), net.projection(net.lift(x[:, None]))[:, 0], rtol=0, atol=1e-14)


def test_a_plain_layer_is_the_block_without_its_input():
    skip, plain = _net(skip=True, dilations=(1,)), _net(skip=False, dilations=(1,))
    x = _functions()
    with torch.no_grad():
        lifted = skip.lift(x[:, None])
        through = functional.conv1d(lifted, skip.projection.weight)[:, 0]
        torch.testing.assert_close(skip(x) - plain(x), through, rtol=0, atol=1e-14)


def test_even_widths_are_refused():
    with pytest.raises(ValueError, match="width"):
        _net(skip=True, width=4)


def test_both_orders_of_the_axes_give_the_same_values_and_gradients_also_for_copies_under_vmap():
    net, x = _net(skip=True), _functions()
    copies = {name: torch.stack([p.detach(), 2.0 * p.detach()]) for name, p in net.named_parameters()}

    def loss(parameters: dict[str, torch.Tensor]) -> torch.Tensor:
        return torch.func.functional_call(net, parameters, (x,)).square().mean()

    found = []
    for net.channels_last in (True, False):
        single = {name: each[1] for name, each in copies.items()}
        found.append((loss(single), torch.func.grad(loss)(single), torch.func.vmap(torch.func.grad(loss))(copies)))
    # sums of a few dozen products in another order, in double precision
    (value, slope, slopes), (other_value, other_slope, other_slopes) = found
    torch.testing.assert_close(other_value, value, rtol=1e-10, atol=1e-12)
    for name in copies:
        torch.testing.assert_close(other_slope[name], slope[name], rtol=1e-10, atol=1e-12)
        torch.testing.assert_close(other_slopes[name], slopes[name], rtol=1e-10, atol=1e-12)
        torch.testing.assert_close(slopes[name][1], slope[name], rtol=1e-10, atol=1e-12)
