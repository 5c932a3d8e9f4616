"""A linear inverse problem with Gaussian prior and noise, whose posterior is a formula."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True, kw_only=True, eq=False)
class LinearProblem:
    """``y = H theta + e`` with ``theta ~ N(0, I)`` and ``e ~ N(0, noise^2 I)``."""

    operator: Float[np.ndarray, "observations parameters"]
    noise: float

    @property
    def covariance(self) -> Float[np.ndarray, "parameters parameters"]:
        """Posterior covariance ``S = (I + H^T H / noise^2)^-1``; it does not depend on ``y``."""
        H = self.operator
        return np.linalg.inv(np.eye(H.shape[1]) + H.T @ H / self.noise**2)

    def mean(self, y: Float[np.ndarray, "*problems observations"]) -> Float[np.ndarray, "*problems parameters"]:
        """Posterior mean ``m = S H^T y / noise^2``."""
        return y @ (self.covariance @ self.operator.T / self.noise**2).T

    @property
    def informed(self) -> float:
        """Number of directions that the data inform, ``tr(I - S)``."""
        return float(np.trace(np.eye(self.operator.shape[1]) - self.covariance))

    def draws(
        self, count: int, *, rng: np.random.Generator
    ) -> tuple[Float[np.ndarray, "count parameters"], Float[np.ndarray, "count observations"]]:
        """Parameters from the prior, and their data."""
        theta = rng.normal(size=(count, self.operator.shape[1]))
        return theta, theta @ self.operator.T + self.noise * rng.normal(size=(count, self.operator.shape[0]))

    def posterior_samples(
        self, y: Float[np.ndarray, " observations"], count: int, *, rng: np.random.Generator
    ) -> Float[np.ndarray, "count parameters"]:
        """Independent samples of the exact posterior."""
        factor = np.linalg.cholesky(self.covariance)
        return self.mean(y) + rng.normal(size=(count, len(factor))) @ factor.T


def smoothing_problem(
    *, points: int = 64, parameters: int = 8, observations: int = 4, noise: float = 0.1
) -> LinearProblem:
    """Values of a smoothed Gaussian process at a few points.

    ``C = exp(-|x - x'| / 0.3) / points`` at ``x_i = (i + 1/2) / points`` has eigenvalues ``w`` and eigenvectors ``V``,
    here scaled by ``sqrt(points)``; observation ``i`` is ``sum_k V[16 i + 8, k] sqrt(w_k) exp(-0.05 k) theta_k``.

    >>> round(smoothing_problem().informed, 2)
    3.92
    """
    x = (np.arange(points) + 0.5) / points
    values, vectors = np.linalg.eigh(np.exp(-np.abs(x[:, None] - x) / 0.3) / points)
    modes = vectors[:, ::-1][:, :parameters] * np.sqrt(points)
    spacing = points // observations
    observed = modes[spacing // 2 :: spacing]
    weights = np.sqrt(values[::-1][:parameters]) * np.exp(-0.05 * np.arange(parameters))
    return LinearProblem(operator=observed * weights, noise=noise)
