"""Which code a result depends on: a hash over all definitions of this package that a function can reach.

Snakemake does not see an edit in an imported module, and reruns everything after a touched script. So each rule
carries ``code_hash(function, script)`` among its params. Definitions are followed by name through the syntax trees;
nothing is imported or executed, and third-party code is not read. Whatever cannot be followed is an error, since a
result that misses an edit is worse than a refused run.

What counts with a definition: all statements that define or change its name; a class whole; each name it uses; and,
for each module it makes Python import, the statements that act on import. Implicit effects of decorators and base
classes are not tracked: a registry is a dict that names its functions. Sources are read once per process.
"""

import ast
import builtins
import functools
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from mlsim.syntax import Import, ProvenanceError, Statement, Use, dotted, is_idle, read_imports, read_statement

_BUILTINS = frozenset(dir(builtins))
_IMPLICIT = frozenset({"__name__", "__file__", "__doc__", "__path__", "__class__", "__module__", "__qualname__"})
_LOOKUPS = ("__import__", "globals", "eval", "exec", "importlib.import_module", "importlib.reload", "sys.modules")


def code_hash(*targets: str | Path, package: Path | None = None) -> str:
    """Hash of the code that the targets can reach: 16 hexadecimal digits.

    Equal for equal code: comments, docstrings, layout, the order of imports and of targets, and the place of the
    files do not matter, nor does the version of Python.

    Args:
        targets: ``"mlsim.tables:metrics"``, or the path of a script, whole with the scripts beside it that it imports.
        package: folder of the package whose code is followed; by default the one this file belongs to.

    Raises:
        ProvenanceError: a target does not exist, or something it reaches cannot be followed.

    >>> len(code_hash("mlsim.provenance:code_hash"))
    16
    >>> code_hash("mlsim.provenance:code_hash") == code_hash("mlsim.provenance:reachable")
    False
    """
    library = _library((package or Path(__file__).parent).resolve())
    roots = {library.root(target) for target in targets}
    lines = [f"{node} {library.record(node).digest}" for node in library.reach(roots)]
    lines += [f"target {node}" for node in roots]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]


def reachable(*targets: str | Path, package: Path | None = None) -> tuple[str, ...]:
    """What enters `code_hash`, sorted, as ``module:name``; statements that act on import are ``module:<module>``.

    >>> "mlsim.syntax:normal_form" in reachable("mlsim.provenance:code_hash")
    True
    """
    library = _library((package or Path(__file__).parent).resolve())
    return tuple(sorted({str(node) for node in library.reach({library.root(target) for target in targets})}))


@dataclass(eq=False)
class _Module:
    """A source file.

    Attributes:
        definitions: for each name, the statements that define or change it, in the order of the source.
        effects: the statements that count whenever the module is imported; in a script, all of them.
    """

    name: str
    path: Path
    is_script: bool = False
    definitions: dict[str, list[Statement]] = field(default_factory=dict)
    imports: dict[str, list[Import]] = field(default_factory=dict)
    effects: list[Statement] = field(default_factory=list)

    def read(self) -> "_Module":
        try:
            tree = ast.parse(self.path.read_bytes(), filename=str(self.path))
        except (SyntaxError, ValueError) as error:
            raise ProvenanceError(f"{self.path}:{getattr(error, 'lineno', 0)}: not Python: {error}") from error
        statements = []
        for node in _top_level(tree.body):
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._bind(read_imports(node, self.path))
            else:
                statements.append(read_statement(node, self.path))
                self._bind(item for items in statements[-1].binds.values() for item in items)
        for statement in statements:
            self._file(statement)
        return self

    def _bind(self, items: Iterable[Import]) -> None:
        for item in items:
            self.imports.setdefault(item.name, []).append(item)

    def _file(self, statement: Statement) -> None:
        foreign = statement.mutates & self.imports.keys()
        names = statement.binds.keys() | (statement.mutates - foreign)
        for name in names:
            self.definitions.setdefault(name, []).append(statement)
        if self.is_script or statement.acts or foreign or not names:
            self.effects.append(statement)


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.If) and not node.orelse and dotted(node.test)[-1:] == ("TYPE_CHECKING",):
            yield from _top_level(node.body)
        elif isinstance(node, ast.Import | ast.ImportFrom) or not is_idle(node):
            yield node


