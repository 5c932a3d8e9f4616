"""Which code a result depends on: a hash over the transitive dependencies of a function within this package.

docs/architecture.md explains what the hash is for. It is a static analysis of syntax trees: nothing is imported or
executed, and third-party code is not read.

Dependencies of a definition are all statements that define or change its name (a class as a whole), the definitions to
which the names in them resolve, and the import-time side effects of each module that Python imports for them. Modules
of the package are imported by the names in them, never as a whole. Side effects of decorators and base classes are not
tracked: a registry is a dict that names its functions. Sources are read once per process.
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
    """Hash of the targets and their transitive dependencies: 16 hexadecimal digits.

    It does not depend on comments, docstrings, layout, the order of imports and of targets, the location of the files,
    or the version of Python.

    Args:
        targets: ``"mlsim.tables:metrics"``, or the path of a script, which counts as a whole, with the scripts of its
            folder that it imports.
        package: folder of the package whose dependencies are tracked; by default that of this file.

    Raises:
        ProvenanceError: a target does not exist, or a dependency cannot be resolved.

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
    """What enters `code_hash`, sorted, as ``module:name``; import-time side effects are ``module:<module>``.

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
    # statements with side effects when the module is imported; in a script, all of them
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
    """A definition of a module; with an empty name, the import-time side effects of the module."""

    module: _Module
    name: str

    def __str__(self) -> str:
        return f"{self.module.name}:{self.name or '<module>'}"


# what a name resolves to: its definition, None outside of the package, and its dotted path
_Binding = tuple[_Node | None, str]


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
        for node, _ in self._bindings(definition, module):
            if node:
                return node
        raise ProvenanceError(f"target '{target}': module '{name}' has no '{definition}': correct it")

    def reach(self, roots: set[_Node]) -> list[_Node]:
        """The roots and their transitive dependencies, without modules that have no side effects."""
        pending, reached = list(roots), set(roots)
        while pending:
            new = self.record(pending.pop())[1] - reached
            reached |= new
            pending += new
        return [node for node in reached if node.name or node.module.effects]

    def _record(self, node: _Node) -> tuple[str, set[_Node]]:
        """Digest of the code of one node, and its direct dependencies."""
        module, name = node
        statements = module.definitions[name] if name else module.effects
        imports = [item for statement in statements for item in statement.imports]
        successors = {_Node(module, "")}
        if not name:  # Python imports the package around a module first
            imports += [item for items in module.imports.values() for item in items]
            around = None if module.is_script else self.module(module.name.rpartition(".")[0] or self.package.name)
            successors |= {_Node(around, "")} if around else set()
        successors = successors.union(*(self._side_effects(item, module) for item in imports))
        # the binding of each name enters as well: `from numpy import sin as f` against `from numpy import cos as f`
        lines = set()
        for statement in statements:
            for free_name, (definition, path) in self._free_bindings(statement, module):
                lines.add(f"{free_name} = {path}")
                successors |= {definition} if definition else set()
        text = "\n".join([*(statement.text for statement in statements), *sorted(lines)])
        return hashlib.sha256(text.encode()).hexdigest(), successors

    def _free_bindings(self, statement: Statement, module: _Module) -> list[tuple[str, _Binding]]:
        """Bindings of the free names of a statement; a builtin is bound to itself."""

        def refuse(name: str, wrong: str) -> NoReturn:
            raise ProvenanceError(f"{module.path}:{line_of(name, statement, module.path)}: {wrong}")

        pairs = [(item.name, binding) for item in statement.imports for binding in self._imported(item)]
        for name in statement.uses | statement.hints:
            bindings = self._bindings(name, module)
            if not bindings and name in statement.uses:
                for item in module.imports.get(name, ()):
                    self._side_effects(item, module)  # raises if the import is wrong
                is_known = name in _KNOWN or (module.is_script and name == "snakemake")
                if name in module.imports or not is_known:
                    refuse(name, f"'{name}' is not defined: define it, import it or pass it in")
                bindings = [(None, name)]
            pairs += [(name, binding) for binding in bindings]
        for name, (_, path) in pairs:
            is_lookup = path in _LOOKUPS or (path == "sys" and "attr='modules'" in statement.text)
            if is_lookup and not module.is_script:  # the rule of a script names the function that it looks up
                refuse(name, f"'{path}' finds code at run time: import what is needed by its name")
        return pairs

    def _side_effects(self, item: Import, importer: _Module) -> set[_Node]:
        """Import-time side effects of the module that Python loads for an import."""
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

    def _bindings(self, name: str, module: _Module, visited: frozenset[_Node] = frozenset()) -> list[_Binding]:
        """Bindings of a name of a module, through all re-exports; none for a builtin."""
        node = _Node(module, name)
        bindings: list[_Binding] = [(node, str(node))] if name in module.definitions else []
        for item in module.imports.get(name, ()) if node not in visited else ():
            bindings += self._imported(item, visited | {node})
        return bindings

    def _imported(self, item: Import, visited: frozenset[_Node] = frozenset()) -> list[_Binding]:
        module = self.module(item.module) if self._is_inside(item.module) else None
        return self._bindings(item.attribute, module, visited) if module else [(None, item.path)]


@functools.cache
def _library(package: Path) -> _Library:
    return _Library(package)
