"""Curves of what was measured: losses and waits by bound, time by cores, finds by rate.

Owns: what is drawn where. Must not know a page; a table beside each chart has its numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from ..measurement import BoundCurve, ScalingLine, SimulatedReports
from . import svg
from .charts import Axis, Chart, Curve, Drawn, Mark, Tick, Told
from .page import anchor

HIGH = 340  # units of height of a curve
TONES = ("info", "plain", "warn", "info")  # of curves; none is good or bad
SAME = 0.02  # of an axis: marks that are nearer lie on each other
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TIMES = {60: "1 min", 600: "10 min", 3600: "1 h", 36000: "10 h", 360000: "100 h"}


def losses(curve: BoundCurve) -> list[Drawn]:
    """How many exchanges lose data by bound: a chart for each kind of link."""
    kinds: dict[str, list[str]] = {}
    for loss in curve.points[0].losses:
        kinds.setdefault(loss.name.split()[0], []).append(loss.name)
    shares = {
        loss.name: [
            _share(next(each.lost for each in point.losses if each.name == loss.name))
            for point in curve.points
        ]
        for loss in curve.points[0].losses
    }
    return [
        _curves(
            f"Exchanges that lose data over {kind}, by bound",
            [(name, shares[name]) for name in names],
            _bounds(curve),
            Axis("", [Tick(f"{part} %", part) for part in (0, 25, 50, 75, 100)], (-4, 104)),
            lambda value: f"{value:.0f} %",
            curve.title,
        )
        for kind, names in kinds.items()
    ]


def waits(curve: BoundCurve) -> Drawn:
    """How long clients wait for the end by bound, the median."""
    names = [wait.name for wait in curve.points[0].waits]
    values = {
        name: [
            median(next(each.seconds for each in point.waits if each.name == name)) * 1000
            for point in curve.points
        ]
        for name in names
    }
    most = max((max(each) for each in values.values()), default=0) or 1
    step = next(each for each in (50, 100, 200, 250, 500, 1000, 10**6) if most / each <= 6)
    ticks = [Tick(f"{n * step} ms", n * step) for n in range(int(most // step) + 1)]
    return _curves(
        "How long clients wait for the end of the connection, by bound",
        list(values.items()),
        _bounds(curve),
        Axis("", ticks, (-most * 0.05, most * 1.05)),
        lambda value: f"{value:.0f} ms",
        curve.title,
    )


def scaling(lines: Sequence[ScalingLine]) -> Drawn:
    """Wall time by cores, both axes logarithmic."""
    values = [math.log(max(each, 1.0)) for line in lines for each in line.seconds]
    cores = lines[0].cores
    axis = Axis(
        "cores, on a logarithmic axis",
        [Tick(str(each), math.log2(each)) for each in cores],
        (math.log2(cores[0]) - 0.2, math.log2(cores[-1]) + 0.2),
    )
    ends = (min(values) - 0.4, max(values) + 0.4)
    ticks = [
        Tick(name, math.log(at)) for at, name in TIMES.items() if ends[0] < math.log(at) < ends[1]
    ]
    return _curves(
        "Wall time by cores",
        [(f"{n.patches} patches", [math.log(max(each, 1.0)) for each in n.seconds]) for n in lines],
        axis,
        Axis("", ticks, ends),
        lambda value: f"{math.exp(value) / 60:.1f} min",
        "scaling",
    )


def found(reports: Sequence[SimulatedReports]) -> Drawn:
    """Which share of regressions is called broken, by how often they fail."""
    rates = [each.rate for each in reports[0].rates]
    axis = Axis(
        "how often the test fails with the patch, on a logarithmic axis",
        [Tick(f"{rate:.0%}", math.log(rate)) for rate in rates],
        (math.log(rates[0]) - 0.3, math.log(rates[-1]) + 0.3),
    )
    return _curves(
        "Regressions that are called broken, by how often they fail",
        [
            (
                each.effort,
                [100 * r.found / r.regressions if r.regressions else 0 for r in each.rates],
            )
            for each in reports
        ],
        axis,
        Axis("", [Tick(f"{part} %", part) for part in (0, 25, 50, 75, 100)], (-4, 104)),
        lambda value: f"{value:.0f} %",
        "noise",
    )


def _share(lost: Sequence[int]) -> float:
    return 100 * sum(each > 0 for each in lost) / len(lost) if lost else 0.0


def _bounds(curve: BoundCurve) -> Axis:
    bounds = [point.bound for point in curve.points]
    room = max(bounds) * 0.04 or 1
    return Axis(
        "bound, ms",
        [Tick(str(each), each) for each in bounds],
        (min(bounds) - room, max(bounds) + room),
    )


def _curves(
    title: str,
    lines: Sequence[tuple[str, Sequence[float]]],
    x: Axis,
    y: Axis,
    told: Told,
    whose: str,
) -> Drawn:
    """Curves over the ticks of an axis; each has a letter on its marks, and a line of its own."""
    curves, says = [], []
    near = SAME * (y.ends[1] - y.ends[0])
    for number, (name, values) in enumerate(lines):
        points = list(zip(x.ticks, values, strict=True))
        told_points = ", ".join(f"{tick.label}: {told(value)}" for tick, value in points)
        says.append(f"{LETTERS[number % len(LETTERS)]}, {name}: {told_points}")
        marks = []
        for at, (tick, value) in enumerate(points):
            here = [n for n, (_, of) in enumerate(lines) if abs(of[at] - value) < near]
            letters = "".join(LETTERS[n % len(LETTERS)] for n in here)
            who = ", ".join(lines[n][0] for n in here)
            tone = TONES[here[0] % len(TONES)]
            marks.append(Mark(tick.at, value, letters, tone, f"{who}, {tick.label}: {told(value)}"))
        curves.append(Curve(tuple(marks), number % len(TONES)))
    drawing = svg.draw(
        Chart(
            id=anchor("curves", title, whose),
            title=title,
            describes=". ".join(says),
            x=x,
            y=y,
            height=HIGH,
            curves=curves,
            upwards=True,
        )
    )
    names = tuple((LETTERS[n % len(LETTERS)], name) for n, (name, _) in enumerate(lines))
    return Drawn(title, drawing, names)
