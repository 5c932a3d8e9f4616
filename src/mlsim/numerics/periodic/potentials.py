"""Random potentials on the periodic unit interval or square."""

import numpy as np
from jaxtyping import Float

from mlsim.numerics.periodic.trigonometric_interpolation import points, resampled


def separated_on_ring(
    samples: int, count: int, *, gap: float, rng: np.random.Generator
) -> Float[np.ndarray, "samples count"]:
    """Uniform positions on the ring of length one with all neighbours at least ``gap`` apart, ascending.

    The distribution of independent uniform positions under that condition, without rejection: the distances to the next
    neighbour, less the gap, are a uniform point of the simplex, and the first position is uniform.

    Raises:
        ValueError: the positions do not fit.
    """
    free = 1.0 - count * gap
    if free <= 0:
        raise ValueError(f"{count} positions do not fit on the ring with gaps of {gap}: lower one of them")
    distances = gap + free * rng.dirichlet(np.ones(count), size=samples)
    first = rng.random((samples, 1))
    return np.sort((first + np.cumsum(distances, axis=1)) % 1.0, axis=1)


def separated_on_interval(
    samples: int, count: int, *, ends: tuple[float, float], gap: float, rng: np.random.Generator
) -> Float[np.ndarray, "samples count"]:
    """Uniform positions on an interval with all neighbours at least ``gap`` apart, ascending.

    Raises:
        ValueError: the positions do not fit.
    """
    free = ends[1] - ends[0] - (count - 1) * gap
    if free <= 0:
        raise ValueError(f"{count} positions do not fit into {ends} with gaps of {gap}: lower one of them")
    return ends[0] + np.sort(free * rng.random((samples, count)), axis=1) + gap * np.arange(count)


def gaussian_wells(
    samples: int,
    size: int,
    *,
    wells: int = 2,
    strengths: tuple[float, float] = (10.0, 40.0),
    variances: tuple[float, float] = (2e-3, 4e-3),
    gap: float = 0.05,
    rng: np.random.Generator,
) -> Float[np.ndarray, "samples points"]:
    """``V(x) = -sum_g rho_g / sqrt(2 pi T) sum_s exp(-(x - c_g - s)^2 / (2 T))``, with minimum one on the grid.

    Args:
        samples: number of potentials.
        size: grid points ``x_j = j / N``.
        wells: number of wells per potential.
        strengths: interval of the uniform strengths ``rho_g``.
        variances: interval of the uniform ``T``, one per potential, in units of length squared.
        gap: smallest distance of two centres ``c_g`` on the ring.
        rng: source of the draws.

    Source:
        Fan, Lin, Ying, Zepeda-Nunez, arXiv:1807.01883, section on the nonlinear Schroedinger equation.
    """
    rho = rng.uniform(*strengths, size=(samples, wells))
    variance = rng.uniform(*variances, size=(samples, 1))
    centres = separated_on_ring(samples, wells, gap=gap, rng=rng)
    potential = np.zeros((samples, size))
    for g in range(wells):
        distance = points(size) - centres[:, g : g + 1]
        bumps = sum(np.exp(-((distance - s) ** 2) / (2 * variance)) for s in (-1, 0, 1))
        potential -= rho[:, g : g + 1] / np.sqrt(2 * np.pi * variance) * bumps
    return potential - potential.min(axis=1, keepdims=True) + 1.0


def lognormal(
    samples: int, size: int, *, knots: int = 40, depth: float = 20.0, rng: np.random.Generator
) -> Float[np.ndarray, "samples points"]:
    """``V = -depth exp(g)``, ``g`` the trigonometric interpolant of independent normal numbers at ``knots`` points.

    Source:
        The distribution in an independent re-implementation of the multiscale networks (MNNPDE).
    """
    return -depth * np.exp(resampled(rng.normal(size=(samples, knots)), size))


def gaussian_wells_2d(
    samples: int,
    size: int,
    *,
    wells: int = 2,
    strengths: tuple[float, float] = (1.0, 6.0),
    variances: tuple[float, float] = (2e-3, 4e-3),
    gap: float = 0.05,
    rng: np.random.Generator,
) -> Float[np.ndarray, "samples size size"]:
    """Wells ``-rho_g / sqrt(2 pi T) exp(-|x - c_g|^2 / (2 T))`` on the periodic unit square, with minimum one.

    The factor is that of one dimension, as in the source. The centres are at least ``gap`` apart in each coordinate;
    for the other arguments see :func:`gaussian_wells`.

    Source:
        Fan, Lin, Ying, Zepeda-Nunez, arXiv:1807.01883, section on the nonlinear Schroedinger equation.
    """
    rho = rng.uniform(*strengths, size=(samples, wells)) / np.sqrt(2 * np.pi)
    variance = rng.uniform(*variances, size=(samples, 1))
    x, y = (separated_on_ring(samples, wells, gap=gap, rng=rng) for _ in range(2))
    y = rng.permuted(y, axis=1)  # both are sorted: make the order in one coordinate independent of the other
    along_x, along_y = (_periodic_bumps(c, size, variance=variance) for c in (x, y))
    potential = -np.matmul((along_x * (rho / np.sqrt(variance))[:, :, None]).swapaxes(1, 2), along_y)
    return potential - potential.min(axis=(1, 2), keepdims=True) + 1.0


def _periodic_bumps(
    centres: Float[np.ndarray, "samples wells"], size: int, *, variance: Float[np.ndarray, "samples 1"]
) -> Float[np.ndarray, "samples wells size"]:
    distance = points(size) - centres[:, :, None]
    return sum((np.exp(-((distance - s) ** 2) / (2 * variance[:, :, None])) for s in (-1, 0, 1)), np.zeros(()))
