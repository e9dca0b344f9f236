"""What each verb does: apply, test, report, diffs and the rest.

Owns: putting the parts together. Must not know how to read a command line.
"""

from __future__ import annotations

import os
import platform
import resource
import shlex
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..bench.judging import SUITE
from ..bench.judging import run as measure_judging
from ..bench.searching import run as measure_searching
from ..bench.serving import run as measure_serving
from ..catalog.catalog import Catalog
from ..compare import trial
from ..compare.plan import AppliedCandidate, Plan, Planner
from ..export import editing, skeleton
from ..export.run import run as run_diffs
from ..jobs import pool
from ..jobs.progress import Display
from ..jobs.worker import Worker
from ..judge import wire
from ..model import ApplyResult, Job, Judgement, Result, Tree, Verdict
from ..report import markdown, schema, summary, terminal
from ..request import Request
from ..search.bisect import run as run_bisect
from ..search.history import run as run_history
from ..sources.provider import Supply
from ..system import sandbox
from ..system.home import Home
from .lab import run as run_lab

LAB = "lab"
DONE, MATCHED, UNDONE = 0, 1, 3
VERSION = "1"


def apply(request: Request, out: Console, errors: Console) -> int:
    """Apply every candidate to every base and print how that went."""
    catalog, supply = _parts(request)
    planner = Planner(request, supply, catalog)
    with errors.status("applying"):
        rows = list(planner.applied())
        made = [row.application.tree for row in rows if row.application.tree]
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            places = list(threads.map(supply.trees.checkout, made))
    for upstream in dict.fromkeys(row.base.base.upstream for row in rows):
        out.print(_apply_table(upstream, [r for r in rows if r.base.base.upstream == upstream]))
    for row in rows:
        for problem in row.application.problems:
            text = f"{row.name} on {row.base.base}: {problem}"
            out.print(f"[red]does not apply[/]: {escape(text)}", soft_wrap=True)
    for folder in sorted({os.path.relpath(place.parent) for place in places}):
        out.print(f"worktrees: {escape(folder)}/", soft_wrap=True)
    for note in planner.notes:
        out.print(f"[yellow]note[/]: {escape(note)}", soft_wrap=True)
    failed = any(row.application.tree is None for row in rows)
    if request.fail_on == "any" and failed:
        return MATCHED
    return UNDONE if planner.notes else DONE


def test(request: Request, out: Console, errors: Console) -> int:
    """Run the suites on the bases and the candidates, judge, report."""
    report = judge(request, errors)
    json_path = Home().folder("reports") / "report.json"
    markdown_path = json_path.with_suffix(".md")
    schema.write(report, json_path)
    schema.write_text(markdown_path, markdown.render(report))
    if request.json:
        schema.write(report, Path(request.json))
    terminal.show(report, out)
    for path in (markdown_path, json_path):
        out.print(f"report: {os.path.relpath(path)}", soft_wrap=True)
    return _status(request, report)


def judge(request: Request, errors: Console) -> schema.Report:
    """Run the suites on the bases and the candidates, and judge."""
    began = time.monotonic()
    catalog, supply = _parts(request)
    how = trial.Settings(request.select, request.repeat, request.timeout, request.test_timeout)
    with Display(errors) as display:
        plan = Planner(request, supply, catalog).plan()
        task = trial.Schedule([*plan.controls, *plan.comparisons], how, plan.beside)

        def follow(job: Job, result: Result) -> list[Job]:
            display.finished(job, result)
            more = task.follow(job, result)
            display.expect(len(more))
            return more

        first = task.start()
        display.expect(len(first))
        pool.run(
            first,
            Worker(supply, fresh=not request.cache),
            follow,
            at_once=request.jobs,
            engine=request.engine,
            started=display.started,
        )
        judged, matrices = task.judged(), task.matrices()
    report = _report(request, plan, judged, time.monotonic() - began)
    return msgspec.structs.replace(
        report,
        matrices=tuple(matrices),
        layers=tuple(table for each in matrices for table in wire.layers(each)),
        notes=(*task.unfinished(), *report.notes),
    )


def report(request: Request, out: Console, errors: Console) -> int:
    """Show the last report again."""
    path = Path(request.json) if request.json else Home().folder("reports") / "report.json"
    last = schema.read(path)
    if request.format == "markdown":
        out.file.write(markdown.render(last))
    elif request.format == "json":
        out.file.write(path.read_text("utf-8"))
    else:
        terminal.show(last, out)
    return _status(request, last)


def bench(request: Request, out: Console, errors: Console) -> int:
    """Measure the workbench against what one would do by hand.

    The plain loop runs Django's own tests, so these are what both sides run.
    """
    if "judging" in request.measure:
        suites = request.suites or (SUITE,)
        judging = msgspec.structs.replace(request, suites=suites, cpython=())
        catalog, supply = _parts(judging)
        measure_judging(judging, Planner(judging, supply, catalog).plan(), supply, out)
    if "searching" in request.measure:
        measure_searching(Home(), request.jobs, out)
    if "serving" in request.measure:
        catalog, supply = _parts(request)
        planner = Planner(request, supply, catalog)
        measure_serving(request, planner, supply, out, errors)
    return DONE


def bisect(request: Request, out: Console, errors: Console) -> int:
    """Find where a test's behaviour changes, or whether a suspected commit did it."""
    catalog, supply = _parts(request)
    return run_bisect(request, catalog, supply, out, errors)


