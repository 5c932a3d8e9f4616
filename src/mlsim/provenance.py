"""Which code a result depends on: a hash over all definitions of this package that a function can reach.

Snakemake does not see an edit in an imported module, and reruns everything after a touched script. So each rule
carries ``code_hash(function, script)`` among its params. Definitions are followed by name through the syntax trees;
nothing is imported or executed, and third-party code is not read. Whatever cannot be followed is an error, since a
result that misses an edit is worse than a refused run.

What counts with a definition: all statements that define or change its name; a class whole; each name it uses; and,
for each module it makes Python import, the statements that act on import. Modules of the package are imported by the
names in them, never as a whole. Implicit effects of decorators and base classes are not tracked: a registry is a dict
that names its functions. Sources are read once per process.
"""

import builtins
import functools
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, NoReturn

from mlsim.syntax import Import, ProvenanceError, Statement, line_of, read_source

_KNOWN = frozenset(dir(builtins)) | {"__file__", "__path__", "__class__", "__module__", "__qualname__"}
_FINDERS = ("importlib", "importlib.import_module", "importlib.reload", "sys.modules")
_LOOKUPS = frozenset({"__import__", "globals", "eval", "exec", *_FINDERS})


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
    lines = [f"{node} {library.record(node)[0]}" for node in library.reach(roots)]
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
    """A source file."""

    name: str
    path: Path
    is_script: bool = False
    # for each name, the statements that define or change it, in the order of the source
    definitions: dict[str, list[Statement]] = field(default_factory=dict)
    imports: dict[str, list[Import]] = field(default_factory=dict)  # for each name, the imports that bind it
    # the statements that count whenever the module is imported; in a script, all of them
    effects: list[Statement] = field(default_factory=list)

    def read(self) -> "_Module":
        imports, statements = read_source(self.path.read_bytes(), self.path)
        imports += [item for statement in statements for item in statement.imports if item.name in statement.binds]
        for item in imports:
            self.imports.setdefault(item.name, []).append(item)
        for statement in statements:
            foreign = statement.mutates & self.imports.keys()
            names = statement.binds | (statement.mutates - foreign)
            for name in names:
                self.definitions.setdefault(name, []).append(statement)
            if self.is_script or statement.acts or foreign or not names:
                self.effects.append(statement)
        return self


class _Node(NamedTuple):
    """A definition of a module, or without a name its effects."""

    module: _Module
    name: str

    def __str__(self) -> str:
        return f"{self.module.name}:{self.name or '<module>'}"


# what a name means: its dotted path, with the definition where it is in the package
_Meaning = tuple[_Node | None, str]


