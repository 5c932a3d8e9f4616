"""Optimality-criteria update of the densities, and its Lagrange multiplier.

The update is ``x_new = clip(x sqrt(-g / (v lambda)), lower, upper)`` with the bounds ``x -+ move`` cut to the
admissible interval; the multiplier ``lambda`` meets the volume constraint. Published compliances depend in their last
digits on how far the multiplier was iterated, so the classical rules are implemented as well as the exact one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

Volume = Callable[[Float[np.ndarray, " elements"]], float]


@dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """The densities as a function of ``mu = lambda**(-1/2)``: ``clip(scale * mu, lower, upper)``."""

    scale: Float[np.ndarray, " elements"]
    lower: Float[np.ndarray, " elements"]
    upper: Float[np.ndarray, " elements"]

    def __call__(self, mu: float) -> Float[np.ndarray, " elements"]:
        """Densities at ``mu``."""
        return np.minimum(np.maximum(self.scale * mu, self.lower), self.upper)


@dataclass(frozen=True, kw_only=True)
class Bisection:
    """Bisection for the multiplier from ``[0, upper]`` until the interval is short."""

    upper: float  # first upper bound
    tolerance: float  # interval length at which to stop
    relative: bool = True  # whether the length is divided by the sum of the bounds

    def __call__(self, step: Step, volume: Volume, *, target: float) -> Float[np.ndarray, " elements"]:
        """New densities whose ``volume`` is ``target`` up to the tolerance."""
        low, high = 0.0, self.upper
        density = step(1.0 / np.sqrt(self.upper / 2))
        while (high - low) / ((low + high) if self.relative else 1.0) > self.tolerance and high > 1e-40:
            middle = (low + high) / 2
            density = step(1.0 / np.sqrt(middle))
            if volume(density) > target:
                low = middle
            else:
                high = middle
        return density


@dataclass(frozen=True, kw_only=True)
class Newton:
    """Newton's method in ``mu = lambda**(-1/2)``, where the volume is piecewise linear and monotone.

    Valid where the volume is the plain sum of the densities. A bracket guards every step.
    """

    tolerance: float = 1e-12  # volume error per element at which to stop

    def __call__(self, step: Step, volume: Volume, *, target: float) -> Float[np.ndarray, " elements"]:
        """New densities whose sum is ``target`` up to the tolerance."""
        scale, lower, upper = step.scale, step.lower, step.upper
        positive = scale > 0
        low, high = 0.0, float((upper[positive] / scale[positive]).max(initial=1.0))
        mu = target / max(float(scale.sum()), 1e-300)
        for _ in range(200):
            trial = scale * mu
            error = float(np.clip(trial, lower, upper).sum()) - target
            if abs(error) <= self.tolerance * scale.size:
                break
            low, high = (low, mu) if error > 0 else (mu, high)
            slope = float(scale[(trial > lower) & (trial < upper)].sum())
            mu = mu - error / slope if slope > 0 else low
            if not low < mu < high:
                mu = (low + high) / 2
        return step(mu)
