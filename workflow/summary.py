"""The last lines of a run: printed numbers and ours, claims, and paths of the results, or the failed jobs."""

import csv
import io
import os
import re
import sys
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.markup import escape

COLOURS = {"holds": "green", "differs": "red", "not comparable": "yellow"}
# the first word that a verdict of results/replication.csv begins with
REPLICATION_COLOURS = {"reproduced": "green", "same sign": "green", "not reproduced": "red", "not comparable": "yellow"}
COLUMNS = ("claim", "published", "measured", "verdict")

# Snakemake's own log, as its default formatter writes it (logging.py of 9.27)
FAILED = re.compile(r"Error in rule (?P<rule>[^\s,:]+)")
FAILED_IN_GROUP = re.compile(r" {8}rule (?P<rule>[^\s,:]+):$")
FINISHED = re.compile(r"Finished jobid: (?P<jobid>\d+)\b")
FIELD = re.compile(r"\s+(?P<key>jobid|log): (?P<value>.*)$")
KILLED = re.compile(r"died with <Signals\.(?P<signal>\w+): \d+>")


@dataclass(kw_only=True)
class Failure:
    """A job that failed: its rule, its log files, and the signal that ended it, if one did."""

    rule: str
    jobid: str = ""
    logs: list[Path] = field(default_factory=list)
    signal: str = ""


def print_summary(workdir: Path | str = ".", *, console: Console | None = None) -> None:
    """Print the printed numbers beside ours, every claim with its verdict, then the files of each study."""
    workdir = Path(workdir)
    console = console or _console(sys.stdout)
    _print_replication(read_replication(workdir), console=console)
    claims = read_claims(workdir)
    if claims:
        _print_claims(claims, console=console)
    studies = sorted(file.parent.name for file in (workdir / "results").glob("*/table.csv"))
    for study in dict.fromkeys([*(claim["study"] for claim in claims), *studies]):
        _print_files(workdir / "results" / study, console=console)


def read_replication(workdir: Path) -> list[dict[str, str]]:
    """The rows of ``results/replication.csv``; none after a run of some studies alone, which does not update it."""
    file = workdir / "results" / "replication.csv"
    if not file.exists():
        return []
    newest = max((table.stat().st_mtime for table in workdir.glob("results/*/table.csv")), default=0.0)
    return _rows(file) if file.stat().st_mtime >= newest else []


def read_claims(workdir: Path) -> list[dict[str, str]]:
    """The rows of ``results/claims.csv``; a newer ``claims.csv`` of a study replaces the study's rows.

    It is newer after a run of that study alone, which does not update the collection.
    """
    collection = workdir / "results" / "claims.csv"
    age = collection.stat().st_mtime if collection.exists() else 0.0
    rows = _rows(collection) if collection.exists() else []
    for file in sorted(workdir.glob("results/*/claims.csv")):
        if file.stat().st_mtime > age:
            rows = [row for row in rows if row["study"] != file.parent.name] + _rows(file)
    return rows


def read_failures(logs: Iterable[Path | str]) -> list[Failure]:
    """The jobs that failed, from Snakemake's log files, without those that succeeded on a retry."""
    failures: dict[str, Failure] = {}
    for log in logs:
        current, signal = None, ""
        for line in Path(log).read_text(errors="replace").splitlines():
            if match := FAILED.match(line) or FAILED_IN_GROUP.match(line):
                current, signal = Failure(rule=match["rule"], signal=signal), ""
            elif match := KILLED.search(line):
                signal = match["signal"]
            elif match := FINISHED.match(line):
                failures.pop(match["jobid"], None)
            elif current is not None and (match := FIELD.match(line)):
                _fill(current, match["key"], match["value"])
                failures[current.jobid] = current
            elif line and not line.startswith(" "):
                current = None  # the indented block about this job ends here
    return list(failures.values())


def print_failures(logs: Iterable[Path | str], *, workdir: Path | str = ".", console: Console | None = None) -> None:
    """Print each failed rule with the last line of its log."""
    console = console or _console(sys.stderr)
    failures = read_failures(logs)
    if failures:
        console.print(f"\n[bold red]{len(failures)} failed:[/]")
    for failure in failures:
        path, line = _last_line(Path(workdir) / log for log in failure.logs)
        reason = f"ended by {failure.signal}; " if failure.signal else ""
        where = f"  [dim]{escape(_shown(path))}[/]" if path else ""
        console.print(f"  [bold]{failure.rule}[/]{where}", soft_wrap=True)
        console.print(f"    {reason}{escape(line)}", soft_wrap=True)


