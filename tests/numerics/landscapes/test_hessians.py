"""Eigenvalues of Hessian matrices."""

import numpy as np
import pytest
import torch
from oracles.formulas import split_like
from torch.func import functional_call

from mlsim.networks.perceptrons.dense import Dense
from mlsim.numerics.landscapes.hessians import hessian, largest_eigenvalue
from mlsim.numerics.landscapes.loss_surfaces import moved


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_lanczos_finds_the_largest_eigenvalue_of_the_dense_hessian():
    net = Dense(widths=(2, 5, 5, 1), generator=generator()).double()
    x = torch.randn(30, 2, dtype=torch.float64, generator=generator(1))
    parameters = {name: each.detach() for name, each in net.named_parameters()}
    derivative = hessian(lambda at: (functional_call(net, dict(at), (x,)) - x[:, :1]).square().mean(), parameters)
    dense = derivative.matrix()
    torch.testing.assert_close(dense, dense.T, rtol=0, atol=1e-13)
    vector = torch.randn(derivative.size, dtype=torch.float64, generator=generator(2))
    torch.testing.assert_close(derivative.transposed_product(vector), dense @ vector, rtol=1e-11, atol=1e-12)
    start = np.ones(derivative.size)
    found = largest_eigenvalue(derivative, start=start, tolerance=0.0)
    assert found == pytest.approx(np.linalg.eigvalsh(dense.numpy())[-1], rel=1e-8)


def test_lanczos_draws_the_same_vectors_each_time_when_its_own_come_to_an_end():
    """From an eigenvector on, all other vectors of the Krylov space are drawn."""
    scales = torch.arange(1.0, 41.0, dtype=torch.float64).sqrt()
    derivative = hessian(lambda at: (scales * at["x"]).square().sum() / 2, {"x": torch.zeros(40).double()})
    found = [largest_eigenvalue(derivative, start=np.eye(40)[20], tolerance=0.1, vectors=4) for _ in range(4)]
    assert 21.5 < found[0] <= 40 + 1e-9  # beyond that of the start, 21
    assert len(set(found)) == 1


def test_hessian_is_the_difference_quotient_of_the_gradient():
    def loss(at):
        return (at["a"].prod() + at["b"].sin().sum() * at["a"][0]).square()

    parameters = {
        "a": torch.tensor([0.3, -1.2], dtype=torch.float64),
        "b": torch.tensor([[0.7]], dtype=torch.float64),
    }
    derivative = hessian(loss, parameters)
    step = 1e-5
    for place in range(3):
        shift = split_like(step * torch.eye(3, dtype=torch.float64)[place], parameters)
        ahead, behind = (hessian(loss, moved(parameters, (sign, shift))).value for sign in (1.0, -1.0))
        # central differences: error of order step^2 beside rounding over step
        torch.testing.assert_close(derivative.matrix()[place], (ahead - behind) / (2 * step), rtol=1e-7, atol=1e-9)
