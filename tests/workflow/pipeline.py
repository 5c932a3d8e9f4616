"""Runs of the pipeline for the tests: in any folder, from this checkout or from an edited copy of it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED_RULES = {"common", "stages", "summary"}
STUDIES = sorted({path.stem for path in (ROOT / "workflow" / "rules").glob("*.smk")} - SHARED_RULES)


def snakemake(
    *arguments: str, directory: Path, root: Path = ROOT, overlays: tuple[Path, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """One call of snakemake with the smoke overlay and ``overlays`` after it, all output in ``stdout``."""
    return subprocess.run(
        command(*arguments, directory=directory, root=root, overlays=overlays),
        env=environment(root), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip


def command(*arguments: str, directory: Path, root: Path = ROOT, overlays: tuple[Path, ...] = ()) -> list[str]:
    """The command line of such a call."""
    configuration = [str(root / "config" / "smoke.yaml"), *map(str, overlays)]
    start = [sys.executable, "-m", "snakemake", "--snakefile", str(root / "Snakefile"), "--configfile", *configuration]
    # an option has to follow the list of configuration files, which would swallow a target
    return [*start, "--directory", str(directory), *arguments]


def environment(root: Path) -> dict[str, str]:
    """The environment in which ``root`` holds the library, one thread per job."""
    return {**os.environ, "PYTHONPATH": str(root / "src"), "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "random"}


def edited_copy(folder: Path, *, file: str = "", old: str = "", new: str = "") -> Path:
    """A copy of the checkout's sources in which ``old`` is replaced by ``new`` in ``file``."""
    copy = folder / "checkout"
    for name in ("Snakefile", "src", "workflow", "config", "profiles", "tools", "docs/reproduction"):
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "*.png")
            shutil.copytree(source, copy / name, ignore=ignored, dirs_exist_ok=True)
        else:
            copy.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy / name)
    if file:
        text = (copy / file).read_text()
        assert old in text, f"{file} has changed: {old!r} is not in it"
        (copy / file).write_text(text.replace(old, new, 1))
    return copy


def planned(output: str) -> dict[str, int]:
    """Number of jobs per rule that a dry run announces; ``all`` and an empty plan are left out."""
    if "Nothing to be done" in output:
        return {}
    block = output.split("Job stats:")[-1]
    counts = {name: int(count) for name, count in re.findall(r"^([a-z_]+)\s+(\d+)\s*$", block, flags=re.MULTILINE)}
    return {name: count for name, count in counts.items() if name not in ("all", "total")}
