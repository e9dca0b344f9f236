"""An exchange as a sequence diagram of text, for a terminal.

Owns the layout in columns of characters. Pure: it must not know a terminal; whether there
is one is decided elsewhere.
"""

from __future__ import annotations

from typing import Final

from ..observation import Observation
from .steps import Drawing, Kind, Seen, Step, Wait
from .story import drawing
from .words import clean, in_ms

WIDTH: Final = 80
TIMES: Final = 10
MARGIN: Final = 3
MOST: Final = 40
LEAST: Final = 6
"""Characters: what a label is cut to at most; an arrow shorter than that has none."""

SHAFTS: Final = {
    Kind.OPEN: "┄",
    Kind.BYTES: "─",
    Kind.FIN: "╌",
    Kind.RST: "═",
    Kind.LOST: "·",
}
"""What the line of a step is made of."""

HEADS: Final = {Seen.BOTH: "▶◀", Seen.LEAVING: "▷◁", Seen.ARRIVING: "▷◁"}
"""The head of an arrow to the right and to the left; hollow where only one end tells of it."""

SIGNS: Final = {Kind.GOOD: "◆", Kind.BAD: "✗", Kind.MARK: "◇"}

KEY: Final = f"{' ' * TIMES}▶ seen at both ends   ▷ seen at one   ··✗ never arrived   ┊ waits"


def text(seen: Observation, width: int = WIDTH) -> list[str]:
    """The lines of the diagram of one exchange, none longer than ``width`` characters."""
    return _Page(drawing("", seen, MOST), width).lines()


class _Page:
    """A diagram while its lines are made."""

    def __init__(self, shown: Drawing, width: int) -> None:
        self.shown, self.width = shown, width
        lanes = len(shown.lanes.names)
        apart = (width - TIMES - 2 * MARGIN - 1) // max(1, lanes - 1)
        self.columns = [TIMES + MARGIN + apart * n for n in range(lanes)]
        self.apart = apart

    def lines(self) -> list[str]:
        """All of it: names, steps and waits in order, the key."""
        rows: list[tuple[float, int, Step | Wait]] = [
            (step.at, n, step) for n, step in enumerate(self.shown.steps)
        ]
        # A wait stands behind the last step before it.
        rows += [(wait.since, len(rows), wait) for wait in self.shown.waits]
        rows.sort(key=lambda row: row[:2])
        found = [self._names()]
        before = ""
        for at, _, row in rows:
            now = in_ms(at)
            if isinstance(row, Wait):
                found.append(self._wait(row))
                continue
            found.append(self._step(row, "" if now == before else now))
            before = now
        return [*found, KEY[: self.width]]

    def _empty(self, time: str = "") -> list[str]:
        line = list(f"{time:>{TIMES - 2}}".ljust(self.width))
        for column in self.columns:
            line[column] = "│"
        return line

    def _names(self) -> str:
        line = list("ms".rjust(TIMES - 2).ljust(self.width))
        for column, name in zip(self.columns, self.shown.lanes.names, strict=True):
            short = clean(name, max(3, self.apart - 1))
            start = max(TIMES - 1, min(column - len(short) // 2, self.width - len(short)))
            line[start : start + len(short)] = short
        return _line(line)

    def _step(self, step: Step, time: str) -> str:
        line = self._empty(time)
        here = self.columns[step.lane]
        if step.to is None:
            line[here] = SIGNS[step.kind]
            return self._beside(line, step.lane, step.label)
        there = self.columns[step.to]
        left, right = min(here, there) + 1, max(here, there) - 1
        line[left : right + 1] = SHAFTS[step.kind] * (right + 1 - left)
        to_right = there > here
        tip = right if to_right else left
        if step.kind is Kind.LOST:
            # It stops short of where it was to go.
            far = range(right - 1, right + 1) if to_right else range(left, left + 2)
            for gone in far:
                line[gone] = " "
            left, right = (left, right - 2) if to_right else (left + 2, right)
            tip = right if to_right else left
            line[tip] = "✗"
        else:
            line[tip] = HEADS[step.seen][0 if to_right else 1]
        room = right - left - 3
        if room < LEAST:
            return _line(line)
        label = step.label if len(step.label) <= room else step.short
        label = f" {clean(label, room)} "
        start = left + 1 + (right - left - 1 - len(label) + (not to_right)) // 2
        line[start : start + len(label)] = label
        return _line(line)

    def _wait(self, wait: Wait) -> str:
        line = self._empty()
        line[self.columns[wait.lane]] = "┊"
        return self._beside(line, wait.lane, f"… {wait.text} …")

    def _beside(self, line: list[str], lane: int, words: str) -> str:
        column = self.columns[lane]
        after, before = self.width - column - 3, column - TIMES - 1
        if len(words) <= after or after >= before:
            words = clean(words, after)
            line[column + 2 : column + 2 + len(words)] = words
        else:
            words = clean(words, before)
            line[column - 1 - len(words) : column - 1] = words
        return _line(line)


def _line(characters: list[str]) -> str:
    return "".join(characters).rstrip()
