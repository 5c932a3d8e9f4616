"""Checkpointed gradients against the full tape, bytes against closed forms."""

import pytest
import torch
from torch.utils.checkpoint import checkpoint

from mlsim.numerics.differentiation.burgers_steps import Burgers, stable_time_step, wave
from mlsim.numerics.differentiation.recomputation import Program, StorageMeter, revolved_gradient, segmented_gradient
from mlsim.numerics.differentiation.revolve import extra_steps
from mlsim.numerics.differentiation.torch_operations import OperationCounter

CELLS, STEPS = 32, 40


BURGERS = Burgers(cells=CELLS, viscosity=0.02, time_step=stable_time_step(cells=CELLS, viscosity=0.02))


START = wave(CELLS)


STATE_BYTES = 8 * CELLS


def _energy(u):
    return (u * u).sum()


def _program():
    return Program(BURGERS.step, _energy)


def _run(u, *, steps=STEPS):
    for _ in range(steps):
        u = BURGERS.step(u)
    return u


@pytest.fixture(scope="module")
def gradient():
    """By torch alone, one graph for all steps."""
    u = START.clone().requires_grad_()
    return torch.autograd.grad(_energy(_run(u)), u)[0]


@pytest.mark.parametrize("segment", [1, 7, 10, 39, 40])
def test_segmented_gradient_is_bitwise_that_of_the_full_tape(gradient, segment):
    program = _program()
    assert torch.equal(segmented_gradient(program, START, steps=STEPS, segment=segment), gradient)
    last = STEPS % segment or segment
    assert program.extra_steps == STEPS - last


@pytest.mark.parametrize("snapshots", [1, 2, 5, 50])
def test_revolved_gradient_is_bitwise_that_of_the_full_tape_with_the_fewest_steps(gradient, snapshots):
    program = _program()
    assert torch.equal(revolved_gradient(program, START, steps=STEPS, snapshots=snapshots), gradient)
    assert program.extra_steps == extra_steps(STEPS, snapshots=snapshots)


def test_own_segments_agree_bitwise_with_checkpoints_of_torch(gradient):
    u = START.clone().requires_grad_()
    end = u
    for _ in range(4):
        end = checkpoint(lambda v: _run(v, steps=10), end, use_reentrant=False)
    assert torch.equal(torch.autograd.grad(_energy(end), u)[0], gradient)


@pytest.mark.parametrize("segment", [1, 4, 10, 40])
def test_memory_is_the_states_and_the_tape_of_one_segment(segment):
    # a step saves its state and one difference, J the last state; the first state of the tape is the one kept
    program = _program()
    segmented_gradient(program, START, steps=STEPS, segment=segment)
    assert program.meter.peak == STATE_BYTES * (STEPS // segment + 2 * segment)
    assert program.meter.bytes == 0


@pytest.mark.parametrize("snapshots", [2, 3, 5])
def test_revolve_keeps_the_snapshots_and_the_tape_of_one_step(snapshots):
    program = _program()
    revolved_gradient(program, START, steps=STEPS, snapshots=snapshots)
    # the state before the taped step, the difference, and the last state for J
    assert program.meter.peak <= STATE_BYTES * (snapshots + 3)
    assert program.meter.bytes == 0


@pytest.mark.parametrize("segment", [1, 5, 10, 20, 40])
def test_checkpoints_add_exactly_the_steps_that_are_run_again(segment):
    totals = []
    for length in (segment, STEPS):
        with OperationCounter() as counter:
            segmented_gradient(_program(), START, steps=STEPS, segment=length)
        totals.append(counter.operations)
    # nine operations per cell and step; at a kept state, contributions meet in the same order as inside a tape
    assert totals[0] - totals[1] == 9 * CELLS * (STEPS - segment)


def test_meter_counts_a_storage_once_while_anyone_keeps_it():
    meter, numbers = StorageMeter(), torch.zeros(100, dtype=torch.float64)
    first, second = meter.keep(numbers), meter.keep(numbers[:10])
    assert meter.bytes == 800
    del first
    assert meter.bytes == 800
    del second
    assert (meter.bytes, meter.peak) == (0, 800)


@pytest.mark.parametrize("segment", [0, 41])
def test_segment_longer_than_the_run_is_refused(segment):
    with pytest.raises(ValueError, match="segment is"):
        segmented_gradient(_program(), START, steps=STEPS, segment=segment)
