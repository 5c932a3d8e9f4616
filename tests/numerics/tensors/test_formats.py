"""Exact ranks: minimal cuts, the theorem's bound, conversions between formats."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles.formulas import canonical_as_train

from mlsim.numerics.tensors.finite_field_rank import PRIME, field_rank
from mlsim.numerics.tensors.formats import (
    TuckerTree,
    balanced_splits,
    canonical_tensor,
    flattening,
    minimal_cut,
    random_train,
    random_tree,
    train_graph,
    train_tensor,
    tree_tensor,
    tucker_graph,
)

CASES = [(2, 2, 4), (2, 2, 8), (3, 2, 4), (3, 2, 6), (4, 2, 6), (5, 2, 6), (3, 3, 6), (4, 3, 6), (9, 3, 4), (4, 8, 6)]


@pytest.mark.parametrize(("n", "r", "d"), CASES)
@pytest.mark.parametrize("shared", [False, True])
def test_exact_rank_is_the_minimal_cut_and_at_least_the_bound_of_the_theorem(n, r, d, shared):
    cores = random_train(np.random.default_rng(d), n=n, r=r, d=d, shared=shared)
    odd = range(0, d, 2)
    rank = field_rank(flattening(train_tensor(cores, prime=PRIME), odd))
    assert rank == minimal_cut(train_graph(n=n, r=r, d=d), odd)
    assert rank >= min(n, r) ** (d // 2)


@given(n=st.integers(2, 5), r=st.integers(1, 5), d=st.sampled_from([4, 6]), data=st.data())
def test_minimal_cut_of_a_chain_is_the_least_over_all_assignments(n, r, d, data):
    rows = data.draw(st.sets(st.integers(0, d - 1), min_size=1, max_size=d - 1))
    costs = []
    for sides in product((True, False), repeat=d):
        wrong = sum((mode in rows) != side for mode, side in enumerate(sides))
        cut = sum(one != other for one, other in pairwise(sides))
        costs.append(n**wrong * r**cut)
    assert minimal_cut(train_graph(n=n, r=r, d=d), rows) == min(costs)


@pytest.mark.parametrize(("n", "r", "expected"), [(2, 2, [2, 2, 4, 2, 4, 2, 2]), (3, 3, [3, 3, 9, 3, 9, 3, 3])])
def test_tree_of_width_r_has_train_ranks_of_r_squared(n, r, expected):
    X = tree_tensor(random_tree(np.random.default_rng(1), n=n, r=r, d=8), prime=PRIME)
    graph = tucker_graph(n=n, r=r, d=8)
    assert [field_rank(flattening(X, range(k))) for k in range(1, 8)] == expected
    assert [minimal_cut(graph, range(k)) for k in range(1, 8)] == expected
    assert field_rank(flattening(X, range(0, 8, 2))) == r**4


def test_train_of_width_r_has_tree_ranks_of_r_squared_inside():
    X = train_tensor(random_train(np.random.default_rng(2), n=3, r=3, d=8, shared=False), prime=PRIME)
    pairs = [field_rank(flattening(X, range(k, k + 2))) for k in (0, 2, 4, 6)]
    assert pairs == [3, 9, 9, 3]
    assert [field_rank(flattening(X, range(k, k + 4))) for k in (0, 4)] == [3, 3]


@pytest.mark.parametrize("rank", [5, 17, 64, 70])
def test_canonical_rank_shows_in_the_flattening_up_to_its_size(rank):
    factors = np.random.default_rng(rank).integers(PRIME, size=(6, 4, rank))
    assert field_rank(flattening(canonical_tensor(factors, prime=PRIME), range(0, 6, 2))) == min(rank, 64)


def test_canonical_tensor_is_a_train_with_diagonal_cores():
    factors = np.random.default_rng(3).integers(-5, 6, size=(5, 3, 4))
    train = canonical_as_train(factors)
    assert np.array_equal(train_tensor(train), canonical_tensor(factors))


def test_gauge_of_the_cores_leaves_the_tensor():
    rng = np.random.default_rng(4)
    cores = [rng.normal(size=(1, 3, 2)), rng.normal(size=(2, 3, 2)), rng.normal(size=(2, 3, 1))]
    S = rng.normal(size=(2, 2))
    moved = [cores[0] @ S, np.tensordot(np.linalg.inv(S), cores[1], axes=1), cores[2]]
    np.testing.assert_allclose(train_tensor(moved), train_tensor(cores), atol=1e-12)


def test_tree_tensor_is_the_sum_over_all_its_indices():
    tree: TuckerTree = random_tree(np.random.default_rng(5), n=2, r=2, d=4, prime=7)
    left, right = tree.transfers[0]
    a, b, c, d = tree.leaves
    direct = np.einsum("ia,jb,kc,ld,abe,cdf,ef->ijkl", a, b, c, d, left, right, tree.root)
    assert np.array_equal(tree_tensor(tree), direct)


def test_rank_of_shared_rotations_of_the_plane_is_two():
    # they commute: in the basis of their eigenvectors the cores are diagonal, an exception of measure zero
    angles = np.random.default_rng(6).uniform(0, 6, size=3)
    turns = np.array([[[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]] for t in angles]).transpose(1, 0, 2)
    tensor = train_tensor([turns[:1], *[turns] * 4, turns[:, :, :1]])
    singular = np.linalg.svd(flattening(tensor, range(0, 6, 2)), compute_uv=False)
    assert (singular[2:] < 1e-13 * singular[0]).all()


def test_balanced_splits_take_each_split_once():
    splits = balanced_splits(6)
    assert len(splits) == len(set(splits)) == 10
    assert all(0 in rows and len(rows) == 3 for rows in splits)
