"""Data assimilation by the Kalman filter and by an ensemble of states."""

import numpy as np
from jaxtyping import Float

Ensemble = Float[np.ndarray, "*problems members state"]


def kalman_update(
    mean: Float[np.ndarray, " state"],
    covariance: Float[np.ndarray, "state state"],
    *,
    y: Float[np.ndarray, " observations"],
    operator: Float[np.ndarray, "observations state"],
    noise: float,
) -> tuple[Float[np.ndarray, " state"], Float[np.ndarray, "state state"]]:
    """Mean and covariance after ``y = H x + e``: ``K = P H^T (H P H^T + R)^-1``, ``m + K (y - H m)``, ``(I - K H) P``.

    >>> one = np.eye(1)
    >>> mean, covariance = kalman_update(np.zeros(1), one, y=np.ones(1), operator=one, noise=1.0)
    >>> mean.tolist(), covariance.tolist()
    ([0.5], [[0.5]])
    """
    H = operator
    gain = np.linalg.solve(H @ covariance @ H.T + noise**2 * np.eye(len(H)), H @ covariance).T
    return mean + gain @ (y - H @ mean), covariance - gain @ H @ covariance


def ensemble_update(
    ensemble: Ensemble,
    *,
    y: Float[np.ndarray, "*problems observations"],
    operator: Float[np.ndarray, "observations state"],
    noise: float,
    rng: np.random.Generator,
) -> Ensemble:
    """Every member moved by the Kalman gain of the sample covariance towards its own perturbed observation.

    Several problems at once; the mean and covariance tend to those of :func:`kalman_update` as the ensemble grows.

    Source:
        G. Burgers, P. J. van Leeuwen, G. Evensen, Mon. Weather Rev. 126 (1998).
    """
    members = ensemble.shape[-2]
    seen = ensemble @ operator.T
    deviation = ensemble - ensemble.mean(axis=-2, keepdims=True)
    seen_deviation = seen - seen.mean(axis=-2, keepdims=True)
    cross = np.swapaxes(deviation, -1, -2) @ seen_deviation / (members - 1)
    spread = np.swapaxes(seen_deviation, -1, -2) @ seen_deviation / (members - 1) + noise**2 * np.eye(len(operator))
    perturbed = y[..., None, :] + noise * rng.normal(size=seen.shape)
    return ensemble + (perturbed - seen) @ np.linalg.solve(spread, np.swapaxes(cross, -1, -2))


def inflated(ensemble: Ensemble, *, factor: float) -> Ensemble:
    """Deviations from the ensemble mean enlarged, against the loss of spread in small ensembles."""
    mean = ensemble.mean(axis=-2, keepdims=True)
    return mean + factor * (ensemble - mean)
