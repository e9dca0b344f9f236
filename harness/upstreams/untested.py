"""What of a project no test of it can see, and what can.

Owns: the table's form, and sorting paths by it. Must not know any project.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple


class Untested(NamedTuple):
    """Files of one class: what they are called together, patterns of their paths
    (``fnmatch``), and what does see a change of them."""

    what: str
    paths: tuple[str, ...]
    seen_by: str


def classes_of(paths: Iterable[str], table: Sequence[Untested]) -> list[Untested]:
    """The classes that the paths are in, each once; empty if one is in none of them."""
    found: list[Untested] = []
    for path in sorted(paths):
        fitting = [
            each for each in table if any(fnmatchcase(path, pattern) for pattern in each.paths)
        ]
        if not fitting:
            return []
        found += [each for each in fitting[:1] if each not in found]
    return found
