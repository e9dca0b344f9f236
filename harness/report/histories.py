"""Histories as a heat map on the terminal, and in Markdown.

Owns: cells and colours. Must not know how anything was found out.
"""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..judge.history import BehaviourChange, History
from ..model import Answer, Cell, Conclusion, Row
from . import summary

# From nothing fails to everything fails, as backgrounds of a terminal's 256 colours.
HEAT = ("on color(22)", "on color(58)", "on color(94)", "on color(130)", "on color(124)")
CELL, WIDEST = 4, 20
WORD = {Answer.GOOD: "pass", Answer.BAD: "fail"}


def show(history: History, out: Console) -> None:
    """Print the table and every change in it."""
    if history.matrix is not None:
        out.print(_table(history))
    for turn in history.turns:
        colour = "green" if turn.to is Answer.GOOD else "red"
        out.print(f"[{colour}]{escape(sentence(history.upstream, turn))}[/]", soft_wrap=True)
    if not history.turns:
        out.print(f"{history.upstream}: no behaviour changes", soft_wrap=True)
    for note in history.notes:
        out.print(f"[yellow]note[/]: {escape(summary.one_line(note))}", soft_wrap=True)
    out.print(f"{history.runs} runs of a suite in {history.seconds:.0f} s", soft_wrap=True)
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


def _table(history: History) -> Table:
    """One row for each behaviour, over all links; Markdown and JSON have the links apart."""
    title = f"{history.upstream}: how many tests fail, over all links (. none)"
    table = Table(title=title, title_justify="left", box=None, padding=0)
    table.add_column("behaviour", no_wrap=True, min_width=WIDEST)
    for column in history.columns:
        major, minor = column.version.split(".")[:2]
        table.add_column(f"{major}\n.{minor}", justify="right", min_width=CELL)
    assert history.matrix is not None
    behaviours: dict[str, list[Row]] = {}
    for row in history.matrix.rows:
        behaviours.setdefault(row.behaviour, []).append(row)
    for behaviour, rows in behaviours.items():
        cells = (summary.sum_of(of) for of in zip(*(row.cells for row in rows), strict=True))
        table.add_row(behaviour, *map(_heated, cells))
    return table


def _heated(cell: Cell) -> str:
    if cell.tests == 0:
        return ""
    failed = cell.tests - cell.passed
    heat = -(-failed * (len(HEAT) - 1) // cell.tests)
    return f"[{HEAT[heat]}]{failed or '.':>{CELL}}[/]"
