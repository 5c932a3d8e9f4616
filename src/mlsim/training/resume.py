"""Checkpoints of a training run: written by rename, stamped with what the run depends on."""

import logging
import os
import time
import uuid
from pathlib import Path
from typing import Any

import torch

log = logging.getLogger(__name__)


class Checkpoint:
    """One file that holds the latest state of a run.

    Args:
        path: the file; nothing else may write to it.
        stamp: text that identifies code, settings, seed and data; a checkpoint with another stamp is ignored.
        interval: seconds between two writes; it has no influence on results.
    """

    def __init__(self, path: Path, *, stamp: str, interval: float = 30.0) -> None:
        self._path, self._stamp, self._interval = path, stamp, interval
        self._written = time.monotonic()

    def part(self, name: str) -> "Checkpoint":
        """A separate checkpoint for one of several fits of the run; :meth:`remove` deletes it too.

        The last state of a finished fit lets a resumed run pass over it.
        """
        stamp = f"{self._stamp} {name}"
        return Checkpoint(self._path.with_name(f"{self._path.name}.{name}"), stamp=stamp, interval=self._interval)

    def load(self) -> dict[str, Any] | None:
        """The latest state, or None where there is none of this stamp."""
        try:
            content = torch.load(self._path, weights_only=True, map_location="cpu")
        except FileNotFoundError:
            return None
        except Exception as error:  # a truncated file raises errors of many kinds
            log.warning("checkpoint %s cannot be read (%s): training starts from the beginning", self._path, error)
            return None
        if content.get("stamp") != self._stamp:
            log.info(
                "checkpoint %s belongs to another code, setting, seed or data: starting from the beginning", self._path
            )
            return None
        return content["state"]

    def due(self) -> bool:
        """Whether the interval has passed since the last write."""
        return time.monotonic() - self._written >= self._interval

    def save(self, state: dict[str, Any]) -> None:
        """Replace the file by ``state``; a kill at any time leaves the old or the new one."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._path.with_name(f"{self._path.name}.partial-{uuid.uuid4().hex}")
        try:
            with open(partial, "wb") as file:
                torch.save({"stamp": self._stamp, "state": state}, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, self._path)
        finally:
            partial.unlink(missing_ok=True)
        self._written = time.monotonic()

    def remove(self) -> None:
        """Delete the file, if there is one, and those of its parts."""
        self._path.unlink(missing_ok=True)
        for part in self._path.parent.glob(f"{self._path.name}.*"):
            part.unlink()
