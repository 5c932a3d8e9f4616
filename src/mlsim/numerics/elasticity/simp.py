"""SIMP: solid isotropic material with penalisation, optimised by optimality criteria.

Minimise the compliance ``c = f^T u`` over element densities ``x`` with ``K(E(x)) u = f``,
``E(x) = E_min + (1 - E_min) x^p`` and a prescribed volume. The presets reproduce, digit for digit, the rules of the
published codes: they differ in the smallest stiffness, the filter's floor, how far the multiplier is iterated, and when
to stop.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from jaxtyping import Float

from mlsim.numerics.elasticity.density_filters import ConeFilter
from mlsim.numerics.elasticity.optimality import Bisection, Newton, Step
from mlsim.numerics.elasticity.stiffness import BandSolver, Equilibrium, Solver


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The rules of one published code."""

    penalty: float = 3.0  # exponent ``p``, dimensionless, above one
    minimum_modulus: float = 0.0  # ``E_min`` relative to solid material
    minimum_density: float = 1e-3  # lower bound of the densities
    move: float = 0.2  # largest change of a density in one iteration
    filtering: Literal["sensitivity", "density"] = "sensitivity"  # what the cone filter acts on
    filter_floor: float = 1e-3  # smallest density in the denominator of the sensitivity filter
    multiplier: Bisection | Newton = field(default_factory=Newton)  # how the Lagrange multiplier is found


def preset(name: str) -> Rules:
    """Rules of a published code.

    Args:
        name: ``topy`` (W. Hunter's ToPy, its multiplier solved exactly), ``top88`` (Andreassen et al. 2011 with the
            sensitivity filter, ``top88_density`` with the density filter), ``top99`` (Sigmund 2001), ``heat`` (the
            heat-conduction code of Bendsoe and Sigmund's book) or ``heat_exact`` (the same with the exact multiplier:
            the absolute tolerance of ``heat`` is right for its own size of the source alone).

    Raises:
        ValueError: the name is unknown.
    """
    relative = Bisection(upper=1e9, tolerance=1e-3)
    absolute = Bisection(upper=1e5, tolerance=1e-4, relative=False)
    presets = {
        "topy": Rules(),
        "top88": Rules(minimum_modulus=1e-9, minimum_density=0.0, multiplier=relative),
        "top88_density": Rules(minimum_modulus=1e-9, minimum_density=0.0, multiplier=relative, filtering="density"),
        "top99": Rules(multiplier=absolute),
        "heat": Rules(minimum_modulus=1e-3, multiplier=absolute),
        "heat_exact": Rules(minimum_modulus=1e-3),
    }
    if name not in presets:
        raise ValueError(f"preset {name!r} is unknown: choose one of {', '.join(presets)}")
    return presets[name]


@dataclass(frozen=True, kw_only=True, eq=False)
class Iterate:
    """State of the optimisation before one iteration."""

    density: Float[np.ndarray, " elements"]  # design variables ``x``
    compliance: float  # ``f^T u`` of the physical density
    # filtered derivative of the compliance with respect to ``x``, not positive
    sensitivity: Float[np.ndarray, " elements"]
    change: float  # largest change of a density in the last iteration, infinite at the start


class Simp:
    """One problem of topology optimisation, prepared for many iterations.

    Args:
        equilibrium: mesh, material, supports and load.
        filter_radius: in element sides.
        rules: see :func:`preset`.
        solver: backend for the equilibrium; band Cholesky by default.
    """

    def __init__(
        self, equilibrium: Equilibrium, *, filter_radius: float, rules: Rules, solver: Solver | None = None
    ) -> None:
        self._equilibrium = equilibrium
        self._solver = solver or BandSolver(equilibrium)
        self._filter = ConeFilter(equilibrium.grid, radius=filter_radius)
        self._rules = rules
        ones = np.ones(equilibrium.grid.elements)
        self._volume_gradient = self._filter.adjoint(ones) if rules.filtering == "density" else ones

    def iterates(self, start: Float[np.ndarray, " elements"]) -> Iterator[Iterate]:
        """The infinite sequence of iterates from ``start``, all of its volume."""
        density, change, target = start, np.inf, float(start.sum())
        while True:
            compliance, sensitivity = self.compliance(self._physical(density))
            filtered = self._filtered(sensitivity, density)
            yield Iterate(density=density, compliance=compliance, sensitivity=filtered, change=change)
            updated = self._updated(density, filtered, target=target)
            change = float(np.abs(updated - density).max())
            density = updated

    def compliance(self, physical: Float[np.ndarray, " elements"]) -> tuple[float, Float[np.ndarray, " elements"]]:
        """Compliance of physical densities, and its derivative with respect to them."""
        rules = self._rules
        # x * x * x is ten times faster than numpy's general power
        power = physical * physical if rules.penalty == 3.0 else physical ** (rules.penalty - 1.0)
        moduli = rules.minimum_modulus + (1.0 - rules.minimum_modulus) * power * physical
        energies = self._equilibrium.energies(self._solver.solve(moduli))
        gradient = -rules.penalty * (1.0 - rules.minimum_modulus) * power * energies
        return float(moduli @ energies), gradient

    def _physical(self, density: Float[np.ndarray, " elements"]) -> Float[np.ndarray, " elements"]:
        return self._filter.mean(density) if self._rules.filtering == "density" else density

    def _filtered(
        self, gradient: Float[np.ndarray, " elements"], density: Float[np.ndarray, " elements"]
    ) -> Float[np.ndarray, " elements"]:
        if self._rules.filtering == "density":
            return self._filter.adjoint(gradient)
        return self._filter.sensitivity(gradient, density, floor=self._rules.filter_floor)

    def _updated(
        self, density: Float[np.ndarray, " elements"], gradient: Float[np.ndarray, " elements"], *, target: float
    ) -> Float[np.ndarray, " elements"]:
        step = Step(
            scale=density * np.sqrt(np.maximum(0.0, -gradient) / self._volume_gradient),
            lower=np.maximum(self._rules.minimum_density, density - self._rules.move),
            upper=np.minimum(1.0, density + self._rules.move),
        )
        return self._rules.multiplier(step, lambda x: float(self._physical(x).sum()), target=target)
