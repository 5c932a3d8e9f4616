"""Maps from noise to data that follow a learned denoiser or a learned velocity.

Shapes are ``members batch dimension``: several independent networks in one tensor.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

Points = Float[Tensor, "members batch dimension"]
Times = Float[Tensor, "members batch 1"]
Field = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True, kw_only=True)
class NoiseLevels:
    """Range of the noise that is added to data, in standard deviations of the data."""

    smallest: float = 0.002
    largest: float = 20.0

    def random(self, uniform: Times) -> Times:
        """Log-uniform levels from uniform numbers: narrow modes need as many small levels as large ones."""
        return torch.exp(math.log(self.smallest) + uniform * math.log(self.largest / self.smallest))

    def falling(self, count: int) -> list[float]:
        """Levels of the sampler, dense where the noise is small: ``s^(1/5)`` falls linearly.

        >>> [round(level, 3) for level in NoiseLevels(smallest=1.0, largest=32.0).falling(3)]
        [32.0, 7.594, 1.0]
        """
        first, last = self.largest**0.2, self.smallest**0.2
        return [(first + index / (count - 1) * (last - first)) ** 5 for index in range(count)]


def denoised(network: Field, x: Points, *, level: Times) -> Points:
    """Denoiser ``D(x, s) = x / (s^2 + 1) + s / sqrt(s^2 + 1) F(x / sqrt(s^2 + 1), log(s) / 4)`` for unit data.

    Source:
        T. Karras, M. Aittala, T. Aila, S. Laine, arXiv:2206.00364, table 1, with ``sigma_data = 1``.
    """
    spread = (level**2 + 1).sqrt()
    return x / spread**2 + level / spread * network(x / spread, level.log() / 4)


def denoising_loss(network: Field, clean: Points, *, noise: Points, level: Times) -> Float[Tensor, " members"]:
    """Mean of ``(s^2 + 1) / s^2 |D(x + s e, s) - x|^2`` per member: each level has the same weight at the start."""
    error = denoised(network, clean + level * noise, level=level) - clean
    return ((level**2 + 1) / level**2 * error**2).mean(dim=(1, 2))


def heun_samples(network: Field, noise: Points, *, levels: list[float]) -> Points:
    """Samples by Heun's method on ``dx/ds = (x - D(x, s)) / s`` from the largest level down, then one denoising."""
    x = levels[0] * noise
    for now, then in pairwise(levels):
        slope = (x - denoised(network, x, level=_filled(x, now))) / now
        ahead = x + (then - now) * slope
        later = (ahead - denoised(network, ahead, level=_filled(x, then))) / then
        x = x + (then - now) * (slope + later) / 2
    return denoised(network, x, level=_filled(x, levels[-1]))


def flow_loss(network: Field, clean: Points, *, noise: Points, time: Times) -> Float[Tensor, " members"]:
    """Flow matching: mean of ``|v(x_t, t) - (x_1 - x_0)|^2`` on straight lines ``x_t = (1 - t) x_0 + t x_1``.

    Source:
        Y. Lipman et al., arXiv:2210.02747; X. Liu, C. Gong, Q. Liu, arXiv:2209.03003.
    """
    return (network((1 - time) * noise + time * clean, time) - (clean - noise)).square().mean(dim=(1, 2))


def midpoint_samples(network: Field, noise: Points, *, steps: int) -> Points:
    """Samples by the explicit midpoint rule on ``dx/dt = v(x, t)`` from noise at 0 to data at 1.

    >>> midpoint_samples(lambda x, t: x, torch.ones(1, 1, 1), steps=100).round(decimals=3).item()
    2.7179999351501465
    """
    x, step = noise, 1.0 / steps
    for index in range(steps):
        middle = x + step / 2 * network(x, _filled(x, index * step))
        x = x + step * network(middle, _filled(x, (index + 0.5) * step))
    return x


def _filled(x: Points, value: float) -> Times:
    return torch.full_like(x[..., :1], value)
