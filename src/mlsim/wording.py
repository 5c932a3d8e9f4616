"""Words of the messages on a wrong configuration: what came, what is allowed, what to write instead."""

import dataclasses
import difflib
import re
import types
from collections.abc import Collection, Mapping
from typing import Any, Literal, Union, get_args, get_origin

_NUMBER = re.compile(r"(?P<sign>[-+]?)(?P<mantissa>\d+\.?\d*|\.\d+)(?:[eE](?P<exponent>[-+]?\d+))?")
WORDS = {str: "text", bool: "true or false", int: "an integer", float: "a finite number", types.NoneType: "null"}


def remedy(hint: Any, value: object) -> str:
    """What the writer most likely meant, above all where YAML reads something else than the eye."""
    members = set(get_args(hint)) if get_origin(hint) in (Union, types.UnionType) else {hint}
    if isinstance(value, str) and members & {int, float} and (number := _NUMBER.fullmatch(value)):
        if number["exponent"] is None:
            return "; remove the quotes"
        return f"; YAML reads {value} as text: write {_as_yaml_number(number, whole=float not in members)}"
    if isinstance(value, bool) and (str in members or get_origin(hint) is Literal):
        return "; YAML reads on, off, yes, no as true or false: put it in quotes"
    if isinstance(value, (int, float)) and str in members:
        return "; put it in quotes"
    if isinstance(value, float) and value.is_integer() and int in members:
        return f"; write {int(value)}"
    if isinstance(value, (str, int, float)) and any(get_origin(member) is tuple for member in members):
        return f"; write [{value}]"
    return ""


def _as_yaml_number(number: re.Match[str], *, whole: bool) -> str:
    """YAML 1.1 wants a dot in the mantissa and a sign in the exponent."""
    if whole and float(number[0]).is_integer():
        return str(int(float(number[0])))
    mantissa = number["mantissa"] if "." in number["mantissa"] else f"{number['mantissa']}.0"
    exponent = number["exponent"]
    return f"{number['sign']}{mantissa}e{exponent if exponent[0] in '+-' else '+' + exponent}"


def described(hint: Any) -> str:
    """What an annotation allows.

    >>> described(tuple[int, ...])
    'a list, each entry an integer'
    """
    origin, members = get_origin(hint) or hint, get_args(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(described(member) for member in members)
    if origin is Literal:
        return f"one of {', '.join(str(member) for member in members)}"
    if origin is tuple and members[-1:] == (...,):
        return f"a list, each entry {described(members[0])}"
    if origin is tuple:
        return f"a list of {len(members)}: {', '.join(described(member) for member in members)}"
    return WORDS.get(hint, "a mapping")


def shape(hint_or_value: Any) -> str:
    """Mapping, list or scalar: what an annotation or a value looks like in YAML."""
    origin = get_origin(hint_or_value) or hint_or_value
    if isinstance(origin, Mapping) or origin in (dict, Mapping) or dataclasses.is_dataclass(origin):
        return "mapping"
    return "list" if isinstance(origin, (list, tuple)) or origin is tuple else "scalar"


def alternatives(key: object, allowed: Collection[str]) -> str:
    """What an unknown key may have meant.

    >>> alternatives("widht", ["width", "ratio"])
    'did you mean width? Allowed are ratio, width'
    """
    close = difflib.get_close_matches(str(key), allowed, n=1)
    advice = f"did you mean {close[0]}?" if close else "remove it."
    return f"{advice} Allowed are {', '.join(sorted(allowed))}"


def joined(path: str, key: object) -> str:
    """The path of ``key`` below ``path``."""
    return f"{path}.{shown_key(key)}"


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
