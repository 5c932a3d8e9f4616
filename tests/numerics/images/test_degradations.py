"""Decimation, noise and masks."""

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.stats import norm

from mlsim.numerics.images.degradations import (
    clipped,
    clipped_noise_energy,
    decimated,
    lanczos_kernel,
    observed_around_hole,
    observed_pixels,
)


def random_image(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random(shape)


@pytest.mark.parametrize("factor", [2, 4, 8])
def test_decimation_keeps_constants_and_the_centre_of_ramps(factor):
    side = 8 * factor
    constant = torch.full((1, 2, side, side), 0.3, dtype=torch.float64)
    torch.testing.assert_close(decimated(constant, factor=factor), constant[..., ::factor, ::factor])
    ramp = torch.arange(side, dtype=torch.float64).expand(1, 1, side, side)
    inner = decimated(ramp, factor=factor)[..., 2:-2]  # away from the continued border
    expected = (torch.arange(8, dtype=torch.float64) + 0.5) * factor - 0.5  # centres of the large pixels
    torch.testing.assert_close(inner, expected[2:-2].expand_as(inner))


def test_decimation_is_the_sum_over_the_kernel_s_taps():
    factor, image = 2, torch.from_numpy(random_image(1, 1, 8, 12))
    kernel, found = lanczos_kernel(factor), decimated(image, factor=factor)
    for i in range(4):
        for j in range(6):
            rows = [min(max(i * factor - 3 + a, 0), 7) for a in range(8)]
            columns = [min(max(j * factor - 3 + b, 0), 11) for b in range(8)]
            assert float(found[0, 0, i, j]) == pytest.approx(float((kernel * image[0, 0][rows][:, columns]).sum()))


def test_gradient_of_decimation_is_its_adjoint():
    image = torch.from_numpy(random_image(1, 3, 32, 32)).requires_grad_()
    low = torch.from_numpy(random_image(1, 3, 8, 8, seed=1))
    other = torch.from_numpy(random_image(1, 3, 32, 32, seed=2))
    adjoint = torch.autograd.grad((decimated(image, factor=4) * low).sum(), image)[0]
    assert float((adjoint * other).sum()) == pytest.approx(float((low * decimated(other, factor=4)).sum()), rel=1e-12)


@pytest.mark.parametrize("value", [0.0, 0.05, 0.5, 0.97])
@pytest.mark.parametrize("sigma", [25 / 255, 50 / 255])
def test_energy_of_clipped_noise_is_its_integral(value, sigma):
    def integrand(n: float) -> float:
        return (np.clip(value + sigma * n, 0.0, 1.0) - value) ** 2 * norm.pdf(n)

    kinks = [-value / sigma, (1 - value) / sigma]
    expected = quad(integrand, -12, 12, points=kinks, epsabs=1e-12)[0]
    assert clipped_noise_energy(torch.tensor([value], dtype=torch.float64), sigma=sigma) == pytest.approx(expected)
    assert expected < sigma**2 * (1 + 1e-4)


def test_energy_of_clipped_noise_is_what_drawn_noise_has():
    image, rng = random_image(3, 200, 200), np.random.default_rng(1)
    drawn = np.square(clipped(image, sigma=0.2, rng=rng) - image)
    error = drawn.std() / np.sqrt(drawn.size)
    assert clipped_noise_energy(torch.from_numpy(image), sigma=0.2) == pytest.approx(drawn.mean(), abs=4 * error)


def test_masks_hide_the_share_that_is_asked_for():
    assert int((~observed_pixels(20, 30, hidden=0.5, rng=np.random.default_rng(0))).sum()) == 300
    hole = ~observed_around_hole(40, 80, hidden=0.04)
    rows, columns = np.nonzero(hole)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (16, 23, 32, 47)
    assert hole.sum() == 8 * 16
