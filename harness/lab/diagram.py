"""An exchange as a sequence diagram in SVG, of one side or of two on one time axis.

Owns what is drawn for each step, and the text that goes with it. Pure: it must not know
reports, pages or files; what is untrusted is escaped here. A page that shows diagrams
holds ``STYLE`` once, and ``KEY`` where it explains them.
"""

from __future__ import annotations

import re
from html import escape
from typing import Final

from msgspec.structs import replace

from .drawing.canvas import Canvas
from .drawing.key import KEY
from .drawing.layout import LINE, TIMES, Layout
from .drawing.steps import Drawing, Kind, Step, Wait
from .drawing.story import drawing
from .drawing.style import ARROWS, STYLE, WORDS
from .drawing.words import clean, in_ms
from .observation import Observation

__all__ = ["KEY", "STYLE", "sequence"]

MOST: Final = 40
MOST_OF_TWO: Final = 26
"""Steps that are drawn of one side, and of each of two."""

START, MIDDLE, END, HEADING, SMALL = "sq-ts", "sq-tm", "sq-te", "sq-tm sq-h", "sq-te sq-n"


def sequence(*sides: tuple[str, Observation], ident: str) -> str:
    """An ``<svg>`` with the exchange of each side: its label and what was seen.

    The times are those of the events; of several sides each begins at 0. ``ident`` makes
    the ids in it unique on a page. ValueError where no side is given."""
    if not sides:
        raise ValueError("a diagram needs a side")
    if len(sides) == 1:
        return _Diagram([drawing(*sides[0], MOST)]).svg(ident)
    compared = [drawing(label, _from_zero(seen), MOST_OF_TWO) for label, seen in sides]
    return _Diagram(compared).svg(ident)


def _from_zero(seen: Observation) -> Observation:
    """The same with its first event at 0: when a client set out is not what is compared."""
    if not seen.events:
        return seen
    start = seen.events[0].at
    known, free = (None if at is None else at - start for at in (seen.known, seen.free))
    events = tuple(replace(event, at=event.at - start) for event in seen.events)
    return replace(seen, known=known, free=free, events=events)


class _Diagram:
    """One diagram while it is drawn."""

    def __init__(self, sides: list[Drawing]) -> None:
        self.sides = sides
        self.place = Layout(sides)
        self.canvas = Canvas()

    def svg(self, ident: str) -> str:
        """The whole as text."""
        self._draw_times()
        for number, side in enumerate(self.sides):
            self._draw_heads(number)
            self._draw_lanes(number, side)
            for wait in side.waits:
                self._draw_wait(number, wait)
            for step, (y, y2) in zip(side.steps, self.place.rows[number], strict=True):
                self._draw_step(number, step, y, y2)
        name = re.sub(r"[^A-Za-z0-9_-]", "-", ident)
        width, height = self.place.size
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="sq" role="img" width="{width}"'
            f' height="{height}" viewBox="0 0 {width} {height}"'
            f' aria-labelledby="{name}-t" aria-describedby="{name}-d">'
            f'<title id="{name}-t">{escape(self._title())}</title>'
            f'<desc id="{name}-d">{escape(self._told())}</desc>{self.canvas.svg()}</svg>'
        )

    def _title(self) -> str:
        ends = [f"{side.label}: {side.result()}".removeprefix(": ") for side in self.sides]
        return clean(" | ".join([self.place.shared] * bool(self.place.shared) + ends), 300)

    def _told(self) -> str:
        lines = []
        for side in self.sides:
            lines += [clean(side.label)] if side.label else []
            lines += side.told()
        return "\n".join(lines)

    def _draw_times(self) -> None:
        top, x = self.place.top, TIMES - 8
        if self.place.shared:
            self.canvas.text(START, TIMES + 8, 12, clean(self.place.shared, 90), "sq-dim")
        if len(self.sides) > 1:
            self.canvas.text(SMALL, x - 6, top - 12, "ms since")
        self.canvas.text(SMALL, x - 6, top, "its start" if len(self.sides) > 1 else "ms")
        last, before = top + 6, ""
        for row in self.place.axis.rows:
            if row.cut:
                middle = row.y - 20
                self.canvas.draw("sq-z", f"M{x} {last}V{middle - 6}l3 2-6 4 6 4-3 2")
                self.canvas.text(SMALL, x - 6, middle + 4, f"{in_ms(row.cut)} ms", "sq-wait")
                last = middle + 6
            if (now := in_ms(row.at)) != before:
                self.canvas.text(SMALL, x - 6, row.y + 3, now)
                self.canvas.draw("sq-z", f"M{x - 3} {row.y}h6")
            before = now
        self.canvas.line("sq-z", x, last, x, self.place.bottom)

    def _draw_heads(self, number: int) -> None:
        left = self.place.lefts[number]
        if number:
            self.canvas.line("sq-s", left, 4, left, self.place.bottom)
        y = 12 + LINE * bool(self.place.shared)
        for n, (line, style) in enumerate(self.place.heads[number]):
            bold = "" if style == "sq-dim" else " sq-h"
            self.canvas.text(START + bold, left + 8, y + LINE * n, line, style)

    def _draw_lanes(self, number: int, side: Drawing) -> None:
        place = self.place
        for lane, name in enumerate(side.lanes.names):
            x = place.x(number, lane)
            self.canvas.text(HEADING, x, place.top, clean(name, 13))
            self.canvas.line("sq-v", x, place.top + 6, x, place.bottom)
        for lane, since, until in side.open:
            x = place.x(number, lane)
            begin = place.y(number, since) or place.top + 6
            end = None if until is None else place.y(number, until)
            style = "sq-u" if until is None else "sq-a"
            self.canvas.line(style, x, begin, x, end or place.bottom)

    def _draw_wait(self, number: int, wait: Wait) -> None:
        begin, end = (self.place.y(number, at) for at in (wait.since, wait.until))
        if begin is None or end is None:
            return  # it is among the steps that were joined
        x = self.place.x(number, wait.lane)
        self.canvas.line("sq-w", x, begin + 3, x, end - 3)
        cuts = [row for row in self.place.axis.rows if row.cut and begin < row.y <= end]
        longest = max(cuts, key=lambda row: row.cut, default=None)
        y = longest.y - 20 if longest else (begin + end) / 2
        self._beside(number, wait.lane, y + 4, wait.text, "sq-bad" if wait.vain else "sq-wait")

    def _beside(self, number: int, lane: int, y: float, words: str, style: str) -> None:
        x = self.place.x(number, lane)
        if self.place.goes_right(number, lane, words):
            self.canvas.text(START, x + 9, y, words, style)
        else:
            self.canvas.text(END, x - 9, y, words, style)

    def _draw_step(self, number: int, step: Step, y: int, y2: int) -> None:
        x, style = self.place.x(number, step.lane), WORDS.get(step.kind, "")
        if step.to is None:
            self.canvas.sign(step.kind, x, y)
            self._beside(number, step.lane, y + 4, step.label, style)
            return
        x2 = self.place.x(number, step.to)
        way = 1 if x2 > x else -1
        if step.kind is Kind.LOST:
            stop = x2 - 16 * way
            self.canvas.lost(x + 5 * way, stop, y)
            self.canvas.text(START if way < 0 else END, stop - 7 * way, y - 4, step.label, style)
            return
        self.canvas.arrow(ARROWS[step.kind], x + 5 * way, y, x2 - 5 * way, y2, step.seen)
        self.canvas.text(MIDDLE, (x + x2) / 2, (y + y2) // 2 - 4, step.label, style)
