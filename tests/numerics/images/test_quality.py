"""Measures of the quality of images."""

import numpy as np
import pytest
import torch
from skimage.color import rgb2ycbcr
from skimage.metrics import peak_signal_noise_ratio

from mlsim.numerics.images.quality import luminance, psnr


def random_image(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random(shape)


def test_decibels_are_those_of_scikit_image():
    first, second = random_image(3, 20, 20), random_image(3, 20, 20, seed=1)
    expected = peak_signal_noise_ratio(second, first, data_range=1.0)
    assert psnr(torch.from_numpy(first), torch.from_numpy(second)) == pytest.approx(expected)


def test_luminance_is_that_of_scikit_image():
    image = random_image(10, 12, 3)
    found = luminance(torch.from_numpy(np.moveaxis(image, -1, 0)), border=2)[0].numpy()
    np.testing.assert_allclose(found, rgb2ycbcr(image)[2:-2, 2:-2, 0] / 255.0, rtol=1e-12)
