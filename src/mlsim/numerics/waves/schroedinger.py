"""Ground states of the nonlinear Schroedinger equation on the periodic unit interval, many potentials at once.

``-u'' + V u + beta u^3 = E u``, ``mean(u^2) = 1``, ``u > 0``, at ``x_j = j / N``, ``j = 1..N``. For ``beta >= 0`` the
energy is strictly convex in ``u^2``, so a positive stationary state is the ground state: positivity certifies it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

from mlsim.numerics.periodic.trigonometric_interpolation import resampled
from mlsim.numerics.waves.cyclic_tridiagonal import solve

Stencil = Literal["differences", "spectral"]
Fields = Float[np.ndarray, "points samples"]
CHUNK = 250  # samples at a time: their columns fit into the cache
MOST_STEPS = 30
COARSEST = 20  # points of the grid on which the search begins
ROUGH = 1e-2  # relative step that ends Newton's method where a finer grid follows; the step leaves its square
STANDSTILL = 1e-7  # and on the finest one
LIFT = 40.0  # about the gap between the two lowest energies of the empty interval, 4 pi^2
ACCEPTED = 1e-10  # largest relative residual; rounding alone gives 1e-12 at 1,000 points
LONGEST_WARM_UP = 500
TINY = 1e-300


@dataclass(frozen=True, kw_only=True, eq=False)
class GroundStates:
    """Ground states with energies and residuals."""

    state: Float[np.ndarray, "samples *points"]  # ``u``, positive, with ``mean(u^2) = 1``
    energy: Float[np.ndarray, " samples"]  # ``E``
    # norm of ``-u'' + V u + beta u^3 - E u`` over that of ``E u``, the smallest ``V`` being one
    residual: Float[np.ndarray, " samples"]


def ground_states(
    potential: Float[np.ndarray, "samples points"],
    *,
    interaction: float,
    stencil: Stencil = "differences",
    warm_steps: int = 8,
) -> GroundStates:
    """Ground states by Newton's method on ``(u, E)`` after a few linear solves, first on coarser grids.

    Every Newton step solves two systems with ``J = -d^2 + V + 3 beta u^2 - E``, which is positive definite near the
    ground state: one for the residual, one for the constraint.

    Args:
        potential: ``V`` at the grid points, in units of inverse length squared.
        interaction: ``beta``, not negative.
        stencil: second differences by three points (error of order two), or exact for trigonometric polynomials.
        warm_steps: steps ``(-d^2 + V + beta u^2) w = u`` before Newton's method on the coarsest grid.

    Raises:
        ValueError: ``beta`` is negative, a potential is not finite, or a ground state was not found.
    """
    if interaction < 0:
        raise ValueError(f"interaction is {interaction}: it must not be negative")
    if not np.isfinite(potential).all():
        raise ValueError("potential has entries that are not finite")
    chunks = [potential[i : i + CHUNK].T for i in range(0, len(potential), CHUNK)]
    parts = [_certified(v, beta=interaction, stencil=stencil, warm_steps=warm_steps, nested=True) for v in chunks]
    state, energy, residual = (np.concatenate(part) for part in zip(*parts, strict=True))
    return GroundStates(state=state, energy=energy, residual=residual)


def linear_response(
    potential: Float[np.ndarray, "samples *points"], *, interaction: float
) -> Float[np.ndarray, "samples *points"]:
    """First order of the ground state in a weak potential, in any dimension: a baseline for networks.

    ``u = 1 + sum_k a_k e^(i k x)`` over ``k != 0``, ``a_k = -V_k / (|k|^2 + 2 beta)``, on the periodic unit interval,
    square, ...; its norm is one up to the second order. ``beta`` is not negative.

    >>> wave = np.cos(2 * np.pi * np.arange(1, 9) / 8)[None]
    >>> bool(np.allclose(linear_response(wave, interaction=10.0), 1 - wave / (4 * np.pi**2 + 20)))
    True
    """
    axes = tuple(range(1, potential.ndim))
    frequencies = [2 * np.pi * np.fft.fftfreq(n, 1 / n) for n in potential.shape[1:-1]]
    frequencies.append(2 * np.pi * np.fft.rfftfreq(potential.shape[-1], 1 / potential.shape[-1]))
    symbol = (np.array(np.meshgrid(*frequencies, indexing="ij")) ** 2).sum(axis=0) + 2 * interaction
    symbol.flat[0] = np.inf  # the mean of the potential shifts the energy only
    return 1.0 + np.fft.irfftn(-np.fft.rfftn(potential, axes=axes) / symbol, s=potential.shape[1:], axes=axes)


def minus_second_derivative(u: Fields, *, stencil: Stencil) -> Fields:
    """``-u''`` along the first axis of a periodic field.

    >>> wave = np.sin(2 * np.pi * np.arange(1, 9) / 8)[:, None]
    >>> bool(np.allclose(minus_second_derivative(wave, stencil="spectral"), 4 * np.pi**2 * wave))
    True
    """
    size = u.shape[0]
    if stencil == "differences":
        result = 2 * u
        result[1:] -= u[:-1]
        result[:-1] -= u[1:]
        result[0] -= u[-1]
        result[-1] -= u[0]
        result *= size**2
        return result
    symbol = (2 * np.pi * np.arange(size // 2 + 1)) ** 2
    return np.fft.irfft(symbol[:, None] * np.fft.rfft(u, axis=0), n=size, axis=0)


def _certified(v: Fields, *, beta: float, stencil: Stencil, warm_steps: int, nested: bool) -> tuple[np.ndarray, ...]:
    # shifting V shifts E: with its minimum at one, the linear steps are well posed
    lift = 1.0 - v.min(axis=0)
    lifted = v + lift
    with np.errstate(all="ignore"):  # after an overflow there is no residual, and a second attempt below
        start = _start(lifted, beta=beta, warm_steps=warm_steps, nested=nested)
        u, energy = _newton(lifted, start, beta=beta, stencil="differences", until=STANDSTILL)
        if stencil == "spectral":
            u, energy = _newton(lifted, u, beta=beta, stencil=stencil, until=STANDSTILL)
        u *= np.sign(_sum(u))
        residual = _norm(_defect(lifted, u, energy, beta=beta, stencil=stencil)) / (energy * _norm(u))
    lost = np.flatnonzero((u.min(axis=0) <= 0) | ~(residual < ACCEPTED))
    if lost.size and warm_steps > LONGEST_WARM_UP:
        raise ValueError(f"no ground state found for {lost.size} potentials: they vary too fast for {len(v)} points")
    if lost.size:  # another stationary state was found, or none: begin nearer to the ground state
        steps = warm_steps if nested else 10 * warm_steps + 10
        again = _certified(lifted[:, lost], beta=beta, stencil=stencil, warm_steps=steps, nested=False)
        u[:, lost], energy[lost], residual[lost] = again[0].T, again[1], again[2]
    return u.T, energy - lift, residual


def _start(v: Fields, *, beta: float, warm_steps: int, nested: bool) -> Fields:
    """The state on every fourth point, interpolated, for as long as the coarser grid has enough of them."""
    size = len(v)
    if not nested or size % 4 or size < 4 * COARSEST:
        return _warm(v, beta=beta, steps=warm_steps)
    coarse = v[3::4]
    start = _start(coarse, beta=beta, warm_steps=warm_steps, nested=True)
    u, _ = _newton(coarse, start, beta=beta, stencil="differences", until=ROUGH)
    return resampled(u.T, size).T.copy()


def _warm(v: Fields, *, beta: float, steps: int) -> Fields:
    u, h2 = np.ones_like(v), 1.0 / v.shape[0] ** 2
    for _ in range(steps):
        u = solve(2 / h2 + v + beta * u**2, u[:, None], off=-1 / h2)[:, 0]
        u *= np.sqrt(len(u)) / _norm(u)
    return u


def _newton(v: Fields, u: Fields, *, beta: float, stencil: Stencil, until: float) -> tuple[Fields, np.ndarray]:
    """Newton's method for all samples until the last of them has converged; some may diverge."""
    size = v.shape[0]
    energy = _sum(_defect(v, u, np.zeros(v.shape[1]), beta=beta, stencil=stencil), u) / size
    for _ in range(MOST_STEPS):
        defect = _defect(v, u, energy, beta=beta, stencil=stencil)
        constraint = (_sum(u, u) / size - 1) / 2
        shift = u * u
        shift *= 3 * beta
        shift += v
        shift -= energy
        p, q = _solutions(shift, defect, u, constraint, stencil=stencil)
        change = (_sum(u, p) - constraint * size) / _sum(u, q)
        step = change * q
        step -= p
        u, energy = u + step, energy + change
        if (_norm(step) < until * _norm(u)).all():
            break
    return u, energy


