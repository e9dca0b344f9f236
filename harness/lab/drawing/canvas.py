"""Lines, heads and text as SVG, in few bytes.

Owns the text of SVG elements, with everything that comes from elsewhere escaped. All that
is drawn the same way is one path, heads included, so that an arrow costs twenty bytes. It
must not know what is told.
"""

from __future__ import annotations

from html import escape
from math import hypot
from typing import Final

from .steps import Kind, Seen

HEAD: Final = 8.0
ACROSS: Final = 4
"""The length of an arrow's head, and half the width of an X."""

SOLID: Final = "sq-k"
"""The class of what is not dashed though its line is."""


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


class Canvas:
    """Collects what is drawn, by class."""

    def __init__(self) -> None:
        self.paths: dict[str, list[str]] = {}
        self.texts: dict[str, list[str]] = {}

    def line(self, style: str, x: float, y: float, x2: float, y2: float) -> None:
        """A straight line."""
        level, upright = y == y2, x == x2
        end = f"H{_n(x2)}" if level else f"V{_n(y2)}" if upright else f"L{_n(x2)} {_n(y2)}"
        self.draw(style, f"M{_n(x)} {_n(y)}{end}")

    def draw(self, style: str, path: str) -> None:
        """Add to the path of a class."""
        self.paths.setdefault(style, []).append(path)

    def arrow(self, style: str, x: float, y: float, x2: float, y2: float, seen: Seen) -> None:
        """An arrow; half a head where only one end tells of it."""
        self.line(style, x, y, x2, y2)
        length = hypot(x2 - x, y2 - y) or 1.0
        along, aside = (x2 - x) / length, (y2 - y) / length
        back = (-HEAD * along, -HEAD * aside)
        up, down = (
            (back[0] + wide * aside, back[1] - wide * along) for wide in (HEAD / 2, -HEAD / 2)
        )
        tip = f"M{_n(x2)} {_n(y2)}l{_n(up[0])} {_n(up[1])}"
        if seen is Seen.BOTH:
            tip += f"L{_n(x2 + down[0])} {_n(y2 + down[1])}z"
        self.draw(f"{style} {SOLID}", tip)

    def lost(self, x: float, stop: float, y: float) -> None:
        """What stops on its way, at an X."""
        self.line("sq-l", x, y, stop, y)
        self._cross(stop, y)

    def sign(self, kind: Kind, x: float, y: float) -> None:
        """The sign of something that happened on a lane: an X or a diamond."""
        if kind is Kind.BAD:
            self._cross(x, y)
        else:
            style = "sq-g" if kind is Kind.GOOD else "sq-d"
            self.draw(style, f"M{_n(x - 4)} {_n(y)}l4-4 4 4-4 4z")

    def _cross(self, x: float, y: float) -> None:
        a = ACROSS
        self.draw("sq-x", f"M{_n(x - a)} {_n(y - a)}l{2 * a} {2 * a}m0-{2 * a}l-{2 * a} {2 * a}")

    def text(self, group: str, x: float, y: float, words: str, style: str = "") -> None:
        """Text in a group, whose classes say where its anchor is and what it is like."""
        classes = f"{group} {style}".strip()
        self.texts.setdefault(classes, []).append(
            f'<text x="{_n(x)}" y="{_n(y)}">{escape(words)}</text>'
        )

    def svg(self) -> str:
        """Everything, lines below text, in the order in which the classes came."""
        drawn = [f'<path class="{style}" d="{"".join(d)}"/>' for style, d in self.paths.items()]
        written = [f'<g class="{group}">{"".join(t)}</g>' for group, t in self.texts.items()]
        return "".join(drawn + written)
