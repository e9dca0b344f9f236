"""The verb ``diffs``: judge what was asked for, write its diffs, tell how they stand.

Owns: the order of that, and the exit status. Must not know any check, nor how one diff
is made.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from ..catalog.catalog import Catalog
from ..compare.judging import judge
from ..compare.plan import Planner
from ..jobs.runs import running
from ..model import RequestError, Stack
from ..report import formats, schema
from ..report.schema import Report, write
from ..request import Request
from ..sources.provider import Provider
from . import bases, gate, page, stale, terminal
from .checks import breakage, table
from .gate import CheckState
from .writer import DiffWriter, WrittenDiff

DONE, MATCHED, UNDONE = 0, 1, 3
Words = Callable[[Request], list[str]]
"""A request as the words of a command line."""


def run(
    request: Request,
    catalog: Catalog,
    provider: Provider,
    words: Words,
    out: Console,
    errors: Console,
) -> int:
    """Write the diffs, print how each stands, and return the exit status.

    Written are those that were asked for; if that was nothing, those of every candidate
    whose verdicts are good.
    """
    reasons = gate.allowances(request.allow, table.names(catalog.upstreams.values()))
    chosen = bases.chosen(request, catalog, provider)
    based = bases.request_on(request, chosen.now)
    planner = Planner(based, provider, catalog)
    upstreams = {stack: _one_upstream(catalog, stack) for stack in planner.stacks}
    report = judge(based, provider, catalog, errors)
    if request.json:
        write(report, Path(request.json))
    formats.write(report, request.written)
    stacks = _worth_a_diff(planner.stacks, report, request)
    written = []
    with running(based, provider, errors) as jobs:
        writer = DiffWriter(request, catalog, provider, chosen, jobs, reasons, words)
        for stack in stacks:
            upstream = upstreams[stack]
            ground = planner.grounds.of_base(chosen.now[upstream], upstream)
            written.append(writer.write(stack, ground, report))
    outdated = stale.mark_stale_diffs(catalog, provider, but=stacks)
    beside = (note for diff in written for note in diff.notes)
    notes = list(dict.fromkeys([*chosen.notes, *report.notes, *beside]))
    terminal.show(written, outdated, notes, out)
    path = provider.home.folder("reports") / "diffs.html"
    schema.write_text(path, page.page_of(written, outdated, notes, path.parent))
    out.print(f"report: {os.path.relpath(path)}", soft_wrap=True)
    return _status(request, written, notes)


def _one_upstream(catalog: Catalog, stack: Stack) -> str:
    """The upstream that a diff is for; ``RequestError`` for a stack that patches two."""
    upstreams = {candidate.upstream for candidate in catalog.in_order(stack)}
    if len(upstreams) > 1:
        raise RequestError(f"{stack}: a diff is for one upstream; ask for two diffs")
    return upstreams.pop()


def _worth_a_diff(stacks: Sequence[Stack], report: Report, request: Request) -> list[Stack]:
    if request.is_named:
        return list(stacks)
    verdicts = {stack: [j for j in report.candidates if j.stack == stack] for stack in stacks}
    return [stack for stack in stacks if breakage.is_good(verdicts[stack])]


def _status(request: Request, written: Sequence[WrittenDiff], notes: Sequence[str]) -> int:
    """0 done, 1 what ``--fail-on`` waits for, 3 if something could not be looked at."""
    results = [result for diff in written for result in diff.contents.checks]
    breaks = any(r.name == table.BREAKAGE and r.state is CheckState.WRONG for r in results)
    if request.fail_on == "any" and not all(diff.contents.is_ready for diff in written):
        return MATCHED
    if request.fail_on == "broken" and breaks:
        return MATCHED
    unknown = any(result.state is CheckState.UNKNOWN for result in results)
    return UNDONE if unknown or notes else DONE
