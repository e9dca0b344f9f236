"""Hunks that went into another class or function than the patch says they are for.

Owns: the comparison of a hunk's own heading (``@@ … @@ class A:``) with what git would
write there for the place where the hunk went. Pure: must not know git. A hunk needs only its
few lines of context to go on, and the class next door may have the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..catalog.intake.diffs import diff_in
from ..catalog.intake.names import stripped
from .fuzz import Hunk, context, enclosing, hunks_of, search

PYTHON = (".py", ".pyi")
SCOPE = re.compile(r"(?P<indent>\s*)(?P<what>(?:async\s+)?def|class)\s+(?P<name>\w+)")


class Misplaced(NamedTuple):
    """A hunk that stands elsewhere than its patch says; ``number`` counts from 1."""

    patch: str
    file: str
    number: int
    says: str
    stands: str

    def __str__(self) -> str:
        stands = f"in `{self.stands}`" if self.stands else "outside of any class or function"
        return (
            f"{self.patch}: hunk {self.number} of {self.file}: the patch says `{self.says}`, "
            f"it stands {stands}"
        )


def misplaced(
    text: str, name: str, content_of: Callable[[str], str | None]
) -> tuple[Misplaced, ...]:
    """The hunks of a patch that went elsewhere.

    ``content_of`` gives the text of a file of the tree that has the patch, and nothing else
    after it; None if there is no such file. Only classes and functions of Python files are
    compared: that another line stands above a hunk says nothing.
    """
    found: list[Misplaced] = []
    for file in diff_in(text, name).files:
        path = stripped(file.names.names[-1], 1)
        content = content_of(path) if path.endswith(PYTHON) else None
        if content is None:
            continue
        lines = content.removesuffix("\n").split("\n")
        for number, hunk in enumerate(hunks_of(file.body), 1):
            stands = _elsewhere(hunk, lines)
            if stands is not None:
                found.append(Misplaced(name, path, number, _scope(hunk.own), stands))
    return tuple(found)


def _elsewhere(hunk: Hunk, lines: Sequence[str]) -> str | None:
    """What stands around a hunk that is not where it says; None if all is as it should be."""
    says = SCOPE.match(hunk.own)
    if says is None:
        return None
    before, after = context(hunk.lines), context(hunk.lines[::-1])
    place = search(hunk.reversed(), lines, hunk.new_start - 1, 0, before, after)
    if place is None:
        return None  # a merge took it apart
    at, _ = place
    around = enclosing(lines, at + before)
    names = {*re.findall(r"\w+", around), *_headings(lines, at)}
    return None if says["name"] in names else around


def _headings(lines: Sequence[str], at: int) -> set[str]:
    """The names that git may write above a hunk: of the nearest class or function at the
    margin, and of the nearest one at all, which it writes for files that it knows as Python's."""
    found: set[str] = set()
    for line in reversed(lines[: max(at, 0)]):
        scope = SCOPE.match(line)
        if scope and (not found or not scope["indent"]):
            found.add(scope["name"])
        if scope and not scope["indent"]:
            break
    return found


def _scope(heading: str) -> str:
    scope = SCOPE.match(heading)
    return f"{scope['what']} {scope['name']}" if scope else heading
