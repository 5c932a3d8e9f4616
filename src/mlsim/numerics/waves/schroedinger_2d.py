"""Ground states of the nonlinear Schroedinger equation on the periodic unit square, matrix-free, many at once.

``-Lap u + V u + beta u^3 = E u``, ``mean(u^2) = 1``, ``u > 0``, at ``(i / N, j / N)``. As on the interval a positive
stationary state is the ground state. Newton's method runs on the sphere ``mean(u^2) = 1``: its steps are orthogonal to
``u``, where the second derivative of the energy, ``J = -Lap + V + 3 beta u^2 - E``, is positive definite.
"""

import numpy as np
from jaxtyping import Float
from scipy import fft

from mlsim.numerics.waves.schroedinger import ACCEPTED, GroundStates, Stencil

Fields = Float[np.ndarray, "samples rows columns"]
Numbers = Float[np.ndarray, "samples 1 1"]
Symbol = Float[np.ndarray, "*#samples rows half_columns"]
CHUNK = 8  # samples at a time: some ten fields of each fit into the cache
MOST_STEPS = 30
SMALL = 1e-12  # relative residual that ends the search, unless rounding does: 1e-13 at 80 x 80
INNER = 1e-4  # what one Newton step gains: fewer conjugate gradient steps would need more Newton steps
LONGEST_WARM_UP = 500
TINY = 1e-300


def ground_states_2d(
    potential: Float[np.ndarray, "samples rows columns"], *, interaction: float, stencil: Stencil = "differences"
) -> GroundStates:
    """Ground states by Newton's method with conjugate gradients, preconditioned by the transform of ``-Lap + shift``.

    Args:
        potential: ``V`` at the grid points, in units of inverse length squared.
        interaction: ``beta``, not negative.
        stencil: second differences by five points, or exact for trigonometric polynomials.

    Raises:
        ValueError: ``beta`` is negative, a potential is not finite, or a ground state was not found, for example since
            its values between deep wells are below the rounding of the transform, 1e-15.
    """
    if interaction < 0:
        raise ValueError(f"interaction is {interaction}: it must not be negative")
    if not np.isfinite(potential).all():
        raise ValueError("potential has entries that are not finite")
    chunks = [potential[i : i + CHUNK] for i in range(0, len(potential), CHUNK)]
    parts = [_certified(v, beta=interaction, stencil=stencil, warm_steps=0) for v in chunks]
    state, energy, residual = (np.concatenate(part) for part in zip(*parts, strict=True))
    return GroundStates(state=state, energy=energy, residual=residual)


def minus_laplacian(u: Fields, *, stencil: Stencil) -> Fields:
    """``-Lap u`` of periodic fields.

    >>> wave = np.sin(2 * np.pi * np.arange(1, 9) / 8)[None, :, None] * np.ones(6)
    >>> bool(np.allclose(minus_laplacian(wave, stencil="spectral"), 4 * np.pi**2 * wave))
    True
    """
    if stencil == "spectral":
        return _multiplied(u, symbol(u.shape[1:], stencil=stencil))
    rows, columns = u.shape[1:]
    along_rows = rows**2 * (2 * u - np.roll(u, 1, axis=1) - np.roll(u, -1, axis=1))
    return along_rows + columns**2 * (2 * u - np.roll(u, 1, axis=2) - np.roll(u, -1, axis=2))


