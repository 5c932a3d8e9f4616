"""Networks against the tensors that they are: explicit contraction, embeddings, automata, independent members."""

from itertools import product

import numpy as np
import pytest
import torch

from mlsim.networks.tensor_networks import LocalFeatures, TensorClassifier, TensorNetwork, parameters_of_one
from mlsim.numerics.tensors.formats import canonical_tensor, train_tensor
from mlsim.numerics.tensors.weighted_automata import all_words, random_automaton
from mlsim.training.seeding import torch_generator

KINDS = ("tt", "tt_shared", "ht", "cp")
SITES, CHANNELS, WIDTH = 4, 3, 2


def _network(kind, *, seeds=(0,), sites=SITES, channels=CHANNELS, width=WIDTH, outputs=1, one_hot=True):
    generators = [torch_generator(seed, kind) for seed in seeds]
    return TensorNetwork(
        kind=kind,
        sites=sites,
        channels=channels,
        width=width,
        outputs=outputs,
        one_hot=one_hot,
        generators=generators,
    ).double()


def _tensor(network):
    """The weight tensor of the first member, from its parameters."""
    p = {name: value.detach()[0].numpy() for name, value in network.named_parameters()}
    if network.kind in ("tt", "tt_shared"):
        inner = [p["cores"][min(t, len(p["cores"]) - 1)].transpose(1, 0, 2) for t in range(SITES)]
        first = np.einsum("j,jik->ik", p["start"], inner[0])[None]
        last = np.einsum("jik,ko->jio", inner[-1], p["read"])
        return train_tensor([first, *inner[1:-1], last])
    A = p["leaves"]
    if network.kind == "cp":
        return canonical_tensor(np.concatenate([A[:-1], (A[-1] * p["read"][:, 0])[None]]))
    (left, right), (top,) = p["nodes.0"], p["nodes.1"]
    low = np.einsum("ia,ja,ab->ijb", A[0], A[1], left), np.einsum("ia,ja,ab->ijb", A[2], A[3], right)
    return np.einsum("ija,kla,ab,bo->ijkl", *low, top, p["read"])


@pytest.mark.parametrize("kind", KINDS)
def test_output_is_the_contraction_of_the_features_with_the_weight_tensor(kind):
    network = _network(kind)
    features = torch.randn(1, 7, SITES, CHANNELS, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    direct = np.einsum("ijkl,bi,bj,bk,bl->b", _tensor(network), *features[0].unbind(1))
    np.testing.assert_allclose(network(features)[0, :, 0].detach(), direct, atol=1e-12)


def test_canonical_network_is_a_train_with_diagonal_cores():
    shallow, train = _network("cp", width=3), _network("tt", width=3)
    with torch.no_grad():
        train.start.fill_(1.0)
        train.cores.copy_(torch.diag_embed(shallow.leaves))
        train.read.copy_(shallow.read)
    features = torch.randn(1, 5, SITES, CHANNELS, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    torch.testing.assert_close(train(features), shallow(features), rtol=1e-12, atol=1e-12)


def test_automaton_is_a_train_with_a_shared_core():
    automaton = random_automaton(np.random.default_rng(0), letters=3, sites=5, rank=4, spread=0.8)
    network = _network("tt_shared", sites=5, width=4)
    with torch.no_grad():
        network.start.copy_(torch.from_numpy(automaton.start)[None])
        network.cores.copy_(torch.from_numpy(automaton.cores[:1])[None])
        network.read.copy_(torch.from_numpy(automaton.end)[None, :, None])
    words = all_words(letters=3, sites=5)
    found = network(torch.eye(3, dtype=torch.float64)[torch.from_numpy(words)][None])[0, :, 0]
    np.testing.assert_allclose(found.detach(), automaton.values(words), atol=1e-12)


def test_shared_train_of_width_two_knows_the_parity_of_all_words():
    network = _network("tt_shared", sites=8, channels=2, width=2)
    with torch.no_grad():
        network.start.copy_(torch.tensor([[1.0, 0.0]]))
        network.cores.copy_(torch.tensor([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]]])[None, None])
        network.read.copy_(torch.tensor([[0.0], [1.0]])[None])
    words = torch.tensor(list(product((0, 1), repeat=8)))
    found = network(torch.eye(2, dtype=torch.float64)[words][None])[0, :, 0]
    assert torch.equal(found, (words.sum(dim=1) % 2).double())


@pytest.mark.parametrize("kind", KINDS)
def test_members_are_the_networks_of_their_seeds_one_by_one(kind):
    both, single = _network(kind, seeds=(3, 5)), _network(kind, seeds=(5,))
    features = torch.randn(2, 6, SITES, CHANNELS, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    torch.testing.assert_close(both(features)[1:], single(features[1:]), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize(("kind", "expected"), [("tt", 8325), ("tt_shared", 645), ("ht", 2109), ("cp", 1149)])
def test_parameters_of_width_eight_are_counted_by_their_formula(kind, expected):
    # features 4 x 7 + 7, readout 8 x 10 + 10; trains 16 (or 1) cores 8 x 8 x 8 and a start; leaves 16 x 8 x 8, 15 nodes
    generators = [torch_generator(0, kind)]
    network = TensorNetwork(kind=kind, sites=16, channels=8, width=8, outputs=10, one_hot=False, generators=generators)
    model = TensorClassifier(LocalFeatures(pixels=4, channels=8, generators=generators), network)
    own = {"tt": 16 * 512 + 8, "tt_shared": 512 + 8, "ht": 16 * 64 + 15 * 64, "cp": 16 * 64}[kind]
    assert parameters_of_one(model) == expected == 35 + 90 + own


def test_first_feature_is_one_and_the_others_are_not_negative():
    features = LocalFeatures(pixels=4, channels=8, generators=[torch_generator(0, "features")])
    f = features(torch.rand(1, 3, 5, 4, generator=torch.Generator().manual_seed(3)))
    assert (f[..., 0] == 1).all()
    assert (f >= 0).all()


def test_tree_needs_a_power_of_two():
    with pytest.raises(ValueError, match="sites is 6"):
        _network("ht", sites=6)
