"""Write the replication table of README.md and its files in docs/reproduction/default, from the tables stored there.

Usage: python tools/document_replication.py [--check]; --check writes nothing and fails if a file is outdated.
"""

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import yaml

from mlsim.published import printed_rows
from mlsim.replication import Line, PrintedTable, declared, paper_pages, replication
from mlsim.storage import read_table, write_table

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "workflow"))
from summary import replication_count

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = ROOT / "config" / "published"
REPRODUCTION = ROOT / "docs" / "reproduction"
SHOWN = "default"
README = ROOT / "README.md"
BEGIN = "<!-- replication table: written by make format -->"
END = "<!-- end of the replication table -->"


def lines() -> list[Line]:
    """What is compared."""
    return declared(yaml.safe_load((PUBLISHED / "replication.yaml").read_text(encoding="utf-8")), Line)


def layouts() -> list[PrintedTable]:
    """How papers arrange their tables."""
    return declared(yaml.safe_load((PUBLISHED / "layouts.yaml").read_text(encoding="utf-8")), PrintedTable)


def printed() -> list[dict[str, str]]:
    """The printed numbers of all studies."""
    return [row for path in sorted(PUBLISHED.glob("*.csv")) for row in printed_rows(path)]


def stored_tables(run: str) -> dict[str, pd.DataFrame]:
    """The tables of a run in docs/reproduction, by study."""
    return {path.parent.name: read_table(path) for path in sorted((REPRODUCTION / run).glob("*/table.csv"))}


def stored_replication(run: str) -> pd.DataFrame:
    """The replication table of a run in docs/reproduction."""
    claims = pd.concat([read_table(path) for path in sorted((REPRODUCTION / run).glob("*/claims.csv"))])
    stored = {line.stored: stored_tables(line.stored) for line in lines() if line.stored}
    return replication(lines(), printed(), stored_tables(run), claims=claims, stored=stored)


def files() -> dict[Path, str]:
    """All files that are written, with their text."""
    table = stored_replication(SHOWN)
    texts = {REPRODUCTION / SHOWN / "replication.csv": _csv(table)}
    for location, frame, fragment in paper_pages(layouts(), printed(), stored_tables(SHOWN)):
        path = REPRODUCTION / SHOWN / "papers" / location
        texts[path.with_name(path.name + ".csv")] = _csv(frame)
        texts[path.with_name(path.name + ".html")] = fragment
    head, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    tail = rest.partition(END)[2]
    return {**texts, README: head + BEGIN + "\n" + readme_table(table.to_dict("records")) + END + tail}


def readme_table(rows: list[Mapping[str, object]]) -> str:
    """The rows as a Markdown table, with the number of verdicts above it."""
    names = ("number", "source", "printed", "measured", "size", "verdict")
    texts = [{name: str(row[name]).replace("|", "\\|") for name in names} for row in rows]
    body = ["| " + " | ".join(row.values()) + " |" for row in texts]
    head = ["| # | source | printed | measured | size | verdict |", "|" + "---|" * len(names)]
    return "\n".join(["", f"{len(rows)} lines: {replication_count(texts)}.", "", *head, *body, "", ""])


def _csv(frame: pd.DataFrame) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        write_table(frame, path)
        return path.read_text(encoding="utf-8")


if __name__ == "__main__":
    for path, text in files().items():
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            sys.exit(f"error: {path.relative_to(ROOT)} is outdated: run make format")
