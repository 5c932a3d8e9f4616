"""MgNet: the linear one is a V-cycle, one step is a block of a residual network."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from oracles.formulas import reduced_residual
from scipy.sparse.linalg import spsolve
from torch.nn import functional

from mlsim.networks.multigrid.mgnet import MgNet, MgNetSteps, Start, corrected, linear
from mlsim.numerics.multigrid.stencils import applied

OMEGA = 2 / 3


def interpolation(size: int) -> sp.csr_matrix:
    """Bilinear interpolation from (n - 1) / 2 to n nodes per side as a Kronecker product of its line."""
    coarse = (size - 1) // 2
    line = sp.lil_matrix((size, coarse))
    for node in range(coarse):
        line[2 * node, node], line[2 * node + 1, node], line[2 * node + 2, node] = 0.5, 1.0, 0.5
    return sp.csr_matrix(sp.kron(line, line))


def five_point(size: int) -> sp.csr_matrix:
    """The 5-point Laplacian without the factor 1/h^2."""
    line = sp.diags_array([-1.0, 2.0, -1.0], offsets=[-1, 0, 1], shape=(size, size))
    unit = sp.eye_array(size)
    return sp.csr_matrix(sp.kron(line, unit) + sp.kron(unit, line))


def v_cycle(a: sp.csr_matrix, u: np.ndarray, f: np.ndarray, *, size: int, levels: int) -> np.ndarray:
    """V(2,2) by hand, from sparse matrices alone."""
    if levels == 1:
        return spsolve(sp.csc_matrix(a), f)
    diagonal = a.diagonal()
    for _ in range(2):
        u = u + OMEGA * (f - a @ u) / diagonal
    p = interpolation(size)
    coarse_a = sp.csr_matrix(p.T / 4 @ a @ p)
    coarse_f = p.T / 4 @ (f - a @ u)
    zero = np.zeros(coarse_f.size)
    u = u + p @ v_cycle(coarse_a, zero, coarse_f, size=(size - 1) // 2, levels=levels - 1)
    for _ in range(2):
        u = u + OMEGA * (f - a @ u) / diagonal
    return u


def fields(count: int, size: int, *, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, 1, size, size, dtype=torch.float64, generator=generator)


@pytest.mark.parametrize("start", ["zero", "injection"])
@pytest.mark.parametrize("size", [15, 31])
def test_linear_mgnet_with_fixed_weights_is_the_v_cycle(size: int, start: Start):
    # with the start injected it would fail without A u0 in the coarse right-hand side
    levels = 4 if size == 31 else 3
    net = MgNet(size=size, levels=levels, damping=OMEGA, activation=linear, start=start)
    u, f = fields(2, size)
    a = five_point(size)
    by_hand = v_cycle(a, u.numpy().ravel(), f.numpy().ravel(), size=size, levels=levels)
    with torch.no_grad():
        found = net(u, f).numpy().ravel()
    assert np.abs(found - by_hand).max() < 1e-13 * np.abs(by_hand).max()


@pytest.mark.parametrize("size", [15, 31])
def test_radius_of_the_network_is_the_closed_form(size: int):
    """The mode that the coarse grid does not see, sin(pi x) sin(pi y / (2 h)), is multiplied by it in one cycle."""
    net = MgNet(size=size, levels=4, damping=OMEGA, activation=linear)
    h = 1 / (size + 1)
    nodes = np.pi * h * np.arange(1, size + 1)
    mode = torch.from_numpy(np.outer(np.sin(nodes), np.sin(nodes * (size + 1) / 2)))[None]
    expected = ((1 + np.cos(np.pi * h)) / 3) ** 4
    with torch.no_grad():
        torch.testing.assert_close(net(mode, torch.zeros_like(mode)), expected * mode, rtol=0, atol=1e-14)
    if size == 15:  # and no mode is worse
        unit = torch.eye(size * size, dtype=torch.float64).reshape(-1, size, size)
        with torch.no_grad():
            matrix = net(unit, torch.zeros_like(unit)).reshape(size * size, -1).T
        assert float(torch.linalg.eigvals(matrix).abs().max()) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("activation", [torch.relu, functional.gelu, torch.tanh])
def test_steps_in_u_and_in_the_residual_leave_the_same_residual(activation):
    generator = torch.Generator().manual_seed(1)
    operator = torch.randn(3, 3, dtype=torch.float64, generator=generator) / 3
    smoothers = torch.randn(5, 3, 3, dtype=torch.float64, generator=generator) / 3
    u, f = fields(2, 15)
    residual = f - applied(operator, u)
    in_u = f - applied(operator, corrected(u, f, operator, smoothers=smoothers, activation=activation))
    in_r = reduced_residual(residual, operator, smoothers=smoothers, activation=activation)
    # it changes by more than its size, so that the agreement is no triviality; rounding of five steps
    assert float((in_r - residual).norm()) > float(residual.norm()) / 10
    assert float((in_u - in_r).abs().max()) < 1e-12 * float(in_r.abs().max())


def test_one_step_is_one_preactivation_block_of_a_residual_network():
    generator = torch.Generator().manual_seed(2)
    first, second = torch.randn(2, 3, 3, dtype=torch.float64, generator=generator)
    r = fields(1, 15)[0]
    step = reduced_residual(r, -second, smoothers=[first], activation=torch.relu)
    image = torch.relu(r)[:, None]
    block = r[:, None] + functional.conv2d(
        torch.relu(functional.conv2d(image, first[None, None], padding=1)), second[None, None], padding=1
    )
    torch.testing.assert_close(step, block[:, 0], rtol=0, atol=1e-14)


def test_steps_share_their_second_convolution():
    net = MgNetSteps(channels=4, width=3, depth=10, generator=torch.Generator())
    # five convolutions of their own and one for all; twice as many in a residual network of this depth
    assert sum(p.numel() for p in net.parameters()) == 8 + 6 * (4 * 4 * 3 + 4) + 5


def test_steps_with_a_zero_shared_convolution_are_lift_and_projection():
    net = MgNetSteps(channels=4, width=3, depth=6, generator=torch.Generator().manual_seed(0))
    net = net.double()
    x = torch.randn(3, 12, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        for parameter in net.shared.parameters():
            parameter.zero_()
        # sums of a few products, in another order
        torch.testing.assert_close(net(x), net.projection(net.lift(x[:, None]))[:, 0], rtol=0, atol=1e-14)


@pytest.mark.parametrize("shift", [1, 5])
def test_shifts_of_the_input_of_the_steps_shift_their_output(shift: int):
    net = MgNetSteps(channels=4, width=3, depth=4, generator=torch.Generator().manual_seed(0)).double()
    x = torch.randn(3, 12, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        torch.testing.assert_close(net(x.roll(shift, -1)), net(x).roll(shift, -1), rtol=0, atol=1e-13)


def test_odd_depths_are_refused():
    with pytest.raises(ValueError, match="depth"):
        MgNetSteps(channels=4, width=3, depth=5, generator=torch.Generator())
