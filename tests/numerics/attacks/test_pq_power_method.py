"""The (p, q) power method against the SVD, closed forms, brute force, duality; Jacobians by four routes."""

from itertools import product
from math import inf

import numpy as np
import pytest
import torch
from benchmarks.singular import double_backward, double_backward_per_image, forward_and_reverse
from torch.utils.flop_counter import FlopCounterMode

from mlsim.networks.convolutional.folding import fold_normalisations
from mlsim.networks.convolutional.resnet import ResNet
from mlsim.networks.convolutional.vgg import VGG
from mlsim.numerics.attacks.pq_power_method import (
    LinearMap,
    conjugate,
    gradient_of_norm,
    jacobian,
    norms,
    pq_singular_vectors,
)

EXPONENTS = (1.0, 1.5, 2.0, 5.0, 10.0, inf)


def normal(*shape, seed=0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def of(matrix) -> LinearMap:
    return LinearMap(forward=lambda v: v @ matrix.T, adjoint=lambda w: w @ matrix)


def found(matrix, *, p, q, starts=40, iterations=100):
    start = normal(starts, matrix.shape[1], seed=9).to(matrix.dtype)
    return pq_singular_vectors(of(matrix), start, p=p, q=q, iterations=iterations)


def test_p_and_q_of_two_give_the_singular_vector():
    matrix = normal(40, 25)
    result = found(matrix, p=2, q=2, starts=1, iterations=3000)
    _, values, right = torch.linalg.svd(matrix)
    assert float(result.values[0]) == pytest.approx(float(values[0]), rel=1e-13)
    assert abs(float(result.best() @ right[0])) == pytest.approx(1, abs=1e-13)


@pytest.mark.parametrize("q", [1, 2, 10, inf])
def test_from_the_one_norm_the_longest_column_wins(q):
    matrix = normal(12, 9)
    assert float(found(matrix, p=1, q=q).values.max()) == pytest.approx(float(norms(matrix.T, q).max()), rel=1e-14)


@pytest.mark.parametrize("p", [1, 2, 4, inf])
def test_to_the_maximum_norm_the_longest_row_wins(p):
    matrix = normal(12, 9)
    longest = float(norms(matrix, conjugate(p)).max())
    assert float(found(matrix, p=p, q=inf).values.max()) == pytest.approx(longest, rel=1e-14)


@pytest.mark.parametrize("q", [1, 2, 5, 10])
def test_from_the_maximum_norm_it_finds_the_best_of_all_sign_vectors(q):
    matrix = normal(15, 12)
    signs = torch.tensor(list(product((1.0, -1.0), repeat=11)), dtype=torch.float64)
    signs = torch.cat([torch.ones(len(signs), 1, dtype=torch.float64), signs], dim=1)
    best = float(norms(signs @ matrix.T, q).max())
    result = found(matrix, p=inf, q=q, starts=100)
    assert float(result.values.max()) == pytest.approx(best, rel=1e-13)
    # a convex function has its maximum over the cube at a vertex
    assert set(result.best().abs().tolist()) == {1.0}


@pytest.mark.parametrize(("p", "q"), [(inf, 10), (3, 5), (2, 4)])
def test_a_matrix_and_its_transpose_have_dual_norms(p, q):
    matrix = normal(10, 8)
    one, other = found(matrix, p=p, q=q, starts=60), found(matrix.T, p=conjugate(q), q=conjugate(p), starts=60)
    assert float(one.values.max()) == pytest.approx(float(other.values.max()), rel=1e-12)


@pytest.mark.parametrize("p", EXPONENTS)
@pytest.mark.parametrize("q", EXPONENTS)
def test_the_value_never_falls(p, q):
    history = found(normal(20, 15), p=p, q=q, starts=5, iterations=20).history
    # rounding of one product
    assert bool((history[1:] >= history[:-1] * (1 - 1e-12)).all())


def test_a_nonnegative_matrix_has_one_maximum():
    matrix = normal(9, 7).abs()
    ones = torch.ones(7, dtype=torch.float64)
    result = found(matrix, p=inf, q=10, starts=10)
    torch.testing.assert_close(result.vectors.abs(), ones.expand(10, -1))
    assert float(result.values.min()) == pytest.approx(float(norms((matrix @ ones)[None], 10)), rel=1e-14)
    values = found(matrix, p=4, q=3, starts=10, iterations=300).values
    assert float(values.max() - values.min()) < 1e-12 * float(values.max())


def test_single_precision_survives_large_and_small_scales():
    matrix = normal(30, 20).float()
    base = found(matrix, p=inf, q=10, starts=3)
    for scale in (1e6, 1e-6, 1e30):
        scaled = found(scale * matrix, p=inf, q=10, starts=3)
        assert bool((scaled.vectors == base.vectors).all())
        # the ninth power of 1e6 is no number of single precision; the scale itself is rounded
        torch.testing.assert_close(scaled.values / scale, base.values, rtol=1e-5, atol=0)


def test_it_stops_when_nothing_is_gained():
    start = torch.ones(1, 20, dtype=torch.float64)
    all_at_once = pq_singular_vectors(of(torch.eye(20).double()), start, p=inf, q=2, iterations=50, tolerance=1e-3)
    assert len(all_at_once.history) == 2


def test_zero_has_no_direction_and_no_nan():
    result = pq_singular_vectors(of(torch.zeros(3, 2)), torch.ones(1, 2), p=inf, q=3, iterations=2)
    assert result.values.tolist() == [0.0]
    assert bool(torch.isfinite(result.vectors).all())


def test_an_exponent_below_one_is_refused():
    with pytest.raises(ValueError, match=r"q is 0\.5"):
        found(torch.eye(2), p=2, q=0.5)


@pytest.mark.parametrize("r", [1.5, 2.0, 7.0])
def test_psi_is_the_gradient_of_the_norm(r):
    z = normal(1, 6).requires_grad_()
    (gradient,) = torch.autograd.grad(norms(z, r).sum(), z)
    psi = gradient_of_norm(z.detach(), r)
    torch.testing.assert_close(gradient / gradient.abs().max(), psi, rtol=1e-12, atol=1e-14)


def networks() -> dict:
    drawn = {"width": 4, "classes": 5, "generator": torch.Generator().manual_seed(1)}
    built = {"vgg": (VGG(**drawn), "block2_pool"), "resnet": (ResNet((1, 1, 1, 1), small=True, **drawn), "block2")}
    return {name: (net.eval().double().requires_grad_(False), layer) for name, (net, layer) in built.items()}


@pytest.fixture(params=["vgg", "resnet"])
def layer(request):
    """Values of a hidden layer of all images as a function of one perturbation, and the images."""
    net, name = networks()[request.param]
    return lambda images: lambda v: net.tapped(images + v, layer=name)


def test_products_with_the_jacobian_are_adjoint(layer):
    function = layer(normal(3, 3, 16, 16))
    linear = jacobian(function, torch.zeros(3, 16, 16, dtype=torch.float64))
    v = normal(2, 3, 16, 16, seed=3)
    image = linear.forward(v)
    w = normal(*image.shape, seed=4)
    assert float((image * w).sum()) == pytest.approx(float((v * linear.adjoint(w)).sum()), rel=1e-12)


def test_products_with_the_jacobian_are_difference_quotients(layer):
    function = layer(normal(3, 3, 16, 16))
    zero, v = torch.zeros(3, 16, 16, dtype=torch.float64), normal(1, 3, 16, 16, seed=3)
    # so short a step crosses no kink of ReLU here, and the function is linear between kinks
    quotient = (function(1e-7 * v[0]) - function(-1e-7 * v[0])) / 2e-7
    torch.testing.assert_close(jacobian(function, zero).forward(v)[0], quotient, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", ["vgg", "resnet"])
def test_a_product_with_the_jacobian_costs_one_pass_and_no_more(name):
    # activations in place would make the linearised network compute its values anew in every product
    net, tap = networks()[name]
    fold_normalisations(net)
    images, v = normal(3, 3, 16, 16), normal(1, 3, 16, 16, seed=3)
    linear = jacobian(lambda v: net.tapped(images + v, layer=tap), torch.zeros_like(images[0]))
    with FlopCounterMode(display=False) as one_pass:
        net.tapped(images, layer=tap)
    first = linear.forward(v)  # computes the constants
    with FlopCounterMode(display=False) as one_product:
        second = linear.forward(v)
    assert one_product.get_total_flops() == one_pass.get_total_flops() > 0
    assert torch.equal(second, first)


def test_four_ways_to_multiply_with_the_jacobian_agree(layer):
    images, v = normal(4, 3, 16, 16), normal(2, 3, 16, 16, seed=3).sign()
    zero = torch.zeros(3, 16, 16, dtype=torch.float64)
    maps = [
        jacobian(layer(images), zero),
        forward_and_reverse(layer(images), zero),
        double_backward(layer(images), zero),
        double_backward_per_image([layer(image[None]) for image in images], zero),
    ]
    found = [pq_singular_vectors(each, v, p=inf, q=3, iterations=4) for each in maps]
    for other in found[1:]:
        np.testing.assert_allclose(other.values, found[0].values, rtol=1e-12)
        assert bool((other.vectors == found[0].vectors).all())
