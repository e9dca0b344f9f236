"""How diffs stand, on the terminal.

Owns: a table and the lines below it. Must not know how anything was found out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from . import gate, pull_request
from .gate import CheckState
from .writer import WrittenDiff

MOST_SHOWN = 5


def show(
    written: Sequence[WrittenDiff],
    stale: Mapping[str, Sequence[str]],
    notes: Sequence[str],
    out: Console,
) -> None:
    """Print how the written diffs stand, which older ones are stale, and what was left out.

    ``stale`` holds the reasons by the diff's name.
    """
    if written:
        out.print(_table(written))
    for diff in written:
        _show_diff(diff, out)
    for name, reasons in stale.items():
        out.print(f"[yellow]stale[/]: {escape(name)}: {escape('; '.join(reasons))}", soft_wrap=True)
    if not written:
        out.print("no candidate's verdict is good; name one with --candidate to see what it lacks")
    for note in notes:
        out.print(f"[yellow]note[/]: {escape(note)}", soft_wrap=True)


def _table(written: Sequence[WrittenDiff]) -> Table:
    """One line for each diff."""
    rows = Table(title="Diffs", title_justify="left", box=box.SIMPLE_HEAD, padding=0)
    for heading in ("candidate", "made on", "stands", "in the way"):
        rows.add_column(heading, no_wrap=heading != "in the way")
    for diff in written:
        contents = diff.contents
        stands = "[green]ready[/]" if contents.is_ready else "[red]not ready[/]"
        names = ", ".join(check.name for check in gate.in_the_way(contents.checks))
        rows.add_row(
            escape(str(contents.squashed.name)), escape(contents.made.version), stands, names or "."
        )
    return rows


def _show_diff(diff: WrittenDiff, out: Console) -> None:
    """Where a diff is, what is in its way and what to do about it."""
    write = partial(out.print, soft_wrap=True)
    contents = diff.contents
    write(f"[bold]{escape(str(contents.squashed.name))}[/]: {escape(diff.folder)}/")
    for check in gate.in_the_way(contents.checks):
        for finding in check.findings[:MOST_SHOWN]:
            write(f"  [red]{check.name}[/]: {escape(finding)}")
        if len(check.findings) > MOST_SHOWN:
            write(f"  [red]{check.name}[/]: and {len(check.findings) - MOST_SHOWN} more")
        if check.advice:
            write(f"    → {escape(check.advice)}")
    for check in contents.checks:
        if check.state is CheckState.ALLOWED:
            write(f"  [yellow]{check.name}[/] let through: {escape(check.reason)}")
    for left in pull_request.left_to_the_sender(contents.squashed):
        write(f"  [dim]left to you[/]: {escape(left)}")
    if diff.range_diff:
        write("  range-diff:")
        for line in diff.range_diff.splitlines():
            write(f"    {escape(line)}")
