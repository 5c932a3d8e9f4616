"""The code hash changes with every edit that can change a result, and with no other."""

import argparse
import ast
import dataclasses
import enum
import functools
import inspect
import pickle
import subprocess
import symtable
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsim.provenance import ProvenanceError, code_hash, reachable
from mlsim.syntax import normal_form, read_source

# Each constant stands for the code it is written in: an edit of the number is an edit of that code.
PACKAGE = {
    "__init__.py": '"""A package."""\n',
    "study.py": '''
"""A study."""
from __future__ import annotations
import os.path
import numpy as np
from typing import TYPE_CHECKING
from jaxtyping import Float
from numpy import sin as wave
from pack.base import Model, marked
from pack.deep.leaf import depth
from pack.front import rough
from pack.front import smooth as soften
from pack.registry import KERNELS, LIMITS
from pack.tools import first
from pack.tools import second as other
from torch import Tensor
if TYPE_CHECKING:
    from pack.types import Settings, State
try:
    import cupy as xp
except ImportError:
    xp = 501
ROOT = 503
if os.path.sep == "/":
    ROOT = 502
START, STOP = 504, 505
@marked(506)
def simulate(settings: Settings, size: int = START, *, path: Float[Tensor, "unused"] = None) -> "Report":
    """Simulate."""
    from pack.local import late
    def inner(unused):
        return late(unused) + step(size)
    total = [first(other(k)) for k in range(507)]
    return inner(soften(total)), rough, KERNELS["a"], LIMITS, Model(), wave, xp, ROOT, np.pi
def step(n):
    return n and back(n - 508)
def back(n): return step(n) + depth(n)
class Report: scale = 509
def unused(): return 510, STOP
''',
    "tools.py": "def first(x): return 520\ndef second(x): return 521\ndef third(x): return 522\n",
    "job.py": "order = 595\n",
    "deep/leaf.py": """
from pack.effects import quiet
def depth(n): return 530 if n else _help()
def _help(): return 531
""",
    "front.py": "from pack.filters import rough, smooth, sharp\n",
    "filters.py": "def smooth(x): return 540\ndef sharp(x): return 541\nrough = lambda x: 542\n",
    "base.py": """
class Base:
    def norm(self): return 550
class Model(Base):
    rate: float = 551
    @property
    def size(self): return helper(552)
    def scaled(self): return [rate for rate in (553,)]
def helper(x): return 554
def marked(x): return lambda function: function if x else 555
""",
    "registry.py": """
def one(): return 560
def two(): return 561
def other(): return 562
KERNELS = {"a": one}
KERNELS["b"] = two
LIMITS = [563]
for k in range(564):
    LIMITS[k] = k
OTHERS = {"c": other}
""",
    "types.py": "class Settings:\n    width = 570\nclass State:\n    width = 571\n",
    "local.py": "def late(x): return 580\ndef later(x): return 581\n",
    "effects.py": "from pack.tools import first\nTABLE = []\nTABLE.append(590)\nquiet = 591\nfirst.order = 592\n",
}
TARGET = "pack.study:simulate"

Hash = Callable[..., str]


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / "pack" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "pack"


@pytest.fixture
def hash_of(tmp_path: Path) -> Hash:
    """Hash of a package that is written to a folder of its own, since sources are read once per process."""

    def hashed(files: dict[str, str], *targets: str) -> str:
        package = write(tmp_path / str(len(list(tmp_path.iterdir()))), files)
        paths = [package / target if target.endswith(".py") else target for target in targets]
        return code_hash(*(paths or [TARGET]), package=package)

    return hashed


def edited(old: str, new: str) -> dict[str, str]:
    (name,) = [name for name, text in PACKAGE.items() for _ in range(text.count(old))]
    return {**PACKAGE, name: PACKAGE[name].replace(old, new)}


# 505 counts although STOP is not used, as it is assigned together with START
UNREACHED = {"510", "522", "541", "562", "571", "581", "591", "595"}
NUMBERS = [str(number) for number in range(500, 600) if any(str(number) in text for text in PACKAGE.values())]


