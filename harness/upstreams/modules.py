"""What unittest calls test modules and tests, from the paths that they stand at.

Owns: that rule. Must not know any project.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath


def labels_of(paths: Iterable[str], tests: str) -> tuple[str, ...]:
    """The dotted names of the test modules at ``paths`` below the folder ``tests``.

    A file that is no test module is run with the folder that it helps, if no test
    module is touched.
    """
    named, helped = [], []
    for path in paths:
        inner = PurePosixPath(path.removeprefix(tests))
        if inner.suffix == ".py" and fnmatchcase(inner.name, "test*.py"):
            named.append(".".join(inner.with_suffix("").parts))
        elif inner.parent.parts:
            helped.append(inner.parts[0])
    return tuple(dict.fromkeys(named or helped))


def imported_name(path: str) -> str:
    """``a.b`` of ``a/b.py`` and ``a/b/__init__.py``; empty for what only a program can be
    (``__main__``) or can not be imported by its name."""
    pure = PurePosixPath(path)
    parts = pure.with_suffix("").parts
    if pure.suffix != ".py" or parts[-1] == "__main__" or not all(map(str.isidentifier, parts)):
        return ""
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def dotted(path: str, tests: str, names: Sequence[str]) -> str:
    """``servers.tests.Class.test_x`` for a file below ``tests`` and names in it."""
    inner = PurePosixPath(path.removeprefix(tests))
    return ".".join((*inner.with_suffix("").parts, *names))
