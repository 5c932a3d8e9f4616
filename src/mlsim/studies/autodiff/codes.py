"""The codes that are differentiated, the points where they are, and the problems of a data set."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float
from torch import Tensor

from mlsim.numerics.differentiation.array_programs import perceptron_loss, perceptron_shapes, smallest_eigenvalue
from mlsim.numerics.differentiation.burgers_steps import Burgers, stable_time_step, wave
from mlsim.numerics.differentiation.conduction import (
    Plate,
    bar_temperatures,
    solved_by_library,
    solved_implicitly,
    solved_through_factors,
)
from mlsim.numerics.differentiation.n_body import kick_drift, scalar_kick_drift
from mlsim.numerics.differentiation.scalar_programs import energy, fibonacci_chain, product
from mlsim.numerics.differentiation.tape import Number
from mlsim.studies.autodiff.settings import SCALAR_CODES

VISCOSITY = 0.02
N_BODY_TIME_STEP = 0.01
SAMPLES, FEATURES = 100, 64
FEM_SOLVERS = {
    "reverse": solved_through_factors,
    "implicit": solved_implicitly,
    "library_formula": solved_by_library,
}

Array = Float[np.ndarray, "..."]
# of the inputs, and of constants
ScalarProgram = Callable[[Sequence[Number], Sequence[Number]], Number]
ArrayProgram = Callable[[Tensor, Tensor], Tensor]
Line = Callable  # of a real or complex number


@dataclass(frozen=True, eq=False, kw_only=True)
class Point:
    """A code of one size and the point where it is differentiated.

    Attributes:
        code: name of the code.
        size: its size in the configuration.
        steps: time steps, zero for a code that has none.
        inputs: the numbers in which it is differentiated.
        constants: all other numbers that it reads.
        directions: along which derivatives are compared, with the norm of the inputs.
    """

    code: str
    size: int
    steps: int
    inputs: Float[np.ndarray, " inputs"]
    constants: Array
    directions: Float[np.ndarray, "directions inputs"]

    @property
    def x(self) -> float:
        """Abscissa of the table: the size, and for finite elements the number of unknowns."""
        return float(self.size**2 if self.code == "fem" else self.size)

    def lines(self) -> list[Line]:
        """The code on the line through the inputs along each direction."""
        if self.code in SCALAR_CODES:
            scalar = scalar_program(self.code, size=self.size, steps=self.steps)
            return [along_scalar(scalar, self.inputs, constants=self.constants, direction=v) for v in self.directions]
        program = array_program(self.code, size=self.size, steps=self.steps)
        return [along_array(program, self.inputs, constants=self.constants, direction=v) for v in self.directions]


@dataclass(frozen=True, eq=False, kw_only=True)
class Problem(Point):
    """A point with derivatives along its directions that were computed without a reverse sweep."""

    derivatives: Float[np.ndarray, " directions"]


def stored_problems(data: xr.Dataset) -> Iterator[Problem]:
    """The problems of a data set of :mod:`mlsim.studies.autodiff.generate`."""
    for name in sorted(data.attrs["problems"]):
        inputs = data[f"{name}_inputs"]
        yield Problem(
            code=inputs.attrs["code"],
            size=int(inputs.attrs["size"]),
            steps=int(inputs.attrs["steps"]),
            inputs=inputs.values,
            constants=data[f"{name}_constants"].values,
            directions=data[f"{name}_directions"].values,
            derivatives=data[f"{name}_derivatives"].values,
        )


def scalar_program(code: str, *, size: int, steps: int) -> ScalarProgram:
    """One of the scalar codes."""
    programs: dict[str, ScalarProgram] = {
        "speelpenning": lambda x, c: product(x),
        "fibonacci_chain": lambda x, c: fibonacci_chain(x, operations=size),
        "scalar_burgers": lambda x, c: _scalar_burgers(x, cells=size, steps=steps),
        "scalar_n_body": lambda x, c: _scalar_n_body(x, bodies=size, steps=steps),
        "scalar_fem": lambda x, c: energy(bar_temperatures(x, c)),
    }
    return programs[code]


def array_program(code: str, *, size: int, steps: int, method: str = "reverse") -> ArrayProgram:
    """One of the array codes; ``method`` selects how the solution of the finite elements is differentiated."""
    programs: dict[str, ArrayProgram] = {
        "burgers": lambda x, c: _burgers(x, cells=size, steps=steps),
        "n_body": lambda x, c: _n_body(x, steps=steps),
        "fem": lambda x, c: _fem(x, side=size, method=method),
        "eigenvalue": lambda x, c: smallest_eigenvalue(x),
        "mlp": lambda x, c: perceptron_loss(x, c, width=size),
    }
    return programs[code]


def starting_point(code: str, *, size: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Inputs and constants of a code: random, except for the Burgers equation and the chain."""
    none = np.empty(0)
    points: dict[str, Callable[[], tuple[Array, Array]]] = {
        "speelpenning": lambda: (rng.uniform(0.5, 1.5, size), none),
        "fibonacci_chain": lambda: (np.ones(2), none),
        "scalar_burgers": lambda: (wave(size).numpy(), none),
        "scalar_n_body": lambda: (rng.normal(size=4 * size), none),
        "scalar_fem": lambda: (rng.uniform(0.5, 1.5, size), np.full(size - 1, 1 / size)),
        "burgers": lambda: (wave(size).numpy(), none),
        "n_body": lambda: (rng.normal(size=6 * size), none),
        "fem": lambda: (rng.uniform(0.5, 1.5, (size + 1) ** 2), none),
        "eigenvalue": lambda: (rng.uniform(0.5, 1.5, size + 1), none),
        "mlp": lambda: (_perceptron_parameters(size, rng=rng), rng.normal(size=(SAMPLES, FEATURES))),
    }
    return points[code]()


