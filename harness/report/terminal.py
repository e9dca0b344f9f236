"""A report on the terminal, with rich.

Owns: tables and colours. Must not know how anything was found out.
"""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..judge import causes
from ..judge.wire import layer_names
from ..model import Cell, Change, ChangeKind, Judgement, Matrix, Pair, Verdict
from . import summary
from .schema import Report

LINK_WIDTH = 8, 13
MOST_SHOWN = 12
ALL_OF_THEM = "the Markdown report has all"
COLOURS = {
    Verdict.BREAKS: "red",
    Verdict.DOES_NOT_APPLY: "red",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.UNPROVEN: "yellow",
    Verdict.FIXES: "green",
    Verdict.NEUTRAL: "cyan",
}


def show(report: Report, console: Console) -> None:
    """Print the whole report."""
    if report.made.partial:
        console.print(f"[yellow]{summary.PARTIAL}[/]", soft_wrap=True)
    for base in dict.fromkeys(judged.base for judged in report.candidates):
        found = [judged for judged in report.candidates if judged.base == base]
        console.print(_overview(base, found))
    for matrix in report.matrices:
        console.print(_matrix(matrix))
    # One says which layer is enough; of a dozen nobody reads the first.
    for table in report.layers if len(report.layers) == 1 else ():
        console.print(_layers(table))
    for swaps in summary.swap_tables(report.swaps):
        title = f"Tests that prove one candidate, on the others' code, {swaps.ground}"
        console.print(f"[italic]{escape(title)}[/]", soft_wrap=True)
        console.print(_swaps(swaps))
    for pair in report.pairs:
        _pair(pair, console)
    for judged in report.candidates:
        if judged.changes or judged.problems or judged.notes or judged.reach:
            _details(judged, console)
    console.print(summary.noise_floor(report.controls))
    for control in report.controls:
        for change in control.changes:
            name = escape(summary.test_name(change.test))
            console.print(f"  {name}: {summary.step(change)}", soft_wrap=True)
    if power := summary.power(report.candidates):
        console.print(power, soft_wrap=True)
    for note in (*report.hints, *report.notes, *filter(None, [report.made.hint])):
        console.print(f"[yellow]note[/]: {_safe(note)}", soft_wrap=True)


def _overview(base: str, found: list[Judgement]) -> Table:
    table = Table(title=f"On {base}", title_justify="left", box=box.SIMPLE_HEAD, padding=0)
    table.add_column("candidate", overflow="fold")
    for heading in ("applies", "verdict"):
        table.add_column(heading, no_wrap=True)
    kinds = (ChangeKind.BROKEN, ChangeKind.FIXED, ChangeKind.FLAKY, ChangeKind.SLOWER)
    for heading in (*kinds, "design"):
        table.add_column(heading, justify="right", no_wrap=True)
    for judged in found:
        colour = COLOURS[judged.verdict]
        table.add_row(
            _safe(judged.name),
            summary.APPLIES[judged.applies],
            f"[{colour}]{judged.verdict}[/]",
            str(summary.count_worse(judged) or "."),
            str(summary.count_of(judged, ChangeKind.FIXED) or "."),
            str(summary.count_of(judged, ChangeKind.FLAKY) or "."),
            str(summary.count_slower(judged) or "."),
            str(summary.count_by_design(judged) or "."),
        )
    return table


def _matrix(matrix: Matrix) -> Table:
    """The control group is one column here; the other renderings show each of its servers."""
    title = f"On the wire, {matrix.ground}: tests that pass in every run (h: hung)"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=0)
    table.add_column("behaviour", no_wrap=True)
    table.add_column("link", overflow="fold", min_width=LINK_WIDTH[0], max_width=LINK_WIDTH[1])
    own = len(matrix.columns) - len(matrix.control)
    for name in (*summary.short_columns(matrix), *(["control group"] if matrix.control else [])):
        table.add_column(escape(name.replace("-", " ")), justify="right")
    for row in matrix.rows:
        together = [summary.sum_of(row.cells[own:])] if matrix.control else []
        cells = [_coloured(summary.cell_text(cell), cell) for cell in (*row.cells[:own], *together)]
        table.add_row(row.behaviour, row.link, *cells)
    return table


