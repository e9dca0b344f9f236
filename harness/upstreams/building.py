"""How much of a build can be kept when its sources change.

Owns: the table's form. Must not know any project, nor how anything is built.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple


class BuildRules(NamedTuple):
    """What of a build folder is of no use any more. All are patterns (``fnmatch``).

    A change of a path in ``anew`` leaves nothing of it: the project is configured again. One
    in ``parts``, and a path that comes or goes, takes away ``made``; ``doubtful`` goes in any
    case. The others are left to ``make``. ``unneeded`` is what no run of the result reads.
    """

    anew: tuple[str, ...]
    parts: tuple[str, ...]
    made: tuple[str, ...]
    doubtful: tuple[str, ...]
    unneeded: tuple[str, ...]


def in_patterns(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path is in one of these patterns."""
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def stale(rules: BuildRules, changed: Sequence[str], is_list_same: bool) -> tuple[str, ...] | None:
    """Patterns of what has to go from a build folder after ``changed`` paths; None: all of it.

    ``is_list_same`` says that no path came or went.
    """
    if any(in_patterns(path, rules.anew) for path in changed):
        return None
    is_whole = is_list_same and not any(in_patterns(path, rules.parts) for path in changed)
    return rules.doubtful if is_whole else (*rules.doubtful, *rules.made)