def _defect(v: Fields, u: Fields, energy: np.ndarray, *, beta: float, stencil: Stencil) -> Fields:
    """``-u'' + (V + beta u^2 - E) u``, with few temporary fields."""
    factor = u * u
    factor *= beta
    factor += v
    factor -= energy
    factor *= u
    factor += minus_second_derivative(u, stencil=stencil)
    return factor


def _solutions(
    shift: Fields, right: Fields, u: Fields, constraint: np.ndarray, *, stencil: Stencil
) -> tuple[Fields, Fields]:
    """The two parts of the step in ``u``: solutions for the residual and for ``u`` with ``-d^2 + shift``.

    ``LIFT u u^T / N`` is added to the spectral operator, and the corresponding term to the right-hand side: the step is
    the same, and the operator is well conditioned also where the equation is linear, ``-d^2 + shift`` singular.
    """
    h2 = 1.0 / shift.shape[0] ** 2
    if stencil == "differences":
        solution = solve(2 / h2 + shift, np.stack([right, u], axis=1), off=-1 / h2)
        return solution[:, 0], solution[:, 1]

    def operator(x: Fields) -> Fields:
        return minus_second_derivative(x, stencil="spectral") + shift * x + LIFT * (u * x).mean(axis=0) * u

    def preconditioner(b: Fields) -> Fields:
        return solve(2 / h2 + LIFT + shift, b[:, None], off=-1 / h2)[:, 0]

    p, q = (_conjugate_gradients(operator, preconditioner, b) for b in (right + LIFT * constraint * u, u))
    return p, q


def _conjugate_gradients(
    operator: Callable[[Fields], Fields], preconditioner: Callable[[Fields], Fields], b: Fields
) -> Fields:
    """Solutions of ``A x = b``; the symbols of the two derivatives differ by a factor of at most ``pi^2 / 4``."""
    x, r = np.zeros_like(b), b.copy()
    direction, old, start = np.zeros_like(b), np.ones(b.shape[1]), _norm(b)
    for _ in range(MOST_STEPS):
        z = preconditioner(r)
        new = (r * z).sum(axis=0)
        direction = z + new / old * direction
        image = operator(direction)
        # no step for a sample whose right-hand side is zero or which has converged to the last digit
        length = new / np.maximum((direction * image).sum(axis=0), TINY)
        x, r, old = x + length * direction, r - length * image, np.maximum(new, TINY)
        if (_norm(r) <= 1e-12 * start).all():
            break
    return x


def _sum(fields: Fields, others: Fields | None = None) -> np.ndarray:
    return fields.sum(axis=0) if others is None else np.einsum("ps,ps->s", fields, others)


def _norm(fields: Fields) -> np.ndarray:
    return np.sqrt(_sum(fields, fields))
