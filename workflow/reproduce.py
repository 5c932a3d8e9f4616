"""Run the pipeline and print its results: the command behind ``make reproduce`` and ``make smoke``.

It calls Snakemake. Before that it removes the stale lock and the incomplete files of a killed run, and refuses to start
beside a running one; afterwards it prints the claims, or the failed jobs.
"""

import argparse
import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

import configuration
import locks
import summary

ROOT = Path(__file__).resolve().parents[1]
GIGABYTE = 1e9
# with one of these Snakemake makes no results: it ignores locks, and no summary is printed
NOTHING_MADE = {"-n", "-np", "--dry-run", "--dryrun", "--unlock", "--report", "--lint", "--summary", "--version"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the pipeline once and return Snakemake's exit status, or 1 when it could not start."""
    argv = list(sys.argv[1:] if argv is None else argv)
    # not by argparse, whose treatment of a second "--" depends on the version of Python
    split = argv.index("--") if "--" in argv else len(argv)
    options, further = parse(argv[:split], further=argv[split + 1 :]), argv[split + 1 :]
    # Snakemake says the same, but seconds later
    if options.snakefile.resolve() == ROOT / "Snakefile" and (mistake := configuration.mistake(options.overlay)):
        print(f"error: {mistake}", file=sys.stderr)
        return 1
    workdir = options.directory
    workdir.mkdir(parents=True, exist_ok=True)
    warn_of_full_disk(workdir)
    started, makes = time.time(), not NOTHING_MADE.intersection(further)
    with one_at_a_time(workdir):
        if makes and locks.locked(workdir) and (obstacle := take_over(options, started=started)):
            print(obstacle, file=sys.stderr)
            return 1
    status = run([*command(options, further), *further])
    if status == 0 and makes:
        summary.print_summary(workdir)
    elif status:
        logs = (workdir / ".snakemake" / "log").glob("*.snakemake.log")
        summary.print_failures([log for log in logs if log.stat().st_mtime >= started], workdir=workdir)
    return status


def parse(argv: Sequence[str], *, further: Sequence[str] = ()) -> argparse.Namespace:
    """The options of this command; those of Snakemake, after ``--``, are only checked for conflicts with them."""
    parser = argparse.ArgumentParser(
        prog="reproduce.py",
        usage="%(prog)s [--cores N] [--directory D] [--overlay FILE ...] [--device D] [-- snakemake arguments]",
        description="Regenerate the results, then print the claims and where the tables and figures lie. "
        "A lock left by a killed run is freed; a run still at work is left alone.",
        epilog="Examples: reproduce.py --cores 2 -- topopt;  reproduce.py --overlay config/smoke.yaml -d /tmp/x;  "
        "reproduce.py -- --workflow-profile profiles/slurm",
    )
    add = parser.add_argument
    cores = "CPU cores to use, a number or 'all' (default: all of this machine; with a profile after --, what it says)"
    add("--cores", metavar="N", help=cores)
    add("-d", "--directory", metavar="D", type=Path, default=Path(), help="folder of results/ (default: the current)")
    overlay = "configuration files laid over those of config/, the last one on top"
    add("--overlay", metavar="FILE", type=Path, nargs="+", action="extend", default=[], help=overlay)
    add("--device", choices=["auto", "cpu", "cuda"], help="where networks are trained (default: as configured)")
    add("--snakefile", metavar="FILE", type=Path, default=ROOT / "Snakefile", help="another workflow than this one")
    options = parser.parse_args(argv)
    for file in [*options.overlay, options.snakefile]:
        if not file.is_file():
            parser.error(f"there is no file {file}")
    # of two --configfile, or two --config, Snakemake silently ignores the first
    for ours, theirs in (("overlay", "--configfile"), ("device", "--config")):
        if getattr(options, ours) and theirs in further:
            parser.error(f"--{ours} and, after --, {theirs}: give all of them after --")
    return options


def command(options: argparse.Namespace, further: Sequence[str] = ()) -> list[str]:
    """The call of Snakemake, without the arguments of the user."""
    call = [sys.executable, "-m", "snakemake", "--logger", "rich"]
    if options.overlay:
        call += ["--configfile", *(str(file.resolve()) for file in options.overlay)]
    if options.device:
        call += ["--config", f"device={options.device}"]
    # the options above take any number of values: one with a single value ends them before targets may follow
    call += ["--directory", str(options.directory.resolve()), "--snakefile", str(options.snakefile.resolve())]
    profile = any(word.startswith(("--workflow-profile", "--profile", "--executor")) for word in further)
    # --cores would cut a cluster down to the cores of this machine
    cores = options.cores or (None if profile else "all")
    return call if cores is None else [*call, "--cores", cores]


def warn_of_full_disk(workdir: Path) -> None:
    """Print one line when less than 1 GB is free."""
    free = shutil.disk_usage(workdir).free
    if free < GIGABYTE:
        space = f"only {free / GIGABYTE:.1f} GB free"
        needs = "a default run needs 0.6 GB, the published size 6 GB or more"
        print(f"{space} in {workdir.resolve()}: {needs}", file=sys.stderr)


@contextlib.contextmanager
def one_at_a_time(workdir: Path) -> Iterator[None]:
    """Let one process at a time check the lock, so that none frees a lock that another has just taken."""
    folder = workdir / ".snakemake"
    folder.mkdir(exist_ok=True)
    with (folder / "takeover").open("w") as file:
        with contextlib.suppress(OSError):  # some network file systems have no such locks
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def take_over(options: argparse.Namespace, *, started: float) -> str:
    """Free the lock of a killed run and delete its incomplete files; return why not, if the run may be running."""
    workdir = options.directory
    if holder := locks.holder(workdir):
        return refusal(workdir, holder)
    print("an earlier run was killed: freeing its lock and going on where it stopped", file=sys.stderr)
    end(locks.orphans(workdir))
    unlock = subprocess.run([*command(options), "--unlock"], capture_output=True, text=True, check=False)
    if unlock.returncode:
        return f"could not free the lock:\n{unlock.stderr.strip()}"
    for partial in (workdir / "results").rglob("*.partial-*"):
        with contextlib.suppress(FileNotFoundError):
            if partial.stat().st_mtime < started:
                partial.unlink()
    return ""


def refusal(workdir: Path, holder: locks.Owner) -> str:
    """Why a locked folder is not used, and what to do, in one line."""
    if holder.here:
        run = f"a run is at work in {workdir.resolve()} (process {holder.pid})"
        return f"{run}: wait for it, or end it by kill {holder.pid}"
    run = f"{workdir.resolve()} is locked by a run on {holder.host} (process {holder.pid})"
    return f"{run}: wait for it; if it has ended, free the lock by ARGS=--unlock (or snakemake --unlock)"


def end(processes: list[psutil.Process]) -> None:
    """End jobs of a killed run: they would write the same files as the new run."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in psutil.wait_procs(processes, timeout=5)[1]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def run(call: Sequence[str]) -> int:
    """Run Snakemake, passing on SIGINT and SIGTERM; return its exit status, 128 + n if signal n ended it."""
    child = subprocess.Popen(call, env=os.environ | {"MLSIM_SUMMARY": "wrapper"})
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _frame: pass_on(received, child))
    status = child.wait()
    return 128 - status if status < 0 else status


def pass_on(number: int, child: subprocess.Popen[bytes]) -> None:
    """Send a signal to Snakemake, unless it came from the keyboard: the terminal sends that to both."""
    if number == signal.SIGINT and in_foreground():
        return
    child.send_signal(number)


def in_foreground() -> bool:
    """Whether this process is in the foreground group, which gets the terminal's Ctrl-C."""
    try:
        with open("/dev/tty") as terminal:
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:
        return False


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
