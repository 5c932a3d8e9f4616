"""The optimisers: all begin at the same start and are restarted whenever they end by their own criteria."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from scipy.optimize import differential_evolution, minimize

from mlsim.numerics.estimation.objectives import Misfit
from mlsim.studies.blackbox.counter import GRADIENT_UNITS, Counter
from mlsim.studies.blackbox.settings import Searches

# a search with a smaller gain or slope is restarted; success is at a value of 1e-4
LEAST_GAIN, LEAST_SLOPE = 1e-9, 1e-8
# the budget ends searches, not their number of iterations
MANY = 10**6
Search = Callable[[Counter, Searches, np.random.Generator], None]


def starts(counter: Counter, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Zero, then draws from the distribution of the true parameters, without end; the counter counts the restarts."""
    counter.restarts += 1
    yield np.zeros(counter.dimension)
    while True:
        counter.restarts += 1
        yield rng.normal(size=counter.dimension)


def lbfgs_gradient(counter: Counter, settings: Searches, rng: np.random.Generator) -> None:
    """L-BFGS with the exact gradient."""
    for start in starts(counter, rng):
        _lbfgs(counter.value_and_gradient, start, settings)


def lbfgs_differences(counter: Counter, settings: Searches, rng: np.random.Generator) -> None:
    """L-BFGS with forward differences, one call more than parameters for each gradient."""
    steps = settings.difference * np.eye(counter.dimension)

    def approximated(theta: np.ndarray) -> tuple[float, np.ndarray]:
        value = counter.value(theta)
        return value, (counter.values(theta + steps) - value) / settings.difference

    for start in starts(counter, rng):
        _lbfgs(approximated, start, settings)


def _lbfgs(
    objective: Callable[[np.ndarray], tuple[float, np.ndarray]], start: np.ndarray, settings: Searches
) -> np.ndarray:
    options = {"maxcor": settings.memory, "ftol": LEAST_GAIN, "gtol": LEAST_SLOPE, "maxiter": MANY, "maxfun": MANY}
    return minimize(objective, start, jac=True, method="L-BFGS-B", options=options).x


def gauss_newton(counter: Counter, settings: Searches, rng: np.random.Generator) -> None:
    """Gauss-Newton with Levenberg-Marquardt damping: a step without decrease is damped ten times more."""
    for start in starts(counter, rng):
        theta, damping = start, 1e-3
        residual = counter.residual(theta)
        while damping < 1e12:
            jacobian = counter.jacobian(theta)
            while damping < 1e12:
                matrix = jacobian @ jacobian.T + damping * np.eye(len(jacobian))
                trial = theta - jacobian.T @ np.linalg.solve(matrix, residual)
                trial_residual = counter.residual(trial)
                if trial_residual @ trial_residual < residual @ residual:
                    theta, residual, damping = trial, trial_residual, damping / 10
                    break
                damping *= 10


def cma_es(counter: Counter, settings: Searches, rng: np.random.Generator) -> None:
    """CMA-ES, with twice the population at each restart."""
    import cma

    population = 4 + int(3 * np.log(counter.dimension))
    options: dict[str, Any] = {"tolfun": LEAST_GAIN, "tolfunhist": LEAST_GAIN, "maxiter": MANY, "verbose": -9}
    # cma would draw from numpy's global state, and seed it by the clock
    options |= {"seed": np.nan, "randn": lambda *shape: rng.standard_normal(shape)}
    for start in starts(counter, rng):
        strategy = cma.CMAEvolutionStrategy(start, settings.deviation, {**options, "popsize": population})
        while not strategy.stop():
            members = strategy.ask()
            strategy.tell(members, counter.values(np.array(members)).tolist())
        population *= 2


def differential(counter: Counter, settings: Searches, rng: np.random.Generator) -> None:
    """Differential evolution, a whole population at a time, with the start as one of its members."""
    box = [(-settings.box, settings.box)] * counter.dimension
    for start in starts(counter, rng):
        differential_evolution(
            lambda members: counter.values(members.T),
            box,
            x0=start.clip(-settings.box, settings.box),
            popsize=settings.population,
            tol=LEAST_GAIN,
            maxiter=MANY,
            polish=False,
            vectorized=True,
            updating="deferred",
            rng=rng,
        )


def nelder_mead(counter: Counter, settings: Searches, rng: np.random.Generator) -> None:
    """Nelder and Mead's simplex with coefficients adapted to the dimension; its edges are CMA-ES's first step size."""
    options = {"adaptive": True, "xatol": LEAST_SLOPE, "fatol": LEAST_GAIN, "maxiter": MANY, "maxfev": MANY}
    for start in starts(counter, rng):
        simplex = np.vstack([start, start + settings.deviation * np.eye(counter.dimension)])
        minimize(counter.value, start, method="Nelder-Mead", options={**options, "initial_simplex": simplex})


def low_frequency_first(low: Misfit) -> Search:
    """L-BFGS on the misfit of the low frequency, which has one minimum, and from its end on the whole misfit."""

    def search(counter: Counter, settings: Searches, rng: np.random.Generator) -> None:
        def counted(theta: np.ndarray) -> tuple[float, np.ndarray]:
            counter.charge(GRADIENT_UNITS)
            return low.value_and_gradient(theta)

        for start in starts(counter, rng):
            _lbfgs(counter.value_and_gradient, _lbfgs(counted, start, settings), settings)

    return search


def optimality_criteria(improved: Callable[[np.ndarray], np.ndarray]) -> Search:
    """Fixed-point iteration of a design problem; a step is counted as a value with its gradient."""

    def search(counter: Counter, settings: Searches, rng: np.random.Generator) -> None:
        for start in starts(counter, rng):
            theta = start
            for _ in range(10**4):
                counter.value_and_gradient(theta)
                theta = improved(theta)

    return search


COMMON: dict[str, Search] = {
    "lbfgs_gradient": lbfgs_gradient,
    "lbfgs_differences": lbfgs_differences,
    "cma_es": cma_es,
    "differential_evolution": differential,
    "nelder_mead": nelder_mead,
}
