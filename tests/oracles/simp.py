"""SIMP run to its end, by the stopping criterion of the published codes."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from mlsim.numerics.elasticity.simp import Simp

SMALLEST_CHANGE = 0.01  # of a density; the published codes stop below it


@dataclass(frozen=True, kw_only=True, eq=False)
class Optimum:
    """A converged design; the compliance is that of the design entering the last update, as the codes print it."""

    density: Float[np.ndarray, " elements"]
    compliance: float
    updates: int


def optimum(simp: Simp, *, start: Float[np.ndarray, " elements"], most: int = 2000) -> Optimum:
    """Iterate until no density changes by more than ``SMALLEST_CHANGE``, or ``most`` updates."""
    compliance = np.nan
    for updates, iterate in enumerate(simp.iterates(start)):
        if iterate.change <= SMALLEST_CHANGE or updates == most:
            return Optimum(density=iterate.density, compliance=compliance, updates=updates)
        compliance = iterate.compliance
    raise AssertionError("the sequence of iterates does not end")
