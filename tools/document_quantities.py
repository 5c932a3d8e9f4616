"""Write docs/quantities.md, the glossary of all tables, from the registries of the studies.

Usage: python tools/document_quantities.py [--check]; --check writes nothing and fails if the file is outdated.
"""

import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "quantities.md"
HEAD = """# Quantities of the tables

What the column `quantity` of each `results/<study>/table.csv` may contain. Generated from
`src/mlsim/studies/<study>/quantities.py` by `make format`. `better` is empty for sizes and for values that are neither
good nor bad by themselves; `<...>` stands for a name from the configuration.
"""


def page() -> str:
    """The page as text."""
    parts = [HEAD]
    for path in sorted((ROOT / "src" / "mlsim" / "studies").glob("*/quantities.py")):
        study = path.parent.name
        registry = import_module(f"mlsim.studies.{study}.quantities").QUANTITIES
        lines = [f"| `{name}` | {q.unit} | {q.better} | {q.meaning} |" for name, q in registry.items()]
        header = ["| quantity | unit | better | meaning |", "|---|---|---|---|"]
        parts.append("\n".join([f"## {study}", "", *header, *lines, ""]))
    return "\n".join(parts)


if __name__ == "__main__":
    if "--check" not in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
        sys.exit(f"error: {PAGE.relative_to(ROOT)} is outdated: run make format")
