"""Points where the codes are differentiated, and derivatives along a few directions computed without a tape."""

import numpy as np
import xarray as xr

from mlsim.logs import progress
from mlsim.numerics.differentiation.difference_quotients import complex_step_derivative, extrapolated_difference
from mlsim.numerics.differentiation.scalar_programs import RandomProgram, random_program
from mlsim.studies.autodiff.codes import Array, Line, Point, along_scalar, starting_point
from mlsim.studies.autodiff.settings import ArraySampling, Code, RandomPrograms, ScalarSampling
from mlsim.training.seeding import numpy_generator

# eigenvectors are normalised with their conjugates: the code is not analytic, a complex step gives no derivative
NOT_ANALYTIC = ("eigenvalue",)
# relative to the norm of the inputs; with sixth order the error is that of rounding
CENTRAL_STEP = 1e-2

INPUTS = {"units": "1", "long_name": "inputs of the code, where it is differentiated"}
CONSTANTS = {"units": "1", "long_name": "all other numbers that the code reads"}
DIRECTIONS = {"units": "1", "long_name": "directions of the derivatives, with the norm of the inputs"}
DERIVATIVES = {"units": "1", "long_name": "derivatives along the directions, by complex steps"}
DIFFERENCES = {"units": "1", "long_name": "derivatives along the directions, by extrapolated central differences"}
VALUES = {"units": "1", "long_name": "value of the code"}

Variables = dict[str, tuple]


def generate_scalar_codes(settings: ScalarSampling, *, seed: int) -> xr.Dataset:
    """Inputs and derivatives of the scalar codes, and the random programs.

    Each code of each size, ``<name>``, has the variables ``<name>_inputs`` (with code, size and number of steps as
    attributes), ``<name>_constants``, ``<name>_directions``, ``<name>_derivatives``, ``<name>_value``. The attribute
    ``problems`` lists the names.
    """
    data = _generated(settings.scalar_codes, seed=seed, directions=settings.directions)
    return data.assign(_random_programs(settings.random_programs, seed=seed, directions=settings.directions))


def generate_array_codes(settings: ArraySampling, *, seed: int) -> xr.Dataset:
    """Inputs and derivatives of the array codes, with variables as those of the scalar codes."""
    return _generated(settings.array_codes, seed=seed, directions=settings.directions)


def stored_program(data: xr.Dataset, index: int) -> RandomProgram:
    """One of the random programs."""
    chosen = data.isel(program=index)
    return RandomProgram(
        operation=chosen["random_operation"].values,
        first=chosen["random_first"].values,
        second=chosen["random_second"].values,
    )


def _generated(codes: dict[str, Code], *, seed: int, directions: int) -> xr.Dataset:
    variables: Variables = {}
    names = []
    sizes = [(code, size, settings.steps) for code, settings in codes.items() for size in settings.sizes]
    for code, size, steps in progress(sizes, label="codes"):
        inputs, constants = starting_point(code, size=size, rng=numpy_generator(seed, "inputs", code, size))
        rng = numpy_generator(seed, "directions", code, size)
        along = np.stack([_direction(inputs, rng=rng) for _ in range(directions)])
        point = Point(code=code, size=size, steps=steps, inputs=inputs, constants=constants, directions=along)
        names.append(f"{code}_{size}")
        variables |= _variables(names[-1], point)
    return xr.Dataset(variables, attrs={"problems": names})


def _variables(name: str, point: Point) -> Variables:
    lines = point.lines()
    if point.code in NOT_ANALYTIC:
        derivatives, meaning = [extrapolated_difference(line, step=CENTRAL_STEP) for line in lines], DIFFERENCES
    else:
        derivatives, meaning = [complex_step_derivative(line) for line in lines], DERIVATIVES
    attributes = INPUTS | {"code": point.code, "size": point.size, "steps": point.steps}
    axis = f"{name}_input"
    constant_axes = tuple(f"{name}_constant_{number}" for number in range(point.constants.ndim))
    return {
        f"{name}_inputs": ((axis,), point.inputs, attributes),
        f"{name}_constants": (constant_axes, point.constants, CONSTANTS),
        f"{name}_directions": (("direction", axis), point.directions, DIRECTIONS),
        f"{name}_derivatives": (("direction",), np.array(derivatives), meaning),
        f"{name}_value": ((), float(np.real(lines[0](0.0))), VALUES),
    }


def _direction(inputs: Array, *, rng: np.random.Generator) -> Array:
    """A random direction with the norm of the inputs."""
    direction = rng.normal(size=inputs.size)
    return direction * np.linalg.norm(inputs) / np.linalg.norm(direction)


def _random_programs(settings: RandomPrograms, *, seed: int, directions: int) -> Variables:
    programs, inputs, along, derivatives = [], [], [], []
    for index in range(settings.programs):
        rng = numpy_generator(seed, "random program", index)
        programs.append(random_program(rng, lines=settings.lines))
        inputs.append(rng.uniform(0.5, 1.5, settings.inputs))
        along.append(np.stack([_direction(inputs[-1], rng=rng) for _ in range(directions)]))
        lines = [_line(programs[-1], inputs[-1], direction=v) for v in along[-1]]
        derivatives.append([complex_step_derivative(line) for line in lines])
    instructions = {
        "random_operation": [program.operation for program in programs],
        "random_first": [program.first for program in programs],
        "random_second": [program.second for program in programs],
    }
    meaning = {"units": "1", "long_name": "instructions and operands of the random programs"}
    return {
        **{name: (("program", "line"), np.stack(values), meaning) for name, values in instructions.items()},
        "random_inputs": (("program", "random_input"), np.stack(inputs), INPUTS),
        "random_directions": (("program", "direction", "random_input"), np.stack(along), DIRECTIONS),
        "random_derivatives": (("program", "direction"), np.array(derivatives), DERIVATIVES),
    }


def _line(program: RandomProgram, inputs: Array, *, direction: Array) -> Line:
    return along_scalar(lambda x, c: program(x), inputs, constants=np.empty(0), direction=direction)
