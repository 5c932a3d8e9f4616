"""Data assimilation by the ensemble Kalman filter."""

import numpy as np
from jaxtyping import Float

Ensemble = Float[np.ndarray, "*problems members state"]


def ensemble_update(
    ensemble: Ensemble,
    *,
    y: Float[np.ndarray, "*problems observations"],
    operator: Float[np.ndarray, "observations state"],
    noise: float,
    rng: np.random.Generator,
) -> Ensemble:
    """Every member moved by the Kalman gain of the sample covariance towards a perturbed observation.

    Several problems at once; mean and covariance tend to those of the Kalman filter as the ensemble grows.

    Source:
        G. Burgers, P. J. van Leeuwen, G. Evensen, Mon. Weather Rev. 126 (1998).
    """
    members = ensemble.shape[-2]
    images = ensemble @ operator.T
    anomalies = ensemble - ensemble.mean(axis=-2, keepdims=True)
    image_anomalies = images - images.mean(axis=-2, keepdims=True)
    cross = np.swapaxes(anomalies, -1, -2) @ image_anomalies / (members - 1)
    spread = np.swapaxes(image_anomalies, -1, -2) @ image_anomalies / (members - 1) + noise**2 * np.eye(len(operator))
    perturbed = y[..., None, :] + noise * rng.normal(size=images.shape)
    return ensemble + (perturbed - images) @ np.linalg.solve(spread, np.swapaxes(cross, -1, -2))


def inflated(ensemble: Ensemble, *, factor: float) -> Ensemble:
    """Deviations from the ensemble mean multiplied by a factor, against the loss of spread in small ensembles."""
    mean = ensemble.mean(axis=-2, keepdims=True)
    return mean + factor * (ensemble - mean)
