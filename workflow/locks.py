"""Who holds the lock of a working folder, and does that process still live?

Snakemake locks a folder by files in ``.snakemake/locks`` and leaves them behind when it is killed; it cannot tell
such a lock from that of a run at work. So the Snakefile records the process that starts a run (``record_owner``), and
whoever finds a lock later can look whether that process is still there (``holder``, ``stale``).
"""

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

# The start time of one process, read twice, moves by rounding and small clock corrections, in seconds.
CLOCK_TOLERANCE = 2.0


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The process behind a run: where it is, its number, and its start time in seconds since the epoch."""

    host: str
    pid: int
    created: float

    @property
    def here(self) -> bool:
        """Whether the process is one of this machine, so that one can look for it."""
        return self.host == socket.gethostname()

    @property
    def alive(self) -> bool:
        """Whether the process exists; a number given again to a younger process does not count, nor does a zombie."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) <= CLOCK_TOLERANCE
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return True  # another user's process under this number: nobody can say more, so leave its lock alone


def _owner_file(workdir: Path) -> Path:
    return workdir / ".snakemake" / "owner.json"


def record_owner(workdir: Path | str) -> None:
    """Write this process into ``<workdir>/.snakemake/owner.json``, whole or not at all."""
    file = _owner_file(Path(workdir))
    me = Owner(host=socket.gethostname(), pid=os.getpid(), created=psutil.Process().create_time())
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f"owner.json.partial-{me.pid}")
    partial.write_text(json.dumps(asdict(me)))
    os.replace(partial, file)


def owner(workdir: Path | str) -> Owner | None:
    """The process recorded by the latest run of this folder, dead or alive; None when there is no readable record."""
    try:
        fields = json.loads(_owner_file(Path(workdir)).read_text())
        return Owner(host=str(fields["host"]), pid=int(fields["pid"]), created=float(fields["created"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def locked(workdir: Path | str) -> bool:
    """Whether Snakemake has left lock files here."""
    return any((Path(workdir) / ".snakemake" / "locks").glob("*.lock"))


def holder(workdir: Path | str) -> Owner | None:
    """The run that rightly holds the lock: a live process, or one of another machine, which cannot be asked.

    The record alone does not do: a run that has just taken the lock has not yet written it, and the record of a dead
    predecessor stands there. So the processes of this machine are searched too.
    """
    recorded = owner(workdir)
    if recorded is not None and (not recorded.here or recorded.alive):
        return recorded
    for process in _processes_in(Path(workdir)):
        if _runs_snakemake(process.info["cmdline"]):
            return Owner(host=socket.gethostname(), pid=process.pid, created=process.info["create_time"])
    return None


def stale(workdir: Path | str) -> bool:
    """Whether the folder is locked and the run that did it is dead."""
    return locked(workdir) and holder(workdir) is None


def orphans(workdir: Path | str) -> list[psutil.Process]:
    """Jobs of a killed run that go on without it; Snakemake runs each as a script below ``.snakemake/scripts``."""
    scripts = str(Path(workdir).resolve() / ".snakemake" / "scripts") + os.sep
    return [p for p in _processes_in(Path(workdir)) if any(scripts in word for word in p.info["cmdline"])]


def _processes_in(workdir: Path) -> Iterator[psutil.Process]:
    """The other processes of this user whose current folder is ``workdir``."""
    folder = workdir.resolve()
    mine = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    for process in psutil.process_iter(["cmdline", "create_time", "cwd", "status"]):
        info = process.info
        if process.pid in mine or not info["cwd"] or info["status"] == psutil.STATUS_ZOMBIE:
            continue
        with contextlib.suppress(OSError):
            if info["cmdline"] and Path(info["cwd"]).resolve() == folder:
                yield process


def _runs_snakemake(cmdline: list[str]) -> bool:
    """Whether a command line is ``snakemake ...``, ``python .../bin/snakemake ...`` or ``python -m snakemake ...``."""
    return any(Path(word).name == "snakemake" for word in cmdline[:4])
