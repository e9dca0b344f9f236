"""Which files in C have to be compiled again when others change that they include.

Owns: reading ``#include`` lines, no more exactly than by the names of files. Must not know
any project. Makefiles of projects do not always name what a file includes: CPython's name
neither the headers of one module nor what Argument Clinic wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

READ = (".c", ".h", ".inc", ".cc", ".cpp")
COMPILED = (".c", ".cc", ".cpp")
_INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]+(?:["<]([^">\n]+)[">]|(\w+))', re.M)


def compiled_again(folder: Path, paths: Iterable[str], changed: Iterable[str]) -> list[str]:
    """Those of ``paths`` that are compiled and include a changed one, directly or not.

    A file that includes what a macro names counts as including everything.
    """
    by: dict[str, set[str]] = {}
    unsure: set[str] = set()
    for path in paths:
        if path.endswith(READ):
            for name in _included(folder / path):
                if name is None:
                    unsure.add(path)
                else:
                    by.setdefault(name, set()).add(path)
    found: set[str] = set()
    waiting = [path for path in changed if not path.endswith(COMPILED) or _name(path) in by]
    if waiting:
        found |= unsure
        waiting += unsure
    while waiting:
        fresh = by.get(_name(waiting.pop()), set()) - found
        found |= fresh
        waiting += fresh
    return sorted(path for path in found if path.endswith(COMPILED))


def _included(file: Path) -> Iterable[str | None]:
    """The names of the files that a file includes; None for what a macro names."""
    for match in _INCLUDE.finditer(file.read_bytes()):
        yield _name(match[1].decode("utf-8", "replace")) if match[1] else None


def _name(path: str) -> str:
    return PurePosixPath(path).name
