"""The wrapper around Snakemake: killed runs, runs at work, failures, and what is printed at the end."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "workflow"))
import locks
import reproduce
import summary

ROOT = reproduce.ROOT

CLAIM_HEADER = "study,claim,statement,source,published,measured,tolerance,verdict\n"
SNAKEFILE = f"""
import sys
sys.path.insert(0, {str(ROOT / "workflow")!r})
import locks

onstart:
    locks.record_owner(".")

rule all:
    input: "results/claims.csv"

rule toy_train:
    output: "results/toy/table.csv"
    log: "results/toy/logs/train.log"
    script: "train.py"

rule claims:
    input: "results/toy/table.csv"
    output: "results/claims.csv"
    shell: "cp claims.csv {{output}}"
"""
# leaves a half-written file; writes its table when the file "go" is there, or fails when "fail" is
TRAIN = """
import os, sys, time
open("results/toy/table.csv.partial-%d" % os.getpid(), "w").close()
sys.stderr = open(snakemake.log[0], "w", buffering=1)
while not os.path.exists("go"):
    time.sleep(0.02)
    if os.path.exists("fail"):
        print("epoch 1\\repoch 2\\nValueError: the load case has no support", file=sys.stderr)
        sys.exit(1)
os.rename("results/toy/table.csv.partial-%d" % os.getpid(), snakemake.output[0])
"""


@pytest.fixture
def toy(tmp_path: Path):
    """A workflow of one job that waits for the file ``go``."""
    (tmp_path / "Snakefile").write_text(SNAKEFILE)
    (tmp_path / "train.py").write_text(TRAIN)
    (tmp_path / "claims.csv").write_text(CLAIM_HEADER + "toy,beats_the_mean,It does.,Table 1,98.1,97.9,0.4,holds\n")
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        call = [sys.executable, str(ROOT / "workflow" / "reproduce.py"), "--snakefile", "Snakefile", "--cores", "2"]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        started.append(subprocess.Popen(call, cwd=tmp_path, text=True, start_new_session=True, **pipes))
        return started[-1]

    start.workdir = tmp_path
    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):  # the whole group, jobs included
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        process.stderr.close()


def wait_for_job(workdir: Path, *, but: int = 1) -> int:
    """Wait until a job, other than process ``but``, has left its half-written file; return its process number."""
    deadline = time.monotonic() + 60
    while True:
        numbers = {int(file.name.rpartition("-")[2]) for file in workdir.glob("results/toy/*.partial-*")} - {but, 1}
        if numbers:
            return numbers.pop()
        assert time.monotonic() < deadline, "the job did not start"
        time.sleep(0.02)


def test_killed_run_is_taken_over_and_a_second_run_has_nothing_to_do(toy):
    first = toy()
    job = psutil.Process(wait_for_job(toy.workdir))
    process = psutil.Process(locks.owner(toy.workdir).pid)
    for pid in (first.pid, process.pid):  # the job goes on without them
        os.kill(pid, signal.SIGKILL)
    first.wait()  # not communicate: the job still holds the pipes
    psutil.wait_procs([process], timeout=10)
    assert locks.stale(toy.workdir)
    assert job.is_running()

    (toy.workdir / "results" / "toy" / "data.zarr.zip.partial-1").write_text("half written")
    second = toy()
    wait_for_job(toy.workdir, but=job.pid)
    assert not job.is_running()  # ended before the new run, and before the file "go" was there
    (toy.workdir / "go").touch()
    out, err = second.communicate()
    assert second.returncode == 0, err
    assert "freeing its lock" in err
    assert sorted(file.name for file in (toy.workdir / "results").rglob("*.*")) == [
        "claims.csv",
        "table.csv",
        "train.log",
    ]
    assert_summary(out)

    third = toy()
    out, err = third.communicate()
    assert third.returncode == 0
    assert "Nothing to be done" in err
    assert_summary(out)


def assert_summary(out: str) -> None:
    """The claim in one line with its numbers, the files below, no colour codes in a pipe."""
    assert re.search(r"^ +beats_the_mean +98\.1 +97\.9 +holds *$", out, re.MULTILINE), out
    assert "results/toy/table.csv" in out.split("holds: 1")[1]
    assert "\x1b" not in out


def test_run_at_work_is_named_and_not_disturbed(toy):
    first = toy()
    wait_for_job(toy.workdir)
    owner = locks.owner(toy.workdir)
    out, err = toy().communicate()
    assert out == ""
    assert err.count("\n") == 1, "one line and no traceback"
    assert f"(process {owner.pid})" in err
    (toy.workdir / "go").touch()
    assert first.wait(timeout=60) == 0


def test_failed_rule_comes_last_with_the_last_line_of_its_log(toy):
    (toy.workdir / "fail").touch()
    process = toy()
    _, err = process.communicate()
    assert process.returncode == 1
    *_, count, rule, line = err.splitlines()
    assert count == "1 failed:"
    assert rule.split() == ["toy_train", "results/toy/logs/train.log"]
    assert line.strip() == "ValueError: the load case has no support"
    assert not locks.locked(toy.workdir)


def test_sigterm_lets_running_jobs_end_and_leaves_no_lock(toy):
    process = toy()
    wait_for_job(toy.workdir)
    process.terminate()
    time.sleep(0.2)
    (toy.workdir / "go").touch()
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert not locks.locked(toy.workdir)
    assert (toy.workdir / "results" / "toy" / "table.csv").exists()
    assert not (toy.workdir / "results" / "claims.csv").exists()


def test_lock_of_another_machine_is_refused_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / ".snakemake" / "locks").mkdir(parents=True)
    (tmp_path / ".snakemake" / "locks" / "0.output.lock").touch()
    owner = {"host": "node17", "pid": 99, "created": 0.0}
    (tmp_path / ".snakemake" / "owner.json").write_text(json.dumps(owner))
    assert reproduce.main(["--directory", str(tmp_path), "--snakefile", __file__]) == 1
    assert re.fullmatch(r".*node17 \(process 99\).*--unlock.*\n", capsys.readouterr().err)


def test_targets_are_not_taken_for_overlays_or_settings():
    options = reproduce.parse(["--overlay", str(ROOT / "pyproject.toml"), "--device", "cpu"])
    call = reproduce.command(options, ["topopt"])
    assert call[call.index("--configfile") + 2].startswith("--")
    assert call[call.index("--config") + 2].startswith("--")
    assert call[-2:] == ["--cores", "all"]


def test_profile_decides_on_the_cores_of_a_cluster():
    further = ["--workflow-profile", "profiles/slurm"]
    assert "--cores" not in reproduce.command(reproduce.parse([]), further)


@pytest.mark.parametrize("argv", [["--overlay", "nowhere.yaml"], ["--cores"], ["topopt"], ["--device", "tpu"]])
def test_wrong_arguments_are_refused_before_anything_starts(argv: list[str], tmp_path: Path):
    with pytest.raises(SystemExit, match="2"):
        reproduce.main(["--directory", str(tmp_path / "new"), *argv])
    assert not (tmp_path / "new").exists()


def test_summary_of_one_study_replaces_its_older_rows(tmp_path: Path):
    results = tmp_path / "results"
    (results / "a").mkdir(parents=True)
    row = "{study},claim,It does.,Table 1,1,{measured},0.1,holds\n"
    (results / "claims.csv").write_text(
        CLAIM_HEADER + row.format(study="a", measured=1) + row.format(study="b", measured=2)
    )
    os.utime(results / "claims.csv", (1000, 1000))
    (results / "a" / "claims.csv").write_text(CLAIM_HEADER + row.format(study="a", measured=3))
    assert {c["study"]: c["measured"] for c in summary.read_claims(tmp_path)} == {"a": "3", "b": "2"}


@pytest.mark.parametrize("width", [40, 80, 200])
def test_summary_never_cuts_a_word(tmp_path: Path, width: int, capsys: pytest.CaptureFixture[str], monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    verdict = "not comparable (trained on 75,000 samples, the paper's size is 300,000: config/paper.yaml)"
    row = (
        f'topopt,networks_beat_thresholding_at_early_iterations,It does.,Table 1,98.125,97.93 ± 0.04,0.4,"{verdict}"\n'
    )
    (tmp_path / "results" / "topopt").mkdir(parents=True)
    (tmp_path / "results" / "claims.csv").write_text(CLAIM_HEADER + row)
    summary.print_summary(tmp_path)
    words = capsys.readouterr().out.split()
    assert set(re.sub("[()]", "", verdict).split()) <= set(words)
    assert "networks_beat_thresholding_at_early_iterations" in words
    assert {"98.125", "97.93"} <= set(words)


def test_summary_fits_eighty_columns_with_usual_names(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    row = 'topopt,networks_beat_thresholding,It does.,Table 1,98.1,97.9,0.4,"not comparable (trained on few samples)"\n'
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "claims.csv").write_text(CLAIM_HEADER + row)
    summary.print_summary(tmp_path)
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


REPLICATION = """number,source,printed,measured,size,verdict
1,"lecture, row",0.5,0.51 +- 0.02,published,reproduced (1 of 1 to the printed digits)
2,"lecture, figure",a few,,,not comparable (times differ)
3,"paper, Table 1",1 2,1 3,default,1 of 2 within 0.5
"""


def test_summary_begins_with_the_replication_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    table, replication = tmp_path / "results" / "a" / "table.csv", tmp_path / "results" / "replication.csv"
    table.parent.mkdir(parents=True)
    table.touch()
    header = CLAIM_HEADER.replace("claim,", "claim,class,")
    rows = ("a,one,printed,It.,t,1,1,0,differs\n", "a,two,own,It.,t,,1,0,holds\n")
    (tmp_path / "results" / "claims.csv").write_text(header + "".join(rows))
    replication.write_text(REPLICATION)
    summary.print_summary(tmp_path)
    text = capsys.readouterr().out
    assert text.index("lecture, row: reproduced (1 of 1 to the printed digits)") < text.index("  one  ")
    assert "reproduced: 1, in part: 1, not comparable: 1" in text
    # the claims that compare with a printed number are counted first and alone
    assert text.index("claims about printed numbers: differs: 1\n") < text.index("all claims: holds: 1, differs: 1")


def test_summary_leaves_out_a_replication_table_that_is_older_than_a_table(tmp_path: Path):
    table, replication = tmp_path / "results" / "a" / "table.csv", tmp_path / "results" / "replication.csv"
    table.parent.mkdir(parents=True)
    table.touch()
    replication.write_text(REPLICATION)
    assert len(summary.read_replication(tmp_path)) == 3
    os.utime(replication, (1000, 1000))
    assert summary.read_replication(tmp_path) == []


# what Snakemake 9.27 writes: a job that succeeded on its second attempt, one killed by a signal, one in a group
SNAKEMAKE_LOG = """
[Tue Nov 24 03:18:19 2026]
Error in rule topopt_shard:
    message: None
    jobid: 3
    output: results/c.txt
    log: results/logs/c.log (check log file(s) for error details)
