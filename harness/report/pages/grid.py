"""The page of a grid: a table for each candidate, and a cell leads to its verdict's section.

Owns: what stands on it. Must not know HTML, nor how anything was found out.
"""

from __future__ import annotations

from typing import NamedTuple

from ...model import ChangeKind, GridCell, Judgement, Verdict
from .. import grids, summary
from ..fitting import SIGNS
from ..schema import Report
from . import tones
from .page import anchor, render, style_of
from .signs import Sign

# How strong a cell's colour is, of ``heat.css``: what is broken is seen from afar.
HEATS = {Verdict.BREAKS: 4, Verdict.DOES_NOT_APPLY: 2, Verdict.FIXES: 3}


class GridView(NamedTuple):
    """A cell: its sign and words, where its verdict stands, and why it has none."""

    id: str
    sign: Sign
    words: str
    heat: int
    link: str
    title: str


class GridRows(NamedTuple):
    """One candidate's table: a row for each release."""

    id: str
    table: grids.GridTable
    rows: list[tuple[str, list[GridView]]]


def render_page(report: Report, judged_page: str) -> str:
    """The page; ``judged_page`` is the name of the one that has the verdicts."""
    names = {str(table.stack) for table in grids.tables_of(report.grid)}
    what = names.pop() if len(names) == 1 else f"{len(names)} candidates"
    return render(
        "grid.html",
        f"{what}, by release and Python",
        styles=[style_of("heat.css")],
        report=report,
        grid=tables(report, judged_page),
        legend=grids.LEGEND,
        unsupported=list(grids.unsupported(report.grid)),
        partial=summary.PARTIAL if report.made.partial else "",
        judged_page=judged_page,
    )


def tables(report: Report, judged_page: str = "") -> list[GridRows]:
    """The tables, with links into a page; an empty name is the same page."""
    judgements = grids.by_place(report.candidates)
    return [
        GridRows(
            anchor("grid", str(table.stack), table.upstream),
            table,
            [
                (
                    release,
                    [
                        _view(cell, judgements.get((cell.stack, cell.base)), judged_page)
                        for cell in cells
                    ],
                )
                for release, cells in table.rows
            ],
        )
        for table in grids.tables_of(report.grid)
    ]


def _view(cell: GridCell, judged: Judgement | None, page: str) -> GridView:
    name = str(cell.stack)
    where = anchor("cell", name, cell.upstream, cell.release, cell.python)
    words = grids.cell_words(cell, judged)
    if cell.verdict is None or judged is None:
        sign = Sign(grids.DOT, grids.SHORT[cell.state], tones.PLAIN)
        return GridView(where, sign, words, 0, "", cell.why)
    sign = Sign(SIGNS[cell.verdict], cell.verdict.value, tones.OF_VERDICT[cell.verdict])
    title = f"{summary.count_worse(judged)} broken, "
    title += f"{summary.count_of(judged, ChangeKind.FIXED)} fixed of {judged.tests} tests"
    link = f"{page}#{anchor('c', judged.name, judged.base)}"
    return GridView(where, sign, words, HEATS.get(cell.verdict, 1), link, title)