class _Library:
    """The modules of one package, read when first reached."""

    def __init__(self, package: Path) -> None:
        self.package = package
        self.module = functools.cache(self._module)
        self.script = functools.cache(self._script)
        self.record = functools.cache(self._record)

    def _module(self, name: str) -> _Module | None:
        """The module of a dotted path inside the package, None where there is none."""
        base = self.package.joinpath(*name.split(".")[1:])
        for file in (base / "__init__.py", base.with_suffix(".py")):
            if file.is_file():
                return _Module(name, file).read()
        return _Module(name, base) if base.is_dir() else None

    def _script(self, path: Path) -> _Node:
        """The stage script at a path."""
        if not path.is_file():
            raise ProvenanceError(f"{path}: no such script: correct the target")
        return _Node(_Module(path.name, path, is_script=True).read(), "")

    def root(self, target: str | Path) -> _Node:
        """The definition or script that a target names."""
        if isinstance(target, Path):
            return self.script(target.resolve())
        name, _, definition = target.partition(":")
        module = self.module(name) if self._is_inside(name) else None
        if not definition or not module:
            expected = f"'module:name' in {self.package}, or the Path of a script"
            raise ProvenanceError(f"target '{target}': expected {expected}")
        for node, _ in self._meanings(definition, module):
            if node:
                return node
        raise ProvenanceError(f"target '{target}': module '{name}' has no '{definition}': correct it")

    def reach(self, roots: set[_Node]) -> list[_Node]:
        """All nodes that can be reached and hold code."""
        pending, reached = list(roots), set(roots)
        while pending:
            new = self.record(pending.pop())[1] - reached
            reached |= new
            pending += new
        return [node for node in reached if node.name or node.module.effects]

    def _record(self, node: _Node) -> tuple[str, set[_Node]]:
        """Digest of the code of one node, and the nodes that it names."""
        module, name = node
        statements = module.definitions[name] if name else module.effects
        imports = [item for statement in statements for item in statement.imports]
        successors = {_Node(module, "")}
        if not name:  # Python imports the package around a module first
            imports += [item for items in module.imports.values() for item in items]
            around = None if module.is_script else self.module(module.name.rpartition(".")[0] or self.package.name)
            successors |= {_Node(around, "")} if around else set()
        successors = successors.union(*(self._loaded(item, module) for item in imports))
        # the meaning of each name enters as well: `from numpy import sin as f` against `from numpy import cos as f`
        lines = set()
        for statement in statements:
            for outer_name, (definition, path) in self._outer_meanings(statement, module):
                lines.add(f"{outer_name} = {path}")
                successors |= {definition} if definition else set()
        text = "\n".join([*(statement.text for statement in statements), *sorted(lines)])
        return hashlib.sha256(text.encode()).hexdigest(), successors

    def _outer_meanings(self, statement: Statement, module: _Module) -> list[tuple[str, _Meaning]]:
        """What the names of a statement mean; a builtin means itself."""

        def refuse(name: str, wrong: str) -> NoReturn:
            raise ProvenanceError(f"{module.path}:{line_of(name, statement, module.path)}: {wrong}")

        pairs = [(item.name, meaning) for item in statement.imports for meaning in self._imported(item)]
        for name in statement.uses | statement.hints:
            meanings = self._meanings(name, module)
            if not meanings and name in statement.uses:
                for item in module.imports.get(name, ()):
                    self._loaded(item, module)  # raises if the import is wrong
                is_known = name in _KNOWN or (module.is_script and name == "snakemake")
                if name in module.imports or not is_known:
                    refuse(name, f"'{name}' is not defined: define it, import it or pass it in")
                meanings = [(None, name)]
            pairs += [(name, meaning) for meaning in meanings]
        for name, (_, path) in pairs:
            is_lookup = path in _LOOKUPS or (path == "sys" and "attr='modules'" in statement.text)
            if is_lookup and not module.is_script:  # the rule of a script names the function that it looks up
                refuse(name, f"'{path}' finds code at run time: import what is needed by its name")
        return pairs

    def _loaded(self, item: Import, importer: _Module) -> set[_Node]:
        """Effects of the module that Python loads for an import."""
        sibling = importer.path.parent / f"{item.module}.py"
        if importer.is_script and sibling.is_file():
            return {self.script(sibling)}
        if not self._is_inside(item.module):
            return set()
        module = self.module(item.module)
        if module and (item.attribute in module.definitions or item.attribute in module.imports):
            return {_Node(module, "")}
        path = item.path if item.attribute else item.module
        wrong = f"module '{path}' is imported whole" if self.module(path) else f"'{path}' is not in {self.package}"
        raise ProvenanceError(f"{importer.path}:{item.line}: {wrong}: import the definitions that are needed")

    def _is_inside(self, name: str) -> bool:
        return name.split(".")[0] == self.package.name

    def _meanings(self, name: str, module: _Module, passed: frozenset[_Node] = frozenset()) -> list[_Meaning]:
        """What a name of a module means, through all modules that pass it on; nothing for a builtin."""
        node = _Node(module, name)
        meanings: list[_Meaning] = [(node, str(node))] if name in module.definitions else []
        for item in module.imports.get(name, ()) if node not in passed else ():
            meanings += self._imported(item, passed | {node})
        return meanings

    def _imported(self, item: Import, passed: frozenset[_Node] = frozenset()) -> list[_Meaning]:
        module = self.module(item.module) if self._is_inside(item.module) else None
        return self._meanings(item.attribute, module, passed) if module else [(None, item.path)]


@functools.cache
def _library(package: Path) -> _Library:
    return _Library(package)
