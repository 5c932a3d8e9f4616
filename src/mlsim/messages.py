"""Where a configuration does not fit its settings, in one line: the key, what was given, what to write instead."""

import contextlib
import difflib
import functools
import json
import re
import types
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from mlsim.types import Name

_NUMBER = re.compile(r"(?P<sign>[-+]?)(?P<mantissa>\d+\.?\d*|\.\d+)(?:[eE](?P<exponent>[-+]?\d+))?")
_TYPES = {str: "text", bool: "true or false", int: "an integer", float: "a finite number", types.NoneType: "null"}
_BOUNDS = {
    "ge": "at least {}",
    "gt": "more than {}",
    "le": "at most {}",
    "lt": "less than {}",
    "multiple_of": "a multiple of {}",
    "min_length": "at least {} entries",
    "max_length": "at most {} entries",
}


class ConfigError(ValueError):
    """A configuration that cannot be used: one line with the path, what came, what is allowed, and the remedy."""


def converted(value: object, hint: Any) -> Any:
    """``value`` as an annotation asks, or ValueError: strict, with finite numbers, without conditions on its parts."""
    result = msgspec.convert(value, hint, strict=True)
    json.dumps(msgspec.to_builtins(result), allow_nan=False)  # msgspec does not refuse infinity and NaN
    members, metas = options(hint), getattr(hint, "__metadata__", ())
    one_fits = len(members) == 1 or any(_fits(value, member) for member in members)
    if not (one_fits and all(meta.extra["holds"](result) for meta in metas if meta.extra)):
        raise ValueError("a condition of mlsim.types.where does not hold")
    return result


def _fits(value: object, hint: Any) -> bool:
    with contextlib.suppress(ValueError):
        converted(value, hint)
        return True
    return False


def located(hint: Any, value: object, *, path: str) -> Any:
    """``value`` as an annotation asks, or ConfigError for the innermost part that does not fit."""
    for part_hint, part, part_path in _parts(hint, value, path=path):
        located(part_hint, part, path=part_path)
    try:
        return converted(value, hint)
    except ValueError as error:
        raise ConfigError(_complaint(hint, value, path=path, error=error)) from error


def _parts(hint: Any, value: object, *, path: str) -> Iterator[tuple[Any, object, str]]:
    """Type, value and path of each part of ``value``; a wrong key is a ConfigError."""
    hint, members = base(hint), get_args(base(hint))
    alike = [member for member in options(hint) if shape(base(member)) == shape(value) != "scalar"]
    if len(options(hint)) > 1 and len(alike) == 1:  # the only member of the union that can be meant
        yield alike[0], value, path
    elif (fields := _fields(hint)) and isinstance(value, Mapping):
        for key in value:
            if key not in fields:
                raise ConfigError(f"{path}.{shown_key(key)} is not a key: {alternatives(key, fields)}")
        for name, field in fields.items():
            if field.required and name not in value:
                raise ConfigError(f"{path}.{name} is missing: add it, {described(field.type)}")
        yield from ((fields[key].type, part, f"{path}.{key}") for key, part in value.items())
    elif get_origin(hint) is dict and isinstance(value, Mapping):
        for key, part in value.items():
            if not isinstance(key, str):
                raise ConfigError(
                    f"{path}.{shown_key(key)} has a key that YAML does not read as text: put it in quotes"
                )
            if not _fits(key, Name):
                raise ConfigError(f"{path}.{shown_key(key)} names files: write it with a-z, 0-9 and _ only")
            yield members[1], part, f"{path}.{shown_key(key)}"
    elif get_origin(hint) is tuple and isinstance(value, (list, tuple)):
        members = members[:1] * len(value) if members[-1] is ... else members
        if len(members) == len(value):
            yield from ((members[i], part, f"{path}[{i}]") for i, part in enumerate(value))


@functools.cache
def _fields(hint: Any) -> Mapping[str, Any]:
    """The fields of a section by name, each with ``type`` and ``required``; none if ``hint`` is something else."""
    is_section = isinstance(hint, type) and issubclass(hint, msgspec.Struct)
    return {field.name: field for field in msgspec.structs.fields(hint)} if is_section else {}


def _complaint(hint: Any, value: object, *, path: str, error: ValueError) -> str:
    """What is wrong with a value whose parts all fit."""
    fields = _fields(base(hint))
    if fields and isinstance(value, Mapping):  # a __post_init__ refused it
        message = one_line(error.__cause__ or error)
        # "radius is -1: ..." becomes "topopt.simp.radius is -1: ...", a key that a reader can search for
        separator = "." if re.split(r"\W", message, maxsplit=1)[0] in fields else ": "
        return f"{path}{separator}{message}"
    if base(hint) is not hint and _fits(value, base(hint)):
        if isinstance(value, Mapping):  # too long to show
            return f"{path} needs {bounds(hint)}"
        return f"{path} is {shown(value)}: allowed is {bounds(hint)}"
    keys = f" with the keys {', '.join(sorted(fields))}" if fields else ""
    advice = remedy(hint, value)
    return f"{path} is {shown(value)}: write {described(base(hint) if advice else hint)}{keys}{advice}"


