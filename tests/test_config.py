"""The strict way from YAML to settings: what passes, what is refused, and with which words."""

import copy
import json
import math
import subprocess
import sys
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from mlsim.config import ConfigError, Section, Study, WithEnabled, canonical_json, check_sections, enabled, parse
from mlsim.types import (
    Count,
    GridSize,
    Increasing,
    Named,
    NonEmpty,
    Odd,
    OpenFraction,
    Positive,
    PowerOfTwo,
    Range,
    Seeds,
    Subset,
    Variants,
)


class Net(WithEnabled):
    width: Count
    rate: float
    activation: Literal["relu", "tanh"] = "relu"

    def __post_init__(self) -> None:
        if self.rate > 1e3 and self.activation == "tanh":
            raise ValueError("a network of tanh\nneeds a smaller rate")


class Beam(Section):
    radius: float
    steps: int
    title: str
    enabled: bool = True
    sizes: tuple[int, ...] = (8, 16)
    box: tuple[float, float] = (1.0, 2.0)
    limit: float | None = None
    boundary: str | tuple[int, int] = "periodic"
    nets: Named[Net] = {}  # noqa: RUF012
    net: Net | None = None
    options: Mapping[str, Any] = {}


VALID = {
    "radius": 1.5,
    "steps": 10,
    "title": "beam",
    "enabled": False,
    "sizes": [4, 8],
    "box": [1, 2.5],
    "limit": None,
    "boundary": [0, 1],
    "nets": {"small": {"width": 8, "rate": 0.1}, "big_2": {"width": 64, "rate": 1, "activation": "tanh"}},
    "net": {"width": 3, "rate": 0.5},
    "options": {"any": [1, "x"]},
}


def refusal(section: object, cls: type = Beam) -> str:
    with pytest.raises(ConfigError) as caught:
        parse(cls, section, path="topopt.simp")
    return str(caught.value)


def changed(*keys: Any, value: object) -> dict[str, Any]:
    section = copy.deepcopy(VALID)
    inner: Any = section
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    return section


def test_a_valid_section_becomes_settings_of_exactly_the_declared_types() -> None:
    study = parse(Beam, VALID, path="topopt")
    assert study.box == (1.0, 2.5)
    assert all(type(edge) is float for edge in study.box)
    assert study.sizes == (4, 8)
    assert study.nets["big_2"] == Net(width=64, rate=1.0, activation="tanh")
    assert type(study.nets["big_2"].rate) is float
    assert study.net == Net(width=3, rate=0.5)
    assert study.boundary == (0, 1)


def test_defaults_fill_what_is_left_out() -> None:
    study = parse(Beam, {"radius": 1, "steps": 2, "title": ""}, path="topopt")
    assert study == Beam(radius=1.0, steps=2, title="")


# (keys, what comes, words that the message must hold)
WRONG_VALUES = [
    (("radius",), "1e-3", ["YAML reads 1e-3 as text: write 1.0e-3"]),
    (("radius",), "-2E5", ["write -2.0e+5"]),
    (("radius",), "1.5e5", ["write 1.5e+5"]),
    (("radius",), "3", ["remove the quotes"]),
    (("radius",), "abc", ["write a finite number"]),
    (("radius",), math.nan, ["a finite number"]),
    (("radius",), math.inf, ["a finite number"]),
    (("radius",), 10**400, ["a finite number"]),
    (("radius",), True, ["a finite number"]),
    (("radius",), None, ["a finite number"]),
    (("radius",), [1.0], ["a finite number"]),
    (("radius",), {}, ["a finite number"]),
    (("steps",), "1e5", ["write 100000"]),
    (("steps",), 3.0, ["an integer", "write 3"]),
    (("steps",), 3.5, ["an integer"]),
    (("steps",), True, ["an integer"]),
    (("steps",), None, ["an integer"]),
    (("title",), 5, ["text", "quotes"]),
    (("title",), True, ["on, off, yes, no"]),
    (("title",), None, ["text"]),
    (("enabled",), "true", ["true or false"]),
    (("enabled",), 1, ["true or false"]),
    (("sizes",), 4, ["a list, each entry an integer", "write [4]"]),
    (("sizes",), "48", ["a list"]),
    (("sizes",), {"a": 1}, ["a list"]),
    (("sizes",), [4, "8"], ["sizes[1] is '8'"]),
    (("sizes",), [4, False], ["sizes[1]"]),
    (("box",), [1.0], ["a list of 2"]),
    (("box",), [1.0, 2.0, 3.0], ["a list of 2"]),
    (("box",), [1.0, "1e2"], ["box[1]", "write 1.0e+2"]),
    (("limit",), "1e-3", ["write 1.0e-3"]),
    (("limit",), math.nan, ["a finite number or null"]),
    (("boundary",), 3, ["text or a list of 2"]),
    (("boundary",), None, ["text or a list of 2"]),
    (("boundary",), [0, "a"], ["boundary[1] is 'a'"]),
    (("nets",), [], ["a mapping"]),
    (("nets", "small"), None, ["topopt.simp.nets.small is None", "width"]),
    (("nets", "small", "rate"), "5e-4", ["topopt.simp.nets.small.rate", "write 5.0e-4"]),
    (("nets", "small", "activation"), "rellu", ["one of relu, tanh"]),
    (("nets", "small", "activation"), False, ["on, off, yes, no"]),
    (("nets", "small", "width"), 0, ["topopt.simp.nets.small.width is 0: allowed is at least 1"]),
    (("net", "width"), -1, ["topopt.simp.net.width is -1"]),
    (
        ("net", "widht"),
        1,
        ["topopt.simp.net.widht is not a key: did you mean width?", "activation, enabled, rate, width"],
    ),
    (("net",), [], ["a mapping or null"]),
    (("options",), 3, ["a mapping"]),
    (("radus",), 1.0, ["topopt.simp.radus is not a key: did you mean radius?"]),
    (("zzz",), 1.0, ["topopt.simp.zzz is not a key: remove it", "Allowed are boundary, box"]),
    ((7,), 1.0, ["topopt.simp.7 is not a key"]),
]


