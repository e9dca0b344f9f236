"""How diffs stand, on the terminal.

Owns: a table and the lines below it. Must not know how anything was found out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from . import gate, pull_request
from .gate import State
from .pull_request import Contents

MOST_SHOWN = 5


class WrittenDiff(NamedTuple):
    """One diff that was written."""

    contents: Contents
    folder: str
    range_diff: str


def table(made: Sequence[WrittenDiff]) -> Table:
    """One line for each diff."""
    rows = Table(title="Diffs", title_justify="left", box=box.SIMPLE_HEAD, padding=0)
    for heading in ("candidate", "made on", "stands", "in the way"):
        rows.add_column(heading, no_wrap=heading != "in the way")
    for each in made:
        contents = each.contents
        stands = "[green]ready[/]" if contents.ready else "[red]not ready[/]"
        names = ", ".join(check.name for check in gate.in_the_way(contents.checks))
        rows.add_row(
            escape(contents.squashed.name), escape(contents.made.version), stands, names or "."
        )
    return rows


def tell(made: WrittenDiff, out: Console) -> None:
    """Where a diff is, what is in its way and what to do about it."""
    write = partial(out.print, soft_wrap=True)
    contents = made.contents
    write(f"[bold]{escape(contents.squashed.name)}[/]: {escape(made.folder)}/")
    for check in gate.in_the_way(contents.checks):
        for finding in check.findings[:MOST_SHOWN]:
            write(f"  [red]{check.name}[/]: {escape(finding)}")
        if len(check.findings) > MOST_SHOWN:
            write(f"  [red]{check.name}[/]: and {len(check.findings) - MOST_SHOWN} more")
        if check.advice:
            write(f"    → {escape(check.advice)}")
    for check in contents.checks:
        if check.state is State.ALLOWED:
            write(f"  [yellow]{check.name}[/] let through: {escape(check.reason)}")
    for left in pull_request.left_to_the_sender(contents.squashed):
        write(f"  [dim]left to you[/]: {escape(left)}")
    if made.range_diff:
        write("  range-diff:")
        for line in made.range_diff.splitlines():
            write(f"    {escape(line)}")
