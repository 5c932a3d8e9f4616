"""The syntax of Python statements as `mlsim.provenance` needs it: normal form, names bound, names used.

Only the syntax tree is read; nothing is imported or executed.
"""

import ast
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

# fields without meaning of their own: the context follows from the position, the kind tells u"" from ""
_SILENT_FIELDS = frozenset({"ctx", "kind", "type_comment", "type_ignores"})


class ProvenanceError(ValueError):
    """Code whose reach cannot be told without running it; one line, `file:line: what is wrong: what to do`."""


class Import(NamedTuple):
    """One name bound by an import statement; `import a.b` binds `a` to the module a and loads a.b."""

    name: str
    module: str
    attribute: str | None
    loads: str
    line: int

    @property
    def path(self) -> str:
        """Dotted path of what the name stands for."""
        return self.module if self.attribute is None else f"{self.module}.{self.attribute}"


class Use(NamedTuple):
    """A name with its attributes, `a.b.c`, bound outside of its statement or by an import within it."""

    chain: tuple[str, ...]
    line: int
    quoted: bool  # from a string that is a whole annotation, and may turn out to name nothing
    imports: tuple[Import, ...] = ()


@dataclass(frozen=True)
class Statement:
    """One top-level statement.

    Attributes:
        text: its normal form.
        uses: the names in it whose meaning lies outside of it, and those that its own imports bind.
        imports: the import statements within it, at any depth.
        binds: the names it gives to the module, each with the imports that bind it, mostly none.
        mutates: roots of the indexed and dotted targets it assigns to, `TABLE` in `TABLE["a"] = f`.
        acts: it holds a bare expression, evaluated for its effect when the module is imported.
    """

    text: str
    uses: tuple[Use, ...]
    imports: tuple[Import, ...]
    binds: dict[str, list[Import]]
    mutates: frozenset[str]
    acts: bool


def normal_form(value: object) -> str:
    """Text of a syntax tree without comments, layout, docstrings and imports, the same in all versions of Python.

    `ast.dump` prints fields that come and go with the version, `ast.unparse` changes its quotes and parentheses with
    it and is slower. Imports count through the names they bind, so that their order and place do not matter.

    >>> normal_form(ast.parse("x = 'a'  # why")) == normal_form(ast.parse('x = ("a")'))
    True
    """
    if isinstance(value, ast.AST):
        parts = []
        for name in value._fields:
            item = getattr(value, name, None)
            if isinstance(value, ast.JoinedStr):  # Python 3.12 adds empty parts
                item = [part for part in value.values if getattr(part, "value", None) != ""]
            if item is not None and item != [] and name not in _SILENT_FIELDS:
                parts.append(f"{name}={normal_form(item)}")
        return f"{type(value).__name__}({','.join(parts)})"
    if isinstance(value, list):
        return f"[{','.join([normal_form(item) for item in value if not is_idle(item)])}]"
    return ascii(value)  # repr follows the Unicode tables, which change with the version


