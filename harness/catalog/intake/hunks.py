"""The hunks of a unified diff, counted line by line.

Owns: where a hunk ends, and why one is refused that does not end there. A hunk that has
fewer or more lines than its head says is never taken in part.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ...model import RequestError

HEAD = re.compile(r"@@ -(?P<old>\d+)(?:,(?P<olds>\d+))? \+(?P<new>\d+)(?:,(?P<news>\d+))? @@")
NEXT = re.compile(r"diff |Index: |From |@@ -|\*\*\* ")
NO_NEWLINE = "\\"
SIDES = {" ": (1, 1), "": (1, 1), "-": (1, 0), "+": (0, 1), NO_NEWLINE: (0, 0)}


class HunkHead(NamedTuple):
    """How many lines a hunk says that it has of the old file, and of the new one."""

    olds: int
    news: int


def head_of(line: str) -> HunkHead | None:
    """What the head of a hunk says; None if the line is none."""
    found = HEAD.match(line)
    return found and HunkHead(int(found["olds"] or 1), int(found["news"] or 1))


def end_of_hunks(lines: Sequence[str], start: int, file: str) -> int:
    """The index after the last of the hunks that begin at ``start``.

    Raises ``RequestError`` if one of them is not whole.
    """
    number = 0
    while start < len(lines) and (head := head_of(lines[start])):
        number += 1
        start = _end_of_hunk(lines, start + 1, head, f"hunk {number} of {file}")
    return start


def _end_of_hunk(lines: Sequence[str], at: int, head: HunkHead, where: str) -> int:
    olds, news = head
    while olds > 0 or news > 0:
        line = lines[at] if at < len(lines) else None
        if line is None or (line[:1] not in SIDES and NEXT.match(line)) or _is_file(lines, at):
            raise RequestError(
                f"{where} is cut off: {_counted(olds, news)} missing; get the whole patch"
            )
        if line[:1] not in SIDES:
            raise RequestError(
                f"{where}: {line[:40]!r} begins with neither a blank nor + nor -: "
                "the indentation is gone, or the patch is cut off; get it as a file"
            )
        old, new = SIDES[line[:1]]
        olds, news, at = olds - old, news - new, at + 1
    if olds < 0 or news < 0:
        raise RequestError(f"{where} is damaged: its lines are not as many as its head says")
    if at < len(lines) and lines[at].startswith(NO_NEWLINE):
        at += 1
    if at < len(lines) and _is_one_more(lines, at):
        raise RequestError(
            f"{where} is damaged: it has more lines than its head says; "
            "make the patch again instead of editing it"
        )
    return at


def _is_file(lines: Sequence[str], at: int) -> bool:
    """Whether the head of the next file stands there, not a removed line and an added one."""
    following = [*lines[at : at + 3], "", "", ""]
    marks = ("--- ", "+++ ", "@@ -")
    return all(following[place].startswith(mark) for place, mark in enumerate(marks))


def _counted(olds: int, news: int) -> str:
    return f"{max(olds, news)} {'line is' if max(olds, news) == 1 else 'lines are'}"


def _is_one_more(lines: Sequence[str], at: int) -> bool:
    line = lines[at]
    if line.startswith("--- ") or line.rstrip() == "--":
        return False
    return line.startswith(("+", "-"))
