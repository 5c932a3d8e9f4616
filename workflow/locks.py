"""Which process owns the Snakemake lock of a working folder, and whether it is running.

Snakemake locks a folder by files in ``.snakemake/locks`` and leaves them behind when it is killed; it cannot tell
such a stale lock from that of a running process. So the Snakefile records the process that starts a run
(``record_owner``), and ``holder`` and ``stale`` check later whether that process exists.
"""

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

# Two readings of the start time of one process differ by rounding and small clock corrections; in seconds.
CLOCK_TOLERANCE = 2.0


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The process of a run: its host, its number, and its start time in seconds since the epoch."""

    host: str
    pid: int
    created: float

    @property
    def here(self) -> bool:
        """Whether the process runs on this machine, where its state can be read."""
        return self.host == socket.gethostname()

    @property
    def alive(self) -> bool:
        """Whether the process exists and is no zombie; a younger process with the same number is another one."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) <= CLOCK_TOLERANCE
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return True  # another user's process with this number; its start time cannot be read


def _owner_file(workdir: Path) -> Path:
    return workdir / ".snakemake" / "owner.json"


def record_owner(workdir: Path | str) -> None:
    """Write this process to ``<workdir>/.snakemake/owner.json``, atomically."""
    file = _owner_file(Path(workdir))
    me = Owner(host=socket.gethostname(), pid=os.getpid(), created=psutil.Process().create_time())
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f"owner.json.partial-{me.pid}")
    partial.write_text(json.dumps(asdict(me)))
    os.replace(partial, file)


def owner(workdir: Path | str) -> Owner | None:
    """The process recorded by the latest run of this folder, running or not; None without a readable record."""
    try:
        fields = json.loads(_owner_file(Path(workdir)).read_text())
        return Owner(host=str(fields["host"]), pid=int(fields["pid"]), created=float(fields["created"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def locked(workdir: Path | str) -> bool:
    """Whether there are lock files of Snakemake."""
    return any((Path(workdir) / ".snakemake" / "locks").glob("*.lock"))


def holder(workdir: Path | str) -> Owner | None:
    """The process that owns the lock: a running one, or one of another machine, whose state cannot be read.

    A run takes the lock before it writes its record, so that the record may be that of its predecessor. Therefore the
    processes of this machine are searched too.
    """
    recorded = owner(workdir)
    if recorded is not None and (not recorded.here or recorded.alive):
        return recorded
    for process in _processes_in(Path(workdir)):
        if _runs_snakemake(process.info["cmdline"]):
            return Owner(host=socket.gethostname(), pid=process.pid, created=process.info["create_time"])
    return None


def stale(workdir: Path | str) -> bool:
    """Whether the folder is locked and the run that locked it has ended."""
    return locked(workdir) and holder(workdir) is None


def orphans(workdir: Path | str) -> list[psutil.Process]:
    """Running jobs of a killed run; Snakemake runs each as a script below ``.snakemake/scripts``."""
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