@pytest.mark.parametrize("number", NUMBERS)
def test_an_edit_changes_the_hash_exactly_when_it_is_reached(hash_of: Hash, number: str) -> None:
    assert (hash_of(PACKAGE) == hash_of(edited(number, "9" + number))) == (number in UNREACHED)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("import sin as wave", "import cos as wave", id="imported name"),
        pytest.param("import cupy as xp", "import numba as xp", id="optional import"),
        pytest.param("import late\n", "import later as late\n", id="local import"),
        pytest.param("import KERNELS, LIMITS", "import KERNELS as LIMITS, LIMITS as KERNELS", id="swap of imports"),
        pytest.param("import rough, smooth", "import rough, sharp as smooth", id="re-export"),
        pytest.param("@marked(506)\n", "", id="decorator removed"),
        pytest.param('Float[Tensor, "unused"]', "Float", id="annotation"),
        pytest.param("Model(Base)", "Model", id="base class"),
        pytest.param('KERNELS["b"] = two\n', "", id="registry entry"),
        pytest.param("TABLE.append", "TABLE.extend", id="effect on import"),
    ],
)
def test_an_edit_of_what_a_name_means_changes_the_hash(hash_of: Hash, old: str, new: str) -> None:
    assert hash_of(PACKAGE) != hash_of(edited(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("def back(n): return", "def back(n):  # why\n    return", id="comment"),
        pytest.param('"""Simulate."""', '"""Simulate,\n\n    at length.\n    """', id="docstring"),
        pytest.param("rate: float = 551", 'rate: float = 551\n    """Per step."""', id="docstring of an attribute"),
        pytest.param("n and back(n - 508)", "(\n        n\n        and (back(n-508))\n    )", id="layout"),
        pytest.param('KERNELS["a"]', "KERNELS['a']", id="quotes"),
        pytest.param("import os.path\nimport numpy as np", "import numpy as np\nimport os.path", id="order of imports"),
        pytest.param("import KERNELS, LIMITS", "import (\n    LIMITS,\n    KERNELS,\n)", id="layout of imports"),
        pytest.param("import numpy as np\n", "import numpy as np\nimport scipy\n", id="unused import"),
        pytest.param("class Report:", "def another():\n    return lost\nclass Report:", id="new function"),
        pytest.param("import smooth as soften", "import sharp, smooth as soften", id="unused import of the package"),
    ],
)
def test_an_edit_without_meaning_keeps_the_hash(hash_of: Hash, old: str, new: str) -> None:
    assert hash_of(PACKAGE) == hash_of(edited(old, new))


def test_reachable_lists_definitions_and_modules_that_act_on_import(tmp_path: Path) -> None:
    files = {"a.py": "from pack.b import g\ndef f(): return g()\nh = 1\n", "b.py": "print(1)\ng = abs\n"}
    package = write(tmp_path, files)
    assert reachable("pack.a:f", package=package) == ("pack.a:f", "pack.b:<module>", "pack.b:g")


def test_order_and_repetition_of_targets_do_not_matter(hash_of: Hash) -> None:
    first, second = "pack.study:step", "pack.tools:first"
    assert hash_of(PACKAGE, first, second) == hash_of(PACKAGE, second, first, second) != hash_of(PACKAGE, first)


def test_functions_that_reach_the_same_code_differ_by_their_names(hash_of: Hash) -> None:
    files = {"a.py": "def f(x): return g(x)\ndef g(x): return f(x)\n"}
    assert hash_of(files, "pack.a:f") != hash_of(files, "pack.a:g")


def test_target_may_be_a_re_export(hash_of: Hash) -> None:
    assert hash_of(PACKAGE, "pack.front:smooth") == hash_of(PACKAGE, "pack.filters:smooth")


def test_registry_in_a_class_body_and_global_state_count(hash_of: Hash) -> None:
    text = """
state = 1
def change():
    global state; state = 2
def h(): return 3
class A:
    h = h
    def f(self): return state"""
    for number in "123":
        assert hash_of({"a.py": text}, "pack.a:A") != hash_of({"a.py": text.replace(number, "9")}, "pack.a:A")


SCRIPT = """
import importlib, job
from pack.tools import first
settings = 1
def main():
    return getattr(importlib.import_module(snakemake.params.module), "simulate")(first(settings), 2)
if __name__ == "__main__":
    main()
print(3)
"""