class _Node(NamedTuple):
    """A definition of a module, or without a name its effects."""

    module: _Module
    name: str

    def __str__(self) -> str:
        return f"{self.module.name}:{self.name or '<module>'}"


# what a name stands for: its dotted path, with the definition where the package owns it
_Meaning = tuple[_Node | None, str]


def _defined(module: _Module, name: str) -> list[_Meaning]:
    node = _Node(module, name)
    return [(node, str(node))] if name in module.definitions else []


class _Record(NamedTuple):
    digest: str
    successors: frozenset[_Node]


class _Library:
    """The modules of one package, read when first reached."""

    def __init__(self, package: Path) -> None:
        self.package = package
        self.modules: dict[str, _Module | None] = {}
        self.scripts: dict[Path, _Module] = {}
        self.records: dict[_Node, _Record] = {}

    def module(self, name: str) -> _Module | None:
        """The module of a dotted path inside the package, None where there is none."""
        if name not in self.modules:
            self.modules[name] = self._read_module(name)
        return self.modules[name]

    def _read_module(self, name: str) -> _Module | None:
        base = self.package.joinpath(*name.split(".")[1:])
        for path in (base / "__init__.py", base.parent / f"{base.name}.py"):
            if path.is_file():
                return _Module(name, path).read()
        return _Module(name, base) if base.is_dir() else None

    def script(self, path: Path) -> _Module:
        """The stage script at a path."""
        path = path.resolve()
        if path not in self.scripts:
            if not path.is_file():
                raise ProvenanceError(f"{path}: no such script: correct the target")
            self.scripts[path] = _Module(path.name, path, is_script=True).read()
        return self.scripts[path]

    def root(self, target: str | Path) -> _Node:
        """The definition or script that a target names."""
        if isinstance(target, Path):
            return _Node(self.script(target), "")
        name, colon, definition = target.partition(":")
        module = self.module(name) if self._is_inside(name) else None
        if not colon or not definition or not module:
            raise ProvenanceError(
                f"target '{target}': expected 'module:name' in {self.package}, or the Path of a script"
            )
        node = next((node for node, _ in self._member(module, [definition], f"target '{target}'")), None)
        if not node:
            raise ProvenanceError(f"target '{target}': '{definition}' is not defined in {self.package}: correct it")
        return node

    def reach(self, roots: set[_Node]) -> list[_Node]:
        """All nodes that can be reached and hold code."""
        pending, seen = list(roots), set(roots)
        while pending:
            new = self.record(pending.pop()).successors - seen
            seen |= new
            pending += new
        return [node for node in seen if node.name or node.module.effects]

    def record(self, node: _Node) -> _Record:
        """Digest of the code of one node, and the nodes that it names."""
        if node not in self.records:
            self.records[node] = self._read_record(node)
        return self.records[node]

    def _read_record(self, node: _Node) -> _Record:
        module = node.module
        statements = module.definitions[node.name] if node.name else module.effects
        # the meaning of each name enters as well: `from numpy import sin as f` against `from numpy import cos as f`
        meanings, successors = set(), {_Node(module, "")}
        for statement in statements:
            for item in statement.imports:
                meanings.add(f"import {item.name} = {item.path}")
                successors |= self._loaded(item, module)
            for use in statement.uses:
                found = self._resolve(use, module)
                meanings |= {f"{'.'.join(use.chain)} = {path}" for _, path in found}
                successors |= {target for target, _ in found if target}
        if not node.name:
            successors |= self._imported_by(module)
        text = "\n".join([*(statement.text for statement in statements), *sorted(meanings)])
        return _Record(hashlib.sha256(text.encode()).hexdigest(), frozenset(successors))

    def _imported_by(self, module: _Module) -> set[_Node]:
        """Effects of the modules that Python imports along with this one: its parent packages and its imports."""
        items = [item for items in module.imports.values() for item in items]
        nodes = set[_Node]().union(*(self._loaded(item, module) for item in items))
        parent = None if module.is_script else self.module(module.name.rpartition(".")[0] or self.package.name)
        return nodes | {_Node(parent, "")} if parent else nodes

    def _loaded(self, item: Import, importer: _Module) -> set[_Node]:
        sibling = importer.path.parent / f"{item.loads}.py"
        if importer.is_script and sibling.is_file():
            return {_Node(self.script(sibling), "")}
        if not self._is_inside(item.loads):
            return set()
        where = f"{importer.path}:{item.line}"
        module = self._existing(item.loads, where)
        if item.attribute is None or item.attribute in module.definitions.keys() | module.imports.keys() | _IMPLICIT:
            return {_Node(module, "")}
        return {_Node(module, ""), _Node(self._existing(item.path, where), "")}

    def _existing(self, name: str, where: str) -> _Module:
        module = self.module(name)
        if module is None:
            raise ProvenanceError(f"{where}: '{name}' is not in {self.package}: create it or correct the import")
        return module

    def _is_inside(self, name: str) -> bool:
        return name.split(".")[0] == self.package.name

    def _resolve(self, use: Use, module: _Module) -> list[_Meaning]:
        """The definitions a name may stand for, each with its path; none for a builtin."""
        name, *attributes = use.chain
        where = f"{module.path}:{use.line}"
        imports = use.imports or module.imports.get(name, ())
        found = [] if use.imports else _defined(module, name)
        for item in imports:
            self._refuse_lookup(".".join([item.path, *attributes]), module, where)
            found += self._imported(item, attributes, where)
        if not imports and not found:
            self._refuse_lookup(name, module, where)
            is_known = name in _BUILTINS or name in _IMPLICIT or (module.is_script and name == "snakemake")
            if not is_known and not use.quoted:
                raise ProvenanceError(f"{where}: '{name}' is not defined: define it, import it or pass it in")
        return found

    def _refuse_lookup(self, path: str, module: _Module, where: str) -> None:
        # a script may: its rule names the function it looks up as a target of its own
        lookup = next((lookup for lookup in _LOOKUPS if f"{path}.".startswith(f"{lookup}.")), None)
        if lookup and not module.is_script:
            raise ProvenanceError(f"{where}: '{lookup}' finds code at run time: import what is needed by its name")

    def _imported(
        self, item: Import, attributes: list[str], where: str, *, seen: frozenset[_Node] = frozenset()
    ) -> list[_Meaning]:
        if not self._is_inside(item.module):
            return [(None, item.path)]
        names = [item.attribute, *attributes] if item.attribute else attributes
        return self._member(self._existing(item.module, where), names, where, seen=seen)

    def _member(
        self, module: _Module, names: list[str], where: str, *, seen: frozenset[_Node] = frozenset()
    ) -> list[_Meaning]:
        """What the dotted names stand for inside a module, through submodules and through what it imports itself."""
        if not names:
            advice = "name the definition as in module.name, so that it can be followed"
            raise ProvenanceError(f"{where}: module '{module.name}' is used as a value: {advice}")
        name, *rest = names
        node, found = _Node(module, name), _defined(module, name)
        # a package that imports its own submodule leads back here
        imports = () if node in seen else module.imports.get(name, ())
        for item in imports:
            found += self._imported(item, rest, where, seen=seen | {node})
        if found or imports or name in _IMPLICIT:
            return found
        if submodule := self.module(f"{module.name}.{name}"):
            return self._member(submodule, rest, where, seen=seen)
        raise ProvenanceError(f"{where}: module '{module.name}' has no '{name}': define it there or correct the name")


@functools.cache
def _library(package: Path) -> _Library:
    return _Library(package)
