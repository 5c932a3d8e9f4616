"""The inputs of a rule: files of the pipeline and of the user, read by suffix."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from mlsim.storage import FilePath, read_dataset, read_model, read_table
from mlsim.user_files import photographs, read_picture, read_weights


def read_inputs(inputs: Mapping[str, FilePath | Sequence[FilePath]]) -> dict[str, Any]:
    """Contents of a rule's named inputs, read by suffix; a list of paths gives the list of their contents.

    Args:
        inputs: paths that end in ``.zarr.zip`` (data set), ``.pt`` (state) or ``.csv`` (table), by name; and files of
            the user: ``.pth`` (state, not sealed), ``.png`` (picture), a folder (its photographs).

    Raises:
        ValueError: another suffix, or a damaged file.
        FileNotFoundError: a file is missing.
    """
    readers = {".zarr.zip": read_dataset, ".pt": read_model, ".csv": read_table}
    readers |= {".pth": read_weights, ".png": read_picture}

    def read(name: str, paths: FilePath | Sequence[FilePath]) -> Any:
        if not isinstance(paths, (str, os.PathLike)):
            return [read(name, path) for path in paths]
        if os.path.isdir(paths):
            return photographs(paths)
        for suffix, reader in readers.items():
            if os.fspath(paths).endswith(suffix):
                return reader(paths)
        raise ValueError(f"input {name} is {os.fspath(paths)!r}: allowed are files ending in {', '.join(readers)}")

    return {name: read(name, paths) for name, paths in inputs.items()}
