"""Degradations of an image: noise clipped to the range of the image, hidden pixels, a low-pass with decimation."""

import math

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional


def clipped(image: Float[np.ndarray, "..."], *, sigma: float, rng: np.random.Generator) -> Float[np.ndarray, "..."]:
    """The image with normal noise of standard deviation ``sigma``, clipped to [0, 1]."""
    return np.clip(image + sigma * rng.normal(size=image.shape), 0.0, 1.0)


def clipped_noise_energy(image: Float[Tensor, "..."], *, sigma: float) -> float:
    """Expected mean square of the noise that remains when the image is clipped: ``E (clip(u + sigma n) - u)^2``.

    With ``a = u / sigma``, ``b = (1 - u) / sigma``, the normal density ``p`` and distribution ``P``:
    ``sigma^2 (P(b) - P(-a) - b p(b) - a p(a)) + u^2 P(-a) + (1 - u)^2 P(-b)``. It is below ``sigma^2``.

    >>> round(clipped_noise_energy(torch.tensor([0.0]), sigma=0.1), 6)
    0.005
    """
    u = image.detach().double().clamp(0.0, 1.0)
    a, b = u / sigma, (1.0 - u) / sigma
    inside = torch.special.ndtr(b) - torch.special.ndtr(-a) - b * _density(b) - a * _density(a)
    cut = u**2 * torch.special.ndtr(-a) + (1.0 - u) ** 2 * torch.special.ndtr(-b)
    return float((sigma**2 * inside + cut).mean())


def observed_pixels(
    rows: int, columns: int, *, hidden: float, rng: np.random.Generator
) -> Bool[np.ndarray, "rows columns"]:
    """Mask of the observed pixels; a random fraction ``hidden``, rounded to whole pixels, is not observed."""
    observed = np.ones(rows * columns, dtype=bool)
    observed[rng.permutation(rows * columns)[: round(hidden * rows * columns)]] = False
    return observed.reshape(rows, columns)


def observed_around_hole(rows: int, columns: int, *, hidden: float) -> Bool[np.ndarray, "rows columns"]:
    """Mask of the observed pixels around a central hole of the image's shape and a fraction ``hidden`` of its area.

    >>> int((~observed_around_hole(64, 32, hidden=0.25)).sum())
    512
    """
    observed = np.ones((rows, columns), dtype=bool)
    high, wide = (round(side * math.sqrt(hidden)) for side in (rows, columns))
    top, left = (rows - high) // 2, (columns - wide) // 2
    observed[top : top + high, left : left + wide] = False
    return observed


def lanczos_kernel(factor: int) -> Float[Tensor, "taps taps"]:
    """Lanczos kernel of two lobes for decimation by ``factor``, even, so that the image is not shifted.

    ``k_ij = L(d_i) L(d_j)`` over its sum, ``d_i = (i + 1/2 - (2 F + 1)) / F`` for ``i = 1..4F``, and
    ``L(d) = 2 sin(pi d) sin(pi d / 2) / (pi d)^2``.

    Source:
        Ulyanov, Vedaldi, Lempitsky, Deep image prior, CVPR 2018, super-resolution.

    >>> round(float(lanczos_kernel(4).sum()), 12)
    1.0
    """
    distance = (torch.arange(1, 4 * factor + 1, dtype=torch.float64) + 0.5 - (2 * factor + 1)) / factor
    line = torch.sinc(distance) * torch.sinc(distance / 2)
    kernel = line[:, None] * line
    return kernel / kernel.sum()


def decimated(image: Float[Tensor, "images channels rows columns"], *, factor: int) -> Float[Tensor, "..."]:
    """The image filtered by :func:`lanczos_kernel` and sampled at every ``factor``-th pixel; the border is replicated.

    ``factor`` is even and divides the sides.
    """
    channels, pad = image.shape[1], 3 * factor // 2
    kernel = lanczos_kernel(factor).to(image)[None, None].expand(channels, 1, -1, -1)
    padded = functional.pad(image, (pad, pad, pad, pad), mode="replicate")
    return functional.conv2d(padded, kernel, stride=factor, groups=channels)


def _density(x: Tensor) -> Tensor:
    return torch.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
