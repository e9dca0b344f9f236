"""What of a test module one has to have to run some of its tests, and no more.

Owns: that question. A test needs its class, what that class sets up, what it calls, and in
turn what these need. Pure; must not know where the answer is put.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from .source import (
    FUNCTIONS,
    IMPORTS,
    STAR,
    Source,
    attributes_of,
    bound_by,
    named_in_strings,
    needed_by,
)

TEST = "test"
# What a framework calls by itself, of a class and of a module.
CALLED = re.compile(r"_|(async_?)?(set_?up|tear_?down)|pytestmark$", re.I)
CALLED_OF_MODULE = re.compile(r"set_?up|tear_?down|pytest_|pytestmark$", re.I)
KNOWN_BASE = re.compile(r"(\w*TestCase|object)$")
OTHER_WAYS = {"load_tests"}
"""What would find other tests than those that are asked for."""


class Parts(NamedTuple):
    """Statements of a module, in its order, and which members its cut classes keep."""

    statements: tuple[ast.stmt, ...]
    kept: Mapping[str, tuple[ast.stmt, ...]]


def parts_for(
    source: Source,
    wanted: Mapping[str, Collection[str]],
    functions: Collection[str] = (),
    have: Collection[str] = (),
    module: str = "",
) -> Parts:
    """What is needed for the ``wanted`` members of classes, and for ``functions``.

    Names in ``have`` are there already. ``module`` is what the module itself is imported as:
    strings may name its parts by it.
    """
    return _Closure(source, wanted, have, module).of(functions)


def members_for(source: Source, owner: str, wanted: Iterable[str]) -> list[ast.stmt]:
    """The members of one class that are needed for some of them, themselves with it, and
    without what every test of it has in common."""
    own = {name: part for part in source.classes[owner].body for name in bound_by(part)}
    found: list[ast.stmt] = []
    queue = [own[name] for name in wanted if name in own]
    while queue:
        part = queue.pop(0)
        if part not in found:
            found.append(part)
            asked = attributes_of([part]) | needed_by(part)
            queue += [own[name] for name in sorted(asked) if name in own]
    return sorted(found, key=lambda part: part.lineno)


class _Closure:
    """Grows until nothing new is needed."""

    def __init__(
        self,
        source: Source,
        wanted: Mapping[str, Collection[str]],
        have: Collection[str],
        module: str,
    ) -> None:
        self._source = source
        self._have = have
        self._module = module
        family = [each for name in wanted for each in source.ancestors(name)]
        self._cut = {each.name: set(wanted.get(each.name, ())) for each in family}
        self._names = set(wanted)
        self._kept: dict[str, list[ast.stmt]] = {name: [] for name in self._cut}
        self._taken: list[ast.stmt] = []

    def of(self, functions: Collection[str]) -> Parts:
        self._names |= set(functions)
        body = self._source.module.body
        for node in body:
            names = bound_by(node)
            is_called = any(map(CALLED_OF_MODULE.match, names)) and not isinstance(node, IMPORTS)
            if STAR in names or is_called or _is_future(node) or _is_automatic(node):
                self._names |= names
        while self._grow():
            pass
        order = {id(node): number for number, node in enumerate(body)}
        statements = sorted(self._taken, key=lambda node: order[id(node)])
        return Parts(tuple(statements), {name: tuple(kept) for name, kept in self._kept.items()})

    def _grow(self) -> bool:
        before = len(self._taken), sum(map(len, self._kept.values()))
        wanted = self._names - set(self._have)
        for node in self._source.module.body:
            if node not in self._taken and bound_by(node) & wanted - OTHER_WAYS:
                self._taken.append(node)
                self._need(node)
        asked = attributes_of(self._all())
        for name, tests in self._cut.items():
            # A decorator may be a member of the class as well.
            self._keep(self._source.classes[name], tests | asked | self._names)
        return before != (len(self._taken), sum(map(len, self._kept.values())))

    def _need(self, node: ast.stmt) -> None:
        if isinstance(node, ast.ClassDef) and node.name in self._cut:
            for each in (*node.bases, *node.keywords, *node.decorator_list):
                self._use(each)
        elif not isinstance(node, IMPORTS):
            self._use(node)

    def _use(self, node: ast.AST) -> None:
        needed = needed_by(node)
        self._names |= needed
        own = self._source.functions
        # Arguments and marks by which pytest gives fixtures.
        arguments = {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
        self._names |= (arguments | attributes_of([node])) & own.keys()
        self._names |= named_in_strings(node, self._module)
        if "__name__" in needed:
            # Whoever gets the module's name may ask it for anything that is not a test.
            self._names |= {
                name
                for each in self._source.module.body
                if isinstance(each, (*FUNCTIONS, ast.Assign, ast.AnnAssign))
                for name in bound_by(each)
                if not name.startswith(TEST)
            }

    def _keep(self, node: ast.ClassDef, asked: Collection[str]) -> None:
        """Take what of a class is asked for, or called without being asked for."""
        is_open = not all(self._is_known(base) for base in node.bases)
        kept = self._kept[node.name]
        for part in node.body:
            names = bound_by(part)
            is_function = isinstance(part, FUNCTIONS)
            is_called = any(map(CALLED.match, names)) or _is_marked(part)
            is_other = is_function and any(name.startswith(TEST) for name in names)
            wanted = bool(names & set(asked)) or (
                not is_other and (not is_function or is_called or is_open)
            )
            if wanted and part not in kept:
                kept.append(part)
                self._use(part)
        kept.sort(key=lambda part: part.lineno)

    def _is_known(self, base: ast.expr) -> bool:
        """Whether a base calls nothing of a class but what all test cases do."""
        name = base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
        return name in self._source.classes or bool(KNOWN_BASE.match(name))

    def _all(self) -> Iterable[ast.AST]:
        for node in self._taken:
            if isinstance(node, ast.ClassDef) and node.name in self._cut:
                yield from self._kept[node.name]
            else:
                yield node


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _is_marked(node: ast.stmt) -> bool:
    """Whether a decorator that makes it a fixture stands above it, or any other that is called
    for what it does and not for its name."""
    return isinstance(node, FUNCTIONS) and any(
        "fixture" in ast.unparse(each) for each in node.decorator_list
    )


def _is_automatic(node: ast.stmt) -> bool:
    return _is_marked(node) and "autouse=True" in ast.unparse(node)
