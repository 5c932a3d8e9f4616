"""Squared distance between the outputs of a simulator and observations, with gradient and Jacobian."""

from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Inexact

Parameters = Float[np.ndarray, " parameters"]
Candidates = Inexact[np.ndarray, "candidates parameters"]


@runtime_checkable
class Objective(Protocol):
    """A function to be made small: many values at once, or one value with its gradient."""

    @property
    def dimension(self) -> int:
        """Number of parameters."""
        ...

    def values(self, theta: Candidates) -> Inexact[np.ndarray, " candidates"]:
        """One value for each candidate."""
        ...

    def value_and_gradient(self, theta: Parameters) -> tuple[float, Parameters]:
        """Value and gradient of one candidate."""
        ...


@runtime_checkable
class Simulator(Protocol):
    """A map from parameters to outputs that can be linearised."""

    @property
    def dimension(self) -> int:
        """Number of parameters."""
        ...

    def outputs(self, theta: Candidates) -> Inexact[np.ndarray, "candidates outputs"]:
        """Outputs for each candidate."""
        ...

    def pulled_back(self, theta: Parameters, weights: Float[np.ndarray, " outputs"]) -> Parameters:
        """Gradient of the weighted sum of the outputs: the transposed Jacobian times ``weights``, by one adjoint."""
        ...

    def jacobian(self, theta: Parameters) -> Float[np.ndarray, "outputs parameters"]:
        """Derivative of each output in each parameter."""
        ...


class Misfit:
    """``J(theta) = |outputs(theta) - observed|^2 / |outputs(start) - observed|^2``, one at the start (default: zero).


    Raises:
        ValueError: the start already gives the observations.
    """

    def __init__(
        self, simulator: Simulator, observed: Float[np.ndarray, " outputs"], *, start: Parameters | None = None
    ) -> None:
        self._simulator, self._observed = simulator, observed
        origin = np.zeros(simulator.dimension) if start is None else start
        self._scale = float(np.square(simulator.outputs(origin[None])[0] - observed).sum())
        if not self._scale > 0:
            raise ValueError("observed equals the outputs of the start: other observations are allowed")

    @property
    def dimension(self) -> int:
        """Number of parameters."""
        return self._simulator.dimension

    def values(self, theta: Candidates) -> Inexact[np.ndarray, " candidates"]:
        """Misfit of each candidate; analytic, so that complex steps differentiate it."""
        return ((self._simulator.outputs(theta) - self._observed) ** 2).sum(axis=-1) / self._scale

    def value_and_gradient(self, theta: Parameters) -> tuple[float, Parameters]:
        """Misfit and gradient of one candidate."""
        residual = self.residual(theta)
        gradient = self._simulator.pulled_back(theta, 2.0 * residual / np.sqrt(self._scale))
        return float(residual @ residual), gradient

    def residual(self, theta: Parameters) -> Float[np.ndarray, " outputs"]:
        """``r`` with ``J = |r|^2``."""
        return (self._simulator.outputs(theta[None])[0] - self._observed) / np.sqrt(self._scale)

    def jacobian(self, theta: Parameters) -> Float[np.ndarray, "outputs parameters"]:
        """Derivative of the residual."""
        return self._simulator.jacobian(theta) / np.sqrt(self._scale)
