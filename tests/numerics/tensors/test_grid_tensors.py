"""Grid tensors of networks."""

from itertools import product

import numpy as np
import pytest

from mlsim.numerics.tensors.finite_field_rank import PRIME, field_rank
from mlsim.numerics.tensors.formats import (
    flattening,
)
from mlsim.numerics.tensors.grid_tensors import GridNetwork, floating, grid_tensor, numerical_rank, random_grid_network


@pytest.mark.parametrize("kind", ["relu", "multiplicative"])
def test_grid_tensor_is_the_network_run_on_each_sequence(kind):
    rng = np.random.default_rng(7)
    network = random_grid_network(rng, templates=2, steps=4, width=3, product=kind)
    network = GridNetwork(features=network.features, first=network.first, cores=network.cores, last=network.last)
    X = grid_tensor(network, product=kind, prime=None if kind == "relu" else PRIME)
    for word in product(range(2), repeat=4):
        A = [[int(a) for a in network.features[t, :, m]] for t, m in enumerate(word)]
        start = [max(a, 0) for a in A[0]] if kind == "relu" else A[0]
        h = [sum(start[i] * int(network.first[i, k]) for i in range(3)) for k in range(3)]
        for t in (1, 2):
            G = network.cores[t - 1]
            h = [sum(_xi(A[t][i], h[j], kind) * int(G[i, j, k]) for i in range(3) for j in range(3)) for k in range(3)]
        last = sum(_xi(A[3][i], h[j], kind) * int(network.last[i, j]) for i in range(3) for j in range(3))
        assert X[word] == (last if kind == "relu" else last % PRIME)


def _xi(a, b, kind):
    return max(a, b, 0) if kind == "relu" else a * b


@pytest.mark.parametrize("width", [1, 2, 3])
def test_multiplicative_grid_tensors_have_the_rank_of_the_theorem(width):
    network = random_grid_network(np.random.default_rng(8), templates=3, steps=4, width=width, product="multiplicative")
    X = flattening(grid_tensor(network, product="multiplicative", prime=PRIME), (0, 2))
    assert field_rank(X) == width**2
    assert numerical_rank(flattening(grid_tensor(floating(network), product="multiplicative"), (0, 2))) <= 9


def test_relu_grid_tensors_have_no_residues():
    network = random_grid_network(np.random.default_rng(9), templates=2, steps=4, width=1, product="relu")
    with pytest.raises(ValueError, match="prime is 32003"):
        grid_tensor(network, product="relu", prime=PRIME)
