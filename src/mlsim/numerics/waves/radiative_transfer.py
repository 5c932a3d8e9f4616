"""Radiative transfer in a slab with isotropic scattering, as an integral equation for the scalar flux.

``u(x) = int K(x, y) (mu_s(y) u(y) + f(y)) dy`` on ``[0, 1]`` with ``K(x, y) = E_1(|int_x^y mu_t|) / 2`` and
``mu_t = mu_s + mu_a``, in vacuum. Coefficients and source are constant in each of ``N`` equal cells, the flux is taken
at their centres; the integrals of the kernel over the cells are exact.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import exp1, expn, factorial

from mlsim.numerics.periodic.potentials import separated_on_interval

Cells = Float[np.ndarray, "samples cells"]
THIN = 2.0  # optical thickness up to which a polynomial of degree 14 is exact to the last digit
ROWS = 40  # rows of the kernel at a time: some blocks fit into the cache


@dataclass(frozen=True, kw_only=True, eq=False)
class Fluxes:
    """Scalar fluxes with leakage and residual."""

    flux: Float[np.ndarray, "samples cells"]  # ``u`` at the cells' centres
    # flux out of the slab through both ends; source, absorption and leakage balance up to order two
    leakage: Float[np.ndarray, " samples"]
    residual: Float[np.ndarray, " samples"]  # norm of ``u - K (mu_s u + f)`` over that of ``u``


def cell_centres(count: int) -> Float[np.ndarray, " count"]:
    """``(j + 1/2) / N``, ``j = 0..N - 1``.

    >>> cell_centres(2).tolist()
    [0.25, 0.75]
    """
    return (np.arange(count) + 0.5) / count


def scattering_coefficients(
    samples: int,
    size: int,
    *,
    peaks: int = 2,
    strengths: tuple[float, float] = (0.1, 0.3),
    variances: tuple[float, float] = (2e-3, 4e-3),
    rng: np.random.Generator,
) -> Float[np.ndarray, "samples size"]:
    """``mu_s(x) = sum_g rho_g / sqrt(2 pi T) exp(-(x - c_g)^2 / (2 T))``; centres in ``(.2, .8)``, ``.05`` apart.

    The ``strengths`` ``rho_g``, the optical thickness of the peaks, and the ``variances`` ``T``, one per sample, in
    units of length squared, are uniform in the given intervals.

    Source:
        Fan, Lin, Ying, Zepeda-Nunez, arXiv:1807.01883, section on radiative transfer.
    """
    rho = rng.uniform(*strengths, size=(samples, peaks, 1))
    variance = rng.uniform(*variances, size=(samples, 1, 1))
    centres = separated_on_interval(samples, peaks, ends=(0.2, 0.8), gap=0.05, rng=rng)[:, :, None]
    bumps = rho / np.sqrt(2 * np.pi * variance) * np.exp(-((cell_centres(size) - centres) ** 2) / (2 * variance))
    return bumps.sum(axis=1)


def scalar_fluxes(scattering: Cells, *, absorption: float, source: float = 1.0) -> Fluxes:
    """Fluxes ``u`` of ``(I - K mu_s) u = K f``.

    Args:
        scattering: ``mu_s`` per cell, per unit length, not negative.
        absorption: ``mu_a``, per unit length, positive.
        source: ``f``, per unit length.

    Raises:
        ValueError: a coefficient is out of its range.
    """
    if not absorption > 0:
        raise ValueError(f"absorption is {absorption}: it must be positive")
    if not (np.isfinite(scattering).all() and (scattering >= 0).all()):
        raise ValueError("scattering has entries that are negative or not finite")
    solutions = [_flux(coefficient, absorption=absorption, source=source) for coefficient in scattering]
    flux, leakage, residual = (np.array(column) for column in zip(*solutions, strict=True))
    return Fluxes(flux=flux, leakage=leakage, residual=residual)


def transport_operator(total: Float[np.ndarray, " cells"]) -> Float[np.ndarray, "cells cells"]:
    """``K_ij``, the integral of ``K(x_i, y)`` over the ``j``-th cell.

    The odd function ``F(t) = sign(t) (1 - E_2(|t|))`` has the derivative ``E_1(|t|)``, so that differences of ``F``
    between the edges of a cell are exact, also for the cell in which the kernel is singular.

    Args:
        total: ``mu_t`` per cell, per unit length, positive.

    >>> bool(np.isclose(transport_operator(np.array([2.0]))[0, 0], (1 - expn(2, 1.0)) / 2))
    True
    """
    edges = _depths(total)
    centres = (edges[:-1] + edges[1:]) / 2
    operator = np.empty((total.size, total.size))
    for i in range(0, total.size, ROWS):
        antiderivative = _antiderivative(edges - centres[i : i + ROWS, None], thin=bool(edges[-1] <= THIN))
        np.subtract(antiderivative[:, 1:], antiderivative[:, :-1], out=operator[i : i + ROWS])
    operator *= 0.5 / total
    return operator


def outflow(total: Float[np.ndarray, " cells"], emission: Float[np.ndarray, " cells"]) -> float:
    """Flux out of the slab through both ends, ``int (E_2(tau(y)) + E_2(tau(1) - tau(y))) q(y) dy / 2``, exactly.

    ``total`` is ``mu_t`` and ``emission`` is ``q = mu_s u + f``, both per unit length.
    """
    edges = _depths(total)
    escaping = np.diff(expn(3, edges[-1] - edges)) - np.diff(expn(3, edges))
    return float(escaping @ (emission / total) / 2)


def _flux(scattering: np.ndarray, *, absorption: float, source: float) -> tuple[np.ndarray, float, float]:
    total = scattering + absorption
    operator = transport_operator(total)
    first_flight = source * operator.sum(axis=1)
    operator *= scattering
    flux = np.linalg.solve(np.eye(total.size) - operator, first_flight)
    residual = np.linalg.norm(flux - operator @ flux - first_flight) / np.linalg.norm(flux)
    return flux, outflow(total, scattering * flux + source), float(residual)


def _depths(total: np.ndarray) -> np.ndarray:
    """Optical depth ``int_0^x mu_t`` at the edges of the cells."""
    return np.concatenate([[0.0], np.cumsum(total)]) / total.size


def _antiderivative(depth: np.ndarray, *, thin: bool) -> np.ndarray:
    """``F(t) = t (E_1(|t|) + (1 - e^-|t|) / |t|)`` for ``t != 0``; overwrites its argument."""
    size = np.abs(depth)
    if not thin:
        return np.copysign(1 - np.exp(-size) + size * exp1(size), depth)
    value = np.full_like(size, _SMOOTH[-1])
    for coefficient in _SMOOTH[-2::-1]:
        value *= size
        value += coefficient
    value -= np.log(size, out=size)
    value *= depth
    return value


def _smooth_part() -> np.ndarray:
    """Coefficients of a polynomial equal to ``E_1(t) + log(t) + (1 - e^-t) / t`` on thin slabs.

    The Taylor series, interpolated by a shorter polynomial at Chebyshev points.
    """
    k = np.arange(1, 31)
    signs = -((-1.0) ** k)
    series = np.concatenate([[1 - np.euler_gamma], signs / (k * factorial(k)) - signs / factorial(k + 1)])
    shorter = np.polynomial.Chebyshev.interpolate(np.polynomial.Polynomial(series), 14, domain=[0.0, THIN])
    return shorter.convert(kind=np.polynomial.Polynomial).coef


_SMOOTH = _smooth_part()
