"""One time axis for all that is drawn side by side.

Owns where a moment is on it. An axis is a stack of rows, each a slice of time in which
every side has at most one step; later is never higher, and a silence is cut short. It
must not know what happens at a moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log2
from typing import Final

import msgspec

from .steps import BREAK

SLICE: Final = 0.001
"""Seconds that one row stands for at most."""

ROW: Final = 19
"""The height of a row."""

CUT: Final = 22
"""The height of a silence that is cut short."""

MORE: Final = 8
"""How much higher than a row the longest silence is that is not cut."""


class Row(msgspec.Struct, frozen=True):
    """A slice of time from ``at`` to ``until`` in seconds, drawn at ``y``; ``cut`` is the
    silence in seconds that was cut short before it, 0 where none was."""

    at: float
    until: float
    y: int
    cut: float = 0.0


class Axis(msgspec.Struct, frozen=True):
    """The rows from above to below, and the number of each moment's row."""

    rows: tuple[Row, ...]
    places: tuple[int, ...]

    def y(self, moment: int) -> int:
        """Where a moment is, by its number in what ``axis`` was given."""
        return self.rows[self.places[moment]].y

    @property
    def bottom(self) -> int:
        """Where the last row is."""
        return self.rows[-1].y if self.rows else 0


def axis(moments: Sequence[tuple[float, int | None]], top: int) -> Axis:
    """The axis of these moments: a time in seconds, and the side that has a step then (None
    for one that needs no row of its own). The first row is at ``top``."""
    order = sorted(range(len(moments)), key=lambda n: moments[n][0])
    slices: list[tuple[float, float]] = []
    places = [0] * len(moments)
    taken: set[int | None] = set()
    for n in order:
        at, side = moments[n]
        if not slices or (side is not None and side in taken) or at - slices[-1][0] > SLICE:
            slices.append((at, at))
            taken = set()
        slices[-1] = (slices[-1][0], at)
        if side is not None:
            taken.add(side)
        places[n] = len(slices) - 1
    return Axis(tuple(_rows(slices, top)), tuple(places))


def _rows(slices: list[tuple[float, float]], top: int) -> list[Row]:
    rows: list[Row] = []
    for at, until in slices:
        silence = at - rows[-1].until if rows else 0.0
        cut = silence if silence >= BREAK else 0.0
        longer = CUT if cut else min(MORE, round(2 * log2(1 + silence * 1000)))
        y = rows[-1].y + ROW + longer if rows else top
        rows.append(Row(at, until, y, cut))
    return rows
