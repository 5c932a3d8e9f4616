"""Python source as `mlsim.provenance` reads it: top-level statements, the names they bind and use, their normal form.

Names are sorted by Python's own symbol tables; nothing is imported or executed.
"""

import ast
import symtable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

# fields that change nothing: the context follows from the position, the kind distinguishes u"" from ""
_SILENT_FIELDS = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_ANNOTATED = (ast.arg, ast.AnnAssign, *_FUNCTIONS)
_MEMBERS = (ast.Attribute, ast.Subscript)
_IMPORTS = (ast.Import, ast.ImportFrom)
_NOTED = (*_ANNOTATED, *_MEMBERS, ast.Expr, ast.Global)


class ProvenanceError(ValueError):
    """Code whose dependencies cannot be resolved statically; one line, `file:line: what is wrong: what to do`."""


class Import(NamedTuple):
    """A name bound by an import statement; `import a.b` binds `a` to the module a and loads a.b."""

    name: str
    path: str  # of what the name means
    module: str  # that Python loads
    attribute: str  # of that module; empty where the name means a module
    line: int


class Statement(NamedTuple):
    """One top-level statement."""

    text: str  # its normal form
    lines: tuple[int, int]  # its first and last line
    uses: set[str]  # its free names: not defined inside its functions and classes
    # names that may be free, too: those of quoted annotations, and those that a class reads and binds
    hints: set[str]
    imports: list[Import]  # the names bound by import statements within it, at any depth
    binds: set[str]  # the names it gives to the module
    mutates: set[str]  # roots of the indexed and dotted targets it assigns to, `TABLE` in `TABLE["a"] = f`
    acts: bool  # it holds a bare expression, evaluated for its effect when the module is imported


def read_source(source: bytes, path: Path) -> tuple[list[Import], list[Statement]]:
    """The top-level imports, with those under ``if TYPE_CHECKING``, and all other statements that compute something.

    Raises:
        ProvenanceError: the source is not Python, or holds a relative or star import.
    """
    try:
        body = ast.parse(source, filename=str(path)).body
    except (SyntaxError, ValueError) as error:
        raise ProvenanceError(f"{path}:{getattr(error, 'lineno', 0)}: not Python: {error}") from error
    for node in body[:]:
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            body.remove(node)
            body += node.body + node.orelse
    lines = source.splitlines(keepends=True)
    imports = [item for node in body for item in _imports(node, path)]
    return imports, [_statement(node, lines, path) for node in body if not is_idle(node)]


def line_of(name: str, statement: Statement, path: Path) -> int:
    """The first line of the statement on which a name is used."""
    first, last = statement.lines
    names = [node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.Name) and node.id == name]
    return min((node.lineno for node in names if first <= node.lineno <= last), default=first)


def normal_form(value: object, nodes: list[ast.AST] | None = None) -> str:
    """Text of a syntax tree without comments, layout, docstrings and imports, the same in all versions of Python.

    `ast.dump` prints fields that come and go with the version, `ast.unparse` changes its quotes and parentheses with
    it and is slower. Imports count through the names they bind, so that their order and place do not matter. Imports,
    members, annotations and bare expressions are appended to ``nodes``.

    >>> normal_form(ast.parse("x = 'a'  # why")) == normal_form(ast.parse('x = ("a")'))
    True
    """
    nodes = [] if nodes is None else nodes
    if isinstance(value, ast.AST):
        if isinstance(value, _NOTED):
            nodes.append(value)
        parts = []
        for name in value._fields:
            item = getattr(value, name, None)
            if name == "values" and isinstance(value, ast.JoinedStr):  # Python 3.12 adds empty parts
                item = [part for part in value.values if getattr(part, "value", None) != ""]
            if item is not None and item != [] and name not in _SILENT_FIELDS:
                parts.append(f"{name}={ascii(item) if isinstance(item, str) else normal_form(item, nodes)}")
        return f"{type(value).__name__}({','.join(parts)})"
    if isinstance(value, list):
        active = [item for item in value if not is_idle(item)]
        if len(active) < len(value):
            nodes += filter(is_idle, value)
        return f"[{','.join([normal_form(item, nodes) for item in active])}]"
    return ascii(value)  # repr follows the Unicode tables, which change with the version


