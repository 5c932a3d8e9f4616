"""The classical Runge-Kutta method of order four."""

from collections.abc import Callable, Iterator

import numpy as np
from jaxtyping import Float

States = Float[np.ndarray, "*members components"]
Velocity = Callable[[States], States]


def runge_kutta_path(velocity: Velocity, state: States, *, step: float, count: int) -> Iterator[States]:
    """The state after each of ``count`` steps of the classical Runge-Kutta method.

    >>> *_, last = runge_kutta_path(lambda x: -x, np.array([1.0]), step=0.01, count=100)
    >>> bool(abs(last[0] - np.exp(-1)) < 1e-10)
    True
    """
    for _ in range(count):
        first = velocity(state)
        second = velocity(state + step / 2 * first)
        third = velocity(state + step / 2 * second)
        fourth = velocity(state + step * third)
        state = state + step / 6 * (first + 2 * second + 2 * third + fourth)
        yield state