def _console(stream: TextIO) -> Console:
    """A console that prints text as it is; characters that the terminal's encoding lacks become question marks."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")
    return Console(file=stream, highlight=False, emoji=False)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _fill(failure: Failure, key: str, value: str) -> None:
    if key == "jobid":
        failure.jobid = value
    else:
        value = value.removesuffix(" (check log file(s) for error details)")
        failure.logs = [Path(name) for name in value.split(", ")]


def _last_line(logs: Iterable[Path]) -> tuple[Path | None, str]:
    """The first log file that is not empty, and its last line."""
    path = None
    for path in logs:
        lines = path.read_text(errors="replace").split("\n") if path.exists() else []
        # a progress bar returns to the start of its line; what it shows last is what counts
        said = [line.rstrip("\r").rpartition("\r")[2].strip() for line in lines]
        if said := [line for line in said if line]:
            return path, said[-1]
    return path, "its log is empty: run again with ARGS=--verbose"


def _print_replication(rows: list[dict[str, str]], *, console: Console) -> None:
    """Two lines or more per printed table, row or figure, and the number of verdicts."""
    if not rows:
        return
    console.print("\n[bold]printed and measured[/]")
    for row in rows:
        colour = _replication_colour(row["verdict"])
        source, verdict = escape(row["source"]), escape(row["verdict"])
        console.print(f"  {row['number']:>2}  {source}: [{colour}]{verdict}[/]", soft_wrap=True)
        numbers = "; ".join(f"{name} {row[name]}" for name in ("printed", "measured", "size") if row[name])
        for line in _wrapped(numbers, console.width - 6):
            console.print(f"      [dim]{escape(line)}[/]", soft_wrap=True)
    console.print("\n" + replication_count(rows))


def _replication_colour(verdict: str) -> str:
    return next((colour for word, colour in REPLICATION_COLOURS.items() if verdict.startswith(word)), "bold")


def replication_count(rows: Iterable[Mapping[str, str]]) -> str:
    """How many lines are reproduced, in part or not, or cannot be compared, in one line."""
    verdicts = [row["verdict"] for row in rows]
    counts = {word: sum(verdict.startswith(word) for verdict in verdicts) for word in REPLICATION_COLOURS}
    counts = {"reproduced": counts["reproduced"], "in part": len(verdicts) - sum(counts.values()), **counts}
    return ", ".join(f"{word}: {count}" for word, count in counts.items() if count)


def _print_claims(claims: list[dict[str, str]], *, console: Console) -> None:
    """One line per claim, below it the notes that are in parentheses in the file."""
    rows = [{name: name for name in COLUMNS}, *({name: _bare(claim[name]) for name in COLUMNS} for claim in claims)]
    claim_width, *number_widths = (max(len(row[name]) for row in rows) for name in COLUMNS[:-1])
    console.print()
    study = None
    for row, claim in zip(rows, [None, *claims], strict=True):
        if claim and claim["study"] != study:
            study = claim["study"]
            console.print(f"[bold]{escape(study)}[/]")
        name, *numbers, verdict = (escape(row[column]) for column in COLUMNS)
        numbers = [f"{number:>{width}}" for number, width in zip(numbers, number_widths, strict=True)]
        style = next((colour for word, colour in COLOURS.items() if verdict == word), "bold")
        console.print(f"  {name:<{claim_width}}", *numbers, f"[{style}]{verdict}[/]", sep="  ", soft_wrap=True)
        notes = "; ".join(filter(None, (_note(claim[column]) for column in COLUMNS))) if claim else ""
        for line in _wrapped(notes, console.width - 6):
            console.print(f"      [dim]{escape(line)}[/]", soft_wrap=True)
    printed = [claim for claim in claims if claim.get("class") == "printed"]
    if printed:
        console.print(f"\nclaims about printed numbers: {_count(printed)}")
    console.print(f"all claims: {_count(claims)}" if printed else f"\n{_count(claims)}")


def _bare(value: str) -> str:
    """``97.9`` of ``97.9 (x = 5)``."""
    return value.partition(" (")[0]


def _note(value: str) -> str:
    """``x = 5`` of ``97.9 (x = 5)``."""
    return value.partition(" (")[2].removesuffix(")")


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of whole words; a word longer than the width, such as a path, is a line of its own."""
    return textwrap.wrap(text, max(width, 20), break_long_words=False, break_on_hyphens=False)


def _count(claims: list[dict[str, str]]) -> str:
    """Numbers of claims that hold, differ and cannot be compared, in one line."""
    counts = {name: sum(claim["verdict"].startswith(name) for claim in claims) for name in COLOURS}
    return ", ".join(f"[{COLOURS[name]}]{name}: {count}[/]" for name, count in counts.items() if count)


def _print_files(folder: Path, *, console: Console) -> None:
    files = sorted(folder.glob("*.csv")) + sorted(folder.glob("figure*.png"))
    if files:
        text = " ".join(_shown(file) for file in files)
        lines = _wrapped(text, console.width - 2)
        console.print(f"\n[bold]{folder.name}[/]", *map(escape, lines), sep="\n  ", soft_wrap=True)


def _shown(path: Path) -> str:
    """The path relative to the current folder if it is inside, otherwise absolute."""
    relative = os.path.relpath(path)
    return str(path.resolve()) if relative.startswith("..") else relative
