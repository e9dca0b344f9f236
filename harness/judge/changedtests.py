"""Which tests a patch adds or changes. Pure.

Owns: the comparison of a test module's source before and after. Must not know runs, nor
the form that an upstream's ids have.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
TEST = "test"
"""What the name of a test begins with, and that of a module of tests."""
REST = ""
"""What stands for the parts of a class that are no functions."""
Pattern = Callable[[Sequence[str]], str]


def changed_tests(before: str, after: str, pattern: Pattern) -> list[str]:
    """A pattern for the id of every test that a Python file, before and after, has changed or new.

    Of a class, all tests are meant where other parts of it changed (``setUp``, its
    bases): they decide about every test in it. ``pattern`` gives the upstream's own form
    to the names of a class and a test, or of a function.
    """
    old, new = (_classes(text) for text in (before, after))
    return [
        pattern((name, test) if name else (test,))
        for name, parts in new.items()
        for test in _changed_parts(old.get(name, {}), parts)
        if name or test != "*"
    ]


def every_test(text: str, pattern: Pattern) -> list[str]:
    """The id, in the upstream's own form, of every test that stands in a Python file."""
    return [
        pattern((name, test) if name else (test,))
        for name, parts in _classes(text).items()
        for test in parts
        if test.startswith(TEST)
    ]


def fits(test: str, patterns: Iterable[str]) -> bool:
    """Whether a test's id is one that ``changed_tests`` means."""
    return any(fnmatchcase(test, pattern) for pattern in patterns)


def _changed_parts(before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    changed = [part for part in after if before.get(part) != after[part]]
    if any(not part.startswith(TEST) for part in changed):
        yield "*"
    else:
        yield from changed


def _classes(text: str) -> dict[str, dict[str, str]]:
    """The source of each part of each class: its methods by name, and the ``REST`` of it."""
    try:
        module = ast.parse(text)
    except SyntaxError:
        return {}
    # Tests that are functions of their own stand under no class; pytest has such.
    own = {p.name: ast.dump(p) for p in module.body if isinstance(p, FUNCTIONS)}
    classes = {"": {name: text for name, text in own.items() if name.startswith(TEST)}}
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            functions = {p.name: ast.dump(p) for p in node.body if isinstance(p, FUNCTIONS)}
            rest = [p for p in node.body if getattr(p, "name", None) not in functions]
            # Base classes decide about every test; an attribute may.
            deciding = map(ast.dump, [*node.bases, *node.decorator_list, *rest])
            classes[node.name] = functions | {REST: "".join(deciding)}
    return classes
