"""Programs of scalars with known derivatives or known counts; each takes plain, complex or active numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, mul

import numpy as np
from jaxtyping import Int

from mlsim.numerics.differentiation.tape import Number, sine

# a random operand is one of this many latest numbers
WINDOW = 12


def product(x: Sequence[Number]) -> Number:
    """Speelpenning's ``x_1 x_2 ... x_n`` from left to right: n - 1 operations, gradient ``f / x_i``."""
    return reduce(mul, x)


def energy(x: Sequence[Number]) -> Number:
    """``x_1^2 + ... + x_n^2``, 2 n - 1 operations."""
    return reduce(add, [number * number for number in x])


def fibonacci_chain(x: Sequence[Number], *, operations: int) -> Number:
    """Products and quotients of the last two numbers in turn, starting from two.

    Each operation multiplies twice and writes twice in the reverse sweep, so that this program attains the bound of
    4 N operations up to one. It is ``x_1^a x_2^b`` with Fibonacci numbers a and b.
    """
    previous, last = x
    for k in range(operations):
        previous, last = last, last * previous if k % 2 == 0 else last / previous
    return last


@dataclass(frozen=True, eq=False, kw_only=True)
class RandomProgram:
    """Instructions drawn at random."""

    operation: Int[np.ndarray, " lines"]  # which of the six instructions each line is
    first: Int[np.ndarray, " lines"]  # how far back its first operand is, among the last 12 numbers
    # its second operand, an index into all numbers before it, taken modulo their count
    second: Int[np.ndarray, " lines"]

    def __call__(self, x: Sequence[Number]) -> Number:
        """Run all lines and sum all numbers, inputs included.

        >>> one = np.array([2])
        >>> RandomProgram(operation=one, first=one - 2, second=one - 2)([3.0, 5.0])  # 3 + 5 + 5 * 3
        23.0
        """
        numbers = list(x)
        for operation, first, second in zip(self.operation, self.first, self.second, strict=True):
            a = numbers[-1 - int(first) % min(WINDOW, len(numbers))]
            b = numbers[int(second) % len(numbers)]
            numbers.append(INSTRUCTIONS[int(operation)](a, b))
        return reduce(add, numbers)


INSTRUCTIONS: tuple[Callable[[Number, Number], Number], ...] = (
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / (b * b + 1.5),
    lambda a, b: sine(a),
    lambda a, b: a * 0.7,
)


def random_program(rng: np.random.Generator, *, lines: int) -> RandomProgram:
    """All instructions and all operands equally likely."""
    return RandomProgram(
        operation=rng.integers(0, len(INSTRUCTIONS), size=lines),
        first=rng.integers(0, 2**30, size=lines),
        second=rng.integers(0, 2**30, size=lines),
    )
