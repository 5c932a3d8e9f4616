"""The cost model on operations whose counts are known; nothing is counted twice or missed."""

import math

import pytest
import torch
from torch.nn import functional

from mlsim.numerics.differentiation.torch_operations import OperationCounter

X = torch.linspace(0.5, 1.5, 12, dtype=torch.float64).reshape(3, 4)
SQUARE = torch.eye(6, dtype=torch.float64) + 0.1
COMPLEX = torch.ones(8, dtype=torch.complex128)
PLACES = torch.tensor([0, 2, 2, 1, 0])

# operation, its count by the definition of the cost model
COUNTS = {
    "elementwise": (lambda: X * X - 2.0 * X, 36),
    "in place": (lambda: X.clone().add_(X).mul_(2.0), 24),
    "broadcast": (lambda: X[:, :1] * X[:1, :], 12),
    "sum": (lambda: X.sum(dim=0), 12),
    "mean": (lambda: X.mean(), 12),
    "movement": (lambda: torch.roll(X, 1).T.reshape(2, 6)[:, ::2].clone(), 0),
    "concatenation": (lambda: torch.cat([X, X]).index_select(0, PLACES), 0),
    "matrix times matrix": (lambda: X @ X.T, 2 * 3 * 4 * 3),
    "matrix times vector": (lambda: X @ X[0], 2 * 3 * 4),
    "scalar product": (lambda: X[0] @ X[1], 8),
    "batch of products": (lambda: torch.bmm(X[None], X.T[None]), 2 * 3 * 4 * 3),
    "affine": (lambda: torch.addmm(X[:, :3], X, X.T), 2 * 3 * 4 * 3 + 9),
    "batch of affine maps": (lambda: torch.baddbmm(X[None, :, :3], X[None], X.T[None]), 2 * 3 * 4 * 3 + 9),
    # one sample, 2 channels to 3, 4 taps, 9 places
    "convolution": (lambda: functional.conv1d(torch.ones(1, 2, 12), torch.ones(3, 2, 4)), 2 * 9 * 24),
    "convolution with bias": (
        lambda: functional.conv1d(torch.ones(1, 2, 12), torch.ones(3, 2, 4), X[0, :3].float()),
        459,
    ),
    "transposed convolution": (lambda: functional.conv_transpose1d(torch.ones(1, 3, 9), torch.ones(3, 2, 4)), 432),
    "GELU": (lambda: functional.gelu(X), 48),
    "pooling": (lambda: functional.avg_pool2d(torch.ones(1, 1, 4, 4), 2), 16),
    "factorisation": (lambda: torch.linalg.lu_factor(SQUARE), 2 * 6**3 // 3),
    "pair of substitutions": (lambda: torch.linalg.lu_solve(*torch.linalg.lu_factor(SQUARE), SQUARE[:, :2]), 144 + 144),
    "substitution": (lambda: torch.linalg.solve_triangular(SQUARE, SQUARE[:, :1], upper=True), 36),
    "eigenvalues": (lambda: torch.linalg.eigh(SQUARE), 9 * 6**3),
    "scatter": (lambda: torch.zeros(3, dtype=X.dtype).index_add(0, PLACES, X.ravel()[:5]), 5),
    "put": (lambda: torch.zeros(3, dtype=X.dtype).index_put((PLACES,), X.ravel()[:5], accumulate=True), 5),
    "Fourier transform": (lambda: torch.fft.fft(COMPLEX), 5 * 8 * 3),
    "real Fourier transform": (lambda: torch.fft.rfft(COMPLEX.real), round(2.5 * 8 * 3)),
}


@pytest.mark.parametrize("name", COUNTS)
def test_operation_has_its_cost(name):
    run, expected = COUNTS[name]
    with OperationCounter() as counter:
        run()
    assert counter.unknown == set()
    assert counter.operations == expected


def test_operation_without_a_cost_is_named():
    with OperationCounter() as counter:
        torch.erfinv(X / 2)
    assert counter.unknown == {"erfinv"}


def test_reverse_sweep_of_a_matrix_product_is_two_products():
    a, b = X.clone().requires_grad_(), X.T.clone().requires_grad_()
    with OperationCounter() as counter:
        value = (a @ b).sum()
        torch.autograd.grad(value, [a, b])
    # forward 2 m k n and the sum of m n numbers; each of the two gradients costs 2 m k n again
    assert counter.operations == 3 * (2 * 3 * 4 * 3) + 9


def test_reverse_sweep_of_tanh_costs_three_per_number():
    a = X.clone().requires_grad_()
    with OperationCounter() as counter:
        torch.autograd.grad(torch.tanh(a).sum(), a)
    assert counter.operations == 12 + 12 + 36


def test_programs_outside_are_not_counted():
    with OperationCounter() as counter:
        pass
    _ = X + X
    assert counter.operations == 0


def test_counts_do_not_depend_on_numbers():
    counts = []
    for scale in (1.0, math.pi):
        with OperationCounter() as counter:
            torch.linalg.eigh(scale * SQUARE)
        counts.append(counter.operations)
    assert counts[0] == counts[1]
