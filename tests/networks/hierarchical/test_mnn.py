"""MNN-H and MNN-H2: the H-matrix inside them, sizes, symmetries, gradients."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from oracles.h_matrix import HMatrix, uniform_h_matrix

from mlsim.networks.hierarchical.block_layers import BlockMap, NeighbourLayers
from mlsim.networks.hierarchical.gathered_rows import GatheredRows
from mlsim.networks.hierarchical.mnn import MNNH, MNNH2, Design
from mlsim.numerics.hierarchical.block_partition import Partition

LINE = Partition(dimensions=1, levels=6, leaf=5)
SQUARE = Partition(dimensions=2, levels=4, leaf=5)
BOTH = pytest.mark.parametrize("network", [MNNH, MNNH2])


def made(network, design, *, seed=0):
    return network(design, generator=torch.Generator().manual_seed(seed))


def parameters(network, partition=LINE, **design):
    return sum(p.numel() for p in made(network, Design(partition=partition, **design)).parameters())


def logarithmic_kernel(size):
    """``log |x - y|`` between cell centres; the diagonal is the mean over a cell, whose value is of no account here."""
    x = (np.arange(size) + 0.5) / size
    distance = np.abs(x[:, None] - x) + np.eye(size)
    return np.log(distance) - np.eye(size) * (1 + np.log(2 * size))


# printed in the notes of the field from the formulas of the two papers, checked against the authors' code there
@pytest.mark.parametrize(
    ("channels", "counts"),
    [
        (2, (1895, 1225, 52_288, 47_088, 9_198)),
        (4, (4555, 3493, 111_776, 104_576, 15_876)),
        (6, (8535, 7209, 205_664, 198_384, 25_794)),
        (8, (13_835, 12_373, 333_952, 328_512, 38_952)),
    ],
)
def test_parameters_by_channels_are_those_of_the_papers(channels, counts):
    variants = ((MNNH, "shared"), (MNNH2, "shared"), (MNNH, "local"), (MNNH2, "local"), (MNNH2, "mixed"))
    assert counts == tuple(parameters(network, channels=channels, weights=weights) for network, weights in variants)


def test_parameters_by_layers_and_size_are_those_of_the_papers():
    assert [parameters(MNNH, layers=k) for k in (1, 3, 5, 7)] == [3343, 5939, 8535, 11_131]
    assert [parameters(MNNH2, layers=k) for k in (1, 3, 5, 7)] == [2017, 4613, 7209, 9805]
    larger = [Partition(dimensions=1, levels=levels, leaf=5) for levels in (6, 7, 8)]
    assert [parameters(MNNH, each) for each in larger] == [8535, 11_911, 17_367]
    assert [parameters(MNNH2, each) for each in larger] == [7209, 8661, 10_113]
    assert [parameters(MNNH, each, weights="local") for each in larger] == [205_664, 426_272, 875_808]
    assert [parameters(MNNH2, each, weights="local") for each in larger] == [198_384, 404_016, 815_280]


def test_parameters_on_the_square_are_those_of_the_formulas():
    assert parameters(MNNH, SQUARE) == 57_323
    assert parameters(MNNH2, SQUARE) == 51_447


@pytest.mark.parametrize("rank", [1, 2, 3, 5, 8])
def test_linear_mnn_h_is_the_h_matrix_of_the_logarithm(rank):
    matrix = uniform_h_matrix(logarithmic_kernel(320), levels=6, rank=rank)
    net = network_of(matrix, rank=rank)
    v = np.random.default_rng(0).normal(size=(3, 320))
    with torch.no_grad():
        u = net(torch.from_numpy(v)).numpy()
    expected = v @ matrix.dense().T
    # sums of 320 products in another order
    assert np.abs(u - expected).max() < 1e-12 * np.abs(expected).max()
    assert np.abs(matrix @ v[0] - expected[0]).max() < 1e-12 * np.abs(expected).max()


def network_of(matrix: HMatrix, *, rank: int) -> MNNH:
    """MNN-H without activation and bias whose first layers hold the H-matrix and the others the identity."""
    design = Design(
        partition=LINE, channels=rank, layers=3, weights="local", coarsest_half_width=3, activation=False, bias=False
    )
    net = made(MNNH, design).double()
    with torch.no_grad():
        begin, kernel = 0, net.kernels.weights["3"]
        set_identities(kernel, half_width=3)
        kernel[0] = 0
        for place, level in enumerate(matrix.levels):
            set_map(net.restrictions[place], level.right.transpose(0, 2, 1))
            set_map(net.interpolations[place], level.left)
            for i, j in np.argwhere(np.abs(level.middle).max(axis=(2, 3)) > 0):
                kernel[0, begin + i, :, 3 + j - i] = torch.from_numpy(level.middle[i, j])
            begin += len(level.middle)
        near, adjacent = matrix.near.reshape(64, 5, 64, 5), net.adjacent[0].weights["1"]
        set_identities(adjacent, half_width=1)
        adjacent[0] = 0
        for i in range(64):
            for j in range(max(0, i - 1), min(64, i + 2)):
                adjacent[0, i, :, 1 + j - i] = torch.from_numpy(near[i, :, j])
    return net


def set_map(layer: BlockMap, weights: np.ndarray) -> None:
    layer.weight.copy_(torch.from_numpy(np.ascontiguousarray(weights)))


def set_identities(weights: torch.Tensor, *, half_width: int) -> None:
    weights.zero_()
    weights[:, :, :, half_width] = torch.eye(weights.shape[2], dtype=weights.dtype)


def test_h_matrix_of_the_logarithm_gains_a_factor_of_four_per_rank():
    dense = logarithmic_kernel(320)
    errors = [
        np.linalg.norm(uniform_h_matrix(dense, levels=6, rank=rank).dense() - dense) / np.linalg.norm(dense)
        for rank in range(1, 7)
    ]
    assert all(fine < coarse / 4 for coarse, fine in pairwise(errors))
    assert errors[-1] < 1e-7


def test_h_matrix_refuses_sizes_that_it_cannot_split():
    with pytest.raises(ValueError, match="no multiple"):
        uniform_h_matrix(np.eye(30), levels=2, rank=1)
    with pytest.raises(ValueError, match="rank is 9"):
        uniform_h_matrix(np.eye(32), levels=2, rank=9)


@BOTH
def test_network_commutes_with_shifts_by_a_quarter_only(network):
    net = made(network, Design(partition=LINE)).double()
    v = torch.randn(2, 320, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    with torch.no_grad():
        u = net(v)
        assert all((net(v.roll(s, -1)) - u.roll(s, -1)).abs().max() < 1e-10 for s in (80, 160, 240))
        assert (net(v.roll(40, -1)) - u.roll(40, -1)).abs().max() > 1e-6


@BOTH
def test_network_on_the_square_commutes_with_shifts_by_a_quarter(network):
    net = made(network, Design(partition=SQUARE, layers=2)).double()
    v = torch.randn(1, 80, 80, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    with torch.no_grad():
        u = net(v)
        for shift in ((20, 0), (0, 40), (60, 20)):
            assert (net(v.roll(shift, (1, 2))) - u.roll(shift, (1, 2))).abs().max() < 1e-10
        assert (net(v.roll((5, 0), (1, 2))) - u.roll((5, 0), (1, 2))).abs().max() > 1e-6


@BOTH
@pytest.mark.parametrize("weights", ["shared", pytest.param("local", marks=pytest.mark.slow)])
def test_gradients_are_those_of_difference_quotients(network, weights):
    net = made(
        network, Design(partition=Partition(dimensions=1, levels=3, leaf=2), channels=2, layers=2, weights=weights)
    )
    v = torch.randn(2, 16, generator=torch.Generator().manual_seed(1), dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(net.double(), (v,))
    names, values = zip(*((n, p.detach().requires_grad_()) for n, p in net.named_parameters()), strict=True)
    apply = lambda *p: torch.func.functional_call(net, dict(zip(names, p, strict=True)), (v.detach(),))  # noqa: E731
    assert torch.autograd.gradcheck(apply, values)


@pytest.mark.parametrize("half_width", [1, 2, 3])
def test_layers_with_shared_weights_are_torchs_circular_convolution(half_width):
    partition = Partition(dimensions=2, levels=3, leaf=1)
    net = made(MNNH, Design(partition=partition, layers=1, coarsest_half_width=half_width))
    layer: NeighbourLayers = net.kernels
    x = torch.randn(16 + 64, 6, 2, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        layer.biases["3"].normal_(generator=torch.Generator().manual_seed(2))
        out = layer(x)
        for begin, level, half in ((0, 2, half_width), (16, 3, 3)):
            place = partition.positions(level)
            flat = torch.from_numpy(place[:, 0] * 2**level + place[:, 1])
            image = torch.empty(2, 6, 4**level)
            image[:, :, flat] = x[begin : begin + 4**level].permute(2, 1, 0)
            which = len(layer.weights) == 1 and level == 3  # both levels have kernels of one width
            weight = layer.weights[str(half)][0, int(which)].permute(0, 3, 1, 2)
            bias = layer.biases[str(half)][0, int(which)].flatten()
            padded = torch.nn.functional.pad(image.reshape(2, 6, 2**level, -1), (half,) * 4, mode="circular")
            expected = torch.nn.functional.conv2d(padded, weight, bias).relu().flatten(2)[:, :, flat]
            # float32, sums of 294 products of order one
            torch.testing.assert_close(out[begin : begin + 4**level].permute(2, 1, 0), expected, rtol=0, atol=1e-5)


def test_gathered_rows_are_plain_indexing():
    table = torch.tensor([[0, 2], [2, 3], [1, 2]])
    rows = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    padded = torch.cat([rows, torch.zeros(1, 4, dtype=torch.float64)])
    assert torch.equal(GatheredRows(table, rows=3)(rows), padded[table])
    assert torch.autograd.gradcheck(GatheredRows(table, rows=3), (rows,))


def test_initial_weights_have_the_variance_of_glorot():
    weights = made(MNNH, Design(partition=LINE, weights="local")).kernels.weights["3"]
    # uniform with variance 2 / (fan_in + fan_out), both 7 * 6; 150,000 draws
    assert abs(weights.var().item() * 42 - 1) < 0.02


def test_wrong_partition_is_refused():
    with pytest.raises(ValueError, match="levels at least 2"):
        Partition(dimensions=1, levels=1, leaf=5)
