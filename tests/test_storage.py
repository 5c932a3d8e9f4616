"""Stored files are whole or absent, equal data are equal bytes, and no damage goes unnoticed."""

import hashlib
import io
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
import xarray as xr
from PIL import Image

from mlsim import storage
from mlsim.inputs import read_inputs
from mlsim.storage import CorruptFile

ATTRIBUTES = {"units": "m", "long_name": "displacement"}


def dataset(*, shuffled: bool = False) -> xr.Dataset:
    rng = np.random.default_rng(0)
    attributes = dict(reversed(ATTRIBUTES.items())) if shuffled else ATTRIBUTES
    variables = {
        "u": (("sample", "x", "y"), rng.standard_normal((3, 4, 5)), attributes),
        "count": ("sample", np.array([0, 0, 7]), attributes),
        "zeros": ("x", np.array([0.0, -0.0, np.nan, np.inf]), attributes, {"chunks": (2,)}),
        "solid": ("x", np.array([True, False, True, True]), attributes),
        "wave": ("x", np.array([1 + 2j, 0, 0, 0]), attributes),
        "time": ("x", np.arange(4.0), attributes | {"units": "days since 2000-01-01"}),
        "delay": ("x", np.arange(4.0), attributes | {"units": "s"}),
        "label": ("sample", np.array(["a", "", "bé"]), attributes),
        "none": (("sample", "nothing"), np.zeros((3, 0)), attributes),
    }
    coordinates = {"x": np.linspace(0, 1, 4), "case": ("sample", ["p", "q", "r"]), "unused": ("w", [1, 2])}
    if shuffled:
        variables = dict(reversed(variables.items()))
        coordinates = dict(reversed(coordinates.items()))
    return xr.Dataset(variables, coords=coordinates, attrs={"seed": 3, "study": "topopt"})


def state() -> dict[str, Any]:
    generator = torch.Generator().manual_seed(0)
    net = {"weight": torch.randn(3, 4, generator=generator), "bias": torch.zeros(3, dtype=torch.float64)}
    return {"net": net, "step": 7, "rate": 0.5, "names": ["a", "b"], "shape": (1, 2), "last": None}


def same_state(one: Any, other: Any) -> bool:
    if isinstance(one, torch.Tensor):
        return one.dtype == other.dtype and torch.equal(one, other)
    if isinstance(one, dict):
        return list(one) == list(other) and all(same_state(one[key], other[key]) for key in one)
    return type(one) is type(other) and one == other


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    storage.write_dataset(dataset(), tmp_path / "d.zarr.zip")
    return tmp_path / "d.zarr.zip"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    storage.write_model(state(), tmp_path / "model.pt")
    return tmp_path / "model.pt"


# --- data sets


def test_a_data_set_comes_back_identical(stored: Path) -> None:
    back = storage.read_dataset(stored)
    xr.testing.assert_identical(back, dataset())
    for name, variable in dataset().variables.items():
        assert back.variables[name].dtype == variable.dtype
    assert np.signbit(back.zeros.values).tolist() == [False, True, False, False]


def test_variables_come_back_sorted_by_name(stored: Path) -> None:
    back = storage.read_dataset(stored)
    assert list(back.data_vars) == sorted(dataset().data_vars)
    assert list(back.coords) == sorted(dataset().coords)


def test_the_order_of_variables_and_attributes_does_not_change_the_bytes(stored: Path, tmp_path: Path) -> None:
    storage.write_dataset(dataset(shuffled=True), tmp_path / "shuffled.zarr.zip")
    assert (tmp_path / "shuffled.zarr.zip").read_bytes() == stored.read_bytes()


def test_a_data_set_read_and_written_again_has_the_same_bytes(stored: Path, tmp_path: Path) -> None:
    storage.write_dataset(storage.read_dataset(stored), tmp_path / "again.zarr.zip")
    assert (tmp_path / "again.zarr.zip").read_bytes() == stored.read_bytes()


def test_byte_order_does_not_change_the_bytes(tmp_path: Path) -> None:
    for name, dtype in (("little", "<f8"), ("big", ">f8")):
        data = xr.Dataset({"u": ("x", np.arange(3, dtype=dtype), ATTRIBUTES)})
        storage.write_dataset(data, tmp_path / name)
    assert (tmp_path / "little").read_bytes() == (tmp_path / "big").read_bytes()


@pytest.mark.slow
def test_two_processes_write_equal_bytes(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import test_storage as t; from mlsim import storage\n"
        "storage.write_dataset(t.dataset(), sys.argv[2] + '.zarr.zip'); storage.write_model(t.state(), sys.argv[2])\n"
        "print(*storage.read_dataset(sys.argv[2] + '.zarr.zip').variables)"
    )
    digests = set()
    for seed in ("1", "2"):
        path = tmp_path / f"model{seed}"
        command = [sys.executable, "-W", "ignore", "-c", code, str(Path(__file__).parent), str(path)]
        run = subprocess.run(command, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True)
        contents = (path.read_bytes(), path.with_name(f"{path.name}.zarr.zip").read_bytes(), run.stdout)
        digests.add(tuple(hashlib.sha256(content).hexdigest() for content in contents))
    assert len(digests) == 1


