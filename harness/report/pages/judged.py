"""``report.html``: what `test` found out, as one page.

Owns: which sections the page has. Must not know HTML (the templates do), nor how anything
was found out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from ...judge.wire import layer_names
from ...lab.diagram import KEY, STYLE
from ...model import Impact, Matrix
from .. import grids, impacts, summary
from ..recommendation import recommendations
from ..schema import Report
from . import grid, tones, wire
from .page import render as render_page
from .page import style_of
from .telling import Book, Candidate


def render(report: Report) -> str:
    """The whole page."""
    tables = wire.tables(report.matrices, report.sightings)
    book = Book(report, wire.places(tables))
    candidates = [book.candidate(each) for each in report.candidates]
    return render_page(
        "judged.html",
        title=_title(report),
        styles=[STYLE, *([style_of("heat.css")] if report.grid else [])],
        grid=grid.tables(report),
        legend=grids.LEGEND,
        key=KEY,
        report=report,
        candidates=candidates,
        by_base=[(base, list(found)) for base, found in _by_base(candidates)],
        tables=tables,
        impacts=[_impact(each) for each in report.impacts],
        impact_heads=impacts.HEADS,
        impact_numbers=impacts.NUMBERS,
        swaps=summary.swap_tables(report.swaps),
        layers=[_layers(each) for each in report.layers],
        pairs=[
            (summary.pair_line(pair), [summary.conflict_line(each) for each in pair.conflicts])
            for pair in report.pairs
        ],
        noise=summary.noise_floor(report.controls),
        noisy=[change for control in report.controls for change in control.changes],
        power=summary.power(report.candidates),
        partial=summary.PARTIAL if report.made.partial else "",
        advice=recommendations(report.candidates),
        applies=summary.APPLIES,
        kinds=sorted({str(change.kind) for each in report.candidates for change in each.changes}),
        step=summary.step,
        status_tone=tones.of_status,
    )


class ImpactTable(NamedTuple):
    """A patch, judged by the projects that stand on it."""

    title: str
    sentence: str
    rows: list[impacts.ImpactRow]
    details: list[str]
    imports: list[str]


def _impact(impact: Impact) -> ImpactTable:
    return ImpactTable(
        impacts.title(impact),
        impacts.sentence(impact),
        impacts.rows(impact),
        list(impacts.details(impact)),
        list(impacts.imports(impact)),
    )


def _title(report: Report) -> str:
    bases = dict.fromkeys(f"{base.upstream} {base.version}" for base in report.bases)
    names = dict.fromkeys(each.name for each in report.candidates)
    what = next(iter(names), "nothing") if len(names) == 1 else f"{len(names)} candidates"
    return f"{what} on {' and '.join(bases) or 'nothing'}"


def _by_base(found: Sequence[Candidate]) -> Iterable[tuple[str, Iterable[Candidate]]]:
    bases = list(dict.fromkeys(each.judged.base for each in found))
    ordered = sorted(found, key=lambda each: bases.index(each.judged.base))
    return groupby(ordered, key=lambda each: each.judged.base)


def _layers(found: Matrix) -> tuple[str, Sequence[str], list[tuple[str, str, list[str], str]]]:
    names = layer_names(found)
    rows = [
        (
            row.behaviour,
            row.link,
            [summary.cell_text(cell) for cell in row.cells],
            summary.sufficient_layer(row.cells, names),
        )
        for row in found.rows
    ]
    return summary.layers_title(found), names, rows
