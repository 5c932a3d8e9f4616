"""User-supplied files: parameters of networks, photographs. Large libraries are imported where they are used."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlsim.storage import CorruptFile, FilePath

if TYPE_CHECKING:
    import numpy


def read_weights(path: FilePath) -> dict[Any, Any]:
    """Read a user-supplied state dictionary onto the CPU.

    Args:
        path: ``<name>.pth``, tensors by name, as ``torch.save`` writes them.

    Raises:
        ValueError: the file holds something else.
        FileNotFoundError: there is no such file.
    """
    import torch

    try:
        state = torch.load(path, weights_only=True, map_location="cpu")
    except FileNotFoundError:
        raise
    except Exception as error:  # torch does not document what it raises on invalid files
        raise ValueError(f"{os.fspath(path)} is no file of weights ({type(error).__name__})") from error
    if not isinstance(state, Mapping) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise ValueError(f"{os.fspath(path)} holds no tensors by name: save the state_dict of the network")
    return dict(state)


def read_picture(path: FilePath) -> numpy.ndarray:
    """A picture as rows, columns, and red, green and blue where it has colours; values 0 to 255.

    Raises:
        CorruptFile: the file is no picture.
        FileNotFoundError: there is no such file.
    """
    import numpy
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            return numpy.asarray(picture.convert("L" if picture.mode in ("1", "L", "LA") else "RGB"))
    except (UnidentifiedImageError, SyntaxError) as error:
        raise CorruptFile(f"{os.fspath(path)} is no picture: take another file ({error})") from error


@dataclass(frozen=True, kw_only=True)
class PhotographFolder:
    """The photographs of a folder and its subfolders, by file name; one is read at a time."""

    paths: tuple[Path, ...]  # of all files

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> tuple[str, numpy.ndarray]:
        """Name of the folder, and red, green, blue: 8-bit values of shape (row, column, 3)."""
        import numpy
        from PIL import Image

        with Image.open(self.paths[index]) as picture:
            return self.paths[index].parent.name, numpy.asarray(picture.convert("RGB"))

    @property
    def folders(self) -> list[str]:
        """Names of the folders that hold photographs, in their order."""
        return sorted({path.parent.name for path in self.paths})


def photographs(folder: FilePath) -> PhotographFolder:
    """The files ``.jpg``, ``.jpeg`` and ``.png`` of a folder and its subfolders; others are ignored."""
    kinds = {".jpg", ".jpeg", ".png"}
    paths = sorted(path for path in Path(folder).rglob("*") if path.suffix.lower() in kinds)
    return PhotographFolder(paths=tuple(paths))
