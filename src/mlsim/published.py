"""Printed numbers: ``config/published/<study>.csv``.

Columns ``study, case, method, x, quantity, value, se, unit, kind, location, source``. ``kind`` is ``paper``;
``authors_code`` for the output of code that the authors released; ``rerun`` for an independent repetition by others;
``second_hand`` for a number as another paper quotes it. ``location`` names the table or figure, such as
``1709.09578/tab_2``. ``value`` has as many decimals as are printed.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

COLUMNS = ["study", "case", "method", "x", "quantity", "value", "se", "unit", "kind", "location", "source"]
KINDS = ("paper", "authors_code", "rerun", "second_hand")
# what a study's table takes over
NEEDED = ["case", "method", "x", "quantity", "value"]


def printed_rows(path: Path) -> list[dict[str, str]]:
    """All rows of a file with the columns above, as text; none where there is no such file."""
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def printed(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """The numbers that papers print, as text, without their sources.

    Where two locations print one number, the first counts: the one with more digits is listed first.

    >>> row = {"case": "c", "method": "m", "x": "5", "quantity": "q", "kind": "paper"}
    >>> [kept["value"] for kept in printed([{**row, "value": "1.25"}, {**row, "value": "1.3"}])]
    ['1.25']
    """
    numbers: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows:
        if row["kind"] == "paper":
            kept = {name: row[name] for name in NEEDED}
            numbers.setdefault(tuple(row[name] for name in NEEDED[:-1]), kept)
    return list(numbers.values())
