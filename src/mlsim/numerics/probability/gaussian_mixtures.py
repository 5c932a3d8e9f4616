"""Mixtures of narrow Gaussians on a ring and on a grid, and mode-coverage metrics."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.spatial import KDTree

REACH = 3.0
FAIR = 0.2


@dataclass(frozen=True, kw_only=True, eq=False)
class Mixture:
    """Isotropic Gaussians of equal weights and standard deviations."""

    means: Float[np.ndarray, "modes 2"]  # centres of the modes
    deviation: float  # standard deviation of each mode per coordinate

    @property
    def scale(self) -> float:
        """Standard deviation of one coordinate of the whole mixture, whose mean is zero."""
        return float(np.sqrt((self.means**2).mean() + self.deviation**2))


@dataclass(frozen=True, kw_only=True)
class ModeScores:
    """How well samples cover a mixture."""

    modes: int  # modes with at least one sample of high quality
    fair_modes: int  # modes with at least a fifth of the samples that they should have
    high_quality: float  # percent of the samples within three standard deviations of a mean
    reverse_kl: float  # ``sum_k q_k log(K q_k)`` of the histogram ``q`` of the high-quality samples over the K modes


def ring_mixture(*, modes: int = 8, deviation: float = 0.01) -> Mixture:
    """Modes at equal angles on the unit circle.

    >>> round(ring_mixture().scale, 3)
    0.707
    """
    angles = 2 * np.pi * np.arange(modes) / modes
    return Mixture(means=np.stack([np.cos(angles), np.sin(angles)], axis=1), deviation=deviation)


def grid_mixture(*, side: int = 5, deviation: float = 0.05) -> Mixture:
    """Modes on a square grid of spacing two around the origin.

    >>> grid_mixture().means[0].tolist(), round(grid_mixture().scale, 2)
    ([-4.0, -4.0], 2.83)
    """
    line = 2.0 * np.arange(side) - (side - 1)
    means = np.stack(np.meshgrid(line, line, indexing="ij"), axis=-1).reshape(-1, 2)
    return Mixture(means=means, deviation=deviation)


def mixture_samples(mixture: Mixture, count: int, *, rng: np.random.Generator) -> Float[np.ndarray, "count 2"]:
    """Independent samples of the mixture."""
    chosen = rng.integers(len(mixture.means), size=count)
    return mixture.means[chosen] + mixture.deviation * rng.normal(size=(count, 2))


def mode_scores(samples: Float[np.ndarray, "count 2"], mixture: Mixture) -> ModeScores:
    """Coverage and quality of samples.

    A sample is of high quality within three standard deviations of the nearest mean, see :func:`true_high_quality`.

    Source:
        Z. Lin, A. Khetan, G. Fanti, S. Oh, PacGAN, arXiv:1712.04086, section 4.1; ``fair_modes`` is ours.

    >>> centre = Mixture(means=np.zeros((1, 2)), deviation=1.0)
    >>> mode_scores(np.array([[0.0, 2.9], [0.0, 3.1]]), centre)
    ModeScores(modes=1, fair_modes=1, high_quality=50.0, reverse_kl=0.0)
    """
    distance, nearest = map(np.asarray, KDTree(mixture.means).query(samples))
    is_near = distance < REACH * mixture.deviation
    counts = np.bincount(nearest[is_near], minlength=len(mixture.means))
    total = max(int(counts.sum()), 1)
    q = counts[counts > 0] / total
    return ModeScores(
        modes=int((counts > 0).sum()),
        fair_modes=int((counts >= FAIR * len(samples) / len(counts)).sum()),
        high_quality=100.0 * float(is_near.mean()),
        reverse_kl=float((q * np.log(len(counts) * q)).sum()),
    )


def true_high_quality() -> float:
    """Percent of true samples within three standard deviations of their mean in the plane, ``100 (1 - exp(-9/2))``.

    >>> round(true_high_quality(), 3)
    98.889
    """
    return 100.0 * float(-np.expm1(-(REACH**2) / 2))