def test_script_counts_whole_with_all_it_reaches_and_may_import_dynamically(hash_of: Hash) -> None:
    base = hash_of({**PACKAGE, "train.py": SCRIPT}, "train.py")
    for number in "123":
        assert hash_of({**PACKAGE, "train.py": SCRIPT.replace(number, "9")}, "train.py") != base
    for number in ("520", "595"):
        assert hash_of({**edited(number, "9"), "train.py": SCRIPT}, "train.py") != base
    assert hash_of({**edited("521", "9"), "train.py": SCRIPT + "# why\n"}, "train.py") == base


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def f():\n    return lost\n", r"a\.py:2: 'lost' is not defined"),
        ("def f(x: Lost): pass\n", r"a\.py:1: 'Lost' is not defined"),
        ("from pack import b\ndef f(): return b.g()\n", r"a\.py:1: module 'pack\.b' is imported whole"),
        ("def f():\n    import pack.b as b\n", r"a\.py:2: module 'pack\.b' is imported whole"),
        ("from pack.b import lost\ndef f(): return 1\n", r"a\.py:1: 'pack\.b\.lost' is not in"),
        ("def f():\n    import pack.lost\n", r"a\.py:2: 'pack\.lost' is not in"),
        ("from pack.c import y\ndef f(): return y\n", r"a\.py:2: 'y' is not defined"),
        ("from numpy import *\ndef f(): pass\n", r"a\.py:1: star import from 'numpy'"),
        ("from .b import g\ndef f(): pass\n", r"a\.py:1: relative import from '\.b'"),
        ("import importlib as i\ndef f(): i.import_module('b')\n", r"a\.py:2: 'importlib' finds"),
        ("import sys\ndef f(): return sys.modules['b']\n", r"a\.py:2: 'sys' finds"),
        ("def f(): return __import__('b')\n", r"a\.py:1: '__import__' finds"),
        ("def f(): return globals()['f']\n", r"a\.py:1: 'globals' finds"),
        ("import pack.b as b\ndef f(name): return getattr(b, name)\n", r"a\.py:1: module 'pack\.b' is imported whole"),
        ("def f(:\n", r"a\.py:1: not Python"),
        ("def g(): pass\n", r"module 'pack\.a' has no 'f'"),
    ],
)
def test_code_that_cannot_be_followed_is_refused_with_its_line(hash_of: Hash, source: str, message: str) -> None:
    others = {"b.py": "def g(): pass\n", "c.py": "from pack.d import y\n", "d.py": "from pack.c import y\n"}
    with pytest.raises(ProvenanceError, match=message) as caught:
        hash_of({"a.py": source, **others}, "pack.a:f")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("target", ["pack.study", "pack.lost:f", "numpy:sin", "pack.tools:", "pack.study:wave", "a.py"])
def test_target_that_does_not_exist_is_refused(hash_of: Hash, target: str) -> None:
    with pytest.raises(ProvenanceError, match=r"no such script|expected 'module:name'|has no"):
        hash_of(PACKAGE, target)


@pytest.mark.parametrize("module", [argparse, dataclasses, enum, functools, inspect, pickle, symtable, tarfile])
def test_names_of_the_statements_are_those_of_the_symbol_table_of_the_module(module: ModuleType) -> None:
    source = inspect.getsource(module)
    imports, statements = read_source(source.encode(), Path("module.py"))
    table = symtable.symtable(source, "module.py", "exec")
    bound = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    assert set().union({item.name for item in imports}, *(statement.binds for statement in statements)) == bound
    used = outer_names(table)
    assert set().union(*(statement.uses for statement in statements)) == used


def test_statements_are_told_apart_on_one_line_and_read_where_they_are_indented() -> None:
    source = "a = b; c = d\nif TYPE_CHECKING:\n    if e:\n        f = g\n    else:\n        h = i\n"
    _, statements = read_source(source.encode(), Path("module.py"))
    expected = [({"b"}, {"a"}), ({"d"}, {"c"}), ({"e", "g", "i"}, {"f", "h"})]
    assert [(statement.uses, statement.binds) for statement in statements] == expected


def outer_names(table: symtable.SymbolTable) -> set[str]:
    is_module = table.get_type() == "module"
    names = {s.get_name() for s in table.get_symbols() if s.is_referenced() and (is_module or s.is_global())}
    return names.union(*(outer_names(child) for child in table.get_children()))


LEAVES = st.sampled_from(["x", "y", "1", "1.5", "'a'", "None", "f'{x:>{y}}'"])
FORMS = ["({} + {})", "f({}, k={})", "[{}, *{}]", "({} if {} else 0)", "x[{}:{}]", "{{{}: 1, **{}}}"]
EXPRESSIONS = st.recursive(LEAVES, lambda e: st.builds(str.format, st.sampled_from(FORMS), e, e))


@given(EXPRESSIONS, EXPRESSIONS)
def test_normal_forms_agree_exactly_when_the_syntax_trees_do(first: str, second: str) -> None:
    one, two = ast.parse(f"z = {first}"), ast.parse(f"z = {second}")
    assert (normal_form(one) == normal_form(two)) == (ast.dump(one) == ast.dump(two))
    assert normal_form(one) == normal_form(ast.parse(ast.unparse(one)))


def test_sources_are_parsed_once_per_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package, parse, parsed = write(tmp_path, PACKAGE), ast.parse, []
    monkeypatch.setattr(ast, "parse", lambda source, **kwargs: parsed.append(source) or parse(source, **kwargs))
    assert len({code_hash(TARGET, package=package) for _ in range(50)}) == 1
    assert len(parsed) <= len(PACKAGE) + 1  # and the quoted annotation


def test_the_module_needs_nothing_but_the_standard_library(root: Path) -> None:
    program = "import mlsim.provenance, sys; print({n.split('.')[0] for n in sys.modules} - sys.stdlib_module_names)"
    command = [sys.executable, "-S", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root / "src")
    assert ast.literal_eval(done.stdout) == {"mlsim", "__main__"}
