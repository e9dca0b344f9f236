"""Ratios with their intervals, as dots with whiskers on a logarithmic axis.

Owns: what is drawn where. Must not know a page; a table beside each chart has its numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from . import svg
from .charts import Axis, Chart, Drawn, Mark, Span, Tick
from .page import anchor
from .signs import Sign

ROW, FRAME = 26, 90  # units of height: a row, and the axis
# The ticks of a ratio's axis: coarse ones, and fine ones where all is near to one.
COARSE = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 1.2, 1.5, 2, 3, 5, 10, 20, 50, 100)
FINE = (0.85, 0.95, 0.98, 1.02, 1.05, 1.1, 1.15, 1.3)
NEAR = 1.35
LEAST_APART = 0.08  # of the axis, between two ticks


class RatioRow(NamedTuple):
    """A ratio with its interval, the sign of what is said of it, and whose it is."""

    name: str
    low: float
    middle: float
    high: float
    sign: Sign


def ratios(title: str, rows: Sequence[RatioRow], limits: Iterable[float] = ()) -> Drawn:
    """Dots with whiskers on a logarithmic axis; one is marked, and so are the ``limits``."""
    rows = [row for row in rows if row.low > 0]
    marked = sorted({1.0, *limits})
    values = [*marked, *(value for row in rows for value in (row.low, row.high))]
    least, most = math.log(min(values)), math.log(max(values))
    room = max(0.02, (most - least) * 0.06)
    ends = (least - room, most + room)
    told = [
        f"{row.name}: {row.middle:.3f} [{row.low:.3f}, {row.high:.3f}], {row.sign.word}"
        for row in rows
    ]
    drawing = svg.draw(
        Chart(
            id=anchor("ratios", title),
            title=title,
            describes=". ".join(told),
            x=Axis(
                "times as much as what it is compared with (logarithmic)",
                _ratio_ticks(marked, ends),
                ends,
                [math.log(each) for each in marked],
            ),
            y=Axis(
                "", [Tick(row.name, at) for at, row in enumerate(rows, 1)], (0.4, len(rows) + 0.6)
            ),
            height=FRAME + ROW * len(rows),
            marks=[
                Mark(math.log(row.middle), at, row.sign.sign, row.sign.tone, text)
                for at, (row, text) in enumerate(zip(rows, told, strict=True), 1)
            ],
            spans=[
                Span(at, math.log(row.low), math.log(row.high), row.sign.tone)
                for at, row in enumerate(rows, 1)
                if row.high > row.low
            ],
        )
    )
    return Drawn(title, drawing)


def _ratio_ticks(marked: Sequence[float], ends: tuple[float, float]) -> list[Tick]:
    """The marked ones, and what is left room for beside them."""
    shown = list(marked)
    apart = LEAST_APART * (ends[1] - ends[0])
    is_near = max(abs(end) for end in ends) < math.log(NEAR)
    for value in sorted(
        (*COARSE, *(FINE if is_near else ())), key=lambda each: abs(math.log(each))
    ):
        is_inside = ends[0] < math.log(value) < ends[1]
        if is_inside and all(abs(math.log(value / other)) > apart for other in shown):
            shown.append(value)
    # A limit that stands beside one has a line and no number: the caption says which it is.
    near = [value for value in marked if value != 1 and abs(math.log(value)) < apart]
    return [
        Tick("" if value in near else f"{value:g}×", math.log(value)) for value in sorted(shown)
    ]
