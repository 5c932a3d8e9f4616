"""Registered quantities: what a table may contain, its unit and its meaning.

Each study lists its quantities in ``quantities.py`` as ``QUANTITIES``, a dict from name to :class:`Quantity`. A name
may contain ``<...>``, which matches any text from the configuration: ``gain_over_<method>``.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Better = Literal["smaller", "larger", ""]


@dataclass(frozen=True)
class Quantity:
    """A quantity of a table."""

    unit: str  # as in the table; 1 for a pure number
    meaning: str  # one line
    better: Better = ""  # which values are better; empty for a size or a number that is neither good nor bad


def family(
    pattern: str,
    members: Mapping[str, Quantity],
    *,
    meaning: str = "{}",
    unit: str | None = None,
    better: Better | None = None,
) -> dict[str, Quantity]:
    """One further quantity for each member, such as its ratio to a reference.

    Args:
        pattern: name of the new quantity; ``{}`` is the name of the member.
        members: registered quantities.
        meaning: of the new quantity; ``{}`` is the meaning of the member.
        unit: of all new quantities; by default that of the member.
        better: for all new quantities; by default as for the member.

    >>> family("{}_over_plain", {"error": Quantity("%", "mean error", "smaller")}, meaning="ratio of: {}", unit="1")
    {'error_over_plain': Quantity(unit='1', meaning='ratio of: mean error', better='smaller')}
    """
    return {
        pattern.format(name): Quantity(
            unit or member.unit, meaning.format(member.meaning), member.better if better is None else better
        )
        for name, member in members.items()
    }


def registered(name: str, quantities: Mapping[str, Quantity]) -> str | None:
    """The entry that covers a quantity: its own name, or a name with ``<...>``; None if there is no such entry.

    >>> registered("gain_over_tv", {"gain_over_<method>": Quantity("dB", "gain")})
    'gain_over_<method>'
    """
    if name in quantities:
        return name
    for entry in quantities:
        parts = re.split(r"<\w+>", entry)
        if len(parts) > 1 and re.fullmatch(".+".join(map(re.escape, parts)), name):
            return entry
    return None


def check_registered(units: Iterable[tuple[str, str]], quantities: Mapping[str, Quantity], *, source: str) -> None:
    """Refuse quantities that are not registered, and other units than the registered ones.

    ``units`` are quantity and unit of each row; ``source`` is the place of the registry, for the message.

    Raises:
        ValueError: one line that names the quantity and the source.
    """
    for name, unit in sorted(set(units)):
        entry = registered(name, quantities)
        if entry is None:
            close = difflib.get_close_matches(name, quantities, n=1)
            remedy = f"did you mean {close[0]}?" if close else "register it there."
            raise ValueError(
                f"quantity '{name}' is not in {source}: {remedy} Allowed are {', '.join(sorted(quantities))}"
            )
        if unit != quantities[entry].unit:
            raise ValueError(f"quantity '{name}' has the unit '{unit}': {source} allows '{quantities[entry].unit}'")