Trying to restart job 3.
[Tue Nov 24 03:18:29 2026]
Finished jobid: 3 (Rule: topopt_shard)
CalledProcessError in file "Snakefile", line 19:
Command 'python train.py' died with <Signals.SIGKILL: 9>.
[Tue Nov 24 03:18:39 2026]
Error in rule topopt_train:
    message: None
    jobid: 4
    output: results/d.txt
    log: d.log, slurm.log (check log file(s) for error details)
[Tue Nov 24 03:18:40 2026]
    jobs:
        rule topopt_plot:
            jobid: 5
            output: results/e.png
[Tue Nov 24 03:18:41 2026]
localrule topopt_tabulate:
    jobid: 6
    log: f.log
"""


def test_failures_are_read_from_snakemakes_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "run.log").write_text(SNAKEMAKE_LOG)
    (tmp_path / "d.log").write_text("")
    (tmp_path / "slurm.log").write_text("epoch 17\n\n")
    summary.print_failures([tmp_path / "run.log"], workdir=tmp_path)
    lines = [line.strip() for line in capsys.readouterr().err.strip().splitlines()]
    assert lines[0] == "2 failed:"
    assert lines[1].startswith("topopt_train")
    assert lines[2] == "ended by SIGKILL; epoch 17"
    assert lines[3] == "topopt_plot"
    assert len(lines) == 5
