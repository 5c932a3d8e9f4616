"""Files: data sets, models and tables are written whole or not at all, and refused when damaged.

A data set or a model is one zip file whose comment seals the list of its members: a flipped bit, a cut or a missing
member is noticed before use. Heavy libraries are imported where they are used.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import os
import re
import shlex
import struct
import sys
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    import pandas
    import xarray

FilePath = str | os.PathLike[str]
# always text: an empty case, a method named 8 or nan
TEXT_COLUMNS = frozenset({"study", "case", "method", "quantity", "unit", "kind", "source", "variant", "dataset"})
TEXT_COLUMNS |= {"device", "claim", "class", "statement", "verdict", "reason"}
_SEAL = b"mlsim-seal-1 "
_DAMAGE = (zipfile.BadZipFile, struct.error, ValueError, RuntimeError, EOFError, OverflowError)
_INTEGER = re.compile(r"[-+]?\d{1,18}")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|[-+]?inf")


class CorruptFile(ValueError):  # noqa: N818
    """A file that is not what was written: one line with the file, what is wrong, and the command that rebuilds it."""


def write_dataset(dataset: xarray.Dataset, path: FilePath) -> None:
    """Write a data set as one sealed zarr file; equal data give equal bytes.

    Args:
        dataset: numbers, booleans and text, in the encodings (chunks, quantisation) that its variables ask for; every
            data variable has the attributes ``units`` and ``long_name``.
        path: ``<name>.zarr.zip``.

    Raises:
        ValueError: a variable lacks an attribute, or holds dates.
    """
    from zarr.storage import MemoryStore

    _check_variables(dataset)
    members: dict[str, Any] = {}
    dataset.to_zarr(MemoryStore(members), mode="w", consolidated=False, zarr_format=3)
    with _replacing(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            content = members[name].as_numpy_array().data
            if name.endswith("zarr.json"):  # attributes come in the order in which the caller set them
                content = json.dumps(json.loads(bytes(content)), sort_keys=True, separators=(",", ":")).encode()
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
        archive.comment = _seal(archive)


def read_dataset(path: FilePath, *, decode: bool = True) -> xarray.Dataset:
    """Read a data set into memory, each byte verified; the variables are sorted by name, the file is closed.

    Args:
        path: written by ``write_dataset``.
        decode: False leaves quantised variables as stored, with ``scale_factor`` and ``add_offset`` as attributes.

    Raises:
        CorruptFile: the file is damaged.
        FileNotFoundError: there is no such file; the message names the command that makes it.
    """
    import xarray
    from zarr.core.buffer import cpu
    from zarr.storage import MemoryStore

    members = _sealed_members(_content(path), path)
    store = MemoryStore({name: cpu.Buffer.from_bytes(content) for name, content in members.items()})
    # no dates: a variable in the unit "s" is a number
    dataset = xarray.open_zarr(store, consolidated=False, chunks=None, mask_and_scale=decode, decode_times=False).load()
    # zarr lists a store in the order of a set, which differs from process to process
    variables = {name: dataset.variables[name] for name in sorted(dataset.variables, key=str)}
    return xarray.Dataset(variables, attrs=dataset.attrs).set_coords(list(dataset.coords))


def write_model(state: Mapping[Any, Any], path: FilePath) -> None:
    """Write a state dictionary as one sealed file, which plain ``torch.load`` reads too; equal states, equal bytes.

    Args:
        state: tensors, numbers, text, None, and lists, tuples and dictionaries of them. A tensor is stored as values:
            a slice of a batch of models does not carry the batch along.
        path: ``model.pt``.

    Raises:
        ValueError: something in ``state`` could not be read back with ``weights_only=True``.
    """
    import torch

    buffer = io.BytesIO()  # saved straight to a path, the path's name would be in the bytes
    torch.save(_as_values(state), buffer)
    try:
        torch.load(io.BytesIO(buffer.getvalue()), weights_only=True)
    except Exception as error:
        raise ValueError("state holds more than tensors, numbers, text and containers of them") from error
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = _seal(archive)  # torch does not check the sums that it stores
    write_bytes(buffer.getvalue(), path)


def read_model(path: FilePath) -> dict[Any, Any]:
    """Read a state dictionary that ``write_model`` wrote onto the CPU, each byte verified.

    Raises:
        CorruptFile: the file is damaged.
        FileNotFoundError: there is no such file; the message names the command that makes it.
    """
    import torch

    content = _content(path)
    _sealed_members(content, path)
    try:
        return torch.load(io.BytesIO(content), weights_only=True, map_location="cpu")
    except Exception as error:  # what torch raises on bytes it dislikes is not documented
        raise _corrupt(path, f"is no model ({type(error).__name__})") from error


def write_table(frame: pandas.DataFrame, path: FilePath) -> None:
    r"""Write a table as CSV: numbers as ``%.6g``, missing values empty, lines end in ``\n``, no index.

    Raises:
        ValueError: two columns have one name.
    """
    if not frame.columns.is_unique:
        raise ValueError(f"columns are {list(frame.columns)}: allowed are distinct names")
    # pandas alone formats no floats in a column of mixed objects
    frame = frame.map(lambda cell: f"{cell:.6g}" if isinstance(cell, float) else cell, na_action="ignore")
    write_text(frame.to_csv(index=False, float_format="%.6g", lineterminator="\n"), path)


def read_table(path: FilePath) -> pandas.DataFrame:
    """Read a table that ``write_table`` wrote.

    Args:
        path: CSV in UTF-8. A column in ``TEXT_COLUMNS`` is text; any other is integers, floats (an empty cell is NaN)
            or booleans where all its cells are, else text (an empty cell is ``""``).

    Raises:
        CorruptFile: the file is cut inside a line, ragged, or no text.
        FileNotFoundError: there is no such file; the message names the command that makes it.
    """
    import pandas

    content = _content(path)
    if not content.endswith(b"\n"):
        raise _corrupt(path, "is truncated: its last line has no end" if content else "is empty")
    try:
        header, *rows = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
    except (UnicodeDecodeError, csv.Error) as error:
        raise _corrupt(path, f"is no table ({error})") from error
    if len(set(header)) != len(header) or any(len(row) != len(header) for row in rows):
        raise _corrupt(path, "is no table: it has rows of several lengths, or columns of one name")
    return pandas.DataFrame({name: _as_column(name, [row[i] for row in rows]) for i, name in enumerate(header)})


def write_text(text: str, path: FilePath) -> None:
    """Write text as UTF-8, line ends as they are, whole or not at all."""
    write_bytes(text.encode(), path)


def write_bytes(data: bytes, path: FilePath) -> None:
    """Write bytes, whole or not at all."""
    with _replacing(path) as file:
        file.write(data)


@contextlib.contextmanager
def _replacing(path: FilePath) -> Iterator[BinaryIO]:
    """A new file that replaces ``path`` when the block succeeds and is deleted when it fails."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial-{uuid.uuid4().hex}")
    try:
        with open(partial, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _content(path: FilePath) -> bytes:
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"{os.fspath(path)} does not exist: run: {_rebuild(path)}") from None


