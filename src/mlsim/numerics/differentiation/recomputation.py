"""Gradients of time-stepping programs with few stored states: memory against recomputation.

``torch.utils.checkpoint`` stores the state at the start of each segment, too. It is written out here because the memory
counter misses what torch saves inside a segment that it runs again, and because revolve needs nested segments.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from weakref import finalize

import torch
from jaxtyping import Float
from torch import Tensor

from mlsim.numerics.differentiation.revolve import split

State = Float[Tensor, "*shape"]
Step = Callable[[Tensor], Tensor]
Cost = Callable[[Tensor], Tensor]


@dataclass(frozen=True, eq=False)
class Kept:
    """A tensor that counts as stored as long as this object exists."""

    tensor: Tensor


@dataclass(eq=False)
class StorageMeter:
    """Bytes that a reversal stores: states, and what the tape saves; each storage counts once.

    >>> meter, x = StorageMeter(), torch.ones(10, dtype=torch.float64, requires_grad=True)
    >>> with meter.recording():
    ...     y = (x * x).sum()
    >>> meter.bytes
    80
    >>> _ = torch.autograd.grad(y, x)
    >>> meter.bytes, meter.peak
    (0, 80)
    """

    bytes: int = 0  # stored now
    peak: int = 0  # the largest number of bytes so far
    _owners: dict[int, int] = field(default_factory=dict)

    def keep(self, tensor: Tensor) -> Kept:
        """Store a tensor."""
        storage = tensor.untyped_storage()
        kept, address, size = Kept(tensor.detach()), storage.data_ptr(), storage.nbytes()
        owners = self._owners.get(address, 0)
        self._owners[address] = owners + 1
        self.bytes += 0 if owners else size
        self.peak = max(self.peak, self.bytes)
        finalize(kept, self._forget, address, size)
        return kept

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Count what autograd saves inside."""
        with torch.autograd.graph.saved_tensors_hooks(self.keep, _tensor):
            yield

    def _forget(self, address: int, size: int) -> None:
        self._owners[address] -= 1
        if not self._owners[address]:
            del self._owners[address]
            self.bytes -= size


def _tensor(kept: Kept) -> Tensor:
    return kept.tensor


@dataclass(eq=False)
class Program:
    """``J(u_K)`` with ``u_{i+1} = step(u_i)``, and a record of what its reversal costs."""

    step: Step  # one step
    cost: Cost  # J
    meter: StorageMeter = field(default_factory=StorageMeter)  # counter of the stored bytes
    extra_steps: int = 0  # steps run without a tape so far, beyond those of the plain program

    def advanced(self, state: State, *, steps: int) -> State:
        """The state after some steps without a tape."""
        with torch.no_grad():
            for _ in range(steps):
                state = self.step(state)
        self.extra_steps += steps
        return state

    def pulled_back(self, state: State, adjoint: State | None, *, steps: int) -> State:
        """Adjoint of the state before some steps, by a tape; ``adjoint`` is that after them, None at the end."""
        start = state.detach().requires_grad_()
        with torch.enable_grad(), self.meter.recording():
            end = start
            for _ in range(steps):
                end = self.step(end)
            value = self.cost(end) if adjoint is None else end
        return torch.autograd.grad(value, start, adjoint)[0]


def segmented_gradient(program: Program, start: State, *, steps: int, segment: int) -> State:
    """Gradient with the state stored at the start of each segment; one segment of all steps is the full tape.

    The last segment is taped at once, so that ``steps - segment`` steps are run twice; it is shorter where ``segment``
    does not divide ``steps``. The records of the program are updated.

    Raises:
        ValueError: ``segment`` is not from 1 to ``steps``.
    """
    if not 1 <= segment <= steps:
        raise ValueError(f"segment is {segment}: allowed is 1 to {steps} steps")
    lengths = [segment] * (steps // segment) + [steps % segment] * (steps % segment > 0)
    states = [program.meter.keep(start)]
    for length in lengths[:-1]:
        states.append(program.meter.keep(program.advanced(states[-1].tensor, steps=length)))
    adjoint = None
    for length in reversed(lengths):
        adjoint = program.pulled_back(states.pop().tensor, adjoint, steps=length)
    assert adjoint is not None
    return adjoint


def revolved_gradient(
    program: Program, start: State, *, steps: int, snapshots: int, adjoint: State | None = None
) -> State:
    """Gradient with at most ``snapshots`` states stored at a time, ``start`` included, and the fewest extra steps.

    ``adjoint`` is that of the last state, by default of J. The records of the program are updated.
    """
    kept = program.meter.keep(start)
    while steps > 1:
        # with one snapshot the last step is reversed first, then the one before it, each from the start
        ahead = steps - 1 if snapshots == 1 else split(steps, snapshots=snapshots)
        middle = program.advanced(kept.tensor, steps=ahead)
        if snapshots == 1:
            adjoint = program.pulled_back(middle, adjoint, steps=1)
        else:
            left = snapshots - 1
            adjoint = revolved_gradient(program, middle, steps=steps - ahead, snapshots=left, adjoint=adjoint)
        del middle
        steps = ahead
    return program.pulled_back(kept.tensor, adjoint, steps=1)
