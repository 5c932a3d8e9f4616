"""From the configuration's plain mappings to each study's frozen settings, and back to canonical text.

Imports the standard library and msgspec alone: the Snakefile and every ``settings.py`` load it before a job starts.
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
    """msgspec inherits all options of a class but ``kw_only``."""

    def __new__(cls, *args: Any, **options: Any) -> Any:
        return super().__new__(cls, *args, **{"kw_only": True, **options})


class Section(msgspec.Struct, metaclass=_SectionType, frozen=True, forbid_unknown_fields=True):
    """Settings: frozen, without unknown keys. ``__post_init__`` checks what relates fields, by the methods below.

    Bounds of the types hold in :func:`parse`, not in the constructor. A ``key`` is a path below the section, such as
    ``fields.test``; :func:`parse` puts the path of the section before it. All checks raise ``ValueError``.
    """

    def require(self, condition: bool, key: str, allowed: str, *, value: object = msgspec.UNSET) -> None:
        """Refuse the value at ``key``, or another value to show, unless ``condition`` holds.

        >>> Section().require(False, "sweeps", "at least 1", value=0)
        Traceback (most recent call last):
        ...
        ValueError: sweeps is 0: allowed is at least 1
        """
        if not condition:
            came = self._at(key) if value is msgspec.UNSET else value
            raise ValueError(f"{key} is {shown(list(came) if isinstance(came, tuple) else came)}: allowed is {allowed}")

    def require_at_most(self, key: str, bound: str) -> None:
        """Refuse a value above that of another key."""
        most = self._at(bound)
        self.require(self._at(key) <= most, key, f"at most {most}, {bound}")

    def require_known(self, key: str, known: Collection[str]) -> None:
        """Refuse a name that is none of the known ones."""
        self.require(self._at(key) in known, key, f"one of {', '.join(known)}")

    def require_untaken(self, key: str, taken: Collection[str]) -> None:
        """Refuse entries of a mapping that are called as something that the study has anyway."""
        for entry in self._at(key):
            self.require(entry not in taken, key, "another name: this one is taken", value=entry)

    def _at(self, key: str) -> Any:
        value: Any = self
        for name in key.split("."):
            value = value[name] if isinstance(value, Mapping) else getattr(value, name)
        return value


class WithEnabled(Section):
    """An entry of a mapping that can be left out."""

    enabled: bool = True  # false omits the entry


class WithSeeds(WithEnabled):
    """An entry with trainings."""

    seeds: Subset[Seed] = ()  # one training per seed; none: those of the study


Entry = TypeVar("Entry", bound=WithEnabled)


def enabled(named: Mapping[str, Entry]) -> dict[str, Entry]:
    """The entries that are not switched off by ``enabled: false``, by name."""
    return {name: entry for name, entry in named.items() if entry.enabled}


class WithVariants(Section, Generic[Entry]):
    """Settings with variants to train."""

    variants: Named[Entry]

    @property
    def enabled(self) -> dict[str, Entry]:
        """The variants to train."""
        return enabled(self.variants)


class Study(WithVariants[Entry]):
    """The section of a study with variants, of which at least one is trained."""

    seed: Seed  # of all that is drawn but the trainings
    seeds: Seeds  # one training per seed
    variants: Variants[Entry]


def parse(cls: type[T], section: object, *, path: str) -> T:
    """Settings of type ``cls`` from a plain mapping, at ``path`` in the configuration.

    Strictly: nothing unknown, nothing missing, nothing converted but integers to floats, and finite numbers only.

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
    """JSON in one line with sorted keys: equal settings have equal text, from which ``parse`` gets them back.

    Raises:
        TypeError: something in ``value`` is neither a section nor plain (a list, a number, a mapping with text keys).
        ValueError: a number is not finite.

    >>> canonical_json({"b": 1, "a": (2.0, None)})
    '{"a":[2.0,null],"b":1}'
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), allow_nan=False)


def check_sections(config: Mapping[Any, object], *, studies: Collection[str]) -> None:
    """Raise ConfigError if a merged configuration holds anything but sections of studies and a valid ``device``."""
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
