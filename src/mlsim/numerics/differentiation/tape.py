"""Straight-line programs of scalars: a tape that records each operation, and its reverse sweep with exact counts.

What counts: each of ``+ - * /`` and each elementary function is one operation, copies are free, and a change of sign is
part of the addition or multiplication it belongs to. The reverse sweep skips nodes without an adjoint; the first write
into an adjoint is an assignment and free, each later one is one addition.

With N operations the sweep multiplies at most twice per node. It writes at most 2 N times, of which at least N are
assignments: one for each node but the last, and one for an input. So value and gradient together cost at most
``N + 2 N + (2 N - N) = 4 N`` operations, whatever the number of inputs.

Source:
    Our count, in the manner of W. Baur, V. Strassen, The complexity of partial derivatives, Theor. Comput. Sci. 22
    (1983), who have (recalled, not verified) 5 for all operations and 3 for multiplications and divisions alone. The
    first-write rule makes 5 into 4.
"""

import cmath
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, eq=False)
class Active:
    """A number on a tape."""

    tape: "Tape"
    index: int

    @property
    def value(self) -> float:
        """The number itself."""
        return self.tape.values[self.index]

    def __add__(self, other: "Active | float") -> "Active":
        if isinstance(other, Active):
            return self.tape.record("add", self.value + other.value, self, other)
        return self.tape.record("shift", self.value + other, self)

    def __sub__(self, other: "Active | float") -> "Active":
        if isinstance(other, Active):
            return self.tape.record("subtract", self.value - other.value, self, other)
        return self.tape.record("shift", self.value - other, self)

    def __mul__(self, other: "Active | float") -> "Active":
        if isinstance(other, Active):
            return self.tape.record("multiply", self.value * other.value, self, other)
        return self.tape.record("scale", self.value * other, self, constant=other)

    def __truediv__(self, other: "Active | float") -> "Active":
        if isinstance(other, Active):
            return self.tape.record("divide", self.value / other.value, self, other)
        return self.tape.record("scale", self.value / other, self, constant=1 / other)

    __radd__ = __add__
    __rmul__ = __mul__


# an Active, a float, or a complex: programs are written once for all three, which no static type expresses
Number = Any


@dataclass(frozen=True, kw_only=True)
class Node:
    """One line of the program; an input has no operation."""

    operation: str
    parents: tuple[int, ...]
    constant: float


@dataclass(eq=False)
class Tape:
    """The lines of one program in the order of their evaluation.

    >>> tape = Tape()
    >>> x, y = tape.inputs([3.0, 4.0])
    >>> norm = square_root(x * x + y * y)
    >>> sweep = reverse(norm)
    >>> norm.value, [adjoint for adjoint in sweep.adjoints[:2]]
    (5.0, [0.6000000000000001, 0.8])
    >>> tape.operations, sweep.multiplications, sweep.additions
    (4, 6, 2)
    """

    nodes: list[Node] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def inputs(self, values: Sequence[float]) -> list[Active]:
        """Leaves with these values; a constant that is to be a leaf comes in here as well."""
        return [self.record("input", float(value)) for value in values]

    def record(self, operation: str, value: float, *parents: Active, constant: float = 0.0) -> Active:
        """Append one line."""
        self.nodes.append(
            Node(operation=operation, parents=tuple(parent.index for parent in parents), constant=constant)
        )
        self.values.append(value)
        return Active(self, len(self.nodes) - 1)

    @property
    def operations(self) -> int:
        """N, the number of lines that compute something."""
        return sum(node.operation != "input" for node in self.nodes)


def sine(x: Number) -> Number:
    """Sine of a real, complex or active number."""
    return _elementary("sine", x, math.sin, complex_function=cmath.sin)


def square_root(x: Number) -> Number:
    """Square root of a real, complex or active number."""
    return _elementary("square_root", x, math.sqrt, complex_function=cmath.sqrt)


def _elementary(name: str, x: Number, function: Callable[..., float], *, complex_function: Callable) -> Number:
    if isinstance(x, Active):
        return x.tape.record(name, function(x.value), x)
    return complex_function(x) if isinstance(x, complex) else function(x)


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Result of a reverse sweep."""

    adjoints: list[float]  # derivative of the output by each line of the tape; those of the inputs are the gradient
    multiplications: int  # multiplicative operations, elementary functions included
    additions: int  # second and later writes into an adjoint

    @property
    def operations(self) -> int:
        """All operations of the sweep."""
        return self.multiplications + self.additions


def reverse(output: Active) -> Sweep:
    """Derivatives of one number by all lines of its tape."""
    tape = output.tape
    adjoints: list[float | None] = [None] * len(tape.nodes)
    adjoints[output.index] = 1.0
    multiplications = additions = 0
    for index in range(output.index, -1, -1):
        node, weight = tape.nodes[index], adjoints[index]
        if weight is None or node.operation == "input":
            continue
        rule, cost = _RULES[node.operation]
        operands = [tape.values[parent] for parent in node.parents]
        writes = rule(weight, operands, tape.values[index], node.constant)
        multiplications += cost
        for parent, write in zip(node.parents, writes, strict=True):
            present = adjoints[parent]
            additions += present is not None
            adjoints[parent] = write if present is None else present + write
    numbers = [0.0 if adjoint is None else adjoint for adjoint in adjoints]
    return Sweep(adjoints=numbers, multiplications=multiplications, additions=additions)


# contributions to the adjoints of the operands, from the node's adjoint, operands, value and constant
_Rule = Callable[[float, Sequence[float], float, float], tuple[float, ...]]


def _divided(weight: float, operands: Sequence[float], value: float, _constant: float) -> tuple[float, ...]:
    quotient = weight / operands[1]
    return quotient, -quotient * value


# each rule with the number of its multiplicative operations
_RULES: dict[str, tuple[_Rule, int]] = {
    "add": (lambda w, a, y, c: (w, w), 0),
    "subtract": (lambda w, a, y, c: (w, -w), 0),
    "shift": (lambda w, a, y, c: (w,), 0),
    "scale": (lambda w, a, y, c: (w * c,), 1),
    "multiply": (lambda w, a, y, c: (w * a[1], w * a[0]), 2),
    "divide": (_divided, 2),
    "square_root": (lambda w, a, y, c: (w * (0.5 / y),), 2),
    "sine": (lambda w, a, y, c: (w * math.cos(a[0]),), 2),
}
