"""A job's log holds everything that was said, ends with how it ended, and leaves the process as it was."""

import logging
import os
import re
import sys
import time
import warnings
from pathlib import Path

import pytest

from mlsim import logs


def test_stdout_logging_warnings_and_stderr_all_reach_the_log(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "job.log"
    with logs.job_log(path, title="topopt generate"):
        sys.stdout.write("printed\n")
        sys.stderr.write("to stderr\n")
        logging.getLogger("mlsim.test").info("logged")
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("warned", stacklevel=1)
    lines = path.read_text().splitlines()
    assert "start: topopt generate" in lines[0]
    assert {"printed", "to stderr"} <= set(lines)
    assert any("INFO mlsim.test: logged" in line for line in lines)
    assert any("WARNING py.warnings" in line and "UserWarning: warned" in line for line in lines)
    assert re.search(r"done in 0\.0 s, [0-9.]+ s of CPU: topopt generate$", lines[-1])


def test_the_last_line_tells_what_the_job_took(tmp_path: Path) -> None:
    before = sum(os.times()[:4])
    with logs.job_log(tmp_path / "job.log", title="t"):
        time.sleep(0.3)  # takes time, and no CPU
    cost = logs.cost(tmp_path / "job.log")
    assert cost is not None
    assert 0.3 <= cost.wall < 5.0
    assert before - 0.1 <= cost.cpu <= sum(os.times()[:4]) + 0.1


def test_a_job_that_failed_or_runs_still_has_no_cost(tmp_path: Path) -> None:
    (tmp_path / "empty.log").touch()
    assert logs.cost(tmp_path / "empty.log") is None
    with logs.job_log(tmp_path / "job.log", title="t"):
        assert logs.cost(tmp_path / "job.log") is None
    with pytest.raises(ValueError, match="x"), logs.job_log(tmp_path / "job.log", title="t"):
        raise ValueError("x")
    assert logs.cost(tmp_path / "job.log") is None


def test_lines_are_in_the_log_at_once(tmp_path: Path) -> None:
    with logs.job_log(tmp_path / "job.log", title="t"):
        sys.stdout.write("now\n")
        assert "now\n" in (tmp_path / "job.log").read_text()


def test_bad_input_ends_the_log_with_its_one_line_and_shows_it_on_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class InputError(ValueError):
        pass

    with pytest.raises(InputError, match="radius is -1"), logs.job_log(tmp_path / "job.log", title="t"):
        raise InputError("radius is -1:\n  allowed is > 0")
    text = (tmp_path / "job.log").read_text()
    assert "Traceback (most recent call last)" in text
    assert "failed after 0.0 s: t" in text
    assert text.endswith("\nerror: radius is -1: allowed is > 0\n")
    assert capsys.readouterr().err == "error: radius is -1: allowed is > 0\n"


def test_any_other_failure_is_named_by_its_type(tmp_path: Path) -> None:
    with pytest.raises(KeyError), logs.job_log(tmp_path / "job.log", title="t"):
        raise KeyError("x")
    assert (tmp_path / "job.log").read_text().endswith("\nerror: KeyError: 'x'\n")


def test_an_interrupt_is_logged_and_goes_on(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), logs.job_log(tmp_path / "job.log", title="t"):
        raise KeyboardInterrupt
    assert "error: KeyboardInterrupt" in (tmp_path / "job.log").read_text()


@pytest.mark.parametrize("fails", [False, True])
def test_everything_is_restored(tmp_path: Path, fails: bool) -> None:
    root = logging.getLogger()

    def state() -> tuple[object, ...]:
        return (sys.stdout, sys.stderr, list(root.handlers), root.level, warnings.showwarning, list(warnings.filters))

    before = state()
    try:
        with logs.job_log(tmp_path / "job.log", title="t"):
            assert state() != before
            if fails:
                raise RuntimeError
    except RuntimeError:
        pass
    assert state() == before


def test_a_log_replaces_the_log_of_the_run_before(tmp_path: Path) -> None:
    for title in ("first", "second"):
        with logs.job_log(tmp_path / "job.log", title=title):
            pass
    assert "first" not in (tmp_path / "job.log").read_text()


def test_progress_gives_the_same_items_and_writes_whole_lines(tmp_path: Path) -> None:
    with logs.job_log(tmp_path / "job.log", title="t"):
        assert list(logs.progress(iter(range(500)), total=500, label="steps")) == list(range(500))
    text = (tmp_path / "job.log").read_text()
    assert "\r" not in text
    bars = [line for line in text.splitlines() if line.startswith("steps:")]
    assert "0/500" in bars[0]
    assert "500/500" in bars[-1]
    assert len(bars) == 2  # the loop is far shorter than the interval


def test_progress_reports_between_its_ends_once_the_interval_has_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr("tqdm.std.time", lambda: now)
    with logs.job_log(tmp_path / "job.log", title="t"):
        for _ in logs.progress(range(5), label="steps"):
            now += 6.0
    bars = [line for line in (tmp_path / "job.log").read_text().splitlines() if line.startswith("steps:")]
    assert [line.rpartition("| ")[2].split()[0] for line in bars] == ["0/5", "2/5", "4/5", "5/5"]


def test_progress_broken_off_by_an_error_leaves_a_readable_log(tmp_path: Path) -> None:
    def steps() -> None:
        for step in logs.progress(range(10), label="steps"):
            if step == 3:
                raise RuntimeError("diverged")

    with pytest.raises(RuntimeError), logs.job_log(tmp_path / "job.log", title="t"):
        steps()
    assert (tmp_path / "job.log").read_text().endswith("error: RuntimeError: diverged\n")
