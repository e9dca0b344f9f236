"""A patch of one place in one file, from both texts of the file.

Owns: that text, as ``git apply`` takes it. Must not know what the place is about. Lines end
where git ends them, at a line feed alone, whatever else is in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from .intake.names import quoted

CONTEXT = 3
NO_END = "\n\\ No newline at end of file\n"


def one_place_patch(path: str, old: str, new: str) -> str:
    """What turns a text into another one that differs in one place."""
    before, after = _lines(old), _lines(new)
    start = _alike(before, after)
    rest = _alike(before[start:][::-1], after[start:][::-1])
    top = max(0, start - CONTEXT)
    end, new_end = len(before) - rest, len(after) - rest
    below = before[end : end + CONTEXT]
    hunk = [
        *_marked(" ", before[top:start]),
        *_marked("-", before[start:end]),
        *_marked("+", after[start:new_end]),
        *_marked(" ", below),
    ]
    sides = [f"{top + 1},{last + len(below) - top}" for last in (end, new_end)]
    names = [quoted(f"{side}/{path}") for side in "ab"]
    head = f"diff --git {' '.join(name.rstrip() for name in names)}\n"
    head += f"--- {names[0]}\n+++ {names[1]}\n@@ -{sides[0]} +{sides[1]} @@\n"
    return head + "".join(hunk)


def _lines(text: str) -> list[str]:
    lines = [f"{line}\n" for line in text.split("\n")]
    return [*lines[:-1], *([lines[-1][:-1]] if lines[-1] != "\n" else [])]


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines are the same at the beginning of both."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _marked(mark: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield mark + line + ("" if line.endswith("\n") else NO_END)
