"""Minimisation by limited-memory BFGS within a budget of evaluations; the result is the least value, not the last."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.optimize import minimize

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Minimum:
    """Result of a minimisation."""

    argument: Float[np.ndarray, " unknowns"]  # of the least value
    values: Float[np.ndarray, " evaluations"]  # least value up to each evaluation


class _EnoughError(Exception):
    """Ends the search from inside an evaluation: scipy checks its own budget between line searches only."""


def minimised(
    objective: Objective,
    start: Float[np.ndarray, " unknowns"],
    *,
    evaluations: int,
    enough: float = -np.inf,
    memory: int = 20,
) -> Minimum:
    """L-BFGS from ``start``, ended by its own tests, by the budget, or by a value that is enough.

    Args:
        objective: value and gradient; NaN counts as no progress.
        start: first argument.
        evaluations: budget, at least 1.
        enough: value at or below which to stop.
        memory: stored pairs of differences; with 100,000s of unknowns they determine the time of a step.

    >>> minimum = minimised(lambda x: (float(x @ x), 2 * x), np.array([3.0, 4.0]), evaluations=20)
    >>> round(float(minimum.values[-1]), 12)
    0.0
    """
    best, values = start, [np.inf]

    def watched(argument: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal best
        value, gradient = objective(argument)
        if value < values[-1]:
            best = argument.copy()
        # the first argument wins against NaN
        values.append(min(values[-1], value))
        if len(values) > evaluations or value <= enough:
            raise _EnoughError
        return value, gradient

    options = {"maxfun": evaluations + 1, "maxiter": evaluations + 1, "maxcor": memory, "ftol": 1e-14, "gtol": 1e-14}
    with suppress(_EnoughError):
        minimize(watched, start, jac=True, method="L-BFGS-B", options=options)
    return Minimum(argument=best, values=np.array(values[1:]))