def _layers(found: Matrix) -> Table:
    title = escape(summary.layers_title(found))
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=0)
    table.add_column("behaviour", no_wrap=True)
    table.add_column("link", overflow="fold", min_width=LINK_WIDTH[0], max_width=LINK_WIDTH[1])
    names = layer_names(found)
    for name in names:
        table.add_column(name, justify="right")
    table.add_column("enough")
    for row in found.rows:
        cells = [_coloured(summary.cell_text(cell), cell) for cell in row.cells]
        table.add_row(row.behaviour, row.link, *cells, summary.sufficient_layer(row.cells, names))
    return table


def _swaps(found: summary.SwapTable) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=0)
    table.add_column("tests of", overflow="fold")
    for name in found.columns:
        table.add_column(escape(name.replace("-", " ")), justify="right")
    for row in found.rows:
        table.add_row(*map(_safe, row))
    return table


def _pair(pair: Pair, console: Console) -> None:
    console.print(_safe(summary.pair_line(pair)), soft_wrap=True)
    for conflict in pair.conflicts[:MOST_SHOWN]:
        console.print(f"  [red]{_safe(summary.conflict_line(conflict))}[/]", soft_wrap=True)
    if len(pair.conflicts) > MOST_SHOWN:
        console.print(f"  … and {len(pair.conflicts) - MOST_SHOWN} more; {ALL_OF_THEM}")


def _coloured(text: str, cell: Cell) -> str:
    if cell.tests == 0:
        return f"[dim]{text}[/]"
    return f"[green]{text}[/]" if cell.passed == cell.tests else f"[red]{text}[/]"


def _details(judged: Judgement, console: Console) -> None:
    console.print()
    colour = COLOURS[judged.verdict]
    head = f"[bold]{_safe(judged.name)}[/] on {judged.base}: [{colour}]{judged.verdict}[/]"
    console.print(f"{head}, it {summary.meaning(judged)}", soft_wrap=True)
    for problem in judged.problems:
        console.print(f"  {_safe(problem)}", soft_wrap=True)
    for note in judged.notes:
        console.print(f"  [yellow]{_safe(note)}[/]", soft_wrap=True)
    for line in summary.reach_lines(judged):
        console.print(f"  {_safe(line)}", soft_wrap=True)
    if proof := summary.proof_line(judged):
        console.print(f"  {escape(proof)}", soft_wrap=True)
    for group, changes in causes.by_group(judged.changes):
        console.print(f"  [bold]{_safe(group)}[/] ({len(changes)})", soft_wrap=True)
        shared = summary.shared_reason(group, changes)
        if shared:
            console.print(f"    [dim]{_safe(shared)}[/]", soft_wrap=True)
        for change in changes[:MOST_SHOWN]:
            _change(change, console, "" if shared else change.reason)
        if len(changes) > MOST_SHOWN:
            console.print(f"    … and {len(changes) - MOST_SHOWN} more; {ALL_OF_THEM}")


def _change(change: Change, console: Console, reason: str) -> None:
    name, kind = map(escape, (summary.test_name(change.test), summary.kind_of_change(change)))
    note = f"; {change.note}" if change.note else ""
    console.print(f"    {name}: {kind} ({summary.step(change)}){note}", soft_wrap=True)
    if change.expected:
        console.print(f"      [cyan]by design: {_safe(change.why)}[/]", soft_wrap=True)
    if reason and reason != change.group:
        console.print(f"      [dim]{_safe(reason)}[/]", soft_wrap=True)


def _safe(text: str) -> str:
    """Text from outside, which must neither be taken for markup nor steer the terminal."""
    return escape(summary.one_line(text))