def burgers_model(cells: int) -> Burgers:
    """The Burgers equation as the array code solves it."""
    step = stable_time_step(cells=cells, viscosity=VISCOSITY)
    return Burgers(cells=cells, viscosity=VISCOSITY, time_step=step)


def squared_norm(x: Tensor) -> Tensor:
    """``sum x_i^2``, also of complex numbers."""
    return (x * x).sum()


def _scalar_burgers(x: Sequence[Number], *, cells: int, steps: int) -> Number:
    burgers = Burgers(cells=cells, viscosity=VISCOSITY, time_step=0.2 / cells)
    for _ in range(steps):
        x = burgers.scalar_step(x)
    return energy(x)


def _scalar_n_body(x: Sequence[Number], *, bodies: int, steps: int) -> Number:
    pairs: list[Sequence[Number]] = [x[2 * i : 2 * i + 2] for i in range(2 * bodies)]
    position, velocity = pairs[:bodies], pairs[bodies:]
    for _ in range(steps):
        position, velocity = scalar_kick_drift(position, velocity, time_step=N_BODY_TIME_STEP)
    return energy([component for vector in velocity for component in vector])


def _burgers(x: Tensor, *, cells: int, steps: int) -> Tensor:
    burgers = burgers_model(cells)
    for _ in range(steps):
        x = burgers.step(x)
    return squared_norm(x)


def _n_body(x: Tensor, *, steps: int) -> Tensor:
    position, velocity = x.reshape(2, -1, 3)
    for _ in range(steps):
        position, velocity = kick_drift(position, velocity, time_step=N_BODY_TIME_STEP)
    return squared_norm(velocity)


def _fem(x: Tensor, *, side: int, method: str) -> Tensor:
    plate = Plate(side=side)
    return squared_norm(FEM_SOLVERS[method](plate.matrix(x), plate.source.to(x.dtype)))


def _perceptron_parameters(width: int, *, rng: np.random.Generator) -> Array:
    """Normal weights with variance one over the number of a unit's inputs, small normal biases."""
    shapes = perceptron_shapes(inputs=FEATURES, width=width)
    scales = [1 / np.sqrt(shape[1]) if len(shape) == 2 else 0.1 for shape in shapes]
    return np.concatenate([scale * rng.normal(size=prod(shape)) for shape, scale in zip(shapes, scales, strict=True)])


def along_scalar(program: ScalarProgram, inputs: Array, *, constants: Array, direction: Array) -> Line:
    """The program on the line through the inputs, a function of a real or complex number."""
    x, v, c = inputs.tolist(), direction.tolist(), constants.tolist()
    return lambda t: program([a + t * b for a, b in zip(x, v, strict=True)], c)


def along_array(program: ArrayProgram, inputs: Array, *, constants: Array, direction: Array) -> Line:
    """The program on the line through the inputs, a function of a real or complex number."""
    x, v, c = (torch.from_numpy(values) for values in (inputs, direction, constants))
    return lambda t: program(x + t * v, c).item()
