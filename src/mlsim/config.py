"""From the configuration's plain mappings to each study's frozen settings, and back to canonical text.

Imports only the standard library, msgspec and ``mlsim.messages``, since every job loads it before it starts.
"""

import dataclasses
import json
from collections.abc import Collection, Mapping, Sequence
from operator import attrgetter
from typing import Annotated, Any, Literal, Protocol, TypeVar, dataclass_transform, runtime_checkable

import msgspec
from msgspec import Meta

from mlsim.messages import ConfigError, Name, alternatives, converted, locate, one_line, shown, shown_key

T = TypeVar("T")

# Types of fields. The message on a value out of bounds contains the description, else the numbers.
Count = Annotated[int, Meta(ge=1)]
AtLeast2 = Annotated[int, Meta(ge=2)]
Positive = Annotated[float, Meta(gt=0, description="positive")]
NonNegative = Annotated[float, Meta(ge=0, description="zero or more")]
Fraction = Annotated[float, Meta(ge=0, le=1, description="between 0 and 1")]
OpenFraction = Annotated[float, Meta(gt=0, lt=1, description="more than 0 and less than 1")]
NonEmpty = Annotated[tuple[T, ...], Meta(min_length=1, description="at least one entry")]
Seed = Annotated[int, Meta(ge=0, description="zero or more")]
Seeds = NonEmpty[Seed]
Named = dict[Name, T]  # the names become file names
Device = Literal["auto", "cpu", "cuda"]


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class _SectionType(msgspec.StructMeta):
    """msgspec inherits all options of a class but ``kw_only``."""

    def __new__(cls, *args: Any, **options: Any) -> Any:
        return super().__new__(cls, *args, **{"kw_only": True, **options})


class Section(msgspec.Struct, metaclass=_SectionType, frozen=True, forbid_unknown_fields=True):
    """Settings: frozen, without unknown keys. ``__post_init__`` checks what relates fields, by ``require`` and others.

    Bounds of the types hold in :func:`parse`, not in the constructor.
    """


def parse(cls: type[T], section: object, *, path: str) -> T:
    """Settings of type ``cls`` from a plain mapping, strictly: nothing unknown, nothing missing, nothing converted.

    The one conversion is an integer given for a float. Numbers are finite.

    Args:
        cls: a ``Section`` whose fields are sections, ``Named[X]``, tuples, unions, ``Literal``, ``bool``, ``int``,
            ``float``, ``str``, with bounds or without.
        section: the part of the configuration, as read from YAML or JSON.
        path: of the section, for messages, such as ``topopt.simp``.

    Raises:
        ConfigError: the section does not fit ``cls``, or a ``__post_init__`` raised ``ValueError``.

    >>> class Mesh(Section):
    ...     width: Count
    ...     ratio: Positive = 0.5
    >>> parse(Mesh, {"width": 64, "ratio": 1}, path="topopt.mesh")
    Mesh(width=64, ratio=1.0)
    >>> parse(Mesh, {"width": 0}, path="topopt.mesh")
    Traceback (most recent call last):
    ...
    mlsim.messages.ConfigError: topopt.mesh.width is 0: allowed is at least 1
    >>> parse(Mesh, {"widht": 64}, path="topopt.mesh")
    Traceback (most recent call last):
    ...
    mlsim.messages.ConfigError: topopt.mesh.widht is not a key: did you mean width? Allowed are ratio, width
    """
    if dataclasses.is_dataclass(cls):  # BRIDGE: msgspec lets unknown keys of dataclasses pass
        locate(cls, section, path=path)
    try:
        return converted(section, cls)
    except ValueError as error:
        locate(cls, section, path=path)
        raise ConfigError(f"{path}: {one_line(error)}") from error


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no blanks: equal settings have equal text, whatever the order of their keys.

    ``parse(cls, json.loads(canonical_json(settings)), path=...) == settings`` for all settings of type ``cls``. Values
    are settings, or plain: mappings with text keys, lists, tuples, numbers, text, booleans, None. One line of ASCII.

    Raises:
        TypeError: something in ``value`` is neither settings nor plain.
        ValueError: a number is not finite.

    >>> canonical_json({"b": 1, "a": (2.0, None)})
    '{"a":[2.0,null],"b":1}'
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), allow_nan=False)


def check_sections(config: Mapping[Any, object], *, studies: Collection[str]) -> None:
    """Refuse a merged configuration with anything but the studies and ``device`` at its top level.

    Raises:
        ConfigError: an unknown top-level key, or a device other than auto, cpu and cuda.

    >>> check_sections({"device": "gpu"}, studies=["topopt"])
    Traceback (most recent call last):
    ...
    mlsim.messages.ConfigError: device is 'gpu': write one of auto, cpu, cuda
    """
    allowed = {*studies, "device"}
    for key in config:
        if key not in allowed:
            raise ConfigError(f"{shown_key(key)} is not a section of the configuration: {alternatives(key, allowed)}")
    locate(Device, config.get("device", "auto"), path="device")


