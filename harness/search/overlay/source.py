"""A module of Python as its text and its syntax tree together.

Owns: which lines a statement has, which names it binds and which it needs. Pure; must not
know tests.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache

LINE = re.compile(r"[^\n]*\n|[^\n]+")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef
IMPORTS = (ast.Import, ast.ImportFrom)
STAR = "*"
BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__"}


class Source:
    """A module that can be parsed; raises ``SyntaxError`` or ``ValueError`` if it can not."""

    def __init__(self, text: str) -> None:
        # What a compiler would warn of is no business of ours.
        self.module = _parsed(text)
        # Not splitlines: a form feed ends no line of Python.
        self.lines: list[str] = LINE.findall(text)

    @cached_property
    def classes(self) -> dict[str, ast.ClassDef]:
        """The classes of the module by name."""
        return {node.name: node for node in self.module.body if isinstance(node, ast.ClassDef)}

    @cached_property
    def functions(self) -> dict[str, Function]:
        """The functions of the module by name."""
        return {node.name: node for node in self.module.body if isinstance(node, FUNCTIONS)}

    @cached_property
    def bound(self) -> frozenset[str]:
        """The names that the module binds."""
        return frozenset(name for node in self.module.body for name in bound_by(node))

    def segment(self, node: ast.stmt) -> str:
        """The lines of a statement, with its decorators and the end of the last line."""
        text = "".join(self.lines[first_line(node) - 1 : node.end_lineno])
        return text if text.endswith("\n") else f"{text}\n"

    def segment_at(self, node: ast.stmt, indent: str) -> str:
        """The same with another indentation. What stands in strings stays where it is."""
        old, text = self.indent(node), self.segment(node)
        fixed = {
            line
            for each in ast.walk(node)
            if isinstance(each, ast.Constant | ast.JoinedStr)
            for line in range(each.lineno + 1, (each.end_lineno or each.lineno) + 1)
        }
        return "".join(
            line if number in fixed or not line.startswith(old) else indent + line[len(old) :]
            for number, line in enumerate(LINE.findall(text), first_line(node))
        )

    def indent(self, node: ast.stmt) -> str:
        """The blanks before a statement."""
        line = self.lines[node.lineno - 1]
        return line[: len(line) - len(line.lstrip())]

    def head(self, node: ast.ClassDef) -> str:
        """The lines of a class before the first statement in it."""
        return "".join(self.lines[first_line(node) - 1 : first_line(node.body[0]) - 1])

    def ancestors(self, name: str) -> list[ast.ClassDef]:
        """The class of that name and those of its bases that stand in the module."""
        found: dict[str, ast.ClassDef] = {}
        queue = [name]
        while queue:
            each = queue.pop(0)
            if each in self.classes and each not in found:
                found[each] = self.classes[each]
                queue += [base.id for base in found[each].bases if isinstance(base, ast.Name)]
        return list(found.values())

    def owner(self, name: str, member: str) -> str:
        """The class that has a member of the class ``name``: itself, or a base in the module;
        empty if none of these has it."""
        having = (each.name for each in self.ancestors(name) if member in members(each))
        return next(having, "")


@lru_cache(maxsize=64)
def read_source(text: str) -> Source | None:
    """The module, None if this Python can not parse it."""
    try:
        return Source(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _parsed(text: str) -> ast.Module:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def first_line(node: ast.stmt) -> int:
    """Where a statement begins: with its first decorator."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])


def members(node: ast.ClassDef) -> dict[str, ast.stmt]:
    """The statements of a class by the names that they bind."""
    return {name: part for part in node.body for name in bound_by(part)}


def bound_by(node: ast.stmt) -> set[str]:
    """The names that a statement binds where it stands; ``*`` for what nobody can tell."""
    if isinstance(node, IMPORTS):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return {node.name}
    found: set[str] = set()
    for each in _around(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            found.add(each.id)
        elif isinstance(each, (*IMPORTS, *FUNCTIONS, ast.ClassDef)):
            found |= bound_by(each)
    return found


def needed_by(node: ast.AST) -> set[str]:
    """The names that a node takes from around it."""
    if isinstance(node, FUNCTIONS):
        return _needed_by_function(node)
    found: set[str] = set()
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        found.add(node.id)
    for each in ast.iter_child_nodes(node):
        found |= needed_by(each)
    return found - BUILTINS | ({"__name__"} & found)


def _needed_by_function(node: Function) -> set[str]:
    inner = [each for part in node.body for each in ast.walk(part)]
    arguments = {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    stored = {e.id for e in inner if isinstance(e, ast.Name) and isinstance(e.ctx, ast.Store)}
    stored -= {name for each in inner if isinstance(each, ast.Global) for name in each.names}
    found = {name for part in node.body for name in needed_by(part)} - stored - arguments
    outside = (*node.decorator_list, node.args, *filter(None, [node.returns]))
    for each in outside:
        found |= needed_by(each)
    return found


def attributes_of(nodes: Iterable[ast.AST]) -> set[str]:
    """Every name that is asked of something: ``x`` of ``self.x``, and what strings name."""
    found = set()
    for node in nodes:
        for each in ast.walk(node):
            if isinstance(each, ast.Attribute):
                found.add(each.attr)
            elif isinstance(each, ast.Constant) and isinstance(each.value, str):
                # `getattr(self, "x")`, `usefixtures("x")`.
                found.update([each.value] if each.value.isidentifier() else ())
    return found


def named_in_strings(node: ast.AST, module: str) -> set[str]:
    """The names of a module's parts in strings like ``module.Part``; none of a module that
    nobody knows the name of."""
    pattern = re.compile(rf"\b{re.escape(module)}\.(\w+)")
    return {
        found[1]
        for each in ast.walk(node)
        if module and isinstance(each, ast.Constant) and isinstance(each.value, str)
        for found in pattern.finditer(each.value)
    }


def _around(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it, but for what functions and classes have within."""
    yield node
    if not isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Lambda, ast.ListComp, ast.DictComp)):
        for each in ast.iter_child_nodes(node):
            yield from _around(each)
