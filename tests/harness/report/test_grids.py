"""A grid on the terminal, in Markdown and as a page, and what is said before it starts."""

from __future__ import annotations

import io

import msgspec
from rich.console import Console
from support.gridded import GRID, REPORT, cell

from harness.judge.forecast import Experience, Forecast
from harness.model import (
    BaseName,
    GridState,
    Telling,
    Verdict,
)
from harness.report import grids, markdown, schema, terminal
from harness.report.pages import grid as page
from harness.report.pages import judged
from harness.report.schema import Report

NOTHING = Experience()


def printed(report: Report) -> str:
    text = io.StringIO()
    terminal.show(report, Console(file=text, width=100, highlight=False))
    return text.getvalue()


def test_a_row_is_a_release_and_a_column_a_python() -> None:
    lines = [line.split() for line in printed(REPORT).splitlines()]
    assert ["django", "Python", "3.13", "Python", "3.10"] in lines
    assert ["6.1.3", "✗", "breaks", "-1", "·", "not", "supported"] in lines
    assert ["5.2", "·", "budget", "used", "·", "no", "such", "Python", "here"] in lines
    said = printed(REPORT)
    assert "not supported: django 6.1.3 needs Python 3.12 to 3.14, not 3.10" in said
    # What each verdict rests on is in the files: of many grounds it is no extract.
    assert "On django 6.1.3" not in said


def test_markdown_has_the_same_table() -> None:
    text = markdown.render(REPORT)
    assert "### `django/x`, by release and Python" in text
    assert "| 6.1.3 | ✗ **breaks** -1 | · not supported |" in text


def test_a_cell_leads_to_the_section_of_its_verdict() -> None:
    (link,) = {
        one.link
        for table in page.tables(REPORT, "report.html")
        for _, cells in table.rows
        for one in cells
        if one.link
    }
    name, _, ident = link.partition("#")
    assert name == "report.html"
    assert f'href="{link}"' in page.render_page(REPORT, "report.html")
    whole = judged.render(REPORT)
    assert f'<h3 id="{ident}">' in whole
    assert f'<a href="#{ident}">breaks -1</a>' in whole


def test_releases_that_are_pythons_have_one_column() -> None:
    alone = [cell("3.13.0", "", GridState.JUDGED, verdict=Verdict.NEUTRAL)]
    text = io.StringIO()
    grids.show(msgspec.structs.replace(REPORT, grid=tuple(alone)), Console(file=text, width=100))
    assert "verdict" in text.getvalue()
    assert "Python" not in text.getvalue()


def test_a_report_with_a_grid_is_read_again() -> None:
    assert msgspec.json.decode(schema.render(REPORT).encode(), type=Report) == REPORT
    # What has no Python of its own is written as it always was.
    assert msgspec.json.encode(BaseName("django", "6.1.3")) == (
        b'{"upstream":"django","version":"6.1.3"}'
    )


def forecast(**fields: object) -> Forecast:
    plain = Forecast(2, 20, 0, 10, 0, 17, 5.0, 3600.0, 1800.0, 2, NOTHING)
    return msgspec.structs.replace(plain, **fields)


def test_a_plan_says_what_is_a_guess_and_where_it_comes_from() -> None:
    lines = list(grids.plan_lines(GRID, forecast(unknown=3)))
    assert lines == [
        "4 cells: 1 to be judged in 2 places, 0 to which the candidate does not apply, 3 that can "
        "not be judged",
        "jobs: 20 to begin with, none of them done yet; about 10 more where something changes (a "
        "guess: nothing was judged here yet)",
        "time: about 0:30:00 of wall time on 2 cores, 1:00:00 of CPU time, without what is done",
        "not known is how long 3 of the jobs take: 5 s each are guessed (the mean of the 17 "
        "others)",
    ]


def test_a_plan_of_one_cell_is_of_one_cell() -> None:
    (first, *_) = grids.plan_lines(GRID[:1], forecast(places=1))
    assert first.startswith("1 cell: 0 to be judged in 1 place, ")


def test_a_plan_says_what_is_done_already() -> None:
    seen = Experience(judgings=3, first=10, jobs=15)
    lines = list(grids.plan_lines(GRID, forecast(kept=7, experience=seen)))
    assert "7 of them done already" in lines[1]
    assert "(×1.50, as in 3 that were judged before)" in lines[1]


def test_a_plan_prints_the_first_places_and_counts_the_others() -> None:
    text = io.StringIO()
    out = Console(file=text, width=100)
    order = [(f"django 5.{n}", Telling.REST) for n in range(grids.MOST_TOLD + 2)]
    grids.show_plan(GRID, order, forecast(), out)
    said = text.getvalue()
    assert f"1. django 5.0: {Telling.REST}" in said
    assert "… and 2 more" in said
    assert f"django 5.{grids.MOST_TOLD}:" not in said
