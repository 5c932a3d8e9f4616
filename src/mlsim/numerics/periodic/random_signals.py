"""Random signals on the periodic unit interval: smooth ones, and smooth pieces with jumps between them."""

import numpy as np
from jaxtyping import Float

from mlsim.numerics.periodic.potentials import separated_on_ring
from mlsim.numerics.periodic.trigonometric_interpolation import points


def random_waves(
    samples: int, size: int, *, modes: int, decay: float, rng: np.random.Generator
) -> Float[np.ndarray, "samples points"]:
    """``u(x) = sum_m a_m cos(2 pi m x + phase_m)``, ``a_m ~ N(0, exp(-2 m / decay))``, ``m = 1..modes``."""
    m = np.arange(1, modes + 1)
    amplitudes = rng.normal(size=(samples, modes)) * np.exp(-m / decay)
    phases = rng.uniform(0.0, 2 * np.pi, size=(samples, modes))
    waves = np.cos(2 * np.pi * m[:, None] * points(size) + phases[..., None])
    return np.einsum("sm,smx->sx", amplitudes, waves)


def random_pieces(
    samples: int, size: int, *, pieces: int, modes: int, decay: float, gap: float, rng: np.random.Generator
) -> Float[np.ndarray, "samples points"]:
    """Independent :func:`random_waves` on ``pieces`` arcs between uniform positions at least ``gap`` apart.

    >>> signal = random_pieces(1, 64, pieces=2, modes=1, decay=1.0, gap=0.2, rng=np.random.default_rng(0))[0]
    >>> jumps = np.abs(np.diff(signal, append=signal[0], n=2)) > 0.05
    >>> int(jumps.sum()) <= 4
    True
    """
    jumps = separated_on_ring(samples, pieces, gap=gap, rng=rng)
    waves = random_waves(samples * pieces, size, modes=modes, decay=decay, rng=rng).reshape(samples, pieces, size)
    arc = (points(size)[:, None] > jumps[:, None, :]).sum(axis=2) % pieces
    return np.take_along_axis(waves, arc[:, None, :], axis=1)[:, 0]
