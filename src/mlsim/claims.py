"""What a claim is: a comparison of table rows, its source, and the sizes below which it is not comparable.

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

    ``column="published"``, for references only, means what the paper prints in these rows.
    """

    case: str
    method: str
    quantity: str
    x: tuple[float, ...] = ()
    column: Literal["value", "published"] = "value"


@dataclass(frozen=True, kw_only=True)
class Size:
    """A size below which a claim is not comparable."""

    case: str  # case of the row without abscissa that holds the size
    quantity: str  # what is counted
    at_least: float  # the smallest sufficient count
    method: str | None = None  # method of the row; None for the measured method


Reference = Literal["published"] | float | Rows
PUBLISHED: Final = "published"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A comparison of rows with their reference."""

    measured: tuple[Rows, ...]  # alternatives; one of them has to pass at every abscissa
    # of the measured values to the reference. ``above`` is strict: the difference has to exceed the errors, and one
    # within them is not comparable. The other relations are widened by tolerance and errors
    relation: Relation
    reference: Reference  # ``published`` for the published column, a number, or rows with the same abscissas
    tolerance: float | tuple[float, ...] = 0.0  # one number or one per abscissa
    errors: float = 0.0  # number of standard errors; of the difference, where the reference is rows of ours

    def __bool__(self) -> bool:
        raise TypeError("a comparison is neither true nor false before it meets a table: do not chain or combine it")


@dataclass(frozen=True, kw_only=True)
class Claim(Comparison):
    """A statement that holds when, for one alternative, every row has the relation to its reference."""

    name: str  # short identifier
    statement: str  # one sentence that a reader can check
    source: str  # who claims it, and where; begins with ``ours`` where neither the lecture nor a paper does
    needs: tuple[Size, ...] = ()  # sizes below which the claim is not comparable


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


@dataclass(frozen=True)
class Measured:
    """Rows of one quantity, for one method or for alternatives of which one has to pass.

    ``<=``, ``>=`` and ``>`` compare without slack; the methods widen by ``within``, one number or one per abscissa, and
    by ``errors`` standard errors. :class:`Comparison` explains the relations.
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
        """The rows of one method or, as alternatives, of several; ``x`` replaces the abscissas of the quantity."""
        at = self.x if x is None else _abscissas(x)
        return Measured(tuple(Rows(case=self.case, method=method, quantity=self.name, x=at) for method in methods))


def quantity(case: str, name: str, *, x: float | Sequence[float] = ()) -> Quantity:
    """A quantity of the table, to be called with methods: ``quantity("heat", "gain", x=5)("cnn")``."""
    return Quantity(case, name, _abscissas(x))


def _abscissas(x: float | Sequence[float]) -> tuple[float, ...]:
    return tuple(float(value) for value in (x if isinstance(x, Sequence) else (x,)))


def needs(case: str, /, *, of: str | None = None, **at_least: float) -> tuple[Size, ...]:
    """Sizes below which a claim is not comparable: ``needs("heat", problems=100, of="thresholding")``; see `Size`."""
    return tuple(Size(case=case, quantity=name, at_least=count, method=of) for name, count in at_least.items())


def claim(name: str, source: str, *sizes: Sequence[Size]) -> Callable[[str, Comparison], Claim]:
    """``claim(name, source, sizes)(statement, comparison)`` is a claim.

    The statement is one sentence that a reader of ``claims.csv`` understands without the other rows. Each of ``sizes``
    is a result of :func:`needs`; for the others see :class:`Claim`.
    """

    def stated(statement: str, comparison: Comparison) -> Claim:
        all_needs = tuple(size for group in sizes for size in group)
        return Claim(name=name, statement=statement, source=source, needs=all_needs, **vars(comparison))

    return stated
