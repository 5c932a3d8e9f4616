"""Cost of one gradient: operations with and without it, and bytes stored for it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mlsim.numerics.differentiation.recomputation import StorageMeter
from mlsim.numerics.differentiation.tape import Tape, reverse
from mlsim.numerics.differentiation.torch_operations import OperationCounter
from mlsim.studies.autodiff.codes import Array, ArrayProgram, Problem, ScalarProgram


@dataclass(frozen=True, eq=False, kw_only=True)
class Measurement:
    """A gradient and its cost.

    Attributes:
        function_operations: N, operations of the value alone.
        operations: operations of value and gradient together.
        gradient: the gradient.
        saved_bytes: largest number of bytes stored for the gradient at a time; zero where it is not measured.
    """

    function_operations: int
    operations: int
    gradient: Array
    saved_bytes: int = 0

    @property
    def ratio(self) -> float:
        """Operations of value and gradient over those of the value."""
        return self.operations / self.function_operations


def scalar_measurement(program: ScalarProgram, inputs: Array, *, constants: Array) -> Measurement:
    """Gradient of a scalar code by the tape, with exact counts."""
    tape = Tape()
    leaves = tape.inputs([*inputs.tolist(), *constants.tolist()])
    sweep = reverse(program(leaves[: inputs.size], leaves[inputs.size :]))
    return Measurement(
        function_operations=tape.operations,
        operations=tape.operations + sweep.operations,
        gradient=np.array(sweep.adjoints[: inputs.size]),
    )


def array_measurement(program: ArrayProgram, problem: Problem) -> Measurement:
    """Gradient of an array code by torch, operations counted where they are dispatched."""
    inputs, constants = torch.from_numpy(problem.inputs), torch.from_numpy(problem.constants)
    with torch.no_grad():
        plain = counted(lambda: program(inputs, constants))[1]
    meter = StorageMeter()

    def gradient() -> Tensor:
        x = inputs.clone().requires_grad_()
        with meter.recording():
            value = program(x, constants)
        return torch.autograd.grad(value, x)[0]

    result, operations = counted(gradient)
    return Measurement(
        function_operations=plain, operations=operations, gradient=result.numpy(), saved_bytes=meter.peak
    )


def counted(run: Callable[[], Tensor]) -> tuple[Tensor, int]:
    """A result and the number of its operations.

    Raises:
        ValueError: an operation has no cost.
    """
    with OperationCounter() as counter:
        result = run()
    if counter.unknown:
        raise ValueError(f"operations without a cost: {', '.join(sorted(counter.unknown))}: give them one")
    return result, counter.operations
