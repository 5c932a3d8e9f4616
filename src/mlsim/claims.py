"""What a claim is: a comparison of table rows, its source, and the sizes below which it is not judged.

A comparison is written with operators::

    accuracy = quantity("compliance_40x40", "accuracy", x=(5, 10))
    claim("network_beats_thresholding", "the lecture", needs("compliance_40x40", problems=100))(
        "After 5 and 10 iterations the network is more accurate than thresholding.",
        accuracy("cnn").above(accuracy("thresholding"), errors=2),
    )
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

Relation = Literal["equals", "at least", "at most", "above"]
Class = Literal["printed", "stated", "own"]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows of the table: one method, one quantity, some abscissas (none: the row without abscissa).

    As a reference they can stand for what the paper prints in these rows (``column="published"``).
    """

    case: str
    method: str
    quantity: str
    x: tuple[float, ...] = ()
    column: Literal["value", "published"] = "value"


@dataclass(frozen=True, kw_only=True)
class Size:
    """A size without which the claim says nothing: the value of the row without abscissa must reach ``at_least``.

    Attributes:
        case: case of the row.
        quantity: what is counted.
        at_least: the smallest sufficient count.
        method: whose row it is; None stands for the method that is judged.
    """

    case: str
    quantity: str
    at_least: float
    method: str | None = None


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A statement that holds when, for one alternative, every row stands in the relation to its reference.

    Attributes:
        name: short identifier.
        statement: one sentence that a reader can check.
        source: who claims it, with the place; it begins with ``ours`` where neither the lecture nor a paper does.
        measured: alternatives; one of them has to pass at every abscissa.
        reference: ``published`` for the published column, a number, or rows with the same abscissas.
        relation: of the measured to the reference. ``above`` is strict and has to exceed the errors: a difference
            within them is not comparable. The other relations are widened by tolerance and errors.
        tolerance: one number or one per abscissa.
        errors: standard errors of the measured value (and of the reference rows) that count.
        needs: sizes below which the claim is not comparable.
    """

    name: str
    statement: str
    source: str
    measured: tuple[Rows, ...]
    reference: Literal["published"] | float | Rows
    relation: Relation
    tolerance: float | tuple[float, ...] = 0.0
    errors: float = 0.0
    needs: tuple[Size, ...] = ()


def compares_with_print(claim: Claim) -> bool:
    """Whether the reference of a claim is a printed number."""
    reference = claim.reference
    return reference.column == "published" if isinstance(reference, Rows) else reference == "published"


def class_of(claim: Claim) -> Class:
    """``printed``: compares with a printed number; ``stated``: the lecture or a paper states it; ``own``: neither.

    What is stated may be printed without a number, so that the bound is ours.

    >>> stated = quantity("c", "q")("a") >= 1
    >>> [class_of(claim("n", source)("It is.", stated)) for source in ("the lecture", "ours, beside the lecture")]
    ['stated', 'own']
    """
    if compares_with_print(claim):
        return "printed"
    return "own" if claim.source.startswith("ours") else "stated"


Reference = Literal["published"] | float | Rows
PUBLISHED: Final = "published"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Rows, the relation that they have to their reference, and the slack; fields as in :class:`Claim`."""

    measured: tuple[Rows, ...]
    relation: Relation
    reference: Reference
    tolerance: float | tuple[float, ...]
    errors: float

    def __bool__(self) -> bool:
        raise TypeError("a comparison is neither true nor false before it is judged: do not chain or combine it")


