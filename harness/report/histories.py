"""Histories as a heat map on the terminal, and in Markdown.

Owns: cells and colours. Must not know how anything was found out.
"""

from __future__ import annotations

from rich.console import Console

from ..judge.history import BehaviourChange, History
from ..model import Answer, Cell, Conclusion, Row
from . import summary, tables
from .fitting import BETTER, WORSE, Part, put
from .tables import Column

# From nothing fails to everything fails, as backgrounds of a terminal's 256 colours.
HEAT = ("on color(22)", "on color(58)", "on color(94)", "on color(130)", "on color(124)")
WORD = {Answer.GOOD: "pass", Answer.BAD: "fail"}


def show(history: History, out: Console) -> None:
    """Print the table and every change in it."""
    if history.matrix is not None:
        _table(history, out)
    for turn in history.turns:
        sign = (BETTER, "green") if turn.to is Answer.GOOD else (WORSE, "red")
        put(out, sign, f" {sentence(history.upstream, turn)}")
    if not history.turns:
        put(out, f"{history.upstream}: no behaviour changes")
    for note in history.notes:
        put(out, ("note", "yellow"), f": {note}")
    put(out, f"{history.runs} runs of a suite in {history.seconds:.0f} s")
    out.print()


def markdown(history: History) -> str:
    """The same for a ticket, with the tests behind every change."""
    versions = [column.version for column in history.columns]
    lines = [f"# {history.upstream}: behaviour by release", ""]
    pythons = ", ".join(f"{c.version} on Python {c.python}" for c in history.columns)
    lines += [f"Tests that pass, of those that were tried: {pythons}.", ""]
    if history.matrix is not None:
        lines += [f"| behaviour | link | {' | '.join(versions)} |"]
        lines += ["| --- " * (len(versions) + 2) + "|"]
        for row in history.matrix.rows:
            cells = " | ".join(summary.cell_text(cell) for cell in row.cells)
            lines.append(f"| {row.behaviour} | {row.link} | {cells} |")
    lines += ["", "Changes:", ""]
    for turn in history.turns:
        lines.append(f"- {sentence(history.upstream, turn)}")
        lines += [f"  - `{summary.test_name(test)}`" for test in turn.tests]
    lines += ["", *(f"- note: {summary.one_line(note)}" for note in history.notes)]
    return "\n".join(lines).rstrip() + "\n"


def sentence(upstream: str, turn: BehaviourChange) -> str:
    """``keep alive over direct: 4 tests pass since django 2.1.4 (they fail on 2.1.3)``."""
    many = len(turn.tests) > 1
    tests = f"{len(turn.tests)} test{'s' if many else ''}"
    other = WORD[Answer.BAD if turn.to is Answer.GOOD else Answer.GOOD]
    word = WORD[turn.to]
    past = f"{'they' if many else 'it'} {other}{'' if many else 'es' if other == 'pass' else 's'}"
    here = f"{word}{'' if many else 'es' if word == 'pass' else 's'}"
    since = f"since {upstream} {turn.first}"
    if turn.conclusion is Conclusion.RANGE:
        since = f"with {upstream} {turn.first} or a release before it"
    name = f"{turn.behaviour} over {turn.link}" if turn.link else turn.behaviour
    sure = f"confidence {summary.percent(turn.confidence)}"
    return f"{name}: {tests} {here} {since} ({past} on {turn.last}; {sure})"


def _table(history: History, out: Console) -> None:
    """One row for each behaviour, over all links; Markdown and JSON have the links apart."""
    title = f"{history.upstream}: how many tests fail, over all links (. none)"
    assert history.matrix is not None
    behaviours: dict[str, list[Row]] = {}
    for row in history.matrix.rows:
        behaviours.setdefault(row.behaviour, []).append(row)
    rows = []
    for behaviour, each in behaviours.items():
        cells = (summary.sum_of(of) for of in zip(*(row.cells for row in each), strict=True))
        rows.append([behaviour, *map(_heated, cells)])
    releases = [".".join(column.version.split(".")[:2]) for column in history.columns]
    tables.show(out, title, [Column("behaviour"), *tables.numbers(*releases)], rows)


def _heated(cell: Cell) -> Part:
    if cell.tests == 0:
        return ""
    failed = cell.tests - cell.passed
    heat = -(-failed * (len(HEAT) - 1) // cell.tests)
    return str(failed or "."), HEAT[heat]
