"""Readings of the pressure on a line, ``-(k u')' = 1``, as a function of the parameters of the permeability.

``log k`` is a sum of modes of a random field, smooth in its coefficients; or constant in layers whose interfaces are
snapped to the mesh, so that the readings jump as an interface passes the centre of a cell.
"""

import numpy as np
from jaxtyping import Bool, Float, Inexact, Int
from scipy.special import ndtr

from mlsim.numerics.flow.darcy_1d import Cells, Modes, cell_centres, gaussian_logarithms, line_pressures, quadrature

Sensors = Int[np.ndarray, " sensors"]
Field = Float[np.ndarray, " cells"]
Parameters = Float[np.ndarray, " parameters"]
Candidates = Inexact[np.ndarray, "candidates parameters"]
Readings = Inexact[np.ndarray, "candidates sensors"]

# distance of an interface from the ends of its part of the line, relative to that part, so that no layer vanishes
MARGIN = 0.1


def evenly_spaced(cells: int, *, spacing: int) -> Sensors:
    """Every ``spacing``-th cell but the last one, where the pressure is zero.

    >>> evenly_spaced(12, spacing=4).tolist()
    [3, 7]
    """
    return np.arange(spacing - 1, cells - 1, spacing)


def readings_adjoint(log_k: Field, *, sensors: Sensors, weights: Float[np.ndarray, " sensors"]) -> Field:
    """Gradient in ``log k`` of the weighted sum of the readings.

    With ``w`` and ``C`` of :func:`quadrature` and ``L_j`` the sum of the weights of all readings from cell j on, it is
    ``-w_j (L_j (C - x_j) + (x_j - C) sum_i L_i w_i / sum w)``.
    """
    x, weight, centre = quadrature(log_k)
    scattered = np.zeros_like(log_k)
    scattered[sensors] = weights
    tail = np.cumsum(scattered[::-1])[::-1]
    return -weight * (centre - x) * (tail - tail @ weight / weight.sum())


def readings_jacobian(log_k: Field, *, sensors: Sensors) -> Float[np.ndarray, "sensors cells"]:
    """Derivative of each reading in ``log k`` of each cell: all adjoints at once."""
    x, weight, centre = quadrature(log_k)
    left = np.arange(len(log_k)) <= sensors[:, None]
    return -weight * (centre - x) * (left - np.cumsum(weight)[sensors][:, None] / weight.sum())


class ModesFlow:
    """Readings at the right ends of cells for ``log k = sum_k sqrt(value_k) theta_k vector_k``; smooth in theta."""

    def __init__(self, modes: Modes, *, sensors: Sensors) -> None:
        self._modes, self._sensors = modes, sensors

    @property
    def dimension(self) -> int:
        """Number of parameters."""
        return len(self._modes.values)

    def log_k(self, theta: Candidates) -> Cells:
        """Logarithm of the permeability."""
        return gaussian_logarithms(self._modes, theta)

    def outputs(self, theta: Candidates) -> Readings:
        """Readings for each candidate."""
        return line_pressures(self.log_k(theta))[:, self._sensors]

    def pulled_back(self, theta: Parameters, weights: Float[np.ndarray, " sensors"]) -> Parameters:
        """Gradient of the weighted sum of the readings."""
        field = readings_adjoint(self.log_k(theta[None])[0], sensors=self._sensors, weights=weights)
        return (field @ self._modes.vectors) * np.sqrt(self._modes.values)

    def jacobian(self, theta: Parameters) -> Float[np.ndarray, "sensors parameters"]:
        """Derivative of the readings."""
        field = readings_jacobian(self.log_k(theta[None])[0], sensors=self._sensors)
        return (field @ self._modes.vectors) * np.sqrt(self._modes.values)


class LayeredFlow:
    """Readings for ``interfaces`` + 1 layers, each cell having the permeability of the layer at its centre.

    The first parameters are the positions of the interfaces: the i-th is ``(i + 0.1 + 0.8 Phi(theta_i)) / interfaces``,
    ``Phi`` being the normal distribution function. The others are ``log k`` behind each interface; before the first, k
    is 1. The readings are piecewise constant in the first parameters, so that differentiation of the code gives zero.

    Args:
        cells: of the mesh.
        interfaces: their number, half the number of parameters.
        sensors: cells at whose right ends the pressure is read.
    """

    def __init__(self, *, cells: int, interfaces: int, sensors: Sensors) -> None:
        self._x, self._interfaces, self._sensors = cell_centres(cells), interfaces, sensors

    @property
    def dimension(self) -> int:
        """Number of parameters."""
        return 2 * self._interfaces

    def behind(self, theta: Candidates) -> Bool[np.ndarray, "candidates interfaces cells"]:
        """Whether the centre of each cell is behind each interface."""
        # branches do not depend on an imaginary part
        free = ndtr(np.real(theta[:, : self._interfaces]))
        positions = (np.arange(self._interfaces) + MARGIN + (1.0 - 2.0 * MARGIN) * free) / self._interfaces
        return self._x > positions[:, :, None]

    def log_k(self, theta: Candidates) -> Cells:
        """Logarithm of the permeability."""
        steps = theta[:, self._interfaces :].copy()
        steps[:, 1:] -= theta[:, self._interfaces : -1]
        return (steps[:, None, :] @ self.behind(theta))[:, 0]

    def outputs(self, theta: Candidates) -> Readings:
        """Readings for each candidate."""
        return line_pressures(self.log_k(theta))[:, self._sensors]

    def pulled_back(self, theta: Parameters, weights: Float[np.ndarray, " sensors"]) -> Parameters:
        """Gradient of the weighted sum of the readings, zero for the positions of the interfaces."""
        field = readings_adjoint(self.log_k(theta[None])[0], sensors=self._sensors, weights=weights)
        return self._of_parameters(theta, field[None])[0]

    def jacobian(self, theta: Parameters) -> Float[np.ndarray, "sensors parameters"]:
        """Derivative of the readings, zero for the positions of the interfaces."""
        field = readings_jacobian(self.log_k(theta[None])[0], sensors=self._sensors)
        return self._of_parameters(theta, field)

    def _of_parameters(self, theta: Parameters, field: np.ndarray) -> np.ndarray:
        beyond = field @ self.behind(theta[None])[0].T
        # between an interface and the next
        beyond[:, :-1] -= beyond[:, 1:]
        return np.concatenate([np.zeros((len(field), self._interfaces)), beyond], axis=1)
