"""What an exchange consists of, as values: steps between lanes, and waits on one.

Owns these values and their wording. It must not know how they are found, nor how they
are drawn.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from ..observation import Observation
from .lanes import Lanes
from .words import clean, in_bytes, in_ms

BREAK: Final = 0.025
"""Seconds of silence that are drawn as a wait, and compressed."""


class Kind(StrEnum):
    """What a step is. The first six pass from one lane to another, the rest are on one."""

    OPEN = "open"
    BYTES = "bytes"
    FIN = "fin"
    RST = "rst"
    LOST = "lost"
    MARK = "mark"
    GOOD = "good"
    BAD = "bad"


class Seen(StrEnum):
    """At which ends a step was seen: one that only one end tells of is half an arrow."""

    BOTH = "both"
    LEAVING = "leaving"
    ARRIVING = "arriving"


class Step(msgspec.Struct, frozen=True):
    """Something that passed from ``lane`` to ``to``, or happened on ``lane``.

    ``at`` and ``arrived`` are seconds since the exchange began; ``size`` is in bytes, in
    ``count`` pieces."""

    at: float
    kind: Kind
    lane: int
    to: int | None = None
    text: str = ""
    size: int = 0
    count: int = 1
    seen: Seen = Seen.BOTH
    arrived: float | None = None

    @property
    def label(self) -> str:
        """What is written at it."""
        size = in_bytes(self.size, self.count) if self.size else ""
        words = (clean(self.text), size) if self.to is None else (size, clean(self.text))
        return " ".join(word for word in words if word)

    @property
    def short(self) -> str:
        """The same where there is little room."""
        return f"{self.size:,} B" if self.size else clean(self.text)


class Wait(msgspec.Struct, frozen=True):
    """A silence from ``since`` to ``until`` (seconds), of which ``lane`` is the one to suffer;
    ``vain`` where it ended without what was waited for."""

    since: float
    until: float
    lane: int
    text: str
    vain: bool = False


class Drawing(msgspec.Struct, frozen=True):
    """One side: its steps in order, what was waited for, and whose connection was open when
    (by lane, seconds; None: to the end)."""

    label: str
    seen: Observation
    lanes: Lanes
    steps: tuple[Step, ...]
    waits: tuple[Wait, ...] = ()
    open: tuple[tuple[int, float, float | None], ...] = ()

    def result(self) -> str:
        """How it ended, in words, with a sign in front."""
        sign = "✓" if self.seen.good else "✗"
        return f"{sign} {clean(self.seen.verdict or self.seen.headline(), 100)}"

    def told(self) -> list[str]:
        """The whole as text, a line for each step and wait."""
        names = [clean(name, 20) for name in self.lanes.names]
        lines = [(step.at, _sentence(step, names)) for step in self.steps]
        lines += [(wait.since, f"{names[wait.lane]} {wait.text}") for wait in self.waits]
        lines.sort(key=lambda line: line[0])
        return [f"{in_ms(at)} ms {text}" for at, text in lines]


def _sentence(step: Step, names: list[str]) -> str:
    if step.to is None:
        return f"{names[step.lane]}: {step.label}"
    lost = " (lost)" if step.kind is Kind.LOST else ""
    return f"{names[step.lane]} → {names[step.to]}: {step.label}{lost}"
