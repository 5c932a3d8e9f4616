"""Straight-line programs: integers derived by hand, the bound of 4 N, derivatives against complex steps."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles.formulas import chain_exponents

from mlsim.numerics.differentiation.difference_quotients import complex_step_derivative
from mlsim.numerics.differentiation.scalar_programs import (
    INSTRUCTIONS,
    RandomProgram,
    energy,
    fibonacci_chain,
    product,
    random_program,
)
from mlsim.numerics.differentiation.tape import Tape, reverse, sine, square_root


def _costs(program, values):
    """N, operations of the reverse sweep, gradient."""
    tape = Tape()
    sweep = reverse(program(tape.inputs(values)))
    return tape.operations, sweep.operations, sweep.adjoints[: len(values)]


@st.composite
def programs(draw):
    """A random program with random inputs away from zero; its length is drawn as well."""
    lines = draw(st.integers(1, 60))
    indices = st.lists(st.integers(0, 2**20), min_size=lines, max_size=lines).map(np.array)
    operation = draw(st.lists(st.integers(0, len(INSTRUCTIONS) - 1), min_size=lines, max_size=lines))
    program = RandomProgram(operation=np.array(operation), first=draw(indices), second=draw(indices))
    return program, draw(st.lists(st.floats(0.5, 1.5), min_size=1, max_size=8))


@given(programs())
def test_value_and_gradient_cost_at_most_four_times_the_value(case):
    program, values = case
    operations, reverse_operations, _ = _costs(program, values)
    assert operations + reverse_operations <= 4 * operations


@given(st.integers(1, 400))
def test_a_chain_of_products_and_quotients_attains_the_bound_up_to_one(length):
    # at (1, 1) all numbers are 1, so that chains of any length stay finite
    operations, reverse_operations, _ = _costs(lambda x: fibonacci_chain(x, operations=length), [1.0, 1.0])
    assert operations == length
    assert operations + reverse_operations == 4 * length - 1


@pytest.mark.parametrize("length", [1, 2, 3, 10, 35, 60])
def test_gradient_of_the_chain_at_one_is_its_fibonacci_exponents(length):
    # exact: adjoints are integers below 2**53, and all numbers of the chain are 1
    gradient = _costs(lambda x: fibonacci_chain(x, operations=length), [1.0, 1.0])[2]
    assert gradient == [float(exponent) for exponent in chain_exponents(length)]


@pytest.mark.parametrize("n", [2, 3, 50, 250])
def test_speelpennings_product_costs_three_times_its_value(n):
    values = np.random.default_rng(n).uniform(0.5, 1.5, n)
    operations, reverse_operations, gradient = _costs(product, values.tolist())
    # two multiplications per product, no adjoint is written twice
    assert (operations, reverse_operations) == (n - 1, 2 * (n - 1))
    # n roundings of relative size 1e-16
    np.testing.assert_allclose(gradient, values.prod() / values, rtol=1e-15 * n)


@pytest.mark.parametrize("n", [1, 2, 7])
def test_sum_of_squares_costs_five_n_minus_one(n):
    # n squares and n - 1 sums; backwards two products and one accumulation, x and x being two operands, for each square
    operations, reverse_operations, gradient = _costs(energy, [1.0 + i for i in range(n)])
    assert (operations, reverse_operations) == (2 * n - 1, 3 * n)
    assert gradient == [2.0 * (1 + i) for i in range(n)]


# program, N, multiplications and additions of the sweep, derivative at 0.7, all by hand
SMALL = {
    "sum with a constant": (lambda x: x + 2.0, 1, 0, 0, 1.0),
    "constant before the sum": (lambda x: 2.0 + x, 1, 0, 0, 1.0),
    "difference with a constant": (lambda x: x - 2.0, 1, 0, 0, 1.0),
    "multiple": (lambda x: 3.0 * x, 1, 1, 0, 3.0),
    "share": (lambda x: x / 4.0, 1, 1, 0, 0.25),
    "double use": (lambda x: x + x, 1, 0, 1, 2.0),
    "vanishing difference": (lambda x: x - x, 1, 0, 1, 0.0),
    "square": (lambda x: x * x, 1, 2, 1, 1.4),
    "quotient with itself": (lambda x: x / x, 1, 2, 1, 0.0),
    "square root": (square_root, 1, 2, 0, 0.5 / math.sqrt(0.7)),
    "sine": (sine, 1, 2, 0, math.cos(0.7)),
}


@pytest.mark.parametrize("name", SMALL)
def test_small_programs_cost_and_yield_what_they_do_by_hand(name):
    program, operations, multiplications, additions, derivative = SMALL[name]
    tape = Tape()
    sweep = reverse(program(tape.inputs([0.7])[0]))
    assert (tape.operations, sweep.multiplications, sweep.additions) == (operations, multiplications, additions)
    assert sweep.adjoints[0] == pytest.approx(derivative, abs=1e-15)


def test_lines_that_the_output_does_not_depend_on_cost_nothing_backwards():
    tape = Tape()
    x, y = tape.inputs([2.0, 3.0])
    _ = sine(y) * y
    sweep = reverse(x * x)
    assert sweep.operations == 3
    assert sweep.adjoints[y.index] == 0.0


@pytest.mark.parametrize("index", range(20))
def test_gradients_of_random_programs_agree_with_complex_steps(index):
    rng = np.random.default_rng(index)
    program, values = random_program(rng, lines=60), rng.uniform(0.5, 1.5, 6).tolist()
    gradient = _costs(program, values)[2]
    steps = [
        complex_step_derivative(lambda t, i=i: program([x + t * (j == i) for j, x in enumerate(values)]))
        for i in range(len(values))
    ]
    # a hundred and more roundings on either way; the norm, since single components may cancel
    assert np.linalg.norm(np.subtract(gradient, steps)) <= 1e-13 * np.linalg.norm(steps)


@pytest.mark.parametrize("function", [sine, square_root])
def test_elementary_functions_are_the_same_for_real_complex_and_active_numbers(function):
    real, active = function(0.7), function(Tape().inputs([0.7])[0]).value
    assert real == active
    assert function(0.7 + 0j) == pytest.approx(real, rel=1e-15)
