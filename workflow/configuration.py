"""The configuration files, read and checked before anything runs."""

import json
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from mlsim.config import ConfigError, Section, check_sections, parse

ROOT = Path(__file__).resolve().parents[1]
# in the order of the results
STUDIES = (
    "topopt",
    "multigrid",
    "autodiff",
    "multiscale",
    "wavelets",
    "residual",
    "expressivity",
    "generative",
    "adversarial",
    "image_prior",
    "surrogate",
    "landscape",
    "discovery",
    "blackbox",
)
FILES = [ROOT / "config" / f"{study}.yaml" for study in STUDIES]
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def settings_class(study: str) -> type[Section]:
    """The class of a study's whole section."""
    return import_module(f"mlsim.studies.{study}.settings").Settings


def all_settings(config: dict[Any, Any]) -> dict[str, Section]:
    """The settings of every study, from the merged configuration; ConfigError names the first mistake."""
    check_sections(config, studies=STUDIES)
    return {study: parse(settings_class(study), config.get(study), path=study) for study in STUDIES}


def read(files: Iterable[Path]) -> dict[Any, Any]:
    """The files merged as Snakemake merges them: mappings key by key, later files over earlier ones."""
    config: dict[Any, Any] = {}
    for file in files:
        merge(config, read_file(file))
    return config


def merge(config: dict[Any, Any], overlay: dict[Any, Any]) -> None:
    """Lay ``overlay`` over ``config``, in place."""
    for key, value in overlay.items():
        if isinstance(value, dict) and isinstance(config.get(key), dict):
            merge(config[key], value)
        else:
            config[key] = value


def read_file(file: Path) -> dict[Any, Any]:
    """The content of one file.

    Raises:
        ConfigError: in one line, that the file is not UTF-8, not YAML, empty, not a mapping, or has a key twice.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} is not UTF-8 from byte {error.start} on: save it as UTF-8") from error
    try:
        node = yaml.compose(text, Loader=LOADER)
        if node is None:
            raise ConfigError(f"{file} is empty: write a section such as topopt, or leave the file out")
        if not isinstance(node, yaml.MappingNode):
            raise ConfigError(f"{file} is not a mapping: write sections such as topopt, with keys")
        for line, key, first in _repeated(node):
            raise ConfigError(f"{file}:{line}: {key} is given twice, first in line {first}: remove one of them")
        return yaml.load(text, Loader=LOADER)
    except yaml.YAMLError as error:
        if isinstance(content := _json(text), dict):  # with tabs, say; Snakemake reads that, too
            return content
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None) or error
        where = f"{file}:{mark.line + 1}" if mark else file
        raise ConfigError(f"{where}: {' '.join(str(problem).split())}: write YAML") from error


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _repeated(node: yaml.Node, path: str = "") -> Iterator[tuple[int, str, int]]:
    """Line, path and first line of each key that a mapping has already."""
    first_lines: dict[str, int] = {}
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        line, name = key.start_mark.line + 1, f"{path}{key.value}"
        if name in first_lines:
            yield line, name, first_lines[name]
        first_lines[name] = line
        yield from _repeated(value, f"{name}.")
    for entry in node.value if isinstance(node, yaml.SequenceNode) else ():
        yield from _repeated(entry, path)


def mistake(overlays: Iterable[Path]) -> str:
    """The first mistake in the configuration with some overlays, in one line; empty if there is none."""
    try:
        all_settings(read([*FILES, *overlays]))
    except ConfigError as error:
        return str(error)
    return ""


def exit_if_unreadable(files: Iterable[str | Path]) -> None:
    """End the process with one line on the first file that cannot be read; Snakemake itself does not name the file."""
    try:
        read(Path(file) for file in files)
    except ConfigError as error:
        sys.exit(f"error: {error}")
