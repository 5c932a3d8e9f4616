"""Types of the fields of settings. A message on a value that a type refuses tells the descriptions in its ``Meta``."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, TypeVar

from msgspec import Meta

T = TypeVar("T")


def where(holds: Callable[[Any], bool], allowed: str, **bounds: Any) -> Meta:
    """A condition that bounds alone do not state; :func:`mlsim.config.parse` checks it."""
    return Meta(description=allowed, extra={"holds": holds}, **bounds)


def is_power_of_two(number: int) -> bool:
    """Whether ``number`` is 1, 2, 4, ..."""
    return number >= 1 and number & (number - 1) == 0


def is_grid_size(size: float) -> bool:
    """Whether ``size`` is 2^k - 1: interior nodes per side of a grid that can be coarsened."""
    return size == int(size) and is_power_of_two(int(size) + 1)


def _is_increasing(entries: Sequence[float]) -> bool:
    return list(entries) == sorted(set(entries))


def _is_odd(number: int) -> bool:
    return number >= 1 and number % 2 == 1


def _is_distinct(entries: Sequence[object]) -> bool:
    return len(set(entries)) == len(entries)


def _any_enabled(named: dict[str, Any]) -> bool:
    return any(entry.enabled for entry in named.values())


Count = Annotated[int, Meta(ge=1)]
AtLeast2 = Annotated[int, Meta(ge=2)]
OrZero = Annotated[int, Meta(ge=0, description="zero or more")]
Odd = Annotated[int, where(_is_odd, "a positive odd number")]
GridSize = Annotated[int, where(is_grid_size, "a grid size 2^k - 1, at least 7", ge=7)]
PowerOfTwo = Annotated[int, where(is_power_of_two, "a power of two")]
Positive = Annotated[float, Meta(gt=0, description="positive")]
NonNegative = Annotated[float, Meta(ge=0, description="zero or more")]
OpenFraction = Annotated[float, Meta(gt=0, lt=1, description="more than 0 and less than 1")]
NonEmpty = Annotated[tuple[T, ...], Meta(min_length=1, description="at least one entry")]
Increasing = Annotated[tuple[T, ...], where(_is_increasing, "one or more increasing numbers", min_length=1)]
Range = Annotated[tuple[T, T], where(_is_increasing, "a number and a larger one")]
Distinct = Annotated[tuple[T, ...], where(_is_distinct, "one or more entries, each once", min_length=1)]
Subset = Annotated[tuple[T, ...], where(_is_distinct, "each entry once")]
Seed = OrZero
Seeds = Distinct[Seed]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9_]+$(?!\n)")]  # of files; without a line break, which $ alone lets pass
Named = dict[Name, T]
Variants = Annotated[Named[T], where(_any_enabled, "at least one enabled entry")]
Device = Literal["auto", "cpu", "cuda"]
