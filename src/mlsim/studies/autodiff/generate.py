"""Where the codes are differentiated, and their derivatives along a few directions by a way without any tape."""

from collections.abc import Callable

import numpy as np
import xarray as xr

from mlsim.logs import progress
from mlsim.numerics.differentiation.difference_quotients import complex_step_derivative, extrapolated_difference
from mlsim.numerics.differentiation.scalar_programs import RandomProgram, random_program
from mlsim.studies.autodiff.codes import (
    Array,
    along_array,
    along_scalar,
    array_program,
    scalar_program,
    starting_point,
)
from mlsim.studies.autodiff.settings import ArraySampling, Code, RandomPrograms, ScalarSampling
from mlsim.training.seeding import numpy_generator

# eigenvectors are normalised with their conjugates, so that a complex step is none of an analytic function
NOT_ANALYTIC = ("eigenvalue",)
# share of the norm of the inputs; with sixth order the error is that of rounding
CENTRAL_STEP = 1e-2

INPUTS = {"units": "1", "long_name": "inputs of the code, where it is differentiated"}
CONSTANTS = {"units": "1", "long_name": "all other numbers that the code reads"}
DIRECTIONS = {"units": "1", "long_name": "directions of the derivatives, as long as the inputs"}
DERIVATIVES = {"units": "1", "long_name": "derivatives along the directions, by complex steps"}
DIFFERENCES = {"units": "1", "long_name": "derivatives along the directions, by extrapolated central differences"}
VALUES = {"units": "1", "long_name": "value of the code"}

Variables = dict[str, tuple]


def generate_scalar_codes(settings: ScalarSampling, *, seed: int) -> xr.Dataset:
    """Inputs and derivatives of the scalar codes, and the random programs.

    Each code of each size, called ``name`` in what follows, has the variables ``<name>_inputs`` (with code, size and
    number of steps among its attributes), ``_constants``, ``_directions``, ``_derivatives``, ``_value``. The attribute
    ``problems`` lists the names.
    """
    data = _generated(settings.scalar_codes, seed=seed, directions=settings.directions, scalar=True)
    return data.assign(_random_programs(settings.random_programs, seed=seed, directions=settings.directions))


def generate_array_codes(settings: ArraySampling, *, seed: int) -> xr.Dataset:
    """Inputs and derivatives of the array codes, with variables as those of the scalar codes."""
    return _generated(settings.array_codes, seed=seed, directions=settings.directions, scalar=False)


def stored_program(data: xr.Dataset, index: int) -> RandomProgram:
    """One of the random programs."""
    each = data.isel(program=index)
    return RandomProgram(
        operation=each["random_operation"].values,
        first=each["random_first"].values,
        second=each["random_second"].values,
    )


def _generated(codes: dict[str, Code], *, seed: int, directions: int, scalar: bool) -> xr.Dataset:
    variables: Variables = {}
    names = []
    problems = [(code, size, each.steps) for code, each in codes.items() for size in each.sizes]
    for code, size, steps in progress(problems, label="codes"):
        name = f"{code}_{size}"
        inputs, constants = starting_point(code, size=size, rng=numpy_generator(seed, "inputs", code, size))
        rng = numpy_generator(seed, "directions", code, size)
        along = np.stack([_direction(inputs, rng=rng) for _ in range(directions)])
        lines = _lines(code, size=size, steps=steps, inputs=inputs, constants=constants, along=along, scalar=scalar)
        quotient, meaning = complex_step_derivative, DERIVATIVES
        if code in NOT_ANALYTIC:
            quotient, meaning = _central, DIFFERENCES
        derivatives = np.array([quotient(line) for line in lines])
        about = {"code": code, "size": size, "steps": steps}
        rows = f"{name}_input"
        places = tuple(f"{name}_constant_{axis}" for axis in range(constants.ndim))
        variables |= {
            f"{name}_inputs": ((rows,), inputs, INPUTS | about),
            f"{name}_constants": (places, constants, CONSTANTS),
            f"{name}_directions": (("direction", rows), along, DIRECTIONS),
            f"{name}_derivatives": (("direction",), derivatives, meaning),
            f"{name}_value": ((), float(np.real(lines[0](0.0))), VALUES),
        }
        names.append(name)
    return xr.Dataset(variables, attrs={"problems": names})


def _lines(
    code: str, *, size: int, steps: int, inputs: Array, constants: Array, along: Array, scalar: bool
) -> list[Callable]:
    """The code on the line along each direction."""
    if scalar:
        program = scalar_program(code, size=size, steps=steps)
        return [along_scalar(program, inputs, constants=constants, direction=v) for v in along]
    program = array_program(code, size=size, steps=steps)
    return [along_array(program, inputs, constants=constants, direction=v) for v in along]


def _central(phi: Callable[[float], float]) -> float:
    return extrapolated_difference(phi, step=CENTRAL_STEP)


def _direction(inputs: Array, *, rng: np.random.Generator) -> Array:
    """A random direction as long as the inputs."""
    direction = rng.normal(size=inputs.size)
    return direction * np.linalg.norm(inputs) / np.linalg.norm(direction)


def _random_programs(settings: RandomPrograms, *, seed: int, directions: int) -> Variables:
    programs, inputs, along, derivatives = [], [], [], []
    for index in range(settings.programs):
        rng = numpy_generator(seed, "random program", index)
        programs.append(random_program(rng, lines=settings.lines))
        inputs.append(rng.uniform(0.5, 1.5, settings.inputs))
        along.append(np.stack([_direction(inputs[-1], rng=rng) for _ in range(directions)]))
        derivatives.append([_derivative(programs[-1], inputs[-1], direction=v) for v in along[-1]])
    stacked = {name: np.stack([getattr(each, name) for each in programs]) for name in ("operation", "first", "second")}
    lines = {"units": "1", "long_name": "instructions and operands of the random programs"}
    return {
        **{f"random_{name}": (("program", "line"), each, lines) for name, each in stacked.items()},
        "random_inputs": (("program", "random_input"), np.stack(inputs), INPUTS),
        "random_directions": (("program", "direction", "random_input"), np.stack(along), DIRECTIONS),
        "random_derivatives": (("program", "direction"), np.array(derivatives), DERIVATIVES),
    }


def _derivative(program: RandomProgram, inputs: Array, *, direction: Array) -> float:
    line = along_scalar(lambda x, c: program(x), inputs, constants=np.empty(0), direction=direction)
    return complex_step_derivative(line)
