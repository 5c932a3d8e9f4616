"""A lock counts as held exactly as long as the process behind it lives."""

import dataclasses
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "workflow"))
import locks

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    """A folder with a lock as Snakemake leaves it."""
    folder = tmp_path / ".snakemake" / "locks"
    folder.mkdir(parents=True)
    (folder / "0.output.lock").write_text("results/a.csv\n")
    return tmp_path


@pytest.fixture
def spawn():
    """Start processes that end with the test."""
    children: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, cwd: Path) -> subprocess.Popen[bytes]:
        children.append(subprocess.Popen([*SLEEP, *arguments], cwd=cwd))
        # until the new program replaces the copy of this one, its command line is ours
        while psutil.Process(children[-1].pid).cmdline()[-len(arguments) - 1 :] != [SLEEP[-1], *arguments]:
            time.sleep(0.01)
        return children[-1]

    yield start
    for child in children:
        child.kill()
        child.wait()


def record(workdir: Path, **changes: object) -> None:
    """The record of this process, with some fields changed."""
    locks.record_owner(workdir)
    fields = dataclasses.asdict(locks.owner(workdir)) | changes
    (workdir / ".snakemake" / "owner.json").write_text(json.dumps(fields))


def test_recorded_owner_is_this_process_and_alive(tmp_path: Path):
    locks.record_owner(tmp_path)
    owner = locks.owner(tmp_path)
    assert (owner.pid, owner.host, owner.alive) == (os.getpid(), socket.gethostname(), True)
    assert [file.name for file in (tmp_path / ".snakemake").iterdir()] == ["owner.json"]


def test_lock_of_a_live_process_is_not_stale(workdir: Path):
    locks.record_owner(workdir)
    assert not locks.stale(workdir)
    assert locks.holder(workdir).pid == os.getpid()


def test_folder_without_lock_files_is_not_stale(tmp_path: Path):
    assert not locks.locked(tmp_path)
    assert not locks.stale(tmp_path)


def test_lock_of_a_killed_process_is_stale_even_before_its_parent_has_noticed(workdir: Path, spawn):
    child = spawn(cwd=workdir.parent)
    record(workdir, pid=child.pid, created=psutil.Process(child.pid).create_time())
    assert not locks.stale(workdir)
    child.kill()
    deadline = time.monotonic() + 10
    while not locks.stale(workdir) and time.monotonic() < deadline:  # a zombie: nobody has waited for it
        time.sleep(0.01)
    assert locks.stale(workdir)
    child.wait()
    assert locks.stale(workdir)


def test_lock_is_stale_when_its_process_number_belongs_to_a_younger_process(workdir: Path):
    record(workdir, created=psutil.Process().create_time() - 1000)
    assert locks.stale(workdir)


def test_lock_of_another_machine_is_never_stale(workdir: Path):
    record(workdir, host="elsewhere", pid=1)
    assert not locks.stale(workdir)
    assert not locks.holder(workdir).here


@pytest.mark.parametrize("record_left", [None, "", "{", "[1]", '{"host": "here"}'])
def test_without_readable_record_a_live_snakemake_in_the_folder_holds_the_lock(
    workdir: Path, spawn, record_left: str | None
):
    if record_left is not None:
        (workdir / ".snakemake" / "owner.json").write_text(record_left)
    assert locks.stale(workdir)
    spawn("snakemake", cwd=workdir.parent)  # at work elsewhere
    spawn("make", cwd=workdir)  # not snakemake
    assert locks.stale(workdir)
    child = spawn("snakemake", cwd=workdir)
    assert locks.holder(workdir).pid == child.pid


def test_run_that_has_not_yet_replaced_the_record_of_its_dead_predecessor_holds_the_lock(workdir: Path, spawn):
    record(workdir, created=0.0)
    child = spawn("/somewhere/bin/snakemake", cwd=workdir)
    assert locks.holder(workdir).pid == child.pid


def test_orphans_are_the_scripts_of_this_folder_only(workdir: Path, spawn):
    other = workdir / "other"
    other.mkdir()
    job = spawn(str(workdir / ".snakemake" / "scripts" / "tmp1.train.py"), cwd=workdir)
    spawn(str(other / ".snakemake" / "scripts" / "tmp2.train.py"), cwd=other)
    assert [process.pid for process in locks.orphans(workdir)] == [job.pid]
