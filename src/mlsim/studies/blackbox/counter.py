"""Counting what a search costs, from outside: optimisers count differently, and some hide what they call."""

from collections.abc import Callable
from contextlib import suppress

import numpy as np
from jaxtyping import Float

from mlsim.numerics.estimation.objectives import Misfit, Objective

# value and gradient together, by the theorem of Baur and Strassen; so a tangent or an adjoint alone costs three
GRADIENT_UNITS, LINEARISED_UNITS = 4, 3
# what a search sees where the simulation breaks down: finite, so that line searches shorten their step
BREAKDOWN = 1e10

Place = Float[np.ndarray, " parameters"]


class SearchEndedError(Exception):
    """Ends a search from inside a call: the tolerance is reached, or the budget is spent."""


class Meter:
    """An objective that counts its calls and their work, and ends the search at the tolerance or at the cap.

    A population is computed at once and counted one by one: members after the first success, or beyond the cap, do
    not count. A call that the cap cuts does not happen.

    Args:
        objective: what is made small.
        tolerance: value below which the search has succeeded.
        cap: work units.

    Attributes:
        calls: runs of the simulator, with or without derivatives.
        units: their work.
        restarts: searches begun beyond the first, which the searches report.
        best: least value.
        place: where it was found.
        history: units and value of each improvement.
        trail: all places with their values, where ``keep_trail`` is set.
    """

    def __init__(self, objective: Objective, *, tolerance: float, cap: int, keep_trail: bool = False) -> None:
        self._objective, self._tolerance, self._cap, self._keep = objective, tolerance, cap, keep_trail
        self.calls, self.units, self.restarts = 0, 0, -1
        self.best, self.place = np.inf, np.zeros(objective.dimension)
        self.history: list[tuple[int, float]] = []
        self.trail: list[tuple[Place, float]] = []

    @property
    def dimension(self) -> int:
        """Number of parameters."""
        return self._objective.dimension

    @property
    def succeeded(self) -> bool:
        """Whether the tolerance was reached."""
        return self.best < self._tolerance

    def run(self, search: Callable[..., None], *arguments: object) -> None:
        """Let ``search(meter, *arguments)`` go on until the tolerance or the cap."""
        with suppress(SearchEndedError):
            search(self, *arguments)

    def values(self, theta: Float[np.ndarray, "candidates parameters"]) -> Float[np.ndarray, " candidates"]:
        """Values of a population, one unit each."""
        with np.errstate(over="ignore", invalid="ignore"):
            values = self._objective.values(theta)
        values = np.where(np.isfinite(values), values, BREAKDOWN)
        for place, value in zip(theta, values, strict=True):
            self._record(place, float(value), units=1)
        return values

    def value(self, theta: Place) -> float:
        """One value."""
        return float(self.values(theta[None])[0])

    def value_and_gradient(self, theta: Place) -> tuple[float, Place]:
        """Value and gradient, four units."""
        with np.errstate(over="ignore", invalid="ignore"):
            value, gradient = self._objective.value_and_gradient(theta)
        sound = bool(np.isfinite(value) and np.isfinite(gradient).all())
        self._record(theta, float(value) if sound else BREAKDOWN, units=GRADIENT_UNITS)
        return (float(value), gradient) if sound else (BREAKDOWN, np.zeros_like(theta))

    def residual(self, theta: Place) -> Float[np.ndarray, " outputs"]:
        """Residual of a misfit, one unit, counted as a value."""
        assert isinstance(self._objective, Misfit)
        with np.errstate(over="ignore", invalid="ignore"):
            residual = self._objective.residual(theta)
            value = float(residual @ residual)
        self._record(theta, value if np.isfinite(value) else BREAKDOWN, units=1)
        return residual

    def jacobian(self, theta: Place) -> Float[np.ndarray, "outputs parameters"]:
        """Jacobian of a misfit, one call: a tangent per parameter or an adjoint per output, whichever are fewer."""
        assert isinstance(self._objective, Misfit)
        jacobian = self._objective.jacobian(theta)
        self.charge(LINEARISED_UNITS * min(jacobian.shape))
        return jacobian

    def charge(self, units: int) -> None:
        """Count a call of something else than the objective."""
        if self.units + units > self._cap:
            self.units = self._cap
            raise SearchEndedError
        self.calls += 1
        self.units += units

    def _record(self, place: Place, value: float, *, units: int) -> None:
        self.charge(units)
        if self._keep:
            self.trail.append((place.copy(), value))
        if value < self.best:
            self.best, self.place = value, place.copy()
            self.history.append((self.units, value))
        if self.succeeded:
            raise SearchEndedError
