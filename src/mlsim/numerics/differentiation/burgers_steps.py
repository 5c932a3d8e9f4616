"""Burgers' equation ``u_t + u u_x = nu u_xx`` on the periodic unit interval: explicit steps of numbers and arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Inexact
from torch import Tensor

from mlsim.numerics.differentiation.tape import Number


@dataclass(frozen=True, kw_only=True)
class Burgers:
    """Central differences in space, Euler's method in time.

    >>> burgers = Burgers(cells=8, viscosity=0.02, time_step=0.01)
    >>> constant = torch.ones(8, dtype=torch.float64)
    >>> bool((burgers.step(constant) == constant).all())
    True
    """

    cells: int  # number of cells of width ``dx = 1 / cells``
    viscosity: float  # nu, in units of length squared over time
    time_step: float  # dt, in units of time

    def updated(self, left: Any, centre: Any, right: Any) -> Any:
        """Cells after one step, from their left neighbours, themselves and their right neighbours: nine operations.

        ``u + (u (right - left) (-dt / (2 dx)) + (left - 2 u + right) nu dt / dx^2)``, for numbers or arrays.
        """
        advected = centre * (right - left)
        diffused = (left - 2.0 * centre) + right
        advection = -self.time_step * self.cells / 2
        diffusion = self.viscosity * self.time_step * self.cells**2
        return centre + (advected * advection + diffused * diffusion)

    def step(self, u: Inexact[Tensor, " cells"]) -> Inexact[Tensor, " cells"]:
        """All cells after one step."""
        return self.updated(torch.roll(u, 1), u, torch.roll(u, -1))

    def scalar_step(self, u: Sequence[Number]) -> list[Number]:
        """All cells after one step, one by one."""
        n = self.cells
        return [self.updated(u[i - 1], u[i], u[(i + 1) % n]) for i in range(n)]


def stable_time_step(*, cells: int, viscosity: float, fraction: float = 0.2) -> float:
    """A fraction of the largest time step that is stable for speeds up to one, ``min(dx, dx^2 / (2 nu))``.

    >>> stable_time_step(cells=10, viscosity=0.02, fraction=1.0)
    0.1
    """
    dx = 1 / cells
    return fraction * min(dx, dx**2 / (2 * viscosity))


def wave(cells: int) -> Float[Tensor, " cells"]:
    """One period of a sine on a mean flow, ``sin(2 pi i / cells) + 0.3``."""
    return torch.sin(2 * torch.pi * torch.arange(cells, dtype=torch.float64) / cells) + 0.3
