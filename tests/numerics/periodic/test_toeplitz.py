"""Convolution layers as matrices, and least squares with one number per diagonal."""

import numpy as np
import pytest
import torch
from torch import nn

from mlsim.numerics.periodic.toeplitz import circulant, ridge_solutions, windows


@pytest.mark.parametrize("width", [1, 3, 7])
def test_a_convolution_layer_is_its_matrix(width: int):
    layer = nn.Conv1d(1, 1, width, padding=width // 2, padding_mode="circular", bias=False).double()
    x = torch.randn(5, 12, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        found = layer(x[:, None])[:, 0]
        exact = x @ torch.from_numpy(circulant(layer.weight[0, 0].numpy(), 12)).T
    # sums of seven products of order one
    torch.testing.assert_close(found, exact, rtol=0, atol=1e-14)


def test_a_layer_with_several_channels_has_one_circulant_block_per_pair_of_channels():
    layer = nn.Conv1d(2, 3, 5, padding=2, padding_mode="circular", bias=False).double()
    x = torch.randn(4, 2, 9, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        kernels = layer.weight.numpy()
        whole = np.block([[circulant(kernels[o, i], 9) for i in range(2)] for o in range(3)])
        exact = x.reshape(4, -1).numpy() @ whole.T
        np.testing.assert_allclose(layer(x).reshape(4, -1).numpy(), exact, rtol=0, atol=1e-14)


def test_circulants_have_one_number_per_diagonal():
    kernel = np.random.default_rng(0).normal(size=5)
    matrix = circulant(kernel, 9)
    np.testing.assert_array_equal(matrix[1:, 1:], matrix[:-1, :-1])


def test_circulants_are_diagonal_in_the_fourier_basis():
    kernel = np.random.default_rng(0).normal(size=5)
    fourier = np.fft.fft(np.eye(9)) / 3
    turned = fourier @ circulant(kernel, 9) @ fourier.conj().T
    np.testing.assert_allclose(turned, np.diag(np.diag(turned)), rtol=0, atol=1e-13)


def test_windows_times_the_kernel_are_the_circulant():
    rng = np.random.default_rng(0)
    kernel, x = rng.normal(size=5), rng.normal(size=(3, 8))
    np.testing.assert_allclose(windows(x, 5) @ kernel, x @ circulant(kernel, 8).T, rtol=0, atol=1e-14)


def test_one_function_suffices_to_find_a_kernel_and_not_a_matrix():
    rng = np.random.default_rng(0)
    kernel, x = rng.normal(size=5), rng.normal(size=(1, 16))
    y = x @ circulant(kernel, 16).T
    found = ridge_solutions(windows(x, 5).reshape(-1, 5), y.reshape(-1, 1), [1e-14])[0]
    np.testing.assert_allclose(found[:, 0], kernel, rtol=0, atol=1e-10)
    matrix = ridge_solutions(x, y, [1e-12])[0]
    assert np.abs(matrix.T - circulant(kernel, 16)).max() > 0.1


def test_the_penalty_shrinks_and_its_solution_solves_the_normal_equations():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 4)), rng.normal(size=(20, 2))
    small, large = ridge_solutions(x, y, [1e-3, 10.0])
    assert np.linalg.norm(large) < np.linalg.norm(small)
    scale = np.trace(x.T @ x / 20) / 4
    np.testing.assert_allclose(x.T @ (y - x @ large) / 20, 10 * scale * large, rtol=0, atol=1e-13)


def test_even_kernels_are_refused():
    with pytest.raises(ValueError, match="taps"):
        circulant(np.ones(4), 8)
