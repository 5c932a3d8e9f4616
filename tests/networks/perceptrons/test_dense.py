"""The multilayer perceptron."""

import pytest
import torch

from mlsim.networks.perceptrons.dense import Dense


def _dense(*widths: int, seed: int = 0) -> Dense:
    return Dense(widths=widths, generator=torch.Generator().manual_seed(seed))


def test_number_of_parameters_is_that_of_affine_maps():
    assert sum(p.numel() for p in _dense(7, 5, 3).parameters()) == 7 * 5 + 5 + 5 * 3 + 3


def test_two_widths_are_an_affine_map():
    net = _dense(6, 4).double()
    x, y = torch.randn(2, 5, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        torch.testing.assert_close(net(0.3 * x + 0.7 * y), 0.3 * net(x) + 0.7 * net(y), rtol=0, atol=1e-14)


def test_initial_weights_have_the_variance_of_their_law_and_depend_on_the_generator_alone():
    torch.manual_seed(1)
    first = _dense(200, 300, seed=3).state_dict()
    torch.manual_seed(2)
    second = _dense(200, 300, seed=3).state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
    # uniform on +-1/sqrt(200), variance 1/600; 60,000 draws leave an error of about half a percent
    assert abs(first["layers.0.weight"].var().item() * 600 - 1) < 0.03


def test_one_width_is_refused():
    with pytest.raises(ValueError, match="widths"):
        _dense(4)