@pytest.mark.parametrize(("keys", "value", "words"), WRONG_VALUES)
def test_a_wrong_value_is_refused_in_one_line_that_names_its_path(keys: Any, value: Any, words: list[str]) -> None:
    message = refusal(changed(*keys, value=value))
    assert "\n" not in message
    assert len(message) < 300
    assert message.startswith(f"topopt.simp.{'.'.join(map(str, keys))}")
    for word in words:
        assert word in message


@pytest.mark.parametrize("keys", [("radius",), ("steps",), ("title",), ("net", "rate"), ("nets", "small", "width")])
def test_a_missing_required_key_is_refused_by_name(keys: tuple[str, ...]) -> None:
    section = copy.deepcopy(VALID)
    inner: Any = section
    for key in keys[:-1]:
        inner = inner[key]
    del inner[keys[-1]]
    assert refusal(section).startswith(f"topopt.simp.{'.'.join(keys)} is missing: add it, ")


@pytest.mark.parametrize("section", [None, [], "text", 3])
def test_a_section_that_is_no_mapping_is_refused(section: object) -> None:
    assert refusal(section).startswith(f"topopt.simp is {section!r}: write a mapping with the keys boundary, box")


@pytest.mark.parametrize("name", ["Big", "a-b", "a b", "", "a/b", "../x", "ä", "a.b", "a\n"])
def test_a_variant_that_cannot_name_a_file_is_refused(name: str) -> None:
    message = refusal(changed("nets", name, value={"width": 1, "rate": 1.0}))
    assert "a-z, 0-9 and _ only" in message
    assert "\n" not in message


def test_a_variant_that_yaml_reads_as_a_number_or_truth_value_is_refused() -> None:
    section = yaml.safe_load("{radius: 1.0, steps: 1, title: t, nets: {8: {width: 1, rate: 1.0}}}")
    assert "put it in quotes" in refusal(section)
    section = yaml.safe_load("{radius: 1.0, steps: 1, title: t, nets: {off: {width: 1, rate: 1.0}}}")
    assert "put it in quotes" in refusal(section)


def test_what_a_post_init_refuses_is_told_in_one_line_with_the_path() -> None:
    section = changed("net", value={"width": 1, "rate": 1e4, "activation": "tanh"})
    assert refusal(section) == "topopt.simp.net: a network of tanh needs a smaller rate"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_number_that_an_error_recommends_is_read_by_yaml_as_that_number(number: float) -> None:
    text = f"{number:e}".replace("+", "").replace(".", "")
    message = refusal(changed("radius", value=text))
    recommended = message.rpartition("write ")[2]
    assert yaml.safe_load(recommended) == float(text)


names = st.text("abcz09_", min_size=1, max_size=4)
finite = st.floats(allow_nan=False, allow_infinity=False)
nets = st.builds(
    Net, width=st.integers(1, 2**70), rate=st.floats(-1e3, 1e3), activation=st.sampled_from(["relu", "tanh"])
)
plain = st.recursive(st.none() | st.booleans() | st.integers() | finite | st.text(), lambda x: st.lists(x, max_size=3))
studies = st.builds(
    Beam,
    radius=finite,
    steps=st.integers(),
    title=st.text(),
    enabled=st.booleans(),
    sizes=st.lists(st.integers()).map(tuple),
    box=st.tuples(finite, finite),
    limit=st.none() | finite,
    boundary=st.text() | st.tuples(st.integers(), st.integers()),
    nets=st.dictionaries(names, nets, max_size=3),
    net=st.none() | nets,
    options=st.dictionaries(st.text(), plain, max_size=3),
)


