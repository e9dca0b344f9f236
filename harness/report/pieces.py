"""What texts for other places (a ticket, a pull request) are made of. Pure.

Owns: which rows and groups such a text has, and how it becomes shorter where there is a limit:
fewer tests of each group are named, then later sections go, and both are counted. Must not
know the language that it is written in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ..model import ApplyResult, Change, ChangeKind, Judgement
from . import summary
from .fitting import SIGNS
from .groups import groups_of

MOST_ROWS = 25
FEWER = (None, 50, 12, 3, 1)
DESIGN = "by design"


class Overview(NamedTuple):
    """The verdicts as a table; ``left_out`` rows would not fit a screen."""

    heads: tuple[str, ...]
    rows: list[tuple[Judgement, tuple[str, ...]]]
    left_out: int


class Section(NamedTuple):
    """Changes of one kind and one cause: ``title`` is ours, ``cause`` from outside."""

    title: str
    cause: str
    changes: Sequence[Change]


def overview(candidates: Sequence[Judgement]) -> Overview:
    """A sign, a verdict and numbers for each judgement; what nobody has takes no column."""
    count: dict[str, Callable[[Judgement], int]] = {
        ChangeKind.BROKEN: summary.count_worse,
        ChangeKind.FIXED: lambda judged: summary.count_of(judged, ChangeKind.FIXED),
        ChangeKind.FLAKY: lambda judged: summary.count_of(judged, ChangeKind.FLAKY),
        ChangeKind.SLOWER: summary.count_slower,
        DESIGN: summary.count_by_design,
    }
    shown = [kind for kind, number in count.items() if any(map(number, candidates))]
    rows = []
    for judged in candidates[:MOST_ROWS]:
        misfit = judged.applies is not ApplyResult.CLEAN and judged.verdict.value
        how = f" ({summary.APPLIES[judged.applies]})" if misfit else ""
        numbers = (str(count[kind](judged) or ".") for kind in shown)
        rows.append((judged, (SIGNS[judged.verdict], f"{judged.verdict}{how}", *numbers)))
    return Overview(("", "verdict", *shown), rows, max(0, len(candidates) - MOST_ROWS))


def sections(judged: Judgement) -> Iterator[Section]:
    """The changes of a judgement, what speaks against it first."""
    found = groups_of(judged)
    for title, groups in (
        (ChangeKind.BROKEN, found.worse),
        ("not sure", found.unsure),
        (DESIGN, found.meant),
        ("waits", found.waits),
        (ChangeKind.FIXED, found.fixed),
    ):
        for cause, changes in groups:
            yield Section(title, cause, changes)
    if found.own:
        yield Section(ChangeKind.FIXED, "its own tests, which fail without its code", found.own)


def rest(judged: Judgement) -> str:
    """``8 new, 1 removed``: what decides nothing and is in no section."""
    return ", ".join(f"{number} {kind}" for kind, number in groups_of(judged).rest.items())


def is_told(judged: Judgement) -> bool:
    """Whether there is more to say of it than its row in the table."""
    return bool(judged.changes or judged.problems or judged.notes or judged.reach)


def cut(changes: Sequence[Change], most: int | None) -> tuple[Sequence[Change], int]:
    """The first of them, and how many are left out."""
    return changes[:most], max(0, len(changes) - most) if most is not None else 0


def fitted(
    head: str, details: Callable[[int | None], list[str]], more: Callable[[int], str], limit: int
) -> str:
    """``head`` and as much of its ``details`` as fit into so many bytes of UTF-8.

    ``details`` makes the parts with at most so many tests named in each group; ``more`` says
    how many parts were left out.
    """
    parts: list[str] = []
    for most in FEWER:
        parts = details(most)
        if _size(text := head + "".join(parts)) <= limit:
            return text
    left = len(parts)
    while parts and _size(head + "".join(parts) + more(left)) > limit:
        parts.pop()
    return head + "".join(parts) + more(left - len(parts))


def _size(text: str) -> int:
    return len(text.encode(errors="replace"))
