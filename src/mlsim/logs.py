"""The log of a job: one file with all output of a stage script; its last line is how the job ended."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
import time
import traceback
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, TypeVar

from tqdm import tqdm

T = TypeVar("T")

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_DONE = re.compile(r"done in (?P<wall>[0-9.]+) s, (?P<cpu>[0-9.]+) s of CPU: ")
_log = logging.getLogger(__name__)


@contextlib.contextmanager
def job_log(path: str | os.PathLike[str], *, title: str) -> Iterator[None]:
    """Send stdout, stderr, warnings and the root logger to a file during the block.

    An exception is written to the log with its traceback, and ``error: <one line>`` as the last line, also to the real
    stderr, and raised again. That line is the message of a ``ValueError``, which says what to do; for any other
    exception it begins with the type.

    Args:
        path: the log, replaced.
        title: what the job does, for its first and last line.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    terminal, start = sys.stderr, time.monotonic()
    with open(path, "w", buffering=1, encoding="utf-8") as file, _redirected(file):
        _log.info("start: %s", title)
        try:
            yield
        except BaseException as error:
            traceback.print_exc(file=file)
            _log.info("failed after %.1f s: %s", time.monotonic() - start, title)
            for stream in (file, terminal):
                stream.write(f"error: {_summary(error)}\n")
            raise
        _log.info("done in %.1f s, %.1f s of CPU: %s", time.monotonic() - start, sum(os.times()[:4]), title)


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Time of a finished job, in seconds."""

    wall: float  # from the first to the last line of its log
    cpu: float  # of the whole process, with imports and children


def cost(path: str | os.PathLike[str]) -> Cost | None:
    """Time of the job of this log; None if it has not finished."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    times = _DONE.search(lines[-1]) if lines else None
    return Cost(wall=float(times["wall"]), cpu=float(times["cpu"])) if times else None


def progress(iterable: Iterable[T], *, total: int | None = None, label: str) -> Iterable[T]:
    """The same items, with a line of progress in the log at most every ten seconds, and at both ends.

    Args:
        iterable: the items.
        total: their number, where ``iterable`` has no length.
        label: what is counted.

    >>> sum(progress(range(4), label="sweeps"))
    6
    """
    return _LineBar(
        iterable,
        total=total,
        desc=label,
        mininterval=10,
        miniters=1,  # tqdm's estimate would skip lines when a loop slows down
        ascii=True,
        ncols=100,
        file=_Lines(sys.stderr),
    )


class _LineBar(tqdm):
    monitor_interval = 0  # no thread is needed, as miniters does not adapt


class _Lines:
    """A stream that writes each update of tqdm's progress bar as a new line."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        if line := text.strip("\r\n "):
            self._stream.write(f"{line}\n")

    def flush(self) -> None:
        self._stream.flush()


@contextlib.contextmanager
def _redirected(file: TextIO) -> Iterator[None]:
    handler = logging.StreamHandler(file)
    handler.setFormatter(logging.Formatter(_FORMAT))
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with contextlib.redirect_stdout(file), contextlib.redirect_stderr(file), warnings.catch_warnings():
        # fixed-width text has no zarr specification yet; in this project one pinned library writes and reads it
        warnings.filterwarnings("ignore", message=".*does not have a Zarr V3 specification", module="zarr")
        root.handlers[:] = [handler]
        root.setLevel(logging.INFO)
        logging.captureWarnings(True)
        try:
            yield
        finally:
            logging.captureWarnings(False)
            root.handlers[:] = handlers
            root.setLevel(level)


def _summary(error: BaseException) -> str:
    message = " ".join(str(error).split())
    return message if isinstance(error, ValueError) else f"{type(error).__name__}: {message}"