def is_idle(node: object) -> bool:
    """Whether a statement computes nothing: a docstring or other bare constant, `pass`, an import."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, (ast.Pass, *_IMPORTS))


def _imports(node: ast.AST, path: Path) -> list[Import]:
    if isinstance(node, ast.Import):
        heads = [(alias, alias.name if alias.asname else alias.name.partition(".")[0]) for alias in node.names]
        return [Import(alias.asname or head, head, alias.name, "", node.lineno) for alias, head in heads]
    if not isinstance(node, ast.ImportFrom) or node.module == "__future__":
        return []
    module = node.module or ""
    if node.level:
        source = "." * node.level + module
        raise ProvenanceError(f"{path}:{node.lineno}: relative import from '{source}': write the absolute path")
    if any(alias.name == "*" for alias in node.names):
        raise ProvenanceError(f"{path}:{node.lineno}: star import from '{module}': import each name")
    names = [(alias.asname or alias.name, alias.name) for alias in node.names]
    return [Import(name, f"{module}.{attribute}", module, attribute, node.lineno) for name, attribute in names]


def _statement(node: ast.stmt, lines: list[bytes], path: Path) -> Statement:
    nodes: list[ast.AST] = []
    text = normal_form(node, nodes)
    first = min([node.lineno, *(line.lineno for line in getattr(node, "decorator_list", ()))])
    source = lines[first - 1 : node.end_lineno]
    source[-1] = source[-1][: node.end_col_offset]
    indent = node.col_offset  # after a semicolon, or under `if TYPE_CHECKING`
    source[0] = (b"if 1:\n" + b" " * indent if indent else b"") + source[0][indent:]
    uses, binds, hints = _free_names(symtable.symtable(b"".join(source).decode(), str(path), "exec"))
    imports: list[Import] = []
    for inner in nodes:
        if isinstance(inner, _ANNOTATED):
            hints |= _quoted_names(getattr(inner, "annotation", None) or getattr(inner, "returns", None))
        elif isinstance(inner, ast.Global):
            binds |= set(inner.names)
        elif isinstance(inner, _IMPORTS):
            imports += _imports(inner, path)
    # what a function or class does to other objects, it does later or to itself
    acting = [] if isinstance(node, (*_FUNCTIONS, ast.ClassDef)) else nodes
    acts = any(isinstance(inner, ast.Expr) and not is_idle(inner) for inner in acting)
    targets = [inner for inner in acting if isinstance(inner, _MEMBERS) and not isinstance(inner.ctx, ast.Load)]
    mutates = {root.id for root in map(_root, targets) if isinstance(root, ast.Name)}
    return Statement(text, (first, node.end_lineno or first), uses, hints, imports, binds, mutates, acts)


def _root(node: ast.expr) -> ast.expr:
    while isinstance(node, _MEMBERS):
        node = node.value
    return node


def _quoted_names(annotation: ast.expr | None) -> set[str]:
    """Names in a string that is a whole annotation; strings inside of one are the shapes of jaxtyping."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        with suppress(SyntaxError):
            tree = ast.parse(annotation.value.strip(), mode="eval")
            return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return set()


def _free_names(table: symtable.SymbolTable) -> tuple[set[str], set[str], set[str]]:
    """Free names, names bound in the module, and names that a class reads and binds."""
    uses, binds, both = set(), set(), set()
    is_module = table.get_type() == "module"
    if isinstance(table, symtable.Function):
        uses |= set(table.get_globals())
    else:
        for symbol in table.get_symbols():
            if symbol.is_referenced():
                (uses if is_module or symbol.is_global() else both).add(symbol.get_name())
            if is_module and (symbol.is_assigned() or symbol.is_imported()):
                binds.add(symbol.get_name())
    for child in table.get_children():
        for names, inner in zip((uses, binds, both), _free_names(child), strict=True):
            names |= inner
    return uses, binds, both
