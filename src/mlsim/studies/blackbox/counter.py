"""Counting what a search costs, outside of the optimisers, which count differently or not at all."""

from collections.abc import Callable
from contextlib import suppress

import numpy as np
from jaxtyping import Float

from mlsim.numerics.estimation.objectives import Misfit, Objective

# value and gradient together, by the theorem of Baur and Strassen; so a tangent or an adjoint alone costs three
GRADIENT_UNITS, LINEARISED_UNITS = 4, 3
# value where the simulation breaks down: finite, so that line searches shorten their step
BREAKDOWN = 1e10

Parameters = Float[np.ndarray, " parameters"]


class SearchEndedError(Exception):
    """Ends a search from inside a call: the tolerance is reached, or the budget is spent."""


class Counter:
    """An objective that counts its calls and their work, and ends the search at the tolerance or at the cap.

    A population is computed at once and counted one by one: members after the first success, or beyond the cap, do
    not count. A call that would exceed the cap does not happen.

    Args:
        objective: function to be minimised.
        tolerance: value below which the search has succeeded.
        cap: work units.
        keep_trail: whether ``trail`` is recorded.

    Attributes:
        calls: runs of the simulator, with or without derivatives.
        units: their work.
        restarts: searches begun beyond the first, which the searches report.
        best: least value.
        best_parameters: parameters of the least value.
        history: units and value of each improvement.
        trail: parameters and value of each call.
    """

    def __init__(self, objective: Objective, *, tolerance: float, cap: int, keep_trail: bool = False) -> None:
        self._objective, self._tolerance, self._cap, self._keep_trail = objective, tolerance, cap, keep_trail
        self.calls, self.units, self.restarts = 0, 0, -1
        self.best, self.best_parameters = np.inf, np.zeros(objective.dimension)
        self.history: list[tuple[int, float]] = []
        self.trail: list[tuple[Parameters, float]] = []

    @property
    def dimension(self) -> int:
        """Number of parameters."""
        return self._objective.dimension

    @property
    def succeeded(self) -> bool:
        """Whether the tolerance was reached."""
        return self.best < self._tolerance

    def run(self, search: Callable[..., None], *arguments: object) -> None:
        """Let ``search(counter, *arguments)`` go on until the tolerance or the cap."""
        with suppress(SearchEndedError):
            search(self, *arguments)

    def values(self, theta: Float[np.ndarray, "candidates parameters"]) -> Float[np.ndarray, " candidates"]:
        """Values of a population, one unit each."""
        with np.errstate(over="ignore", invalid="ignore"):
            values = self._objective.values(theta)
        values = np.where(np.isfinite(values), values, BREAKDOWN)
        for candidate, value in zip(theta, values, strict=True):
            self._record(candidate, float(value), units=1)
        return values

    def value(self, theta: Parameters) -> float:
        """One value."""
        return float(self.values(theta[None])[0])

    def value_and_gradient(self, theta: Parameters) -> tuple[float, Parameters]:
        """Value and gradient, four units."""
        with np.errstate(over="ignore", invalid="ignore"):
            value, gradient = self._objective.value_and_gradient(theta)
        if not (np.isfinite(value) and np.isfinite(gradient).all()):
            value, gradient = BREAKDOWN, np.zeros_like(theta)
        self._record(theta, float(value), units=GRADIENT_UNITS)
        return float(value), gradient

    def residual(self, theta: Parameters) -> Float[np.ndarray, " outputs"]:
        """Residual of a misfit, one unit, counted as a value."""
        assert isinstance(self._objective, Misfit)
        with np.errstate(over="ignore", invalid="ignore"):
            residual = self._objective.residual(theta)
            value = float(residual @ residual)
        self._record(theta, value if np.isfinite(value) else BREAKDOWN, units=1)
        return residual

    def jacobian(self, theta: Parameters) -> Float[np.ndarray, "outputs parameters"]:
        """Jacobian of a misfit, one call: a tangent per parameter or an adjoint per output, whichever are fewer."""
        assert isinstance(self._objective, Misfit)
        jacobian = self._objective.jacobian(theta)
        self.charge(LINEARISED_UNITS * min(jacobian.shape))
        return jacobian

    def charge(self, units: int) -> None:
        """Count a call, of the objective or of another function."""
        if self.units + units > self._cap:
            self.units = self._cap
            raise SearchEndedError
        self.calls += 1
        self.units += units

    def _record(self, theta: Parameters, value: float, *, units: int) -> None:
        self.charge(units)
        if self._keep_trail:
            self.trail.append((theta.copy(), value))
        if value < self.best:
            self.best, self.best_parameters = value, theta.copy()
            self.history.append((self.units, value))
        if self.succeeded:
            raise SearchEndedError
