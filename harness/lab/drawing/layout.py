"""Where everything is in a diagram of one or two sides: columns, rows, the lines above.

Owns the sizes, all in pixels. It must not know what is drawn at a place, nor how.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..observation import Observation
from .axis import axis
from .steps import Drawing, Step
from .words import clean

TIMES: Final = 66
"""The width of the column of times."""

LINE: Final = 14
"""The height of a line above the lanes."""

MARGIN: Final = 36
APART: Final = {2: 158, 3: 118, 4: 104}
CLOSER: Final = 94
"""How far lanes are from each other, by their number, and where there are more."""

WIDER: Final = 120
"""How much wider a side gets at most for the sake of what is written on it."""

LETTER: Final = 5.9
BOLD: Final = 6.9
"""The width of an average letter."""

SLANTED: Final = 0.002
"""Seconds on the way from which on an arrow is slanted."""

Head = tuple[str, str]
"""A line above a side, and the class of its text."""


def asked(seen: Observation) -> str:
    """What was asked of whom."""
    return f"{seen.request} to {seen.server} over {seen.link} by {seen.client}"


class Layout:
    """The places of all sides. ``shared`` is what was asked, where that is the same on each;
    ``heads`` are the lines above each, ``lefts`` where each begins, and the last one ends."""

    def __init__(self, sides: Sequence[Drawing]) -> None:
        self.sides = sides
        all_asked = list(dict.fromkeys(asked(side.seen) for side in sides))
        self.shared = all_asked[0] if len(all_asked) == 1 else ""
        self.lefts = [TIMES]
        for side in sides:
            self.lefts.append(self.lefts[-1] + _width(side))
        self.heads = [self._head(side) for side in sides]
        self.top = LINE * (max(map(len, self.heads)) + bool(self.shared)) + 24
        moments: list[tuple[float, int | None]] = []
        for number, side in enumerate(sides):
            for step in side.steps:
                moments += [(step.at, number), (_landed(step), None)]
        self.axis = axis(moments, self.top + 20)
        self.bottom = self.axis.bottom + 16
        self.rows = self._rows()
        self.times: list[dict[float, int]] = [{} for _ in sides]
        for number, side in enumerate(sides):
            for step, (y, y2) in zip(side.steps, self.rows[number], strict=True):
                self.times[number].setdefault(step.at, y)
                if step.arrived is not None:
                    self.times[number].setdefault(step.arrived, y2)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of it all."""
        return self.lefts[-1], self.bottom + 6

    def x(self, number: int, lane: int) -> int:
        """Where a lane of a side is."""
        return self.lefts[number] + MARGIN + _apart(self.sides[number]) * lane

    def y(self, number: int, at: float) -> int | None:
        """Where a time of a side is, if something happened then."""
        return self.times[number].get(at)

    def goes_right(self, number: int, lane: int, words: str) -> bool:
        """Whether a text beside a lane stands to the right of it: where there is more room,
        or enough."""
        x = self.x(number, lane)
        before, behind = x - self.lefts[number], self.lefts[number + 1] - x
        return behind >= before or len(words) * LETTER + 9 < behind

    def _rows(self) -> list[list[tuple[int, int]]]:
        """Of each side, where each step begins and ends."""
        rows: list[list[tuple[int, int]]] = []
        moment = 0
        for side in self.sides:
            rows.append([])
            for _ in side.steps:
                rows[-1].append((self.axis.y(moment), self.axis.y(moment + 1)))
                moment += 2
        return rows

    def _head(self, side: Drawing) -> list[Head]:
        room, bold = (int(_width(side) / letter) for letter in (LETTER, BOLD))
        seen = side.seen
        style = "sq-good" if seen.good else "sq-bad"
        lines = [(clean(side.label, bold), "")] if side.label else []
        lines += [(line, style) for line in _wrapped(side.result(), bold)]
        lines.append((f"{seen.received:,} of {seen.expected:,} bytes of the body", "sq-dim"))
        if not self.shared:
            lines += [(line, "sq-dim") for line in _wrapped(clean(asked(seen), 120), room)]
        return lines


def _apart(side: Drawing) -> int:
    return APART.get(len(side.lanes.names), CLOSER)


def _width(side: Drawing) -> int:
    """As wide as its lanes ask for, and a little more where a text has no room beside them."""
    lanes = len(side.lanes.names) - 1
    width = needed = 2 * MARGIN + _apart(side) * lanes
    notes = [(step.lane, step.label) for step in side.steps if step.to is None]
    for lane, text in [*notes, *((wait.lane, wait.text) for wait in side.waits)]:
        x, room = MARGIN + _apart(side) * lane, len(text) * LETTER + 12
        if x < room:
            needed = max(needed, round(x + room))
    return min(needed, width + WIDER)


def _landed(step: Step) -> float:
    """When an arrow ends: a shorter way is drawn level, where it began."""
    if step.arrived is not None and step.arrived - step.at >= SLANTED:
        return step.arrived
    return step.at


def _wrapped(text: str, room: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + len(word) >= room:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [clean(line, room) for line in lines]
