"""The optimisers, all on one footing: the same first start, and another start whenever one ends by its own tests."""

from collections.abc import Callable, Iterator

import numpy as np
from scipy.optimize import differential_evolution, minimize

from mlsim.numerics.estimation.objectives import Misfit
from mlsim.studies.blackbox.counter import GRADIENT_UNITS, Meter
from mlsim.studies.blackbox.settings import Searches

# a search that gains less than this, or sees a smaller slope, begins anew; success is at a value of 1e-4
LEAST_GAIN, LEAST_SLOPE = 1e-9, 1e-8
Search = Callable[[Meter, Searches, np.random.Generator], None]


def starts(meter: Meter, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Zero, then draws from the distribution of the true parameters, without end; the meter counts them."""
    meter.restarts += 1
    yield np.zeros(meter.dimension)
    while True:
        meter.restarts += 1
        yield rng.normal(size=meter.dimension)


def lbfgs_gradient(meter: Meter, settings: Searches, rng: np.random.Generator) -> None:
    """L-BFGS with the exact gradient."""
    for start in starts(meter, rng):
        _lbfgs(meter.value_and_gradient, start, settings)


def lbfgs_differences(meter: Meter, settings: Searches, rng: np.random.Generator) -> None:
    """L-BFGS with forward differences, one call more than parameters for each gradient."""
    steps = settings.difference * np.eye(meter.dimension)

    def approximated(theta: np.ndarray) -> tuple[float, np.ndarray]:
        value = meter.value(theta)
        return value, (meter.values(theta + steps) - value) / settings.difference

    for start in starts(meter, rng):
        _lbfgs(approximated, start, settings)


def _lbfgs(
    objective: Callable[[np.ndarray], tuple[float, np.ndarray]], start: np.ndarray, settings: Searches
) -> np.ndarray:
    options = {"maxcor": settings.memory, "ftol": LEAST_GAIN, "gtol": LEAST_SLOPE, "maxiter": 10**6, "maxfun": 10**6}
    return minimize(objective, start, jac=True, method="L-BFGS-B", options=options).x


def gauss_newton(meter: Meter, settings: Searches, rng: np.random.Generator) -> None:
    """Gauss-Newton, damped as Levenberg and Marquardt do: a step that does not help is damped ten times more."""
    for start in starts(meter, rng):
        theta, damping = start, 1e-3
        residual = meter.residual(theta)
        while damping < 1e12:
            jacobian = meter.jacobian(theta)
            while damping < 1e12:
                matrix = jacobian @ jacobian.T + damping * np.eye(len(jacobian))
                trial = theta - jacobian.T @ np.linalg.solve(matrix, residual)
                found = meter.residual(trial)
                if found @ found < residual @ residual:
                    theta, residual, damping = trial, found, damping / 10
                    break
                damping *= 10


def cma_es(meter: Meter, settings: Searches, rng: np.random.Generator) -> None:
    """CMA-ES, with twice the population at each restart."""
    import cma

    population = 4 + int(3 * np.log(meter.dimension))
    for start in starts(meter, rng):
        options = {
            "popsize": population, "tolfun": LEAST_GAIN, "tolfunhist": LEAST_GAIN, "maxiter": 10**6, "verbose": -9,
            # cma would draw from numpy's global state, and seed it by the clock
            "seed": np.nan, "randn": lambda *shape: rng.standard_normal(shape),
        }  # fmt: skip
        strategy = cma.CMAEvolutionStrategy(start, settings.deviation, options)
        while not strategy.stop():
            members = strategy.ask()
            strategy.tell(members, meter.values(np.array(members)).tolist())
        population *= 2


def differential(meter: Meter, settings: Searches, rng: np.random.Generator) -> None:
    """Differential evolution with its whole population at a time, one of its members the start."""
    box = [(-settings.box, settings.box)] * meter.dimension
    for start in starts(meter, rng):
        differential_evolution(
            lambda members: meter.values(members.T), box, popsize=settings.population, tol=LEAST_GAIN, polish=False,
            rng=rng, vectorized=True, updating="deferred", maxiter=10**6, x0=start.clip(-settings.box, settings.box),
        )  # fmt: skip


def nelder_mead(meter: Meter, settings: Searches, rng: np.random.Generator) -> None:
    """Nelder and Mead's simplex with coefficients adapted to the dimension; its edges are CMA-ES' first deviation."""
    options = {"adaptive": True, "xatol": LEAST_SLOPE, "fatol": LEAST_GAIN, "maxiter": 10**6, "maxfev": 10**6}
    for start in starts(meter, rng):
        simplex = np.vstack([start, start + settings.deviation * np.eye(meter.dimension)])
        minimize(meter.value, start, method="Nelder-Mead", options={**options, "initial_simplex": simplex})


def low_frequency_first(low: Misfit) -> Search:
    """L-BFGS on the misfit of the low frequency, which has one well, and from its end on the whole misfit."""

    def search(meter: Meter, settings: Searches, rng: np.random.Generator) -> None:
        def counted(theta: np.ndarray) -> tuple[float, np.ndarray]:
            meter.charge(GRADIENT_UNITS)
            return low.value_and_gradient(theta)

        for start in starts(meter, rng):
            _lbfgs(meter.value_and_gradient, _lbfgs(counted, start, settings), settings)

    return search


def optimality_criteria(improved: Callable[[np.ndarray], np.ndarray]) -> Search:
    """The engineer's fixed point of a design problem; a step is counted as a value with its gradient."""

    def search(meter: Meter, settings: Searches, rng: np.random.Generator) -> None:
        for start in starts(meter, rng):
            theta = start
            for _ in range(10**4):
                meter.value_and_gradient(theta)
                theta = improved(theta)

    return search


COMMON: dict[str, Search] = {
    "lbfgs_gradient": lbfgs_gradient,
    "lbfgs_differences": lbfgs_differences,
    "cma_es": cma_es,
    "differential_evolution": differential,
    "nelder_mead": nelder_mead,
}
