"""Copies tables, claims and figures of a finished run into docs/reproduction, with machine, date and commit.

Usage: python workflow/snapshot.py NAME [--directory FOLDER] [--note TEXT]
"""

import argparse
import csv
import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("*.csv", "figure*.png", "tab_*.html")


def main() -> None:
    """Copy the results below ``--directory`` to ``docs/reproduction/NAME``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="folder below docs/reproduction, such as default or paper_one_seed")
    parser.add_argument("--directory", type=Path, default=Path.cwd(), help="folder of the run's results/")
    parser.add_argument("--commit", default=None, help="commit of the code that ran; by default the checked-out one")
    parser.add_argument("--note", default="", help="one sentence on what was run")
    arguments = parser.parse_args()
    results = arguments.directory / "results"
    commit = arguments.commit or _output("git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD")
    if not arguments.commit and _output(
        "git", "-C", str(ROOT), "status", "--porcelain", "--", "src", "workflow", "config"
    ):
        parser.error("the checkout differs from its commit: commit first, or name the commit that ran by --commit")
    # a run of some studies alone has their claims, and no list of all
    if not any(results.glob("**/claims.csv")):
        parser.error(f"there is no claims.csv below {results}: run the pipeline there first")
    target = ROOT / "docs" / "reproduction" / arguments.name
    shutil.rmtree(target, ignore_errors=True)
    for kind in COPIED:
        for path in [*results.glob(kind), *results.glob(f"*/{kind}"), *results.glob(f"papers/*/{kind}")]:
            copy = target / path.relative_to(results)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    costs = results / "runtime.csv"
    text = _readme(arguments.name, note=arguments.note, commit=commit)
    text += _cost_table(costs) if costs.exists() else ""
    (target / "README.md").write_text(text, encoding="utf-8")


def _readme(name: str, *, note: str, commit: str) -> str:
    date = datetime.now(UTC).date().isoformat()
    lines = [
        f"# Snapshot `{name}`",
        "",
        *([note, ""] if note else []),
        f"- date: {date}",
        f"- commit: {commit}",
        f"- machine: {_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        f"- Python {platform.python_version()}; versions of all packages in `environment.csv`",
    ]
    return "\n".join(lines) + "\n"


def _cost_table(path: Path) -> str:
    """What the studies cost, as a table; one core-minute is a minute of CPU time."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = [(row["study"], int(row["jobs"]), float(row["cpu_seconds"]) / 60) for row in csv.DictReader(file)]
    rows.append(("all", sum(jobs for _, jobs, _ in rows), sum(minutes for *_, minutes in rows)))
    lines = ["", "| study | jobs | core-minutes |", "|---|---|---|"]
    lines += [f"| `{study}` | {jobs} | {minutes:.1f} |" for study, jobs, minutes in rows]
    return "\n".join(lines) + "\n"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown CPU"
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown CPU")


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