def described(hint: Any) -> str:
    """What an annotation allows, such as: a list, each entry an integer (at least 2)."""
    origin, members = get_origin(hint) or hint, get_args(hint)
    if origin is Annotated:
        kind, comma, rest = described(members[0]).partition(", each")
        return f"{kind} ({bounds(hint)}){comma}{rest}"
    if origin in (Union, types.UnionType):
        return " or ".join(described(member) for member in members)
    if origin is Literal:
        return f"one of {', '.join(str(member) for member in members)}"
    if origin is tuple and members[-1:] == (...,):
        return f"a list, each entry {described(members[0])}"
    if origin is dict:
        return f"a mapping, each entry {described(members[1])}"
    if origin is tuple:
        return f"a list of {len(members)}: {'; '.join(described(member) for member in members)}"
    return _TYPES.get(hint, "a mapping")


def bounds(hint: Any) -> str:
    """The bounds of an ``Annotated`` type: the descriptions in its ``Meta``, or a phrase made from its numbers."""
    phrases = []
    for meta in hint.__metadata__:
        limits = {name: getattr(meta, name) for name in _BOUNDS if getattr(meta, name) is not None}
        phrases.append(meta.description or " and ".join(_BOUNDS[name].format(limits[name]) for name in limits))
    return ", ".join(phrases)


def base(hint: Any) -> Any:
    """An annotation without its bounds."""
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def options(hint: Any) -> list[Any]:
    """The members of a union; of another annotation itself alone, without its bounds."""
    hint = base(hint)
    return [*get_args(hint)] if get_origin(hint) in (Union, types.UnionType) else [hint]


def shape(hint_or_value: Any) -> str:
    """Mapping, list or scalar: what an annotation or a value looks like in YAML."""
    origin = get_origin(hint_or_value) or hint_or_value
    if isinstance(origin, Mapping) or origin in (dict, Mapping) or hasattr(origin, "__match_args__"):
        return "mapping"
    return "list" if isinstance(origin, (list, tuple)) or origin is tuple else "scalar"


def remedy(hint: Any, value: object) -> str:
    """What the writer most likely meant, above all where YAML reads a value differently from what one expects."""
    members = [base(member) for member in options(hint)]
    if isinstance(value, str) and (int in members or float in members) and (number := _NUMBER.fullmatch(value)):
        if number["exponent"] is None:
            return "; remove the quotes"
        return f"; YAML reads {value} as text: write {_as_yaml_number(number, whole=float not in members)}"
    if isinstance(value, bool) and (str in members or get_origin(members[0]) is Literal):
        return "; YAML reads on, off, yes, no as true or false: put it in quotes"
    if isinstance(value, (int, float)) and str in members:
        return "; put it in quotes"
    if isinstance(value, float) and value.is_integer() and int in members:
        return f"; write {int(value)}"
    if isinstance(value, (str, int, float)) and any(shape(member) == "list" for member in members):
        return f"; write [{value}]"
    return ""


def _as_yaml_number(number: re.Match[str], *, whole: bool) -> str:
    """YAML 1.1 wants a dot in the mantissa and a sign in the exponent."""
    if whole and float(number[0]).is_integer():
        return str(int(float(number[0])))
    mantissa = number["mantissa"] if "." in number["mantissa"] else f"{number['mantissa']}.0"
    exponent = number["exponent"]
    return f"{number['sign']}{mantissa}e{exponent if exponent[0] in '+-' else '+' + exponent}"


def alternatives(key: object, allowed: Collection[str]) -> str:
    """What an unknown key may have meant, and all keys."""
    close = difflib.get_close_matches(str(key), allowed, n=1)
    advice = f"did you mean {close[0]}?" if close else "remove it."
    return f"{advice} Allowed are {', '.join(sorted(allowed))}"


def shown_key(key: object) -> str:
    """A key as it is where it is a plain word, else in quotes."""
    return key if isinstance(key, str) and re.fullmatch(r"[\w-]+", key) else shown(key)


def shown(value: object) -> str:
    """A value on one line, cut where it is long."""
    text = one_line(repr(value))
    return text if len(text) <= 60 else f"{text[:57]}..."


def one_line(text: object) -> str:
    """Text without line breaks."""
    return " ".join(str(text).split())
