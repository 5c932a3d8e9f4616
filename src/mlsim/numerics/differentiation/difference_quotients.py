"""Derivatives without differentiation: of a function of one number, ``phi(t) = f(x + t v)``, at zero."""

from collections.abc import Callable, Sequence

import numpy as np

# far below the rounding of any number it is added to: a complex step subtracts nothing, so it may be as small
COMPLEX_STEP = 1e-30

RealFunction = Callable[[float], float]


def complex_step_derivative(phi: Callable[[complex], complex]) -> float:
    """``Im phi(i h) / h``, exact to rounding where phi is analytic and computed without conjugates or moduli.

    Source:
        W. Squire, G. Trapp, Using complex variables to estimate derivatives of real functions, SIAM Rev. 40 (1998).

    >>> complex_step_derivative(lambda t: (2 + t) ** 3)
    12.0
    """
    return phi(1j * COMPLEX_STEP).imag / COMPLEX_STEP


def forward_difference(phi: RealFunction, *, step: float) -> float:
    """``(phi(h) - phi(0)) / h``, the cheapest quotient: a gradient takes one evaluation more than inputs."""
    return (phi(step) - phi(0.0)) / step


def extrapolated_difference(phi: RealFunction, *, step: float) -> float:
    """Central differences with steps h, h/2, h/4, extrapolated to sixth order.

    >>> extrapolated_difference(lambda t: t + t**2 + t**5, step=0.5)
    1.0
    """
    wide, middle, narrow = ((phi(h) - phi(-h)) / (2 * h) for h in (step, step / 2, step / 4))
    coarse, fine = (4 * middle - wide) / 3, (4 * narrow - middle) / 3
    return (16 * fine - coarse) / 15


def taylor_slope(phi: RealFunction, *, derivative: float, steps: Sequence[float]) -> float:
    """Order of ``|phi(h) - phi(0) - h derivative|`` in h: 2 for the right derivative, 1 for any other.

    It is the slope of the least-squares line through the logarithms at two or more ``steps`` h, as small as rounding
    permits.

    >>> round(taylor_slope(lambda t: t**2 + t, derivative=1.0, steps=[0.1, 0.01]), 9)
    2.0
    """
    start = phi(0.0)
    remainders = [abs(phi(h) - start - h * derivative) for h in steps]
    return float(np.polyfit(np.log(steps), np.log(remainders), 1)[0])
