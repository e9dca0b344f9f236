"""A context diff as a unified one.

Owns: that format (https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Context.html).
A hunk has the old lines and then the new ones; either half is left out where it has no
change, and is then the context of the other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...model import RequestError

STARS = "***************"
OLD = re.compile(r"\*\*\* (\d+)(?:,(\d+))? \*{4}$")
NEW = re.compile(r"--- (\d+)(?:,(\d+))? -{4}$")
CHANGED = "!"
MARKED = re.compile(r"[ !+-]( |$)|$")


def unified_hunks(lines: Sequence[str], start: int, file: str) -> tuple[list[str], int]:
    """The hunks that begin at ``start``, as lines of a unified diff, and where they end.

    Raises ``RequestError`` if one of them is not whole.
    """
    made: list[str] = []
    number = 0
    while start < len(lines) and lines[start].startswith(STARS):
        number += 1
        where = f"hunk {number} of {file}"
        first_old, olds, start = _half(lines, start + 1, OLD, "-!", where)
        first_new, news, start = _half(lines, start, NEW, "+!", where)
        body = _merged(olds, news, where)
        old = sum(line[:1] in " -" for line in body)
        new = sum(line[:1] in " +" for line in body)
        made.append(f"@@ -{first_old},{old} +{first_new},{new} @@")
        made += body
    return made, start


def _half(
    lines: Sequence[str], at: int, head: re.Pattern[str], marks: str, where: str
) -> tuple[int, list[str], int]:
    """The number of the first line, the lines, and the index after them."""
    found = head.match(lines[at].rstrip()) if at < len(lines) else None
    if found is None:
        raise RequestError(f"{where} is cut off: a half of it is missing; get the whole patch")
    first, last = int(found[1]), int(found[2] or found[1])
    count = last - first + 1 if last else 0
    at += 1
    if not _has_half(lines, at, head is OLD):
        return first, [], at
    taken: list[str] = []
    while sum(not line.startswith("\\") for line in taken) < count:
        if at >= len(lines) or not MARKED.match(lines[at]) or NEW.match(lines[at]):
            raise RequestError(
                f"{where} is cut off: it has {len(taken)} of {count} lines; get the whole patch"
            )
        if lines[at][:1] not in f" {marks}":
            raise RequestError(f"{where} is damaged: {lines[at][:40]!r} stands in the other half")
        taken.append(lines[at])
        at += 1
        if at < len(lines) and lines[at].startswith("\\"):
            taken.append(lines[at])
            at += 1
    return first, taken, at


def _has_half(lines: Sequence[str], at: int, is_old: bool) -> bool:
    """Whether the lines of a half follow its head, or the half is left out."""
    if at >= len(lines):
        # Only the new half can be the last thing in a patch.
        return False
    if is_old:
        return not NEW.match(lines[at])
    return bool(MARKED.match(lines[at])) and lines[at] != ""


def _merged(olds: list[str], news: list[str], where: str) -> list[str]:
    """The lines of both halves as one; a half that is not there is the other's context."""
    if not olds:
        olds = _context(news)
    elif not news:
        news = _context(olds)
    made: list[str] = []
    old, new = 0, 0
    while old < len(olds) or new < len(news):
        if old < len(olds) and olds[old][:1] in ("-", CHANGED):
            made.append("-" + olds[old][2:])
            old = _ended(olds, old, made)
        elif new < len(news) and news[new][:1] in ("+", CHANGED):
            made.append("+" + news[new][2:])
            new = _ended(news, new, made)
        elif old < len(olds) and new < len(news) and olds[old][2:] == news[new][2:]:
            made.append(" " + olds[old][2:])
            new = _ended(news, new, [])
            old = _ended(olds, old, made)
        else:
            raise RequestError(f"{where} is damaged: its halves have not the same context")
    return made


def _context(half: list[str]) -> list[str]:
    kept: list[str] = []
    for place, line in enumerate(half):
        follows = line.startswith("\\") and half[place - 1][:1] not in (" ", "")
        if line[:1] in (" ", "") or (line.startswith("\\") and not follows):
            kept.append(line)
    return kept


def _ended(half: list[str], at: int, made: list[str]) -> int:
    """The index of the next line; what is said of the end of the file goes with this one."""
    at += 1
    if at < len(half) and half[at].startswith("\\"):
        made.append(half[at])
        at += 1
    return at
