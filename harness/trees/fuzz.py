"""Where patch(1) would put what git refuses: hunks whose outer context is another.

Owns: that search (https://www.gnu.org/software/diffutils/manual/html_node/Inexact.html),
what stands around the place that it finds, and the patch as it would have to be to go
there exactly. Pure: must not know git. A hunk can land in the class next door in this
way, so nobody takes it without having been told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..catalog.intake.diffs import FileDiff, diff_in
from ..catalog.intake.hunks import HEAD
from ..catalog.intake.names import stripped

FUZZ = 2  # as patch(1) has it: so many lines at each end of the context may differ
NO_NEWLINE = "\\"


class Place(NamedTuple):
    """Where a hunk would go: a line's number, and the class or function around it.

    ``fuzz`` is how many lines of context at each end were left out to find it; ``number``
    counts the hunks of ``file`` from 1. ``own`` is what the hunk's own head names.
    """

    file: str
    number: int
    line: int
    fuzz: int
    around: str
    own: str

    def __str__(self) -> str:
        own = f" (its own head says `{self.own}`)" if self.own else ""
        within = f"in `{self.around}`" if self.around else "outside of any class or function"
        return f"patch(1) would put it at line {self.line}, {within}{own}, with fuzz {self.fuzz}"


class FuzzyPatch(NamedTuple):
    """A patch whose hunks have the context that they would meet, and the inexact ones."""

    text: str
    places: tuple[Place, ...]


class Hunk(NamedTuple):
    """A hunk: the line at which its head says that it begins, before and after, what the
    head names (``own``), and its lines with their marks."""

    start: int
    new_start: int
    own: str
    lines: tuple[str, ...]

    @property
    def olds(self) -> list[str]:
        """The lines that it finds."""
        return [line[1:] for line in self.lines if line[:1] in ("", " ", "-")]

    def reversed(self) -> Hunk:
        """The hunk that takes it back."""
        turned = {"+": "-", "-": "+"}
        lines = tuple(turned.get(line[:1], line[:1]) + line[1:] for line in self.lines)
        return Hunk(self.new_start, self.start, self.own, lines)


def fuzzy(text: str, content_of: Callable[[str], str | None]) -> FuzzyPatch | None:
    """The patch as it goes on with fuzz; None if it does not, or needs none.

    ``content_of`` gives the text of a file of the tree, None if there is no such file.
    """
    diff = diff_in(text, "the patch")
    made: list[str] = []
    places: list[Place] = []
    for file in diff.files:
        path = stripped(file.names.names[0], 1)
        content = content_of(path)
        body = file.body
        if content is not None and body and HEAD.match(body[0]):
            found = _file(file, path, content.removesuffix("\n").split("\n"))
            if found is None:
                return None
            body, inexact = found
            places += inexact
        made += [*file.before, *file._replace(body=body).lines(1)]
    if not places:
        return None
    return FuzzyPatch("".join(f"{line}\n" for line in [*made, *diff.after]), tuple(places))


def _file(
    file: FileDiff, path: str, lines: Sequence[str]
) -> tuple[tuple[str, ...], list[Place]] | None:
    """The hunks of one file with exact context, and where the inexact ones go."""
    body: list[str] = []
    places: list[Place] = []
    offset = shift = least = 0
    for number, hunk in enumerate(hunks_of(file.body), 1):
        before, after = context(hunk.lines), context(hunk.lines[::-1])
        found = search(hunk, lines, hunk.start - 1 + offset, least, before, after)
        if found is None:
            return None
        at, fuzz = found
        offset = at - (hunk.start - 1)
        exact = _exact(hunk, lines, at, before, after)
        olds = sum(line[:1] in ("", " ", "-") for line in exact)
        news = sum(line[:1] in ("", " ", "+") for line in exact)
        start = max(at, 0)
        body += [f"@@ -{start + bool(olds)},{olds} +{start + bool(news) + shift},{news} @@", *exact]
        shift += news - olds
        least = start + olds
        if fuzz:
            line = at + before
            around = enclosing(lines, line)
            places.append(Place(path, number, line + 1, fuzz, around, hunk.own))
    return tuple(body), places


def hunks_of(body: Sequence[str]) -> list[Hunk]:
    """The hunks of one file's part of a diff."""
    found: list[Hunk] = []
    for line in body:
        if head := HEAD.match(line):
            found.append(Hunk(int(head["old"]), int(head["new"]), line[head.end() :].strip(), ()))
        else:
            found[-1] = found[-1]._replace(lines=(*found[-1].lines, line))
    return found


def context(lines: Sequence[str]) -> int:
    """How many lines of context stand before the first change."""
    count = 0
    for line in lines:
        if line[:1] in ("+", "-"):
            break
        count += not line.startswith(NO_NEWLINE)
    return count


def search(
    hunk: Hunk, lines: Sequence[str], expected: int, least: int, before: int, after: int
) -> tuple[int, int] | None:
    """The index where the hunk begins, and the fuzz that was needed; the nearest place."""
    olds = hunk.olds
    longest = max(before, after)
    for fuzz in range(FUZZ + 1):
        # The shorter end is cut later: it is at an end of the file, where nothing is inexact.
        head = max(0, fuzz - (longest - before))
        tail = max(0, fuzz - (longest - after))
        wanted = olds[head : len(olds) - tail]
        if not wanted or (fuzz and not head and not tail) or fuzz > longest:
            continue
        for distance in range(len(lines) + 1):
            for at in {expected - distance, expected + distance}:
                first = at + head
                if first >= least and [*lines[first : first + len(wanted)]] == wanted:
                    return at, fuzz
    return None


def _exact(hunk: Hunk, lines: Sequence[str], at: int, before: int, after: int) -> list[str]:
    """The hunk's lines with the context that the file has there."""
    total = len(hunk.olds)
    made: list[str] = []
    old = 0
    for line in hunk.lines:
        if line[:1] not in ("", " ", "-"):
            made.append(line)
            continue
        is_outer = old < before or old >= total - after
        index = at + old
        old += 1
        if not is_outer:
            made.append(line)
        elif 0 <= index < len(lines):
            made.append(f" {lines[index]}")
    return made


def enclosing(lines: Sequence[str], at: int) -> str:
    """The classes and functions around a line, the outermost first: ``class A, def f``."""
    found: list[str] = []
    here = next((line for line in lines[at:] if line.strip()), "")
    indent = len(here) - len(here.lstrip())
    for line in reversed(lines[: max(at, 0)]):
        opened = re.match(r"(\s*)((?:async\s+)?def|class)\s+(\w+)", line)
        if opened and len(opened[1]) < indent:
            found.insert(0, f"{opened[2]} {opened[3]}")
            indent = len(opened[1])
        elif indent and not found and re.match(r"[A-Za-z_][^:]*\)$", line):
            # The head of a function in C stands at the margin.
            return line
    return ", ".join(found)
