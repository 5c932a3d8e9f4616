"""Parsing of configuration sections into frozen settings, and canonical JSON of settings.

Outside of mlsim this module and those it imports need the standard library and msgspec only, since the Snakefile and
every ``settings.py`` load it before a job starts.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any, Generic, TypeVar, dataclass_transform

import msgspec

from mlsim.messages import ConfigError, alternatives, converted, located, shown, shown_key
from mlsim.types import Device, Named, Seed, Seeds, Subset, Variants

T = TypeVar("T")


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class _SectionType(msgspec.StructMeta):
    """Makes all fields of sections keyword-only: msgspec does not inherit the option ``kw_only``."""

    def __new__(cls, *args: Any, **options: Any) -> Any:
        return super().__new__(cls, *args, **{"kw_only": True, **options})


class Section(msgspec.Struct, metaclass=_SectionType, frozen=True, forbid_unknown_fields=True):
    """Base class of settings: frozen, unknown keys are refused.

    Bounds in the types of fields are checked by :func:`parse`, not by the constructor. Relations between fields are
    checked in ``__post_init__`` by the methods below, which raise ``ValueError``. Their ``key`` is a path relative to
    the section, such as ``fields.test``; :func:`parse` prepends the path of the section.
    """

    def require(self, condition: bool, key: str, allowed: str, *, value: object = msgspec.UNSET) -> None:
        """Refuse the value at ``key`` unless ``condition`` holds; the message shows ``value`` instead if it is given.

        >>> Section().require(False, "sweeps", "at least 1", value=0)
        Traceback (most recent call last):
        ...
        ValueError: sweeps is 0: allowed is at least 1
        """
        if not condition:
            came = self._at(key) if value is msgspec.UNSET else value
            raise ValueError(f"{key} is {shown(list(came) if isinstance(came, tuple) else came)}: allowed is {allowed}")

    def require_at_most(self, key: str, bound: str) -> None:
        """Refuse the value at ``key`` if it exceeds the value at the key ``bound``."""
        most = self._at(bound)
        self.require(self._at(key) <= most, key, f"at most {most} ({bound})")

    def require_known(self, key: str, known: Collection[str]) -> None:
        """Refuse the value at ``key`` unless it is one of the known names."""
        self.require(self._at(key) in known, key, f"one of {', '.join(known)}")

    def require_untaken(self, key: str, taken: Collection[str]) -> None:
        """Refuse entries of the mapping at ``key`` with the name of a built-in method or of an entry elsewhere."""
        for entry in self._at(key):
            if entry in taken:
                raise ValueError(f"{key}.{entry} is the name of a built-in method or another entry: choose another")

    def _at(self, key: str) -> Any:
        value: Any = self
        for name in key.split("."):
            value = value[name] if isinstance(value, Mapping) else getattr(value, name)
        return value


class WithEnabled(Section):
    """An entry of a mapping that can be omitted."""

    enabled: bool = True  # false omits the entry


class WithSeeds(WithEnabled):
    """An entry whose networks are trained once per seed."""

    seeds: Subset[Seed] = ()  # one training per seed; if empty, the seeds of the study


Entry = TypeVar("Entry", bound=WithEnabled)


def enabled(named: Mapping[str, Entry]) -> dict[str, Entry]:
    """The entries without ``enabled: false``, by name."""
    return {name: entry for name, entry in named.items() if entry.enabled}


class WithVariants(Section, Generic[Entry]):
    """Settings with variants to train."""

    variants: Named[Entry]

    @property
    def enabled(self) -> dict[str, Entry]:
        """The variants that are trained."""
        return enabled(self.variants)


class Study(WithVariants[Entry]):
    """The section of a study with variants, of which at least one is trained."""

    seed: Seed  # of all random numbers except those of the trainings
    seeds: Seeds  # one training per seed
    variants: Variants[Entry]


def parse(cls: type[T], section: object, *, path: str) -> T:
    """Settings of type ``cls`` from a plain mapping, at ``path`` in the configuration.

    Unknown and missing keys and NaN or infinite numbers are refused; only integers are converted, to floats.

    Raises:
        ConfigError: the section does not fit ``cls``, or a ``__post_init__`` raised ``ValueError``.

    >>> parse(WithEnabled, {"enabled": False}, path="topopt.mesh")
    WithEnabled(enabled=False)
    >>> parse(WithEnabled, {"enabeld": False}, path="topopt.mesh")
    Traceback (most recent call last):
    ...
    mlsim.messages.ConfigError: topopt.mesh.enabeld is not a key: did you mean enabled? Allowed are enabled
    """
    return located(cls, section, path=path)


def canonical_json(value: object) -> str:
    """JSON in one line with sorted keys: equal settings have equal text, which ``parse`` can read again.

    Raises:
        TypeError: something in ``value`` is neither a section nor plain (list, number, mapping with text keys).
        ValueError: a number is not finite.

    >>> canonical_json({"b": 1, "a": (2.0, None)})
    '{"a":[2.0,null],"b":1}'
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), allow_nan=False)


def check_sections(config: Mapping[Any, object], *, studies: Collection[str]) -> None:
    """Raise ConfigError unless a merged configuration contains only sections of studies and a valid ``device``."""
    allowed = {*studies, "device"}
    for key in config:
        if key not in allowed:
            raise ConfigError(f"{shown_key(key)} is not a section of the configuration: {alternatives(key, allowed)}")
    located(Device, config.get("device", "auto"), path="device")


def _plain(value: object) -> object:
    if isinstance(value, msgspec.Struct):
        # an integer in a float field equals its float, so both must give the same text: convert makes it a float
        value = msgspec.to_builtins(converted(msgspec.to_builtins(value), type(value)))
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError(f"the keys of a mapping in settings are text: {shown(list(value))}")
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value + 0.0 if isinstance(value, float) else value  # -0.0 equals 0.0, so both must give the same text