@dataclass(frozen=True)
class Measured:
    """Rows of one quantity, for one method or for alternatives of which one has to pass.

    ``<=``, ``>=`` and ``>`` compare without slack; the methods widen by ``within``, one number or one per abscissa, and
    by ``errors`` standard errors. :class:`Claim` says what the relations mean.
    """

    rows: tuple[Rows, ...]

    @property
    def published(self) -> Rows:
        """What the paper prints in these rows, as a reference for other rows."""
        return replace(_single(self), column="published")

    def __le__(self, bound: "Reference | Measured") -> Comparison:
        return self.at_most(bound)

    def __ge__(self, bound: "Reference | Measured") -> Comparison:
        return self.at_least(bound)

    def __gt__(self, bound: "Reference | Measured") -> Comparison:
        return self.above(bound)

    def at_most(
        self, bound: "Reference | Measured", *, within: float | Sequence[float] = 0.0, errors: float = 0.0
    ) -> Comparison:
        """At most the bound."""
        return self._compared("at most", bound, within, errors=errors)

    def at_least(
        self, bound: "Reference | Measured", *, within: float | Sequence[float] = 0.0, errors: float = 0.0
    ) -> Comparison:
        """At least the bound."""
        return self._compared("at least", bound, within, errors=errors)

    def equals(
        self, other: "Reference | Measured", *, within: float | Sequence[float] = 0.0, errors: float = 0.0
    ) -> Comparison:
        """Equal to the other."""
        return self._compared("equals", other, within, errors=errors)

    def above(self, bound: "Reference | Measured", *, errors: float = 0.0) -> Comparison:
        """Strictly above the bound, by more than the errors."""
        return self._compared("above", bound, 0.0, errors=errors)

    def _compared(
        self, relation: Relation, other: "Reference | Measured", within: float | Sequence[float], *, errors: float
    ) -> Comparison:
        return Comparison(
            measured=self.rows,
            relation=relation,
            reference=_single(other) if isinstance(other, Measured) else other,
            tolerance=tuple(within) if isinstance(within, Sequence) else within,
            errors=errors,
        )


def _single(measured: Measured) -> Rows:
    if len(measured.rows) != 1:
        raise ValueError(f"a reference has {len(measured.rows)} alternatives: allowed is one method")
    return measured.rows[0]


@dataclass(frozen=True)
class Quantity:
    """A quantity of one case at some abscissas (none: the row without abscissa); a call selects methods."""

    case: str
    name: str
    x: tuple[float, ...]

    def __call__(self, *methods: str, x: float | Sequence[float] | None = None) -> Measured:
        """The rows of one method or, as alternatives, of several; ``x`` in place of the quantity's own."""
        at = self.x if x is None else _abscissas(x)
        return Measured(tuple(Rows(case=self.case, method=method, quantity=self.name, x=at) for method in methods))


def quantity(case: str, name: str, *, x: float | Sequence[float] = ()) -> Quantity:
    """A quantity of the table, to be called with methods: ``quantity("heat", "gain", x=5)("cnn")``."""
    return Quantity(case, name, _abscissas(x))


def _abscissas(x: float | Sequence[float]) -> tuple[float, ...]:
    return tuple(float(value) for value in (x if isinstance(x, Sequence) else (x,)))


def needs(case: str, /, *, of: str | None = None, **at_least: float) -> tuple[Size, ...]:
    """Sizes without which a claim says nothing: ``needs("heat", problems=100, of="thresholding")``.

    Args:
        case: case of the rows.
        of: the method whose rows they are; None stands for the method that is judged.
        at_least: the smallest sufficient count, by quantity.
    """
    return tuple(Size(case=case, quantity=name, at_least=count, method=of) for name, count in at_least.items())


def claim(name: str, source: str, *sizes: Sequence[Size]) -> Callable[[str, Comparison], Claim]:
    """``claim(name, source, sizes)(statement, comparison)`` is a claim.

    The statement is one sentence that a reader of ``claims.csv`` understands without the other rows.

    Args:
        name: short identifier.
        source: who claims it, with the place.
        sizes: what :func:`needs` returns, once or several times.
    """

    def stated(statement: str, comparison: Comparison) -> Claim:
        return Claim(
            name=name,
            statement=statement,
            source=source,
            measured=comparison.measured,
            reference=comparison.reference,
            relation=comparison.relation,
            tolerance=comparison.tolerance,
            errors=comparison.errors,
            needs=tuple(size for group in sizes for size in group),
        )

    return stated
