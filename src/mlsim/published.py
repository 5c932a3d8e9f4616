"""Printed numbers: ``config/published/<study>.csv``.

Columns ``study, case, method, x, quantity, value, se, unit, kind, source``. ``kind`` is ``paper``, or ``rerun`` for an
independent repetition by others.
"""

import csv
from pathlib import Path

COLUMNS = ["study", "case", "method", "x", "quantity", "value", "se", "unit", "kind", "source"]
# what a study's table takes over
NEEDED = ["case", "method", "x", "quantity", "value"]


def printed(path: Path) -> list[dict[str, str]]:
    """The numbers that papers print, as text, without their sources; none where there is no such file."""
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return [{name: row[name] for name in NEEDED} for row in csv.DictReader(file) if row["kind"] == "paper"]