def is_idle(node: object) -> bool:
    """Whether a statement computes nothing: a docstring or other bare constant, `pass`, an import."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Pass | ast.Import | ast.ImportFrom)


def dotted(node: ast.AST) -> tuple[str, ...]:
    """Names of a dotted expression, empty for any other.

    >>> dotted(ast.parse("a.b.c", mode="eval").body)
    ('a', 'b', 'c')
    """
    attributes = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    return (node.id, *reversed(attributes)) if isinstance(node, ast.Name) else ()


def read_imports(node: ast.Import | ast.ImportFrom, path: Path) -> list[Import]:
    """The names that an import statement binds; none for `from __future__`.

    Raises:
        ProvenanceError: the import is relative or a star.
    """
    if isinstance(node, ast.Import):
        heads = [(alias, alias.name if alias.asname else alias.name.partition(".")[0]) for alias in node.names]
        return [Import(alias.asname or head, head, None, alias.name, node.lineno) for alias, head in heads]
    module = node.module or ""
    if node.level:
        source = "." * node.level + module
        raise ProvenanceError(f"{path}:{node.lineno}: relative import from '{source}': write the absolute path")
    if any(alias.name == "*" for alias in node.names):
        raise ProvenanceError(f"{path}:{node.lineno}: star import from '{module}': import each name")
    names = [] if module == "__future__" else node.names
    return [Import(alias.asname or alias.name, module, alias.name, module, node.lineno) for alias in names]


def read_statement(node: ast.stmt, path: Path) -> Statement:
    """Normal form and names of one top-level statement of the source file at a path."""
    reader = _Reader(path)
    reader.visit(node)
    uses = {(use.chain, use.quoted, use.imports): use for use in reversed(reader.module.uses)}
    return Statement(
        text=normal_form(node),
        uses=tuple(uses.values()),
        imports=tuple(reader.imports),
        binds=reader.module.bound,
        mutates=frozenset(reader.mutates),
        acts=reader.acts,
    )


@dataclass(eq=False)
class _Scope:
    kind: str
    bound: dict[str, list[Import]] = field(default_factory=dict)
    uses: list[Use] = field(default_factory=list)
    of_module: set[str] = field(default_factory=set)  # declared global
    of_outer: set[str] = field(default_factory=set)  # declared nonlocal


class _Reader:
    """Sorts the names of one top-level statement by Python's rules of scope."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.module = _Scope("module")
        self.scopes = [self.module]
        self.imports: list[Import] = []
        self.mutates: set[str] = set()
        self.acts = self.quoted = False

    def visit(self, *nodes: ast.AST | None) -> None:
        for node in nodes:
            if node is not None:
                handler = _HANDLERS.get(type(node))
                handler(self, node) if handler else self.visit(*ast.iter_child_nodes(node))

    def _scope(self, kind: str, body: Iterable[ast.AST], names: Iterable[str] = ()) -> None:
        self.scopes.append(_Scope(kind, {name: [] for name in names}))
        self.visit(*body)
        scope = self.scopes.pop()
        for use in scope.uses:
            self._settle(use, scope)

    def _settle(self, use: Use, scope: _Scope) -> None:
        name = use.chain[0]
        if name in scope.of_module:
            self.module.uses.append(use)
        elif name not in scope.bound:
            # a class hides its names from the scopes inside it
            next(outer for outer in reversed(self.scopes) if outer.kind != "class").uses.append(use)
        elif scope.bound[name]:
            self.module.uses.append(use._replace(imports=tuple(scope.bound[name])))

    def _use(self, chain: tuple[str, ...], line: int) -> None:
        use, scope = Use(chain, line, self.quoted), self.scopes[-1]
        if scope.kind == "class":
            self._settle(use, scope)  # at once: in a class, `scale = scale` reads the outer name
        else:
            scope.uses.append(use)  # at the end: what a function binds anywhere is local in all of it

    def _bind(self, name: str, imports: Iterable[Import] = (), *, scope: _Scope | None = None) -> None:
        scope = scope or self.scopes[-1]
        if name in scope.of_module:
            scope = self.module
        if name not in scope.of_outer:
            scope.bound.setdefault(name, []).extend(imports)

    def _annotation(self, node: ast.expr | None) -> None:
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            self.visit(node)
            return
        # only a string that is the whole annotation is a forward reference: jaxtyping writes shapes as inner strings
        with suppress(SyntaxError):
            reference = ast.parse(node.value.strip(), mode="eval")
            self.quoted = True
            self.visit(ast.increment_lineno(reference, node.lineno - 1))
            self.quoted = False

    def _parameters(self, node: ast.arguments) -> list[str]:
        parameters = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.arg)]
        self.visit(*node.defaults, *node.kw_defaults)
        for parameter in parameters:
            self._annotation(parameter.annotation)
        return [parameter.arg for parameter in parameters]

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        parameters = self._parameters(node.args)
        if isinstance(node, ast.Lambda):
            self._scope("function", [node.body], parameters)
            return
        self._bind(node.name)
        self.visit(*node.decorator_list)
        self._annotation(node.returns)
        self._scope("function", node.body, parameters)

    def _class(self, node: ast.ClassDef) -> None:
        self._bind(node.name)
        self.visit(*node.decorator_list, *node.bases, *node.keywords)
        self._scope("class", node.body)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        first, *others = node.generators
        self.visit(first.iter)  # evaluated in the enclosing scope
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self._scope("comprehension", [first.target, *first.ifs, *others, *results])

    def _walrus(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self._bind(node.target.id, scope=next(s for s in reversed(self.scopes) if s.kind != "comprehension"))

    def _name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._use((node.id,), node.lineno)
        else:
            self._bind(node.id)

    def _member(self, node: ast.Attribute | ast.Subscript) -> None:
        root: ast.AST = node
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        if isinstance(root, ast.Name) and self.scopes[-1] is self.module and not isinstance(node.ctx, ast.Load):
            self.mutates.add(root.id)
        if chain := dotted(node):
            self._use(chain, node.lineno)
        else:
            self.visit(*ast.iter_child_nodes(node))

    def _assignment(self, node: ast.Assign | ast.AnnAssign) -> None:
        if isinstance(node, ast.AnnAssign):
            self._annotation(node.annotation)
        self.visit(node.value, *(node.targets if isinstance(node, ast.Assign) else [node.target]))

    def _expression(self, node: ast.Expr) -> None:
        self.acts = self.acts or (self.scopes[-1] is self.module and not is_idle(node))
        self.visit(node.value)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for item in read_imports(node, self.path):
            self.imports.append(item)
            self._bind(item.name, [item])

    def _declaration(self, node: ast.Global | ast.Nonlocal) -> None:
        scope = self.scopes[-1]
        (scope.of_module if isinstance(node, ast.Global) else scope.of_outer).update(node.names)

    def _capture(self, node: ast.ExceptHandler | ast.MatchAs | ast.MatchStar | ast.MatchMapping) -> None:
        if name := node.rest if isinstance(node, ast.MatchMapping) else node.name:
            self._bind(name)
        self.visit(*ast.iter_child_nodes(node))


_HANDLERS: dict[type, Callable[[_Reader, Any], None]] = {
    node: handler
    for handler, nodes in {
        _Reader._function: (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda),
        _Reader._class: (ast.ClassDef,),
        _Reader._comprehension: (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp),
        _Reader._walrus: (ast.NamedExpr,),
        _Reader._name: (ast.Name,),
        _Reader._member: (ast.Attribute, ast.Subscript),
        _Reader._assignment: (ast.Assign, ast.AnnAssign),
        _Reader._expression: (ast.Expr,),
        _Reader._import: (ast.Import, ast.ImportFrom),
        _Reader._declaration: (ast.Global, ast.Nonlocal),
        _Reader._capture: (ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping),
    }.items()
    for node in nodes
}
