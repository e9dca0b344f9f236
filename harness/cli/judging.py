"""What `apply`, `test` and `report` print and write.

Owns: their output and exit statuses. Must not know how anything was found out.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from .. import __version__
from ..compare.judging import Stopped, judge
from ..compare.plan import AppliedCandidate, Planner
from ..model import ApplyResult, ImpactState, Verdict
from ..report import formats, github, markdown, schema, summary, tables, terminal
from ..report.fitting import Part
from ..report.live import telling
from ..report.pages import judged as page
from ..report.tables import Column, Gives
from ..request import Request
from ..system import runlog
from ..system.home import Home
from ..system.runlog import RunLog
from . import stepsummary
from .reports import keep_previous
from .session import Session
from .statuses import DONE, MATCHED, UNDONE

COLOURS = {
    ApplyResult.CLEAN: "green",
    ApplyResult.THREE_WAY: "cyan",
    ApplyResult.FUZZY: "yellow",
    ApplyResult.NO: "red",
}


def apply(request: Request, session: Session, out: Console, errors: Console) -> int:
    """Apply every candidate to every base and print how that went."""
    provider = session.provider
    with errors.status("applying"):
        rows, notes = Planner(request, provider, session.catalog).applied()
        made = [row.application.tree for row in rows if row.application.tree]
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            places = list(threads.map(provider.trees.checkout, made))
    for upstream in dict.fromkeys(row.base.base.upstream for row in rows):
        _apply_table(upstream, [r for r in rows if r.base.base.upstream == upstream], out)
    for row in rows:
        for problem in row.application.problems:
            text = f"{row.stack} on {row.base.base}: {problem}"
            out.print(f"[red]does not apply[/]: {escape(text)}", soft_wrap=True)
    for folder in sorted({os.path.relpath(place.parent) for place in places}):
        out.print(f"worktrees: {escape(folder)}/", soft_wrap=True)
    for note in notes:
        out.print(f"[yellow]note[/]: {escape(note.text)}", soft_wrap=True)
    failed = any(row.application.tree is None for row in rows)
    if request.fail_on == "any" and failed:
        return MATCHED
    return UNDONE if any(note.kind.is_undone_work for note in notes) else DONE


def test(request: Request, session: Session, out: Console, errors: Console) -> int:
    """Run the suites on the bases and the candidates, judge, report."""

    def found(log: RunLog) -> schema.Report:
        return judge(request, session.provider, session.catalog, errors, log)

    return told(found, request, session, out, errors)


def told(
    judged: Callable[[RunLog], schema.Report],
    request: Request,
    session: Session,
    out: Console,
    errors: Console,
) -> int:
    """Write and print the report that ``judged`` makes, also of a run that is stopped."""
    command = shlex.join(["python", "-m", "harness", *sys.argv[1:]])
    with runlog.opened(session.home, command, __version__) as log:
        try:
            found = judged(log)
        except Stopped as stopped:
            # The last whole report stays what `report` shows.
            write(stopped.report, request, session, out, "partial.json")
            stepsummary.append(partial(github.render, stopped.report), errors)
            telling.end(log, stopped.report, "partial.json")
            raise
        keep_previous(session.home)
        write(found, request, session, out, "report.json")
        stepsummary.append(partial(github.render, found), errors)
        telling.end(log, found, "report.json")
    return exit_status(request, found)


def write(
    report: schema.Report, request: Request, session: Session, out: Console, name: str
) -> None:
    """Write a report's files, in the workbench's folder by that name, and print it."""
    json_path = session.home.folder("reports") / name
    markdown_path, page_path = json_path.with_suffix(".md"), json_path.with_suffix(".html")
    schema.write(report, json_path)
    schema.write_text(markdown_path, markdown.render(report))
    schema.write_text(page_path, page.render(report))
    if request.json:
        schema.write(report, Path(request.json))
    formats.write(report, request.written)
    terminal.show(report, out, whole=request.everything)
    _say_where([page_path, markdown_path, json_path, *map(Path, request.written)], out)


def _say_where(paths: Iterable[Path], out: Console) -> None:
    for path in paths:
        out.print(f"report: {escape(os.path.relpath(path))}", soft_wrap=True)


def report(request: Request, out: Console) -> int:
    """Show the last report again."""
    path = Path(request.json) if request.json else Home().folder("reports") / "report.json"
    last = schema.read(path)
    formats.write(last, request.written)
    if request.format in formats.FORMATS:
        out.file.write(formats.FORMATS[request.format](last))
    else:
        terminal.show(last, out, whole=request.everything)
        _say_where(map(Path, request.written), out)
    return exit_status(request, last)


def _apply_table(upstream: str, rows: Sequence[AppliedCandidate], out: Console) -> None:
    versions = list(dict.fromkeys(row.base.base.version for row in rows))
    table: list[list[Part]] = []
    for stack in dict.fromkeys(row.stack for row in rows):
        cells: dict[str, Part] = dict.fromkeys(versions, "")
        for row in rows:
            if row.stack == stack:
                how = row.application.applies
                cells[row.base.base.version] = summary.APPLIES[how], COLOURS[how]
        table.append([str(stack), *cells.values()])
    columns = [Column("candidate", gives=Gives.CUT), *map(Column, versions)]
    tables.show(out, f"How candidates apply to {upstream}", columns, table)


def exit_status(request: Request, report: schema.Report) -> int:
    """What a report means for those who gate on it."""
    # Projects that stand on a patch judge it together: hardly one runs all of it.
    verdicts = [each.verdict for each in (report.impacts or report.candidates)]
    # What only two candidates together do is no fault of either, and a fault all the same.
    conflict = any(pair.conflicts for pair in report.pairs)
    if request.fail_on == "broken" and (conflict or Verdict.BREAKS in verdicts):
        return MATCHED
    if request.fail_on == "any" and (conflict or not all(each.is_good for each in verdicts)):
        return MATCHED
    # Where nothing was judged, a hint says that no test could have been.
    undone = Verdict.INCONCLUSIVE in verdicts or not (verdicts or report.hints)
    undone = undone or bool(report.notes)
    undone = undone or any(each.of_state(ImpactState.UNTESTABLE) for each in report.impacts)
    return UNDONE if undone else DONE