def _seal(archive: zipfile.ZipFile) -> bytes:
    infos = archive.infolist()  # stored size and kind are sealed too, so that no damaged entry is ever unpacked
    members = sorted((i.filename, i.CRC, i.file_size, i.compress_size, i.compress_type) for i in infos)
    return _SEAL + hashlib.sha256(repr(members).encode()).hexdigest().encode()


def _sealed_members(content: bytes, path: FilePath) -> dict[str, bytes]:
    """The members of a sealed zip file by name; CorruptFile where anything differs from what was sealed."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except _DAMAGE as error:
        raise _corrupt(path, "is truncated" if content.startswith(b"PK") else "is no zip file") from error
    if archive.comment != _seal(archive):
        changed = "is truncated, or its list of members changed: it differs from the seal"
        raise _corrupt(path, changed if archive.comment.startswith(_SEAL) else "has no seal")
    members = {}
    for info in archive.infolist():
        try:
            members[info.filename] = archive.read(info)  # checks the sum
        except _DAMAGE as error:
            raise _corrupt(path, f"is damaged: the content of member {info.filename} changed ({error})") from error
    return members


def _corrupt(path: FilePath, fault: str) -> CorruptFile:
    return CorruptFile(f"{os.fspath(path)} {fault}: delete it and run: {_rebuild(path)}")


def _rebuild(path: FilePath) -> str:
    file, here = Path(path).absolute(), Path.cwd()  # rules name their files relative to the working directory
    return f"snakemake --cores all {shlex.quote(str(file.relative_to(here) if file.is_relative_to(here) else file))}"


def _check_variables(dataset: xarray.Dataset) -> None:
    for name, variable in dataset.variables.items():
        missing = [key for key in ("units", "long_name") if not isinstance(variable.attrs.get(key), str)]
        if missing and name in dataset.data_vars:
            raise ValueError(f"variable {name} lacks {missing[0]}: every data variable has units and long_name")
        if variable.dtype.kind in "mM":
            raise ValueError(f"variable {name} holds {variable.dtype}: allowed are numbers, booleans and text")


def _as_values(state: Any) -> Any:
    """Detached tensors on the CPU, each with its own storage; equal texts as one object, so that pickle is unique."""
    import torch

    if isinstance(state, torch.Tensor):
        return state.detach().cpu().clone(memory_format=torch.contiguous_format)
    if isinstance(state, Mapping):
        return {_as_values(key): _as_values(value) for key, value in state.items()}
    if isinstance(state, (list, tuple)):
        return type(state)(map(_as_values, state))
    return sys.intern(state) if type(state) is str else state


def _as_column(name: str, cells: list[str]) -> list[Any]:
    if name in TEXT_COLUMNS:
        return cells
    if all(_NUMBER.fullmatch(cell) for cell in cells if cell):
        whole = all(_INTEGER.fullmatch(cell) for cell in cells)
        return [int(cell) if whole else float(cell or "nan") for cell in cells]
    return [cell == "True" for cell in cells] if set(cells) <= {"True", "False"} else cells
