"""A wave through layers of unknown slowness, received below each; its phases give the misfit many local minima."""

import numpy as np
from jaxtyping import Float, Inexact

Parameters = Float[np.ndarray, " parameters"]
Candidates = Inexact[np.ndarray, "candidates parameters"]


class LayeredWave:
    """Signals ``a_w exp(i w T_j)`` of several frequencies below each of the layers, without reflections.

    ``T_j = s (theta_1 + ... + theta_j)`` is the travel time to the j-th receiver beyond that of a reference medium,
    ``s = spread / sqrt(layers)``. The misfit of a low frequency has one minimum; that of a high one has a minimum for
    each period by which the wave may be late ("cycle skipping"), at distances in T of ``2 pi / w``.

    Args:
        layers: number of layers, of receivers, and of parameters.
        frequencies: angular frequencies ``w``.
        amplitudes: ``a_w``.
        spread: standard deviation of the last travel time when the parameters are standard normal.
    """

    def __init__(
        self, *, layers: int, frequencies: tuple[float, ...], amplitudes: tuple[float, ...], spread: float
    ) -> None:
        self._layers, self._step = layers, spread / np.sqrt(layers)
        self._frequencies, self._amplitudes = np.array(frequencies), np.array(amplitudes)

    @property
    def dimension(self) -> int:
        """Number of parameters."""
        return self._layers

    def outputs(self, theta: Candidates) -> Inexact[np.ndarray, "candidates outputs"]:
        """Real and imaginary parts, for each candidate: all receivers at one frequency, then at the next."""
        phases = self._phases(theta)
        parts = self._amplitudes[:, None, None] * np.stack([np.cos(phases), np.sin(phases)], axis=2)
        return parts.reshape(len(theta), -1)

    def pulled_back(self, theta: Parameters, weights: Float[np.ndarray, " outputs"]) -> Parameters:
        """Gradient of the weighted sum of the signals: derivatives in the travel times, summed from below."""
        phases = self._phases(theta[None])[0]
        real, imaginary = np.moveaxis(weights.reshape(len(self._frequencies), 2, self._layers), 1, 0)
        slopes = imaginary * np.cos(phases) - real * np.sin(phases)
        times = (self._amplitudes * self._frequencies) @ slopes
        return self._step * np.cumsum(times[::-1])[::-1]

    def jacobian(self, theta: Parameters) -> Float[np.ndarray, "outputs parameters"]:
        """Derivative of the signals."""
        phases = self._phases(theta[None])[0]
        turned = np.stack([-np.sin(phases), np.cos(phases)], axis=1)
        slopes = (self._amplitudes * self._frequencies)[:, None, None] * turned
        earlier = np.tri(self._layers) * self._step
        return (slopes[..., None] * earlier).reshape(-1, self._layers)

    def _phases(self, theta: Candidates) -> Inexact[np.ndarray, "candidates frequencies receivers"]:
        return self._frequencies[:, None] * (self._step * np.cumsum(theta, axis=-1))[:, None, :]
