"""The pages of behaviour by release: a table of releases in colours and signs.

Owns: what stands on them. Must not know how anything was found out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from packaging.version import InvalidVersion, Version

from ...judge.history import BehaviourChange, History
from ...judge.passing import PassingReport, ReleaseAnswer, TestHistory
from ...judge.passing import Turn as TestTurn
from ...model import Answer, Cell
from .. import histories, passing, summary
from .page import anchor, render, style_of
from .signs import PASSES, Sign
from .suspected import StateCell, failing

STYLES = ("marks.css", "heat.css")


class HeatCell(NamedTuple):
    """A cell: what it shows, and the ids of the changes that came with its release."""

    id: str
    shown: StateCell
    why: str
    changes: list[str]


class HeatRow(NamedTuple):
    """A row: what it is about, its cells, and what kinds of change are in it."""

    names: tuple[str, ...]
    cells: list[HeatCell]
    changes: str


class ChangeView(NamedTuple):
    """A change: its place, its sign, a sentence, and the tests behind it."""

    id: str
    number: int
    sign: Sign
    sentence: str
    tests: tuple[str, ...]


class HeatMap(NamedTuple):
    """One upstream's table: the columns are releases and the Pythons that ran them."""

    id: str
    upstream: str
    heads: tuple[str, ...]
    columns: list[tuple[str, str]]
    rows: list[HeatRow]
    changes: list[ChangeView]
    notes: tuple[str, ...]
    cost: str

    @property
    def numbers(self) -> dict[str, int]:
        """The changes' numbers, by their places in the page."""
        return {each.id: each.number for each in self.changes}


def of_behaviours(made: Sequence[History]) -> str:
    """The page of the histories of every upstream."""
    return _page([_behaviours(each) for each in made])


def of_tests(report: PassingReport) -> str:
    """The page of the histories of some tests."""
    return _page([_tests(report)], report.overlay)


def _page(maps: Sequence[HeatMap], overlay: str = "") -> str:
    names = ", ".join(each.upstream for each in maps)
    return render(
        "history.html",
        f"{names}: behaviour by release",
        styles=[style_of(name) for name in STYLES],
        maps=maps,
        overlay=overlay,
    )


def _behaviours(history: History) -> HeatMap:
    upstream = history.upstream
    versions = [column.version for column in history.columns]
    changes = [
        ChangeView(
            id=anchor("change", upstream, turn.behaviour, turn.link, turn.first, turn.to),
            number=number,
            sign=PASSES[turn.to],
            sentence=histories.sentence(upstream, turn),
            tests=turn.tests,
        )
        for number, turn in enumerate(history.turns, 1)
    ]
    by_place: dict[tuple[str, str, int], list[int]] = {}
    for number, turn in enumerate(history.turns):
        place = (turn.behaviour, turn.link, _column(turn, versions))
        by_place.setdefault(place, []).append(number)
    rows = []
    for row in history.matrix.rows if history.matrix else ():
        cells = []
        for at, (version, cell) in enumerate(zip(versions, row.cells, strict=True)):
            with_it = [changes[n] for n in by_place.get((row.behaviour, row.link, at), [])]
            where = anchor("cell", upstream, row.behaviour, row.link, version)
            cells.append(HeatCell(where, _shown(cell), "", [each.id for each in with_it]))
        rows.append(HeatRow((row.behaviour, row.link), cells, _kinds(cells)))
    return HeatMap(
        id=anchor("map", upstream),
        upstream=upstream,
        heads=("behaviour", "link"),
        columns=[(column.version, column.python) for column in history.columns],
        rows=rows,
        changes=changes,
        notes=history.notes,
        cost=f"{history.runs} runs of a suite in {history.seconds:.0f} s",
    )


def _tests(report: PassingReport) -> HeatMap:
    versions = list(dict.fromkeys(each.version for test in report.tests for each in test.releases))
    changes: list[ChangeView] = []
    rows = []
    for history in report.tests:
        own = list(_turns(history, len(changes)))
        changes += own
        at = {
            _column(turn, versions): view.id for turn, view in zip(history.turns, own, strict=True)
        }
        told = {each.version: each for each in history.releases}
        cells = []
        for number, version in enumerate(versions):
            answer = told.get(version)
            where = anchor("cell", report.upstream, history.test, version)
            with_it = [at[number]] if number in at else []
            cells.append(HeatCell(where, _answered(answer), _why(answer), with_it))
        rows.append(HeatRow((summary.test_name(history.test),), cells, _kinds(cells)))
    return HeatMap(
        id=anchor("map", report.upstream),
        upstream=report.upstream,
        heads=("test",),
        columns=[(version, report.pythons.get(version, "")) for version in versions],
        rows=rows,
        changes=changes,
        notes=report.notes,
        cost=f"{report.runs} runs in {report.seconds:.0f} s",
    )


def _turns(history: TestHistory, before: int) -> Iterator[ChangeView]:
    for number, turn in enumerate(history.turns, before + 1):
        where = anchor("change", history.test, turn.first, turn.to)
        name = summary.test_name(history.test)
        sentence = f"{name} {passing.sentence(turn)}"
        yield ChangeView(where, number, PASSES[turn.to], sentence, (history.test,))


def _column(turn: BehaviourChange | TestTurn, versions: Sequence[str]) -> int:
    """The column of a change: its first release, or the nearest later one that has a column."""
    if turn.first in versions:
        return versions.index(turn.first)
    try:
        first = Version(turn.first)
        return next(n for n, each in enumerate(versions) if Version(each) >= first)
    except (InvalidVersion, StopIteration):
        return -1


def _shown(cell: Cell) -> StateCell:
    return failing(cell.tests - cell.passed, cell.tests, cell.hung)


def _answered(answer: ReleaseAnswer | None) -> StateCell:
    if answer is None:
        return failing(0, 0)
    sign = PASSES[answer.answer]
    return StateCell(sign.word, sign, 4 if answer.answer is Answer.BAD else 0)


def _why(answer: ReleaseAnswer | None) -> str:
    if answer is None:
        return ""
    return " ".join(each for each in (answer.why, f"({answer.way})" if answer.way else "") if each)


def _kinds(cells: Sequence[HeatCell]) -> str:
    """``changed`` or ``same``, and what else a choice can ask for."""
    words = ["changed" if any(cell.changes for cell in cells) else "same"]
    tones = {cell.shown.sign.tone for cell in cells}
    words += ["failing"] if tones & {"bad", "warn"} else []
    return " ".join(words)
