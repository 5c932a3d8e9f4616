"""Derivatives of sampled fields along one axis: differences, fitted polynomials, trigonometric interpolation."""

import numpy as np
from jaxtyping import Float, Inexact

Samples = Inexact[np.ndarray, "*points"]


def difference_derivative(u: Samples, *, spacing: float, order: int, axis: int) -> Samples:
    """Derivative by second-order differences, one-sided at the two ends.

    Orders above three are the derivative of order ``order - 3`` of the third one.

    Source:
        The code of Rudy, Brunton, Proctor, Kutz, Sci. Adv. 3 (2017), github.com/snagcliffs/PDE-FIND.

    >>> x = np.arange(8.0)
    >>> bool(np.allclose(difference_derivative(x**2, spacing=1.0, order=1, axis=0), 2 * x))
    True
    """
    if order == 0:
        return u
    if order > 3:
        third = difference_derivative(u, spacing=spacing, order=3, axis=axis)
        return difference_derivative(third, spacing=spacing, order=order - 3, axis=axis)
    u = np.moveaxis(u, axis, 0)
    inner, end = INNER[order], END[order]
    reach = len(inner) // 2
    derivative = np.zeros_like(u)
    derivative[reach:-reach] = sum(w * u[i : len(u) - 2 * reach + i] for i, w in enumerate(inner))
    for i in range(reach):
        derivative[i] = np.tensordot(end, u[i : i + len(end)], axes=1)
        # in the opposite direction odd derivatives change their sign
        derivative[-1 - i] = (-1) ** order * np.tensordot(end, u[::-1][i : i + len(end)], axes=1)
    return np.moveaxis(derivative / spacing**order, 0, axis)


INNER = {1: (-0.5, 0.0, 0.5), 2: (1.0, -2.0, 1.0), 3: (-0.5, 1.0, 0.0, -1.0, 0.5)}
END = {1: (-1.5, 2.0, -0.5), 2: (2.0, -5.0, 4.0, -1.0), 3: (-2.5, 9.0, -12.0, 7.0, -1.5)}


def polynomial_derivative(
    u: Samples, *, spacing: float, order: int, axis: int, degree: int, width: int
) -> Inexact[np.ndarray, "*fewer_points"]:
    """Derivative of the polynomial fitted to ``2 width`` points around each one; ``width`` points at each end are lost.

    The window of point ``j`` is ``j - width .. j + width - 1``, as in the code of Rudy et al. On a uniform grid the
    fit is one linear filter. ``order`` is at most ``degree``; order zero gives the samples.

    >>> x = np.arange(12.0)
    >>> second = polynomial_derivative(x**3, spacing=1.0, order=2, axis=0, degree=3, width=3)
    >>> bool(np.allclose(second, 6 * x[3:-3]))
    True
    """
    u = np.moveaxis(u, axis, 0)
    if order == 0:
        return np.moveaxis(u[width : len(u) - width], 0, axis)
    weights = polynomial_weights(order=order, degree=degree, width=width) / spacing**order
    count = len(u) - 2 * width
    derivative = sum(w * u[i : i + count] for i, w in enumerate(weights))
    return np.moveaxis(np.asarray(derivative), 0, axis)


def polynomial_weights(*, order: int, degree: int, width: int) -> Float[np.ndarray, " taps"]:
    """Weights of the samples at ``-width .. width - 1`` in the derivative at 0 of their least-squares polynomial.

    >>> polynomial_weights(order=1, degree=1, width=1).round(12).tolist()
    [-1.0, 1.0]
    """
    scaled = np.arange(-width, width) / width
    fit = np.linalg.pinv(np.polynomial.legendre.legvander(scaled, degree))
    basis = np.polynomial.legendre.legval(0.0, np.polynomial.legendre.legder(np.eye(degree + 1), order))
    return basis @ fit / width**order


def spectral_derivative(u: Samples, *, period: float, order: int, axis: int) -> Samples:
    """Derivative of the trigonometric interpolant of a periodic field, of its real part where ``u`` is real.

    >>> x = 2 * np.pi * np.arange(8) / 8
    >>> bool(np.allclose(spectral_derivative(np.sin(x), period=2 * np.pi, order=3, axis=0), -np.cos(x)))
    True
    """
    points = u.shape[axis]
    k = 2 * np.pi * np.fft.fftfreq(points, period / points)
    if order % 2 and points % 2 == 0:
        k[points // 2] = 0.0  # the largest wave number is its own negative
    symbol = ((1j * k) ** order).reshape([-1 if i == axis % u.ndim else 1 for i in range(u.ndim)])
    derivative = np.fft.ifft(symbol * np.fft.fft(u, axis=axis), axis=axis)
    return derivative if np.iscomplexobj(u) else derivative.real
