"""The page of one measure of `bench`: its numbers as charts, and as tables.

Owns: what stands on it. Must not know how anything is measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

from ..measurement import BoundCurve, CandidateCost, Decision, Figure, KnownCulprit, Measurement
from . import curves
from .charts import Drawn
from .page import anchor, render, style_of
from .ratios import RatioRow, ratios
from .signs import Sign, met

TITLES = {
    "judging": "Judging against a plain loop",
    "noise": "False claims on flaky tests",
    "searching": "Searching against git bisect",
    "serving": "What candidates cost: time",
    "instructions": "What candidates cost: instructions",
    "scaling": "More patches on more cores",
    "scale": "More workers",
    "culprits": "Causes that are known",
    "curve": "How long to wait for the client",
    "against": "Against an older workbench",
}
DECISIONS = {
    Decision.YES: Sign("✓", "yes", "good"),
    Decision.NO: Sign("✗", "no", "bad"),
    Decision.NOT_SURE: Sign("?", "not sure", "warn"),
}
COMPARED = Sign("•", "compared", "plain")
WORTH = {"found": ("✓", "good"), "range": ("◐", "warn"), "wrong": ("✗", "bad")}


class CostRow(NamedTuple):
    """What a candidate costs in one scenario, as a row."""

    id: str
    cost: CandidateCost
    sign: Sign
    base: str


class CostView(NamedTuple):
    """The costs on one ground with one server: a chart for each ratio, and their table."""

    where: str
    names: list[str]
    charts: list[Drawn]
    rows: list[CostRow]


class FigureRow(NamedTuple):
    """A number as a row, with its ratio to what it is compared with."""

    figure: Figure
    ratio: float | None
    sign: Sign | None


class CurveTable(NamedTuple):
    """A curve: its charts, and a row of cells for each link and client."""

    curve: BoundCurve
    charts: list[Drawn]
    rows: list[tuple[str, list[str]]]


def page_of(made: Measurement) -> str:
    """The page of a measurement."""
    return render(
        "measured.html",
        TITLES.get(made.measure, made.measure),
        styles=[style_of(name) for name in ("charts.css", "marks.css", "heat.css")],
        made=made,
        figures=[_figure(each) for each in made.figures],
        figure_chart=_figure_chart(made.figures),
        costs=list(_costs(made.costs)),
        curves=[_curve(each) for each in made.curves],
        scaling=curves.scaling(made.scaling) if made.scaling else None,
        found=curves.found(made.reports) if made.reports else None,
        reports=[(each, met(each.wrong <= each.most)) for each in made.reports],
        culprits=[
            (each, _worth(each.ours.word), _worth(each.theirs.word)) for each in made.culprits
        ],
        culprit_chart=_culprit_chart(made.culprits),
    )


def _figure(figure: Figure) -> FigureRow:
    ratio = figure.value / figure.than if figure.than else None
    return FigureRow(figure, ratio, met(figure.is_met))


def _figure_chart(figures: Sequence[Figure]) -> Drawn | None:
    rows = [
        RatioRow(each.what, ratio, ratio, ratio, met(each.is_met) or COMPARED)
        for each in figures
        if each.than and (ratio := each.value / each.than) > 0
    ]
    return ratios("Ratios to what it is compared with", rows) if rows else None


def _costs(costs: Sequence[CandidateCost]) -> Iterator[CostView]:
    places = dict.fromkeys((cost.ground, cost.server) for cost in costs)
    for ground, server in places:
        own = [cost for cost in costs if (cost.ground, cost.server) == (ground, server)]
        names = list(own[0].ratios)
        where = f"{ground}, {server}"
        yield CostView(
            where,
            names,
            [_cost_chart(name, own, where, decides=name == names[0]) for name in names],
            [
                CostRow(
                    anchor("cost", ground, server, cost.candidate, cost.scenario),
                    cost,
                    DECISIONS[cost.decision],
                    _base(cost),
                )
                for cost in own
            ],
        )


def _cost_chart(name: str, costs: Sequence[CandidateCost], where: str, *, decides: bool) -> Drawn:
    rows = []
    for cost in costs:
        ratio = cost.ratios[name]
        whose = f"{cost.candidate.rpartition('/')[2]}: {cost.scenario}"
        sign = DECISIONS[cost.decision] if decides else COMPARED
        rows.append(RatioRow(whose, ratio.low, ratio.median, ratio.high, sign))
    limits = {cost.most for cost in costs} if decides else ()
    return ratios(f"{name[:1].upper()}{name[1:]}, on {where}", rows, limits)


def _base(cost: CandidateCost) -> str:
    if cost.unit == "s":
        return f"{cost.base * 1000:.2f} ms"
    return f"{cost.base / 1e6:.2f} M"


def _curve(curve: BoundCurve) -> CurveTable:
    rows = []
    for name in (loss.name for loss in curve.points[0].losses):
        lost = [next(e.lost for e in p.losses if e.name == name) for p in curve.points]
        rows.append((name, [_lost(each) for each in lost]))
    for name in (wait.name for wait in curve.points[0].waits):
        waited = [next(e.seconds for e in p.waits if e.name == name) for p in curve.points]
        cells = [f"{median(each) * 1000:.0f} ms (max {max(each) * 1000:.0f})" for each in waited]
        rows.append((f"wait: {name}", cells))
    return CurveTable(curve, [*curves.losses(curve), curves.waits(curve)], rows)


def _lost(lost: Sequence[int]) -> str:
    hit = [each for each in lost if each]
    if not hit:
        return f"✓ 0/{len(lost)}"
    sign = "✗" if len(hit) == len(lost) else "◐"
    return f"{sign} {len(hit)}/{len(lost)}, {median(hit) / 1000:,.1f} kB"


def _worth(word: str) -> Sign:
    sign, tone = WORTH.get(word, ("·", "plain"))
    return Sign(sign, word, tone)


def _culprit_chart(culprits: Sequence[KnownCulprit]) -> Drawn | None:
    rows = [
        RatioRow(f"{each.fix[:10]}", ratio, ratio, ratio, _worth(each.ours.word))
        for each in culprits
        if each.theirs.seconds and (ratio := each.ours.seconds / each.theirs.seconds) > 0
    ]
    return ratios("Wall time, of that of git bisect", rows) if rows else None
