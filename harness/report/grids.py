"""A grid of candidates, releases and Pythons on the terminal and in Markdown, and its plan.

Owns: cells, the words for what became of them, and what a forecast says. Must not know how
anything was found out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from rich.console import Console

from ..judge.forecast import Forecast
from ..model import ChangeKind, GridCell, GridState, Judgement, Stack, Telling, Verdict
from . import summary, tables
from .fitting import COLOURS, SIGNS, Part, put
from .schema import Report
from .tables import Column

SHORT: Mapping[GridState, str] = {
    GridState.JUDGED: "",
    GridState.UNSUPPORTED: "not supported",
    GridState.NO_PYTHON: "no such Python here",
    GridState.NOT_HAD: "could not be had",
    GridState.NOTHING_JUDGES: "nothing judges it",
    GridState.OUT_OF_BUDGET: "budget used",
    GridState.INTERRUPTED: "stopped",
}
LEGEND = "-: broken, +: fixed, ~: flaky; a dot: not judged, for the reason behind it."
OPEN = "to be judged"
DOT = "·"
MOST_TOLD = 8  # places; what comes later changes with every verdict


class GridTable(NamedTuple):
    """The cells of one candidate: a row for each release, a column for each Python."""

    stack: Stack
    upstream: str
    pythons: tuple[str, ...]
    rows: tuple[tuple[str, tuple[GridCell, ...]], ...]


def tables_of(grid: Iterable[GridCell]) -> list[GridTable]:
    """The tables of a report's grid, in its order."""
    together: dict[tuple[Stack, str], list[GridCell]] = {}
    for cell in grid:
        together.setdefault((cell.stack, cell.upstream), []).append(cell)
    made = []
    for (stack, upstream), cells in together.items():
        releases = dict.fromkeys(cell.release for cell in cells)
        rows = tuple((r, tuple(c for c in cells if c.release == r)) for r in releases)
        pythons = tuple(dict.fromkeys(cell.python for cell in cells))
        made.append(GridTable(stack, upstream, pythons, rows))
    return made


def by_place(found: Iterable[Judgement]) -> dict[tuple[Stack, str], Judgement]:
    """Judgements by what a cell says of them."""
    return {(each.stack, each.base): each for each in found}


def counted(judged: Judgement | None) -> str:
    """``-7 +12 ~1``: tests broken, fixed, flaky; what there is none of is left out."""
    if judged is None:
        return ""
    numbers = (
        ("-", summary.count_worse(judged)),
        ("+", summary.count_of(judged, ChangeKind.FIXED)),
        ("~", summary.count_of(judged, ChangeKind.FLAKY)),
    )
    return " ".join(f"{sign}{number}" for sign, number in numbers if number)


def cell_words(cell: GridCell, judged: Judgement | None) -> str:
    """``breaks -7 +12``, or why there is no verdict."""
    if cell.verdict is None:
        return SHORT[cell.state]
    return f"{cell.verdict} {counted(judged)}".rstrip()


def show(report: Report, console: Console) -> None:
    """Print the tables, and why cells are closed that nobody could have judged."""
    judgements = by_place(report.candidates)
    for table in tables_of(report.grid):
        rows: list[list[Part]] = []
        for release, cells in table.rows:
            parts = [_part(cell, judgements.get((cell.stack, cell.base))) for cell in cells]
            rows.append([release, *parts])
        _show(table, rows, console)
    put(console, (LEGEND, "dim"), hang=0)
    for line in unsupported(report.grid):
        put(console, line)
    console.print()


def _show(table: GridTable, rows: Sequence[Sequence[Part]], console: Console) -> None:
    heads = [f"Python {each}" if each else "verdict" for each in table.pythons]
    columns = [Column(table.upstream), *map(Column, heads)]
    tables.show(console, str(table.stack), columns, rows)


def _part(cell: GridCell, judged: Judgement | None) -> Part:
    words = cell_words(cell, judged)
    if cell.verdict is None:
        return f"{DOT} {words}", "dim"
    return f"{SIGNS[cell.verdict]} {words}", COLOURS[cell.verdict]


