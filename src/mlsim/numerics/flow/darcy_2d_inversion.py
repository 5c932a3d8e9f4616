"""The coefficient of ``-div(k grad u) = f`` from few values of ``u``: misfit, penalties, and their gradients."""

import numpy as np
from jaxtyping import Float, Int

from mlsim.numerics.flow.darcy_2d import Factor

Field = Float[np.ndarray, "nodes nodes"]
EDGE = 1e-4  # added to the squared gradient under the root of the total variation


def sources(nodes: int) -> Float[np.ndarray, "3 nodes nodes"]:
    """A constant source and two bumps ``40 exp(-|x - c|^2 / 0.02)``, for independent information on the coefficient."""
    x, y = np.meshgrid(*[np.linspace(0.0, 1.0, nodes)] * 2, indexing="ij")
    bumps = [40.0 * np.exp(-((x - a) ** 2 + (y - b) ** 2) / 0.02) for a, b in ((0.25, 0.3), (0.75, 0.6))]
    return np.stack([np.ones((nodes, nodes)), *bumps])


class Misfit:
    """Mean of ``((u - d) / sigma)^2`` over all sources and sensors, and its gradient in ``log k``, by one adjoint.

    Args:
        observed: ``d``, one row per source.
        deviation: ``sigma``, standard deviation of the noise for each source, positive.
        sensors: nodes at which ``u`` is observed, numbered along the second index.
        nodes: of the grid, per side.
    """

    def __init__(
        self,
        observed: Float[np.ndarray, "sources sensors"],
        *,
        deviation: Float[np.ndarray, " sources"],
        sensors: Int[np.ndarray, " sensors"],
        nodes: int,
    ) -> None:
        self._observed, self._deviation, self._sensors = observed, deviation[:, None], sensors
        self._sources = sources(nodes)

    def __call__(self, log_k: Field) -> tuple[float, Field]:
        """Value and gradient."""
        k = np.exp(log_k)
        factor = Factor(k)
        u = factor.pressure(self._sources)
        defect = (u.reshape(len(u), -1)[:, self._sensors] - self._observed) / self._deviation
        # the solver divides its right-hand side by (nodes - 1)^2, the squared mesh width
        right = np.zeros((len(u), u[0].size))
        right[:, self._sensors] = 2.0 * defect / self._deviation / defect.size * (len(log_k) - 1) ** 2
        adjoint = factor.pressure(right.reshape(u.shape))
        return float(np.square(defect).mean()), k * _coefficient_gradient(u, adjoint)


def _coefficient_gradient(u: np.ndarray, adjoint: np.ndarray) -> np.ndarray:
    """Derivative in the nodes' coefficient: a face has the mean of its two nodes."""
    gradient = np.zeros(u.shape[1:])
    across = -(np.diff(u[:, :, 1:-1], axis=1) * np.diff(adjoint[:, :, 1:-1], axis=1)).sum(axis=0) / 2.0
    along = -(np.diff(u[:, 1:-1], axis=2) * np.diff(adjoint[:, 1:-1], axis=2)).sum(axis=0) / 2.0
    gradient[:-1, 1:-1] += across
    gradient[1:, 1:-1] += across
    gradient[1:-1, :-1] += along
    gradient[1:-1, 1:] += along
    return gradient


def tikhonov(log_k: Field) -> tuple[float, Field]:
    """``sum (gx^2 + gy^2)`` of forward differences, and its gradient."""
    gx, gy = np.diff(log_k, axis=0), np.diff(log_k, axis=1)
    return float((gx**2).sum() + (gy**2).sum()), _adjoint(2.0 * gx, 2.0 * gy)


def smoothed_total_variation(log_k: Field) -> tuple[float, Field]:
    """``sum sqrt(gx^2 + gy^2 + 1e-4)`` of forward differences away from the last row and column, and its gradient."""
    gx, gy = np.diff(log_k, axis=0), np.diff(log_k, axis=1)
    root = np.sqrt(gx[:, :-1] ** 2 + gy[:-1] ** 2 + EDGE)
    across, along = np.zeros_like(gx), np.zeros_like(gy)
    across[:, :-1], along[:-1] = gx[:, :-1] / root, gy[:-1] / root
    return float(root.sum()), _adjoint(across, along)


def _adjoint(across: np.ndarray, along: np.ndarray) -> np.ndarray:
    """Adjoint of the forward differences."""
    gradient = np.zeros((along.shape[0], across.shape[1]))
    gradient[:-1] -= across
    gradient[1:] += across
    gradient[:, :-1] -= along
    gradient[:, 1:] += along
    return gradient


def bounded(free: Field, *, low: float, high: float) -> tuple[Field, Field]:
    """``low + (high - low) / (1 + exp(-s))`` and its derivative.

    >>> [float(result[0, 0]) for result in bounded(np.zeros((1, 1)), low=-1.0, high=3.0)]
    [1.0, 1.0]
    """
    fraction = 0.5 * (1.0 + np.tanh(free / 2.0))
    return low + (high - low) * fraction, (high - low) * fraction * (1.0 - fraction)