def test_quantised_data_stay_quantised_unless_decoded(tmp_path: Path) -> None:
    steps = np.array([0, 1, 65534], dtype="uint16")
    encoding = {"dtype": "uint16", "scale_factor": 0.5, "add_offset": -1.0, "_FillValue": 65535}
    data = xr.Dataset({"u": ("x", steps * 0.5 - 1.0, ATTRIBUTES, encoding)})
    storage.write_dataset(data, tmp_path / "q.zarr.zip")
    raw = storage.read_dataset(tmp_path / "q.zarr.zip", decode=False).u
    assert raw.dtype == np.uint16
    assert raw.values.tolist() == steps.tolist()
    assert (raw.attrs["scale_factor"], raw.attrs["add_offset"]) == (0.5, -1.0)
    decoded = storage.read_dataset(tmp_path / "q.zarr.zip").u
    assert decoded.values.tolist() == (steps * 0.5 - 1.0).tolist()


def test_chunks_asked_for_by_a_variable_are_the_members(stored: Path) -> None:
    with zipfile.ZipFile(stored) as archive:
        assert {"zeros/c/0", "zeros/c/1"} <= set(archive.namelist())
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist() == sorted(archive.namelist())


@pytest.mark.parametrize("missing", ["units", "long_name"])
def test_a_variable_without_units_or_long_name_is_refused_by_name(tmp_path: Path, missing: str) -> None:
    data = xr.Dataset({"u": ("x", [1.0], {key: text for key, text in ATTRIBUTES.items() if key != missing})})
    with pytest.raises(ValueError, match=f"variable u lacks {missing}"):
        storage.write_dataset(data, tmp_path / "d.zarr.zip")
    assert not list(tmp_path.iterdir())


def test_dates_are_refused_as_they_would_come_back_as_numbers(tmp_path: Path) -> None:
    data = xr.Dataset({"t": ("x", np.array(["2000-01-01"], dtype="datetime64[ns]"), ATTRIBUTES)})
    with pytest.raises(ValueError, match="variable t holds datetime64"):
        storage.write_dataset(data, tmp_path / "d.zarr.zip")


# --- damage


def refused(path: Path, read: Callable[[Path], Any]) -> str:
    content = path.read_bytes()
    with pytest.raises(CorruptFile) as caught:
        read(path)
    message = str(caught.value)
    assert message.startswith(f"{path} ")
    assert message.endswith(f": delete it and run: snakemake --cores all {path}")
    assert "\n" not in message
    assert path.read_bytes() == content  # reading never repairs or removes
    return message


def undamaged(path: Path) -> bool:
    """Whether a reader took the file and gave what was stored; False where it refused."""
    try:
        if path.suffix == ".pt":
            assert same_state(storage.read_model(path), state())
        else:
            xr.testing.assert_identical(storage.read_dataset(path), dataset())
    except CorruptFile:
        return False
    return True


