"""How diffs stand, on the terminal.

Owns: a table and the lines below it. Must not know how anything was found out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from rich.console import Console
from rich.markup import escape

from ..report import tables
from ..report.fitting import BETTER, WORSE, Part, put
from ..report.searches import quote
from ..report.tables import Column, Gives
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
        _table(written, out)
    for diff in written:
        _show_diff(diff, out)
    for name, reasons in stale.items():
        put(out, ("stale", "yellow"), f": {name}: {'; '.join(reasons)}")
    if not written:
        put(out, "no candidate's verdict is good; name one with --candidate to see what it lacks")
    for note in notes:
        put(out, ("note", "yellow"), f": {note}")


def _table(written: Sequence[WrittenDiff], out: Console) -> None:
    """One line for each diff."""
    rows: list[list[Part]] = []
    for diff in written:
        contents = diff.contents
        stands = (
            (f"{BETTER} ready", "green") if contents.is_ready else (f"{WORSE} not ready", "red")
        )
        names = ", ".join(check.name for check in gate.in_the_way(contents.checks))
        made = contents.made.version
        rows.append([str(contents.squashed.name), made, stands, names or "."])
    columns = [
        Column("candidate", gives=Gives.CUT),
        Column("made on"),
        Column("stands"),
        Column("in the way", gives=Gives.WRAPS),
    ]
    tables.show(out, "Diffs", columns, rows)


def _show_diff(diff: WrittenDiff, out: Console) -> None:
    """Where a diff is, what is in its way and what to do about it."""
    write = partial(put, out, indent=2)
    contents = diff.contents
    name = escape(str(contents.squashed.name))
    out.print(f"[bold]{name}[/]: {escape(diff.folder)}/", soft_wrap=True)
    for check in gate.in_the_way(contents.checks):
        for finding in check.findings[:MOST_SHOWN]:
            write((check.name, "red"), f": {finding}")
        if len(check.findings) > MOST_SHOWN:
            write((check.name, "red"), f": and {len(check.findings) - MOST_SHOWN} more")
        if check.advice:
            put(out, f"→ {check.advice}", indent=4)
    for check in contents.checks:
        if check.state is CheckState.ALLOWED:
            write((check.name, "yellow"), f" let through: {check.reason}")
    for left in pull_request.left_to_the_sender(contents.squashed):
        write(("left to you", "dim"), f": {left}")
    if diff.range_diff:
        write("range-diff:")
        for line in diff.range_diff.splitlines():
            quote(out, f"    {line}")