def unsupported(grid: Iterable[GridCell]) -> Iterator[str]:
    """Which releases do not run on which Pythons that were asked for."""
    closed: dict[str, dict[str, None]] = {}
    for cell in grid:
        if cell.state is GridState.UNSUPPORTED:
            closed.setdefault(cell.why, {})[cell.python] = None
    for why, pythons in closed.items():
        yield f"not supported: {why}, not {', '.join(pythons)}"


def markdown(report: Report) -> Iterator[str]:
    """The same as tables for a ticket."""
    judgements = by_place(report.candidates)
    for table in tables_of(report.grid):
        yield ""
        yield f"### `{table.stack}`, by release and Python"
        yield ""
        heads = [f"Python {each}" if each else "verdict" for each in table.pythons]
        yield f"| {table.upstream} | {' | '.join(heads)} |"
        yield f"| --- |{' --- |' * len(heads)}"
        for release, cells in table.rows:
            told = [
                _bold(cell, cell_words(cell, judgements.get((cell.stack, cell.base))))
                for cell in cells
            ]
            yield f"| {release} | {' | '.join(told)} |"
    if report.grid:
        yield ""
        yield LEGEND
        yield ""
        yield from (f"- {summary.one_line(line)}" for line in unsupported(report.grid))


def _bold(cell: GridCell, words: str) -> str:
    if cell.verdict is None:
        return f"{DOT} {words}"
    word, _, counts = words.partition(" ")
    return f"{SIGNS[cell.verdict]} **{word}** {counts}".rstrip()


def show_plan(
    grid: Sequence[GridCell],
    order: Sequence[tuple[str, Telling]],
    expected: Forecast,
    console: Console,
) -> None:
    """Print what there is to judge, in which order, and what that will take."""
    for table in tables_of(grid):
        rows: list[list[Part]] = [[r, *map(_planned, cells)] for r, cells in table.rows]
        _show(table, rows, console)
    for line in plan_lines(grid, expected):
        put(console, line)
    for number, (name, telling) in enumerate(order[:MOST_TOLD], 1):
        put(console, f"{number}. {name}: {telling}", indent=2)
    if len(order) > MOST_TOLD:
        put(console, f"… and {len(order) - MOST_TOLD} more", indent=2)
    console.print()


def _planned(cell: GridCell) -> Part:
    if cell.verdict is not None:
        return f"{SIGNS[cell.verdict]} {cell.verdict}", COLOURS[cell.verdict]
    if is_open(cell):
        applies = summary.APPLIES[cell.applies] if cell.applies else ""
        return f"○ {OPEN}, {applies}", ""
    return f"{DOT} {SHORT[cell.state]}", "dim"


def is_open(cell: GridCell) -> bool:
    """Whether there is something to run for it."""
    return cell.state is GridState.OUT_OF_BUDGET


def plan_lines(grid: Sequence[GridCell], expected: Forecast) -> Iterator[str]:
    """The forecast in sentences, with what is not known, and where a guess comes from."""
    number = sum(map(is_open, grid))
    unfit = sum(cell.verdict is Verdict.DOES_NOT_APPLY for cell in grid)
    closed = len(grid) - number - unfit
    places = f"{expected.places} place{'s' * (expected.places != 1)}"
    yield (
        f"{len(grid)} cell{'s' * (len(grid) != 1)}: {number} to be judged in {places}, {unfit} to "
        f"which the candidate does not apply, {closed} that can not be judged"
    )
    done = f"{expected.kept} of them done already" if expected.kept else "none of them done yet"
    yield f"jobs: {expected.jobs} to begin with, {done}; {_further(expected)}"
    yield (
        f"time: about {_clock(expected.wall)} of wall time on {expected.cores} cores, "
        f"{_clock(expected.cpu)} of CPU time, without what is done"
    )
    if expected.unknown:
        why = (
            f"the mean of the {expected.known} others" if expected.known else "nothing ran here yet"
        )
        yield (
            f"not known is how long {expected.unknown} of the jobs take: {expected.guess:g} s each "
            f"are guessed ({why})"
        )


def _further(expected: Forecast) -> str:
    seen = expected.experience
    more = f"about {expected.further} more where something changes"
    if not seen.judgings:
        return f"{more} (a guess: nothing was judged here yet)"
    return f"{more} (×{seen.jobs_for_one:.2f}, as in {seen.judgings} that were judged before)"


def _clock(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