@pytest.mark.parametrize("kind", ["stored", "model"])
def test_a_flipped_bit_is_refused_or_changes_no_content(kind: str, request: pytest.FixtureRequest) -> None:
    path: Path = request.getfixturevalue(kind)
    content = path.read_bytes()
    rng = random.Random(0)
    refusals = 0
    for position in rng.sample(range(8 * len(content)), 300):
        damaged = bytearray(content)
        damaged[position // 8] ^= 1 << (position % 8)
        path.write_bytes(damaged)
        refusals += not undamaged(path)
    assert refusals > 100  # the others are padding and fields without meaning here: dates, attributes, versions


@pytest.mark.parametrize("kind", ["stored", "model"])
def test_a_flipped_bit_anywhere_in_the_content_is_refused(kind: str, request: pytest.FixtureRequest) -> None:
    path: Path = request.getfixturevalue(kind)
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        largest = max(archive.infolist(), key=lambda info: info.file_size)
        start = content.index(archive.read(largest))
    for offset in random.Random(1).sample(range(largest.file_size), 20):
        damaged = bytearray(content)
        damaged[start + offset] ^= 1
        path.write_bytes(damaged)
        message = refused(path, storage.read_model if kind == "model" else storage.read_dataset)
        assert f"content of member {largest.filename} changed" in message


@pytest.mark.parametrize("kind", ["stored", "model"])
def test_a_truncated_file_is_refused(kind: str, request: pytest.FixtureRequest) -> None:
    path: Path = request.getfixturevalue(kind)
    content = path.read_bytes()
    lengths = {1, 3, 4, 30, *(len(content) * k // 10 for k in range(1, 10)), *(len(content) - k for k in (1, 40, 90))}
    for length in sorted(lengths):
        path.write_bytes(content[:length])
        message = refused(path, storage.read_model if kind == "model" else storage.read_dataset)
        assert length < 2 or "truncated" in message


def test_a_member_removed_added_or_replaced_by_rewriting_is_refused(stored: Path) -> None:
    content = stored.read_bytes()
    with zipfile.ZipFile(stored) as archive:
        members, comment = {name: archive.read(name) for name in archive.namelist()}, archive.comment
    rewritings = [{other: members[other] for other in members if other != name} for name in members]
    rewritings += [members | {"u/c/9/9/9": b"x"}, members | {"u/c/0/0/0": members["u/c/0/0/0"] + b"x"}]
    for rewriting in rewritings:
        with zipfile.ZipFile(stored, "w") as archive:
            for name, member in rewriting.items():
                archive.writestr(name, member)
            archive.comment = comment
        assert "its list of members changed" in refused(stored, storage.read_dataset)
    stored.write_bytes(content)
    assert undamaged(stored)


def test_a_file_that_mlsim_did_not_write_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("zarr.json", "{}")
    assert "has no seal" in refused(path, storage.read_dataset)
    torch.save({"a": 1}, path)
    assert "has no seal" in refused(path, storage.read_model)
    for content in (b"", b"no zip at all", os.urandom(1000)):
        path.write_bytes(content)
        assert "is no zip file" in refused(path, storage.read_dataset)
        assert "is no zip file" in refused(path, storage.read_model)


def test_a_data_set_is_no_model(stored: Path) -> None:
    assert "is no model" in refused(stored, storage.read_model)


def test_the_remedy_names_the_file_as_a_rule_does(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(stored.parent.parent)
    stored.write_bytes(b"PK")
    with pytest.raises(CorruptFile, match=f"--cores all {stored.parent.name}/d.zarr.zip$"):
        storage.read_dataset(stored)


@pytest.mark.parametrize("read", [storage.read_dataset, storage.read_model, storage.read_table])
def test_a_missing_file_is_refused_with_the_command_that_makes_it(read: Callable[[Path], Any], tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"gone.csv does not exist: run: snakemake --cores all '.*a b/gone.csv'"
    ):
        read(tmp_path / "a b" / "gone.csv")


# --- writing


@pytest.mark.parametrize(
    "write",
    [
        lambda path: storage.write_dataset(dataset(), path),
        lambda path: storage.write_model(state(), path),
        lambda path: storage.write_table(pd.DataFrame({"a": [1]}), path),
        lambda path: storage.write_text("new", path),
        lambda path: storage.write_bytes(b"new", path),
    ],
)
@pytest.mark.parametrize("failing", ["os.fsync", "os.replace"])
def test_a_failure_while_writing_leaves_the_old_file_and_nothing_else(
    write: Callable[[Path], None], failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "file"
    path.write_text("old")
    monkeypatch.setattr(failing, fail)
    with pytest.raises(OSError, match="No space left"):
        write(path)
    assert [file.name for file in tmp_path.iterdir()] == ["file"]
    assert path.read_text() == "old"


def test_a_failure_while_packing_members_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "file"
    path.write_text("old")
    monkeypatch.setattr(zipfile.ZipFile, "writestr", interrupt)
    with pytest.raises(KeyboardInterrupt):
        storage.write_dataset(dataset(), path)
    assert [file.name for file in tmp_path.iterdir()] == ["file"]
    assert path.read_text() == "old"


def test_folders_are_made_and_a_file_is_readable_like_any_other(tmp_path: Path) -> None:
    storage.write_text("a\nb", tmp_path / "new" / "folder" / "t.txt")
    (tmp_path / "plain.txt").write_text("x")
    written = tmp_path / "new" / "folder" / "t.txt"
    assert written.read_bytes() == b"a\nb"
    assert written.stat().st_mode == (tmp_path / "plain.txt").stat().st_mode


# --- models


def test_a_model_comes_back_equal_and_plain_torch_reads_it_too(model: Path) -> None:
    assert same_state(storage.read_model(model), state())
    assert same_state(torch.load(model, weights_only=True), state())


def test_the_name_of_a_model_file_does_not_change_its_bytes(model: Path, tmp_path: Path) -> None:
    storage.write_model(state(), tmp_path / "other")
    assert (tmp_path / "other").read_bytes() == model.read_bytes()


def test_a_model_is_stored_by_value_whatever_its_tensors_share(tmp_path: Path) -> None:
    batch = torch.zeros(1000, 100).requires_grad_()
    storage.write_model({"w": batch[3], "v": torch.nn.Parameter(torch.zeros(100))}, tmp_path / "slice.pt")
    assert (tmp_path / "slice.pt").stat().st_size < 4000
    back = storage.read_model(tmp_path / "slice.pt")
    assert all(type(tensor) is torch.Tensor and not tensor.requires_grad for tensor in back.values())


def test_a_state_that_could_not_be_read_back_is_refused_when_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="state holds more than tensors"):
        storage.write_model({"path": io.StringIO}, tmp_path / "m.pt")
    assert not list(tmp_path.iterdir())


# --- tables


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "case": ["", "", ""],
            "method": ["nan", "None", "8"],
            "x": [16, 32, 64],
            "value": [1 / 3, np.nan, -np.inf],
            "se": [np.nan, np.nan, np.nan],
            "note": ["", 'says "a, b"\nand', "NA"],
            "converged": [True, False, True],
        }
    )


def test_a_table_comes_back_with_its_texts_and_gaps(tmp_path: Path) -> None:
    storage.write_table(table(), tmp_path / "t.csv")
    back = storage.read_table(tmp_path / "t.csv")
    assert back.columns.tolist() == table().columns.tolist()
    for name in ("case", "method", "note", "x", "converged"):
        assert back[name].tolist() == table()[name].tolist()
    assert back["value"].tolist()[::2] == [0.333333, -np.inf]
    assert back["value"].isna().tolist() == [False, True, False]
    assert back["se"].isna().all()
    assert [back[name].dtype for name in ("x", "value", "se", "converged")] == [np.int64, float, float, bool]


def test_a_table_written_again_has_the_same_bytes(tmp_path: Path) -> None:
    storage.write_table(table(), tmp_path / "t.csv")
    storage.write_table(storage.read_table(tmp_path / "t.csv"), tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "t.csv").read_bytes()


def test_a_table_is_plain_csv_with_six_digits(tmp_path: Path) -> None:
    mixed = pd.DataFrame({"a": [1234567.0, 1e-9], "b": np.float32([0.1, 2]), "c": ["-", 1 / 3], "d": [1234567, 1]})
    storage.write_table(mixed, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == b"a,b,c,d\n1.23457e+06,0.1,-,1234567\n1e-09,2,0.333333,1\n"


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    storage.write_table(table().iloc[:0], tmp_path / "t.csv")
    back = storage.read_table(tmp_path / "t.csv")
    assert back.columns.tolist() == table().columns.tolist()
    assert len(back) == 0


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="distinct names"):
        storage.write_table(pd.DataFrame([[1, 2]], columns=["a", "a"]), tmp_path / "t.csv")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "is empty"),
        (b"a,b\n1,2", "is truncated"),
        (b"a,b\n1\n", "rows of several lengths"),
        (b"a,b\n1,2,3\n", "rows of several lengths"),
        (b"a,b\n\n1,2\n", "rows of several lengths"),
        (b"a,a\n1,2\n", "columns of one name"),
        (b"a,b\n1,\xff\n", "is no table"),
        (b'a,b\n1,"x\n', "is no table"),
    ],
)
def test_a_damaged_table_is_refused(content: bytes, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert fault in refused(path, storage.read_table)


# --- inputs of a rule


def test_inputs_are_read_by_suffix_and_lists_stay_lists(stored: Path, model: Path, tmp_path: Path) -> None:
    storage.write_table(table(), tmp_path / "t.csv")
    tables = [str(tmp_path / "t.csv")] * 2
    inputs = read_inputs({"data": str(stored), "state": model, "tables": tables, "none": []})
    xr.testing.assert_identical(inputs["data"], dataset())
    assert same_state(inputs["state"], state())
    assert [len(each) for each in inputs["tables"]] == [3, 3]
    assert inputs["none"] == []


def test_an_input_of_unknown_suffix_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"input data is 'results/x.npz': allowed are files ending in .zarr.zip"):
        read_inputs({"data": "results/x.npz"})


def test_importing_the_module_loads_no_heavy_library() -> None:
    code = "import sys, mlsim.storage; print(*{'torch', 'xarray', 'zarr', 'pandas', 'numpy'} & set(sys.modules))"
    assert not subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_picture_is_read_as_rows_columns_and_colours(tmp_path):
    colours = np.random.default_rng(0).integers(0, 256, size=(5, 7, 3), dtype=np.uint8)
    for name, pixels in {"colour": colours, "grey": colours[..., 0]}.items():
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
        np.testing.assert_array_equal(read_inputs({"picture": tmp_path / f"{name}.png"})["picture"], pixels)


def test_file_that_is_no_picture_is_refused_by_name(tmp_path):
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(CorruptFile, match=r"text\.png is no picture"):
        read_inputs({"picture": tmp_path / "text.png"})
