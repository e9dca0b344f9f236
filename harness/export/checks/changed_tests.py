"""Which tests a patch adds or changes, and what a suite calls them. Pure.

Owns: the comparison of a test module's source before and after, and how a path in the
folder of tests becomes a suite's label and a pattern of test ids. Must not know runs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from ..squash import ChangedFile

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
TEST = "test"
"""What the name of a test begins with, and that of a module of tests."""
REST = ""
"""What stands for the parts of a class that are no functions."""


def labels_of(paths: Iterable[str], folder: str) -> tuple[str, ...]:
    """What a suite calls the test modules at these paths, which are below ``folder``.

    A file that is no test module is run with the folder that it helps, if no test
    module is touched.
    """
    modules, helped = [], []
    for path in paths:
        inner = PurePosixPath(path.removeprefix(folder))
        if inner.suffix == ".py" and fnmatchcase(inner.name, f"{TEST}*.py"):
            modules.append(".".join(inner.with_suffix("").parts))
        elif inner.parent.parts:
            helped.append(inner.parts[0])
    return tuple(dict.fromkeys(modules or helped))


def changed_tests(file: ChangedFile, folder: str) -> list[str]:
    """A pattern for the id of every test that a file below ``folder`` adds or changes.

    ``module.Class.test_x``; or ``module.Class.*`` where other parts of the class changed
    (``setUp``, its bases): they decide about every test in it.
    """
    inner = PurePosixPath(file.path.removeprefix(folder))
    if inner.suffix != ".py":
        return []
    module = ".".join(inner.with_suffix("").parts)
    before, after = (_classes(text) for text in file.texts())
    return [
        f"{module}.{name}.{test}"
        for name, parts in after.items()
        for test in _changed_parts(before.get(name, {}), parts)
    ]


def fits(test: str, patterns: Iterable[str]) -> bool:
    """Whether a test's id is one that ``changed_tests`` means.

    CPython's ids begin with the package ``test``, which its folder of tests is.
    """
    return any(fnmatchcase(test, p) or fnmatchcase(test, f"test.{p}") for p in patterns)


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
    classes = {}
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            functions = {p.name: ast.dump(p) for p in node.body if isinstance(p, FUNCTIONS)}
            rest = [p for p in node.body if getattr(p, "name", None) not in functions]
            # Base classes decide about every test; an attribute may.
            deciding = map(ast.dump, [*node.bases, *node.decorator_list, *rest])
            classes[node.name] = functions | {REST: "".join(deciding)}
    return classes