def symbol(shape: tuple[int, ...], *, stencil: Stencil) -> Float[np.ndarray, "rows half_columns"]:
    """Eigenvalues of the negative Laplacian, in the order of the real two-dimensional transform."""
    rows, columns = np.fft.fftfreq(shape[0], 1 / shape[0]), np.arange(shape[1] // 2 + 1)
    if stencil == "spectral":
        return (2 * np.pi) ** 2 * (rows[:, None] ** 2 + columns**2)
    squares = [(2 * n * np.sin(np.pi * k / n)) ** 2 for n, k in zip(shape, (rows, columns), strict=True)]
    return squares[0][:, None] + squares[1]


def _certified(v: Fields, *, beta: float, stencil: Stencil, warm_steps: int) -> tuple[np.ndarray, ...]:
    lift = 1.0 - v.min(axis=(1, 2), keepdims=True)
    lifted = v + lift
    laplacian = symbol(v.shape[1:], stencil=stencil)
    with np.errstate(all="ignore"):  # after an overflow there is no residual, and a second attempt below
        start = _warm(lifted, beta=beta, laplacian=laplacian, steps=warm_steps)
        u, energy = _newton(lifted, start, beta=beta, laplacian=laplacian)
        u = u * np.sign(u.mean(axis=(1, 2), keepdims=True))
        defect = minus_laplacian(u, stencil=stencil) + (lifted + beta * u**2 - energy) * u
        residual = (_norm(defect) / _norm(energy * u))[:, 0, 0]
    lost = np.flatnonzero((u <= 0).any(axis=(1, 2)) | ~(residual < ACCEPTED))
    energies = (energy - lift)[:, 0, 0]
    if lost.size and warm_steps > LONGEST_WARM_UP:
        raise ValueError(f"no ground state found for {lost.size} potentials: too deep or too rough for {v.shape[1:]}")
    if lost.size:  # another stationary state was found, or none: begin nearer to the ground state
        again = _certified(v[lost], beta=beta, stencil=stencil, warm_steps=10 * warm_steps + 10)
        u[lost], energies[lost], residual[lost] = again
    return u, energies, residual


def _warm(v: Fields, *, beta: float, laplacian: np.ndarray, steps: int) -> Fields:
    """Some steps ``(-Lap + V + beta u^2) w = u``, solved roughly, to start Newton's method."""
    u = np.ones_like(v)
    for _ in range(steps):
        u = _conjugate_gradients(v + beta * u**2, u, laplacian=laplacian, normal=None)
        u = u / np.sqrt((u**2).mean(axis=(1, 2), keepdims=True))
    return u


def _newton(v: Fields, u: Fields, *, beta: float, laplacian: np.ndarray) -> tuple[Fields, Numbers]:
    """Newton's method on the sphere until the last sample has converged; some may diverge."""
    energy = np.ones((len(v), 1, 1))
    for _ in range(MOST_STEPS):
        u = u / np.sqrt((u**2).mean(axis=(1, 2), keepdims=True))
        image = _multiplied(u, laplacian) + (v + beta * u**2) * u
        energy = (image * u).mean(axis=(1, 2), keepdims=True)
        defect = image - energy * u
        rounding = 2 * np.finfo(float).eps * laplacian.mean() / energy  # in the highest modes
        if (_norm(defect) < np.maximum(SMALL, rounding) * _norm(energy * u)).all():
            break
        u = u + _conjugate_gradients(v + 3 * beta * u**2 - energy, -defect, laplacian=laplacian, normal=u)
    return u, energy


def _conjugate_gradients(shift: Fields, b: Fields, *, laplacian: np.ndarray, normal: Fields | None) -> Fields:
    """Solutions of ``(-Lap + shift) x = b``, or of its restriction to what is orthogonal to ``normal``.

    The preconditioner is ``M = -Lap + mean(shift)``, so that ``A d = M d + (shift - mean) d`` follows from ``M d``,
    which satisfies the recurrence of ``d``: one pair of transforms per step.
    """
    mean = np.maximum(shift.mean(axis=(1, 2), keepdims=True), 1.0)
    inverse, remainder = 1.0 / (laplacian + mean), shift - mean
    bent = None if normal is None else _multiplied(normal, inverse)
    # b is orthogonal up to rounding, which near convergence is no longer small against it
    x, r = np.zeros_like(b), b if normal is None else b - _dot(normal, b) / _dot(normal, normal) * normal
    direction, through, old, start = np.zeros_like(b), np.zeros_like(b), np.ones((len(b), 1, 1)), _norm(r)
    for _ in range(MOST_STEPS):
        z, preimage = _multiplied(r, inverse), r
        if normal is not None and bent is not None:
            along = _dot(normal, z) / _dot(normal, bent)
            z, preimage = z - along * bent, r - along * normal
        new = _dot(r, z)
        ratio = new / old
        direction, through = z + ratio * direction, preimage + ratio * through
        image = through + remainder * direction
        if normal is not None:
            image -= _dot(normal, image) / _dot(normal, normal) * normal
        length = new / np.maximum(_dot(direction, image), TINY)
        x, r, old = x + length * direction, r - length * image, np.maximum(new, TINY)
        if (_norm(r) <= INNER * start).all():
            break
    return x


def _multiplied(u: Fields, factors: Symbol) -> Fields:
    return np.asarray(fft.irfft2(factors * np.asarray(fft.rfft2(u)), s=u.shape[1:]))


def _dot(a: Fields, b: Fields) -> Numbers:
    return np.einsum("bi,bi->b", a.reshape(len(a), -1), b.reshape(len(b), -1))[:, None, None]


def _norm(fields: Fields) -> Numbers:
    return np.sqrt(_dot(fields, fields))