@given(studies)
def test_settings_survive_canonical_json(study: Beam) -> None:
    assert parse(Beam, json.loads(canonical_json(study)), path="x") == study


@given(studies, studies)
def test_canonical_text_is_equal_exactly_when_settings_are(one: Beam, other: Beam) -> None:
    again = parse(Beam, json.loads(canonical_json(one)), path="x")
    assert canonical_json(again) == canonical_json(one)
    if one != other:
        assert canonical_json(one) != canonical_json(other)


@given(st.dictionaries(st.text(), plain, max_size=5), st.randoms())
def test_the_order_of_keys_does_not_change_canonical_text(mapping: dict[str, Any], random: Any) -> None:
    items = list(mapping.items())
    random.shuffle(items)
    assert canonical_json(dict(items)) == canonical_json(mapping)


def test_an_integer_in_a_float_field_and_a_signed_zero_change_no_canonical_text() -> None:
    assert canonical_json(Net(width=1, rate=0)) == canonical_json(Net(width=1, rate=-0.0))


@pytest.mark.parametrize(
    ("value", "error"),
    [(math.nan, ValueError), ([math.inf], ValueError), ({1: 2}, TypeError), ({"a": {1, 2}}, TypeError)],
)
def test_canonical_json_refuses_what_is_not_plain(value: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        canonical_json(value)


class Bounds(Section):
    """One field for each kind of bound and check."""

    count: Count = 1
    even: Annotated[int, Meta(multiple_of=2)] = 2
    odd: Odd = 3
    odd_or_none: Odd | None = None
    grid: GridSize = 7
    power: Annotated[PowerOfTwo, Meta(ge=8)] = 8
    step: Positive = 0.1
    inner: OpenFraction = 0.5
    limit: Positive | None = None
    pair: tuple[Count, Count] = (1, 2)
    seeds: Seeds = (0,)
    sizes: Increasing[Annotated[int, Meta(ge=20, lt=99)]] = (20, 40)
    powers: Increasing[PowerOfTwo] | None = None
    box: Range[float] = (0.0, 1.0)
    scales: Subset[Positive] = ()
    levels: Annotated[NonEmpty[Count], Meta(max_length=2)] = (1,)
    nets: Variants[Net]

    def __post_init__(self) -> None:
        self.require_at_most("count", "odd")
        self.require_untaken("nets", ["classical"])


# key, a value that is allowed, one that is not, the message
BOUNDS = [
    ("count", 3, 0, "count is 0: allowed is at least 1"),
    ("count", 2**70, "3", "count is '3': write an integer; remove the quotes"),
    ("even", -4, 3, "even is 3: allowed is a multiple of 2"),
    ("odd", 5, 4, "odd is 4: allowed is a positive odd number"),
    ("odd", 1, -1, "odd is -1: allowed is a positive odd number"),
    ("odd_or_none", None, 2, "odd_or_none is 2: write an integer (a positive odd number) or null"),
    ("grid", 31, 32, "grid is 32: allowed is a grid size 2^k - 1, at least 7"),
    ("grid", 7, 3, "grid is 3: allowed is a grid size 2^k - 1, at least 7"),
    ("power", 16, 24, "power is 24: allowed is a power of two, at least 8"),
    ("power", 8, 4, "power is 4: allowed is a power of two, at least 8"),
    ("step", 5e-324, 0, "step is 0: allowed is positive"),
    ("step", 1, math.inf, "step is inf: write a finite number (positive)"),
    ("step", 1, "1e-3", "step is '1e-3': write a finite number; YAML reads 1e-3 as text: write 1.0e-3"),
    ("inner", 0.01, -0.1, "inner is -0.1: allowed is more than 0 and less than 1"),
    ("inner", 0.5, math.nan, "inner is nan: write a finite number (more than 0 and less than 1)"),
    ("inner", 0.99, 1, "inner is 1: allowed is more than 0 and less than 1"),
    ("limit", None, -1, "limit is -1: write a finite number (positive) or null"),
    ("pair", [3, 1], [3, 0], "pair[1] is 0: allowed is at least 1"),
    ("pair", [3, 1], [3], "pair is [3]: write a list of 2: an integer (at least 1); an integer (at least 1)"),
    ("seeds", [5, 0], [], "seeds is []: allowed is one or more entries, each once"),
    ("seeds", [5, 0], [0, -1], "seeds[1] is -1: allowed is zero or more"),
    ("seeds", [5, 0], [1, 1], "seeds is [1, 1]: allowed is one or more entries, each once"),
    ("sizes", [20, 98], [20, 99], "sizes[1] is 99: allowed is at least 20 and less than 99"),
    ("sizes", [98], 30, "sizes is 30: write a list, each entry an integer (at least 20 and less than 99); write [30]"),
    ("sizes", [21, 22], [22, 21], "sizes is [22, 21]: allowed is one or more increasing numbers"),
    ("sizes", [98], [], "sizes is []: allowed is one or more increasing numbers"),
    ("powers", [2, 4], [4, 2], "powers is [4, 2]: allowed is one or more increasing numbers"),
    ("powers", None, [2, 6], "powers[1] is 6: allowed is a power of two"),
    ("box", [1, 2.5], [1, 1], "box is [1, 1]: allowed is a number and a larger one"),
    ("scales", [], [2, 2.0], "scales is [2, 2.0]: allowed is each entry once"),
    ("levels", [1, 1], [1, 1, 1], "levels is [1, 1, 1]: allowed is at least one entry, at most 2 entries"),
    ("nets", {"x": {"width": 1, "rate": 1}}, {}, "nets needs at least one enabled entry"),
    (
        "nets",
        {"x": {"width": 1, "rate": 1}},
        {"classical": {"width": 1, "rate": 1}},
        "nets.classical is the name of a built-in",
    ),
]


@pytest.mark.parametrize(("key", "allowed", "wrong", "message"), BOUNDS)
def test_bounds_are_told_with_the_place_where_they_are_violated(
    key: str, allowed: object, wrong: object, message: str
) -> None:
    others = {"nets": VALID["nets"], "odd": 2**70 + 1}
    parse(Bounds, {**others, key: allowed}, path="topopt")
    assert refusal({**others, key: wrong}, Bounds).startswith(f"topopt.simp.{message}")


def test_one_field_bounds_another() -> None:
    assert refusal({"count": 4, "nets": VALID["nets"]}, Bounds) == "topopt.simp.count is 4: allowed is at most 3 (odd)"


class Lesson(Study[Net]):
    shown: str

    def __post_init__(self) -> None:
        self.require_known("shown", self.enabled)
        for name in self.variants:
            self.require(self.variants[name].width < 9, f"variants.{name}.width", "less than 9")


LESSON = {"seed": 0, "seeds": [1], "shown": "big", "variants": {"big": {"width": 8, "rate": 1}}}


def test_a_study_trains_the_variants_that_are_not_switched_off() -> None:
    off = {"width": 1, "rate": 1, "enabled": False}
    lesson = parse(Lesson, {**LESSON, "variants": {**LESSON["variants"], "off": off}}, path="lesson")
    assert lesson.enabled == enabled(lesson.variants) == {"big": Net(width=8, rate=1.0)}
    without = refusal({**LESSON, "variants": {"off": off}}, Lesson)
    assert without == "topopt.simp.variants needs at least one enabled entry"
    assert refusal({**LESSON, "shown": "of"}, Lesson) == "topopt.simp.shown is 'of': allowed is one of big"


def test_a_check_names_the_value_at_its_key_through_mappings() -> None:
    section = {**LESSON, "variants": {"big": {"width": 9, "rate": 1}}}
    assert refusal(section, Lesson) == "topopt.simp.variants.big.width is 9: allowed is less than 9"


def test_sections_are_frozen_and_take_their_fields_by_name() -> None:
    net = Net(width=1, rate=0.1)
    with pytest.raises(AttributeError):
        net.width = 2  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(TypeError):
        Net(1, 0.1)  # pyright: ignore[reportCallIssue]
    assert msgspec.structs.replace(net, width=2) == Net(width=2, rate=0.1)


def test_only_studies_and_the_device_stand_at_the_top_level() -> None:
    check_sections({"topopt": {}, "device": "cuda"}, studies=["topopt", "multigrid"])
    with pytest.raises(ConfigError, match=r"topopts is not a section of the configuration: did you mean topopt\?"):
        check_sections({"topopts": {}}, studies=["topopt"])
    with pytest.raises(ConfigError, match="device is 'gpu': write one of auto, cpu, cuda"):
        check_sections({"device": "gpu"}, studies=["topopt"])
    with pytest.raises(ConfigError, match="True is not a section"):
        check_sections({True: {}}, studies=["topopt"])


def test_importing_the_module_loads_the_standard_library_and_msgspec_only() -> None:
    code = (
        "import sys, mlsim.config; print(*{name.partition('.')[0] for name in sys.modules} - sys.stdlib_module_names)"
    )
    before = "import sys; print(*{name.partition('.')[0] for name in sys.modules} - sys.stdlib_module_names)"
    loaded, anyway = (
        set(subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True).stdout.split())
        for text in (code, before)
    )
    assert loaded - anyway <= {"mlsim", "msgspec", "typing_extensions"}
