"""Single tests of one version of a module, put into another version of it.

Owns: where they go, and what goes with them. What the other version has stays as it is, but
for the tests themselves, and what was changed along with them. Pure.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping

from .closure import CALLED, TEST, Parts, members_for, parts_for
from .rendering import cut_class, imported, names_needed
from .source import (
    IMPORTS,
    Source,
    bound_by,
    first_line,
    members,
    named_in_strings,
    needed_by,
    read_source,
)


def graft(
    onto: Source,
    new: Source,
    old: Source | None,
    wanted: Mapping[str, Collection[str]],
    functions: Collection[str],
    module: str = "",
) -> str:
    """The text of ``onto`` with the ``wanted`` members of classes and ``functions`` of ``new``.

    ``old`` is what ``new`` was before: a set-up or a helper of these tests that differs
    between them goes along.
    ``module`` is what the module is imported as, if that is known. The text may be none that
    Python reads, where ``onto`` is written in an odd way.
    """
    return _Graft(onto, new, old, module).made(wanted, functions)


class _Graft:
    def __init__(self, onto: Source, new: Source, old: Source | None, module: str) -> None:
        self._onto = onto
        self._new = new
        self._old = old
        self._module = module
        # Lines to put before a line, by its number, and ranges of lines to leave out.
        self._before: dict[int, list[str]] = {}
        self._gone: set[int] = set()
        self._end: list[str] = []

    def made(self, wanted: Mapping[str, Collection[str]], functions: Collection[str]) -> str:
        onto, new = self._onto, self._new
        whole = {name for name in wanted if name not in onto.classes}
        needed: set[str] = set(functions)
        for name in wanted.keys() - whole:
            needed |= self._into_class(name, wanted[name])
        parts = parts_for(
            new,
            {name: wanted[name] for name in whole},
            [*functions, *needed],
            have=onto.bound - set(functions) - self._changed_names(),
            module=self._module,
        )
        self._place(parts, needed, functions, [name for name in wanted if name not in whole])
        return self._text()

    def _into_class(self, name: str, tests: Collection[str]) -> set[str]:
        """Put members into a class that is there; the names that they need around it."""
        target = self._onto.classes[name]
        there = members(target)
        inherited = {each for c in self._onto.ancestors(name) for each in members(c)}
        changed = self._changed_members(name)
        must = {*tests, *filter(CALLED.match, changed)}
        chosen = [
            part
            for part in members_for(self._new, name, must)
            if bound_by(part) & (must | changed) or not bound_by(part) & inherited
        ]
        needed: set[str] = set()
        indent = self._onto.indent(target.body[0])
        for part in chosen:
            needed |= needed_by(part) | named_in_strings(part, self._module)
            needed |= _arguments(part) & self._new.functions.keys()
            segment = self._new.segment_at(part, indent)
            same = next((there[each] for each in bound_by(part) if each in there), None)
            if same is not None:
                self._leave_out(same)
                self._put(first_line(same), segment)
            else:
                at = (target.end_lineno or target.lineno) + 1
                self._put(at, "\n" + segment)
        return needed

    def _changed_members(self, name: str) -> set[str]:
        """What of a class is another in ``new`` than in ``old``, but for its tests."""
        if self._old is None or name not in self._old.classes:
            return set()
        return _differing(self._old.classes[name].body, self._new.classes[name].body)

    def _changed_names(self) -> set[str]:
        """What of the module is another in ``new`` than in ``old``, but for classes of tests."""
        if self._old is None:
            return set()
        helpers = [
            node
            for node in self._new.module.body
            if not (isinstance(node, ast.ClassDef) and any(map(_is_test, members(node))))
        ]
        return _differing(self._old.module.body, helpers)

    def _place(
        self,
        parts: Parts,
        asked: Collection[str],
        functions: Collection[str],
        changed: Iterable[str],
    ) -> None:
        """Imports go below the first imports, helpers above the first class that may need
        them, what is new to the end. ``asked`` are the names that put members need."""
        needed = names_needed(self._new, parts).union(asked) - self._onto.bound
        there = {name: node for node in self._onto.module.body for name in bound_by(node)}
        lines = [first_line(there[name]) for name in (*changed, *functions) if name in there]
        helpers = min(lines, default=0)
        for node in parts.statements:
            if isinstance(node, IMPORTS):
                text = imported(node, needed)
                if text and not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
                    self._put(_after_imports(self._onto.module.body), text)
                continue
            if isinstance(node, ast.ClassDef) and node.name in parts.kept:
                self._end.append(cut_class(self._new, node, parts.kept[node.name]))
                continue
            same = next((there[each] for each in bound_by(node) if each in there), None)
            if same is not None and not isinstance(same, IMPORTS):
                self._leave_out(same)
                self._put(first_line(same), self._new.segment(node))
            elif bound_by(node) & set(functions) or not helpers:
                self._end.append(self._new.segment(node))
            else:
                self._put(helpers, self._new.segment(node) + "\n\n")

    def _leave_out(self, node: ast.stmt) -> None:
        self._gone.update(range(first_line(node), (node.end_lineno or node.lineno) + 1))

    def _put(self, line: int, text: str) -> None:
        self._before.setdefault(line, []).append(text)

    def _text(self) -> str:
        lines = list(self._onto.lines)
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        found: list[str] = []
        for number, line in enumerate([*lines, ""], 1):
            found += self._before.get(number, [])
            found += [line] if number not in self._gone else []
        return "".join([*found, *(f"\n\n{each}" for each in self._end)])


def has_all(text: str, wanted: Mapping[str, Collection[str]], functions: Collection[str]) -> bool:
    """Whether Python reads the text and finds these tests in it."""
    source = read_source(text)
    if source is None or not set(functions) <= source.functions.keys():
        return False
    return (
        all(source.owner(name, test) for name, tests in wanted.items() for test in tests)
        and wanted.keys() <= source.classes.keys()
    )


def _differing(old: Iterable[ast.stmt], new: Iterable[ast.stmt]) -> set[str]:
    """The names that statements bind in another way than others did, but for tests."""
    before = {name: ast.dump(node) for node in old for name in bound_by(node)}
    return {
        name
        for node in new
        if not isinstance(node, IMPORTS)
        for name in bound_by(node)
        if not _is_test(name) and before.get(name) != ast.dump(node)
    }


def _is_test(name: str) -> bool:
    return name.startswith(TEST)


def _arguments(node: ast.stmt) -> set[str]:
    return {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}


def _after_imports(body: list[ast.stmt]) -> int:
    """The line below the imports that a module begins with."""
    line = 1
    for number, node in enumerate(body):
        is_docstring = number == 0 and isinstance(node, ast.Expr)
        if not (is_docstring or isinstance(node, IMPORTS)):
            break
        line = (node.end_lineno or node.lineno) + 1
    return line