def require(condition: bool, name: str, value: object, *, allowed: str) -> None:
    """Raise ValueError unless a condition on a field holds; ``parse`` puts the path of the section before the message.

    >>> require(False, "sweeps", 0, allowed="at least 1")
    Traceback (most recent call last):
    ...
    ValueError: sweeps is 0: allowed is at least 1
    """
    if not condition:
        raise ValueError(f"{name} is {shown(value)}: allowed is {allowed}")


def require_increasing(section: Section, *names: str) -> None:
    """Check that each entry of the named lists is larger than the one before; see :func:`require`."""
    for name in names:
        entries = list(getattr(section, name))
        require(entries == sorted(set(entries)), name, entries, allowed="increasing numbers")


def require_distinct(section: Section, *names: str) -> None:
    """Check that no entry of the named lists is given twice; see :func:`require`."""
    for name in names:
        entries = list(getattr(section, name))
        require(len(set(entries)) == len(entries), name, entries, allowed="each entry once")


def require_odd(section: Section, *names: str) -> None:
    """Check that the named integers are odd; even ones are ``Meta(multiple_of=2)``; see :func:`require`."""
    for name in names:
        require(getattr(section, name) % 2 == 1, name, getattr(section, name), allowed="odd numbers")


def require_at_most(section: Section, name: str, bound: str) -> None:
    """Check one field against another, both as paths such as ``fields.test``; see :func:`require`."""
    value, most = attrgetter(name, bound)(section)
    require(value <= most, name, value, allowed=f"at most {most}, {bound}")


def require_enabled(section: Section, *names: str) -> None:
    """Check that the named mappings have an entry that is not switched off; see :func:`require`."""
    for name in names:
        require(len(enabled(getattr(section, name))) > 0, name, {}, allowed="at least one enabled entry")


def require_untaken(section: Section, name: str, taken: Collection[str]) -> None:
    """Check that no entry of the named mapping has the name of a method that always exists; see :func:`require`."""
    for entry in getattr(section, name):
        require(entry not in taken, name, entry, allowed="another name: this one is taken")


@runtime_checkable  # for the checks of types at run time
class Switched(Protocol):
    """An entry of the configuration that ``enabled: false`` switches off."""

    @property
    def enabled(self) -> bool: ...


Switch = TypeVar("Switch", bound=Switched)


def enabled(named: Mapping[str, Switch]) -> dict[str, Switch]:
    """The entries that are not switched off by ``enabled: false``, by name."""
    return {name: entry for name, entry in named.items() if entry.enabled}


def _plain(value: object) -> object:
    if isinstance(value, msgspec.Struct):
        # an integer in a float field equals its float, so both must give the same text: convert makes it a float
        value = msgspec.to_builtins(converted(msgspec.to_builtins(value), type(value)))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):  # BRIDGE
        value = dataclasses.asdict(converted(dataclasses.asdict(value), type(value)))
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError(f"the keys of a mapping in settings are text: {shown(list(value))}")
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value + 0.0 if isinstance(value, float) else value  # -0.0 equals 0.0, so both must give the same text


# BRIDGE to the studies whose settings are dataclasses: delete it, and what is marked BRIDGE above, with the last one.


def require_at_least(least: float, owner: object, *names: str) -> None:
    """Check that the named fields of ``owner`` are ``least`` or more; see :func:`require`."""
    for name in names:
        require(getattr(owner, name) >= least, name, getattr(owner, name), allowed=f"at least {least}")


def require_positive(owner: object, *names: str) -> None:
    """Check that the named fields of ``owner`` are above zero; see :func:`require`."""
    for name in names:
        require(getattr(owner, name) > 0, name, getattr(owner, name), allowed="positive")


def require_seeds(seed: int, seeds: tuple[int, ...]) -> None:
    """Check the fields ``seed`` (of the data) and ``seeds`` (one training each) of a study."""
    require(seed >= 0, "seed", seed, allowed="zero or more")
    require_distinct_seeds("seeds", seeds)


def require_distinct_seeds(name: str, seeds: Sequence[int], *, or_none: bool = False) -> None:
    """Check the seeds in the field ``name``; with ``or_none`` an empty field stands for the seeds of the study."""
    distinct = len(set(seeds)) == len(seeds) and min(seeds, default=0) >= 0
    good = distinct and (or_none or len(seeds) > 0)
    rest = "; none: those of the study" if or_none else ", at least one"
    require(good, name, seeds, allowed=f"distinct integers, not negative{rest}")
