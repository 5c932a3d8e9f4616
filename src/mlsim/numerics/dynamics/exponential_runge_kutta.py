"""Exponential Runge-Kutta steps of order four for stiff equations that are diagonal in Fourier space."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Complex, Inexact

Spectrum = Complex[np.ndarray, "*modes"]
Nonlinear = Callable[[Spectrum], Spectrum]
CONTOUR = 32  # points of the circle on which the weights are averaged


def etdrk4(linear: Inexact[np.ndarray, "*modes"], nonlinear: Nonlinear, *, step: float) -> Nonlinear:
    """The map ``v(t) -> v(t + step)`` of ETDRK4 for ``v_t = L v + N(v)`` with a diagonal ``L``.

    ``exp(h L)`` is exact, so stiffness of ``L`` does not limit the step. The weights are functions such as
    ``(e^z - 1) / z``, which cancel near ``z = 0``; their values are means over a circle around ``z = h L``.

    Args:
        linear: ``L``, in units of inverse time, one entry per mode.
        nonlinear: ``N``, from and to Fourier coefficients.
        step: ``h``.

    Source:
        A.-K. Kassam, L. N. Trefethen, Fourth-order time-stepping for stiff PDEs, SIAM J. Sci. Comput. 26 (2005).

    >>> advance = etdrk4(np.array([-2.0]), lambda v: 0 * v, step=0.5)  # without N the step is exact
    >>> bool(np.isclose(advance(np.array([1.0 + 0j]))[0], np.exp(-1.0), rtol=1e-15))
    True
    """
    z = step * linear
    whole, half = np.exp(z), np.exp(z / 2)
    middle, first, second, third = (step * weight for weight in _weights(z))

    def advance(v: Spectrum) -> Spectrum:
        at_v = nonlinear(v)
        decayed = half * v
        a = decayed + middle * at_v
        at_a = nonlinear(a)
        b = decayed + middle * at_a
        at_b = nonlinear(b)
        c = half * a + middle * (2 * at_b - at_v)
        return whole * v + first * at_v + second * (at_a + at_b) + third * nonlinear(c)

    return advance


def _weights(z: np.ndarray) -> list[np.ndarray]:
    """Means over the circle ``z + e^(i theta)``; real where ``z`` is real, by the symmetry of the circle."""
    sums = [np.zeros(z.shape, dtype=complex) for _ in range(4)]
    for j in range(CONTOUR):
        r = z + np.exp(2j * np.pi * (j + 0.5) / CONTOUR)
        e = np.exp(r)
        sums[0] += np.expm1(r / 2) / r
        sums[1] += (-4 - r + e * (4 - 3 * r + r**2)) / r**3
        sums[2] += 2 * (2 + r + e * (r - 2)) / r**3
        sums[3] += (-4 - 3 * r - r**2 + e * (4 - r)) / r**3
    means = [total / CONTOUR for total in sums]
    return [mean.real.copy() for mean in means] if np.isrealobj(z) else means
