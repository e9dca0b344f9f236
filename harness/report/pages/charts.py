"""Charts as values: marks with a sign, spans, curves, and the axes that they stand on.

Owns: what a chart can be made of. Must not know how it is drawn (``svg``), nor what is charted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from markupsafe import Markup

KINDS = ("good", "bad", "warn", "plain", "info")
"""The classes of marks and spans; each has a colour in ``charts.css``."""


Told = Callable[[float], str]
"""How a value is told in words."""


class Mark(NamedTuple):
    """A sign at a place; ``says`` is what a pointer that rests on it is told."""

    x: float
    y: float
    sign: str
    kind: str
    says: str


class Span(NamedTuple):
    """A bar from ``low`` to ``high`` at a height."""

    y: float
    low: float
    high: float
    kind: str


class Curve(NamedTuple):
    """Marks that belong together, joined by a line. ``dash`` tells its line from others."""

    marks: tuple[Mark, ...]
    dash: int = 0


class Tick(NamedTuple):
    """What stands at a place of an axis."""

    label: str
    at: float


class Axis(NamedTuple):
    """An axis: what it is of, its ticks, its ends. ``emphasized`` ticks have a strong line."""

    title: str
    ticks: Sequence[Tick]
    ends: tuple[float, float]
    emphasized: Sequence[float] = ()


class Chart(NamedTuple):
    """Everything of one chart.

    ``id`` is its own in the page, ``describes`` its description. Rows go downwards, as those
    of a table; what is ``upwards`` grows as a curve does.
    """

    id: str
    title: str
    describes: str
    x: Axis
    y: Axis
    height: int
    marks: Sequence[Mark] = ()
    spans: Sequence[Span] = ()
    curves: Sequence[Curve] = ()
    upwards: bool = False


class Drawn(NamedTuple):
    """A chart and what its letters stand for."""

    title: str
    drawing: Markup
    letters: tuple[tuple[str, str], ...] = ()
