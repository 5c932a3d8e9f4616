"""Write config/schema.json and config/README.md from the settings of all studies; --check only compares.

The meaning of a key is the comment on its line in settings.py, or the comment lines above it; of a section without
one, the first sentence of its docstring.
"""

import ast
import functools
import io
import json
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec

from mlsim.config import Section
from mlsim.messages import described

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "workflow"))
from configuration import ROOT, STUDIES, settings_class

INTRODUCTION = """# Configuration

Generated from `src/mlsim/studies/*/settings.py` by `make format`; do not edit.

Each study has a file here with its default configuration. To change some of it, write an overlay, a YAML file with
only the sections and keys that differ, and name it: `make reproduce CONFIG=mine.yaml`, or
`snakemake --configfile mine.yaml`. Mappings are merged key by key, later files over earlier ones; lists and numbers are
replaced. `config/smoke.yaml` (tiny) and `config/paper.yaml` (published sizes) are overlays. A new entry of a mapping,
such as `variants`, is another variant; `enabled: false` omits one. With

    # yaml-language-server: $schema=schema.json

as first line (with the path of `config/schema.json`) an editor completes and checks the keys while you write. What the
run itself refuses, it names in one line before any job starts.

In the tables `NAME` is a name of your choice, of a-z, 0-9 and _; `[]` is any entry of a list. Keys without a default
are set in the study's file. Besides the studies there is one key: `device`, one of auto (default), cpu, cuda.
"""


@functools.cache
def comments(module: str) -> dict[tuple[str, str], str]:
    """The comment on each field of each class of a module: at the end of its line, or in lines of their own above."""
    source = Path(sys.modules[module].__file__ or "").read_text(encoding="utf-8")
    tokens = [t for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type == tokenize.COMMENT]
    text = {token.start[0]: token.string.lstrip("# ") for token in tokens}
    alone = {token.start[0] for token in tokens if token.line.lstrip().startswith("#")}
    found = {}
    for cls in (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)):
        for field in (node for node in cls.body if isinstance(node, ast.AnnAssign)):
            first = last = field.lineno
            while first - 1 in alone:
                first -= 1
            above = " ".join(text[line] for line in range(first, last))
            found[cls.name, ast.unparse(field.target)] = text.get(field.end_lineno or last, above)
    return found


def meaning(cls: type, field: str, section: type | None) -> str:
    """What a field means, from its comment or the docstring of its section."""
    owner = next(base for base in cls.__mro__ if (base.__name__, field) in comments(base.__module__))
    comment = comments(owner.__module__)[owner.__name__, field]
    sentence = " ".join((section.__doc__ or "").split("\n\n")[0].split()).rstrip(".") if section else ""
    if not (comment or sentence):
        sys.exit(f"{owner.__module__}: {owner.__name__}.{field} has no comment: say what it means and its unit")
    return comment or sentence


def section_in(hint: Any) -> tuple[type | None, str]:
    """The section that a field holds, if any, and what comes between the field's key and those of the section."""
    if isinstance(hint, type) and issubclass(hint, Section):
        return hint, "."
    for part in get_args(hint):
        section, path = section_in(part)
        if section:
            origin = getattr(hint, "__origin__", None)
            return section, {dict: ".NAME", tuple: "[]"}.get(origin, "") + path  # pyright: ignore[reportArgumentType]
    return None, ""


def rows(cls: type[Section], path: str = "") -> Iterator[tuple[str, str, str, str]]:
    """Key, type, default and meaning of all fields of a section and of the sections below it."""
    for field in msgspec.structs.fields(cls):
        section, step = section_in(field.type)
        default = "" if field.required else f"`{json.dumps(default_of(field))}`"
        yield f"`{path}{field.name}`", described(field.type), default, meaning(cls, field.name, section)
        if section:
            yield from rows(section, f"{path}{field.name}{step}")


def default_of(field: msgspec.structs.FieldInfo) -> object:
    """The value of a field that is left out."""
    is_factory = field.default_factory is not msgspec.NODEFAULT
    return msgspec.to_builtins(field.default_factory() if is_factory else field.default)


def classes_below(cls: type[Section]) -> Iterator[type[Section]]:
    """A section and all sections that it holds."""
    yield cls
    for field in msgspec.structs.fields(cls):
        section, _ = section_in(field.type)
        if section:
            yield from classes_below(section)


def readme(settings: dict[str, type[Section]]) -> str:
    """The tables of all keys."""
    lines = [INTRODUCTION]
    for study, cls in settings.items():
        lines += [f"## {study}", "", f"Defaults: [{study}.yaml]({study}.yaml)", ""]
        lines += ["| key | type | default | meaning |", "|---|---|---|---|"]
        lines += ["| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows(cls)]
        lines.append("")
    return "\n".join(lines)


def schema(settings: dict[str, type[Section]]) -> str:
    """The JSON schema of a configuration or an overlay: no key is required. One line per section."""
    classes = list(dict.fromkeys(section for cls in settings.values() for section in classes_below(cls)))
    references, definitions = msgspec.json.schema_components(classes, ref_template="#/$defs/{name}")
    references = dict(zip(classes, references, strict=True))
    for cls, reference in references.items():
        definition = definitions[reference["$ref"].removeprefix("#/$defs/")]
        del definition["required"]
        for field in msgspec.structs.fields(cls):
            text = meaning(cls, field.name, section_in(field.type)[0])
            definition["properties"][field.name]["description"] = text
    top = {study: references[cls] for study, cls in settings.items()}
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mlsim",
        "type": "object",
        "properties": {**top, "device": {"enum": ["auto", "cpu", "cuda"], "description": "where networks are trained"}},
        "additionalProperties": False,
    }
    lines = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
    names = [f"{json.dumps(name)}: {json.dumps(definitions[name], ensure_ascii=False)}" for name in sorted(definitions)]
    return "{\n" + ",\n".join([*lines, '"$defs": {\n' + ",\n".join(names) + "\n}"]) + "\n}\n"


def main() -> None:
    """Write both files, or say which one is not up to date."""
    settings = {study: settings_class(study) for study in STUDIES}
    for name, text in (("schema.json", schema(settings)), ("README.md", readme(settings))):
        path = ROOT / "config" / name
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            sys.exit(f"config/{name} is not up to date with the settings of the studies: run make format")


if __name__ == "__main__":
    main()