def history(request: Request, out: Console, errors: Console) -> int:
    """Show how behaviours changed from release to release."""
    return run_history(request, _parts(request)[1], out, errors)


def diffs(request: Request, out: Console, errors: Console) -> int:
    """Write diffs that can be sent upstream, with their proof, and say which are ready."""
    catalog, supply = _parts(request)
    return run_diffs(request, catalog, supply, lambda wanted: judge(wanted, errors), out, errors)


def edit(request: Request, out: Console, errors: Console) -> int:
    """Print the folder in which a candidate's commits can be worked on."""
    catalog, supply = _parts(request)
    out.print(str(editing.edit(request, catalog, supply)), soft_wrap=True)
    return DONE


def refresh(request: Request, out: Console, errors: Console) -> int:
    """Write the commits of that folder back to ``patches/``."""
    catalog, supply = _parts(request)
    for line in editing.refresh(request, catalog, supply):
        out.print(escape(line), soft_wrap=True)
    return DONE


def new(request: Request, out: Console, errors: Console) -> int:
    """Make the skeleton of a candidate."""
    for line in skeleton.make(request, Catalog(Path(request.folder))):
        out.print(escape(line), soft_wrap=True)
    return DONE


VERBS: dict[str, Callable[[Request, Console, Console], int]] = {
    "apply": apply,
    "test": test,
    "report": report,
    "bisect": bisect,
    "history": history,
    "bench": bench,
    "diffs": diffs,
    "edit": edit,
    "refresh": refresh,
    "new": new,
}
HELP = {
    "apply": "apply candidates to bases: which apply, cleanly or by three-way merge",
    "test": "run the suites on bases and candidates, and report what each patch breaks",
    "report": "show the last report again, as text, Markdown or JSON",
    "bisect": "find where a test's behaviour changes, or try a suspected commit",
    "history": "behaviour by release, and the first release that has each change",
    "bench": "measure the workbench against a plain loop that does the same work",
    "diffs": "write diffs that can be sent upstream, with their proof; say which are ready",
    "edit": "print the folder in which a candidate's commits can be worked on: edit NAME",
    "refresh": "write the commits of that folder back to patches/: refresh NAME",
    "new": "make the skeleton of a candidate: new NAME --ticket N",
    LAB: "one exchange between a server and a client by hand; see `lab --help`",
}


def lab(words: list[str], out: Console) -> int:
    """One exchange by hand, printed as a timeline; its flags are the lab's."""
    return run_lab(words, _parts, out)


def _parts(request: Request) -> tuple[Catalog, Supply]:
    catalog = Catalog(Path(request.folder))
    urls = {name: upstream.url for name, upstream in catalog.upstreams.items()}
    return catalog, Supply(Home(), urls | request.mirrors)


def _apply_table(upstream: str, rows: list[AppliedCandidate]) -> Table:
    title = f"How candidates apply to {upstream}"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("candidate", no_wrap=True)
    versions = list(dict.fromkeys(row.base.base.version for row in rows))
    for version in versions:
        table.add_column(version)
    colours = {ApplyResult.CLEAN: "green", ApplyResult.THREE_WAY: "cyan", ApplyResult.NO: "red"}
    for name in dict.fromkeys(row.name for row in rows):
        cells = dict.fromkeys(versions, "")
        for row in rows:
            if row.name == name:
                how = row.application.applies
                cells[row.base.base.version] = f"[{colours[how]}]{summary.APPLIES[how]}[/]"
        table.add_row(escape(name), *cells.values())
    return table


def _report(request: Request, plan: Plan, judged: list[Judgement], seconds: float) -> schema.Report:
    isolation = sandbox.level()
    hint = sandbox.how_to_improve(isolation)
    found = [j for j in judged if not j.control] + plan.unfit
    return schema.Report(
        made=schema.RunInfo(
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            workbench=VERSION,
            python=platform.python_version(),
            machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
            isolation=isolation.value,
            seconds=round(seconds, 1),
            command=shlex.join(["python", "-m", "harness", *sys.argv[1:]]),
            repeat=request.repeat,
            peak_memory=_peak_memory(),
        ),
        bases=tuple(_base_line(tree, python.version) for tree, python in plan.bases),
        candidates=tuple(sorted(found, key=lambda j: _first_asked(plan, found, j))),
        controls=tuple(j for j in judged if j.control),
        notes=tuple([*plan.notes, *([hint] if hint else [])]),
    )


def _peak_memory() -> int:
    """The most memory this process ever held, in bytes; children are not counted."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _first_asked(plan: Plan, found: list[Judgement], judged: Judgement) -> int:
    """Verdicts of one base together, in the order in which bases were met."""
    return list(dict.fromkeys(each.base for each in found)).index(judged.base)


def _base_line(tree: Tree, python: str) -> schema.BaseLine:
    base = tree.base
    return schema.BaseLine(base.upstream, base.version, base.source.value, tree.tree, python)


def _status(request: Request, report: schema.Report) -> int:
    verdicts = [judged.verdict for judged in report.candidates]
    if request.fail_on == "broken" and Verdict.BREAKS in verdicts:
        return MATCHED
    if request.fail_on == "any" and not all(verdict.is_good for verdict in verdicts):
        return MATCHED
    undone = Verdict.INCONCLUSIVE in verdicts or not verdicts
    left_out = any(not note.startswith("isolation:") for note in report.notes)
    return UNDONE if undone or left_out else DONE
