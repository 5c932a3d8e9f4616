"""From the configuration's plain mappings to each study's frozen settings, and back to canonical text.

Imports nothing but the standard library and the words of its messages: the Snakefile and every ``settings.py`` load it
before a job starts.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import re
import sys
import types
import typing
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, NoReturn, Protocol, TypeVar, Union, get_args, get_origin, runtime_checkable

from mlsim.wording import WORDS, alternatives, described, joined, one_line, remedy, shape, shown, shown_key

T = TypeVar("T")


@runtime_checkable  # for the checks of types at run time
class Switched(Protocol):
    """An entry of the configuration that ``enabled: false`` switches off."""

    @property
    def enabled(self) -> bool: ...


Switch = TypeVar("Switch", bound=Switched)

DEVICES = ("auto", "cpu", "cuda")
_NAME = re.compile(r"[a-z0-9_]+")


class ConfigError(ValueError):
    """A configuration that cannot be used: one line with the path, what came, what is allowed, and the remedy."""


def parse(cls: type[T], section: object, *, path: str) -> T:
    """Settings of type ``cls`` from a plain mapping, strictly: nothing unknown, nothing missing, nothing converted.

    The one conversion is an integer given for a float. Fields may be nested dataclasses, ``dict[str, X]`` (whose keys
    become file names), ``Mapping``, ``tuple[X, ...]``, ``tuple[X, Y]``, unions, ``Literal``, ``bool``, ``int``,
    ``float`` and ``str``. In a union the member of the value's own type comes first, then the declared order.

    Args:
        cls: frozen dataclass.
        section: the part of the configuration, as read from YAML or JSON.
        path: where the section stands, for messages, such as ``topopt.simp``.

    Returns:
        The settings.

    Raises:
        ConfigError: the section does not fit ``cls``, or its ``__post_init__`` raised ``ValueError``.

    >>> @dataclasses.dataclass(frozen=True, kw_only=True)
    ... class Mesh:
    ...     width: int
    ...     ratio: float = 0.5
    >>> parse(Mesh, {"width": 64, "ratio": 1}, path="topopt.mesh")
    Mesh(width=64, ratio=1.0)
    >>> parse(Mesh, {"widht": 64}, path="topopt.mesh")
    Traceback (most recent call last):
    ...
    mlsim.config.ConfigError: topopt.mesh.widht is not a key: did you mean width? Allowed are ratio, width
    """
    if not (dataclasses.is_dataclass(cls) and getattr(cls, "__dataclass_params__").frozen):  # noqa: B009
        raise TypeError(f"{cls!r} is not a frozen dataclass")
    fields = {field.name: field for field in dataclasses.fields(cls) if field.init}
    if not isinstance(section, Mapping):
        _refuse(path, section, f"a mapping with the keys {', '.join(sorted(fields))}")
    if unknown := [key for key in section if key not in fields]:
        raise ConfigError(f"{joined(path, unknown[0])} is not a key: {alternatives(unknown[0], fields)}")
    hints = typing.get_type_hints(cls)
    for name, field in fields.items():
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if required and name not in section:
            raise ConfigError(f"{path}.{name} is missing: add it, {described(hints[name])}")
    values = {key: _convert(hints[key], value, path=f"{path}.{key}") for key, value in section.items()}
    try:
        return cls(**values)
    except ConfigError:
        raise
    except ValueError as error:
        message = one_line(error)
        # "radius is -1: ..." becomes "topopt.simp.radius is -1: ...", a key that a reader can search for
        separator = "." if re.split(r"\W", message, maxsplit=1)[0] in fields else ": "
        raise ConfigError(f"{path}{separator}{message}") from error


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no blanks: equal settings have equal text, whatever the order of their keys.

    ``parse(cls, json.loads(canonical_json(settings)), path=...) == settings`` for all settings of type ``cls``.

    Args:
        value: settings, or a plain value of mappings with text keys, lists, tuples, numbers, text, booleans, None.

    Returns:
        One line of ASCII text.

    Raises:
        TypeError: something in ``value`` is neither settings nor plain.
        ValueError: a number is not finite.

    >>> canonical_json({"b": 1, "a": (2.0, None)})
    '{"a":[2.0,null],"b":1}'
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), allow_nan=False)


def check_sections(config: Mapping[Any, object], *, studies: Collection[str]) -> None:
    """Refuse a merged configuration with anything but the studies and ``device`` at its top level.

    Args:
        config: the merged configuration.
        studies: names of all studies.

    Raises:
        ConfigError: an unknown top-level key, or a device other than auto, cpu and cuda.

    >>> check_sections({"device": "gpu"}, studies=["topopt"])
    Traceback (most recent call last):
    ...
    mlsim.config.ConfigError: device is 'gpu': write one of auto, cpu, cuda
    """
    allowed = {*studies, "device"}
    for key in config:
        if key not in allowed:
            raise ConfigError(f"{shown_key(key)} is not a section of the configuration: {alternatives(key, allowed)}")
    if "device" in config:
        _convert(Literal[DEVICES], config["device"], path="device")


def require(condition: bool, name: str, value: object, *, allowed: str) -> None:
    """Check one field in a ``__post_init__``; ``parse`` puts the configuration path before the message.

    Args:
        condition: whether the value is good.
        name: the field.
        value: what came.
        allowed: what is allowed, in words.

    Raises:
        ValueError: ``condition`` is false.

    >>> require(False, "sweeps", 0, allowed="at least 1")
    Traceback (most recent call last):
    ...
    ValueError: sweeps is 0: allowed is at least 1
    """
    if not condition:
        raise ValueError(f"{name} is {shown(value)}: allowed is {allowed}")


def require_at_least(least: float, owner: object, *names: str) -> None:
    """Check that the named fields of ``owner`` are ``least`` or more; see :func:`require`."""
    for name in names:
        require(getattr(owner, name) >= least, name, getattr(owner, name), allowed=f"at least {least}")


def require_positive(owner: object, *names: str) -> None:
    """Check that the named fields of ``owner`` are above zero; see :func:`require`."""
    for name in names:
        require(getattr(owner, name) > 0, name, getattr(owner, name), allowed="positive")


def enabled(named: Mapping[str, Switch]) -> dict[str, Switch]:
    """The entries that are not switched off by ``enabled: false``, by name."""
    return {name: each for name, each in named.items() if each.enabled}


def require_seeds(seed: int, seeds: tuple[int, ...]) -> None:
    """Check the fields ``seed`` (of the data) and ``seeds`` (one training each) of a study.

    Raises:
        ValueError: a seed is negative, or ``seeds`` is empty or has repetitions.

    >>> require_seeds(0, (1, 1))
    Traceback (most recent call last):
    ...
    ValueError: seeds is (1, 1): allowed is distinct integers, not negative, at least one
    """
    require(seed >= 0, "seed", seed, allowed="zero or more")
    require_distinct_seeds("seeds", seeds)


def require_distinct_seeds(name: str, seeds: Sequence[int], *, or_none: bool = False) -> None:
    """Check the seeds in the field ``name``; with ``or_none`` an empty field stands for the seeds of the study.

    >>> require_distinct_seeds("seeds", [], or_none=True)
    >>> require_distinct_seeds("seeds", [0, -1], or_none=True)
    Traceback (most recent call last):
    ...
    ValueError: seeds is [0, -1]: allowed is distinct integers, not negative; none: those of the study
    """
    distinct = len(set(seeds)) == len(seeds) and min(seeds, default=0) >= 0
    good = distinct and (or_none or len(seeds) > 0)
    rest = "; none: those of the study" if or_none else ", at least one"
    require(good, name, seeds, allowed=f"distinct integers, not negative{rest}")


def _convert(hint: Any, value: object, *, path: str) -> Any:
    """``value`` as ``hint`` says, or ConfigError; an annotation that settings cannot hold is a TypeError."""
    origin = get_origin(hint) or hint
    if hint is Any:
        return value
    if origin in (Union, types.UnionType):
        return _convert_union(hint, value, path=path)
    if origin is Literal:
        matches = [member for member in get_args(hint) if type(member) is type(value) and member == value]
        return matches[0] if matches else _refuse(path, value, hint)
    if origin is tuple:
        return _convert_tuple(hint, value, path=path)
    if origin in (dict, Mapping):
        return _convert_mapping(hint, value, path=path)
    if dataclasses.is_dataclass(origin):
        return parse(typing.cast(type, origin), value, path=path)
    if hint not in WORDS:
        raise TypeError(f"{path}: settings cannot hold {hint!r}")
    if hint is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        # the comparison is exact for integers of any size, and false for nan
        return float(value) if abs(value) <= sys.float_info.max else _refuse(path, value, hint)
    return value if type(value) is hint else _refuse(path, value, hint)


def _convert_union(hint: Any, value: object, *, path: str) -> Any:
    members = sorted(get_args(hint), key=lambda member: member is not type(value))  # the value's own type first
    for member in members:
        with contextlib.suppress(ConfigError):
            return _convert(member, value, path=path)
    alike = [member for member in members if shape(member) == shape(value)]
    if len(alike) == 1 and shape(value) != "scalar":
        _convert(alike[0], value, path=path)  # raises the error of the only member that can be meant, deeper inside
    _refuse(path, value, hint)


def _convert_tuple(hint: Any, value: object, *, path: str) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        _refuse(path, value, hint)
    members = get_args(hint)
    members = members[:1] * len(value) if members[-1:] == (...,) else members
    if len(members) != len(value):
        _refuse(path, value, hint)
    pairs = zip(members, value, strict=True)
    return tuple(_convert(member, item, path=f"{path}[{index}]") for index, (member, item) in enumerate(pairs))


def _convert_mapping(hint: Any, value: object, *, path: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        _refuse(path, value, hint)
    becomes_file_names = get_origin(hint) is dict
    key_hint, item_hint = get_args(hint) or (str, Any)
    if key_hint is not str:
        raise TypeError(f"{path}: the keys of a mapping in settings are text, not {key_hint!r}")
    for key in value:
        if not isinstance(key, str):
            raise ConfigError(f"{joined(path, key)} has a key that YAML does not read as text: put it in quotes")
        if becomes_file_names and not _NAME.fullmatch(key):
            raise ConfigError(f"{joined(path, key)} names files: write it with a-z, 0-9 and _ only")
    return {key: _convert(item_hint, item, path=joined(path, key)) for key, item in value.items()}


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        # an integer in a float field equals its float, so both must give the same text: parse makes it a float
        section = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value) if field.init}
        settings = parse(type(value), section, path=type(value).__name__)
        return {name: _plain(getattr(settings, name)) for name in section}
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError(f"the keys of a mapping in settings are text: {shown(list(value))}")
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value + 0.0 if isinstance(value, float) else value  # -0.0 equals 0.0, so both must give the same text


def _refuse(path: str, value: object, allowed: Any) -> NoReturn:
    """``allowed`` is an annotation, or words."""
    words = allowed if isinstance(allowed, str) else f"{described(allowed)}{remedy(allowed, value)}"
    raise ConfigError(f"{path} is {shown(value)}: write {words}")
