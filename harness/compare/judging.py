"""The main job: plan what was asked for, have it run, judge it, make the report.

Owns: that order, and the report's head. Must not know the command line's printing.
"""

from __future__ import annotations

import os
import platform
import resource
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from rich.console import Console

from .. import __version__
from ..catalog.catalog import Catalog
from ..jobs.runs import running
from ..judge import wire
from ..judge.reach import with_reach
from ..model import Interpreter, Job, Judgement, Matrix, Result, Tree
from ..report import schema
from ..request import Request
from ..sources.provider import Provider
from ..system import sandbox
from .comparison import Comparison, RunSettings
from .evaluate import Evaluation
from .pairing import Pairing
from .plan import Planner
from .reaching import BUDGET, Reaching
from .schedule import Schedule
from .swapping import Swapping


def settings_of(request: Request) -> RunSettings:
    """What a request asks of every job."""
    return RunSettings(
        select=request.select,
        repeat=request.repeat,
        timeout=request.timeout,
        test_timeout=request.test_timeout,
        effort=request.effort,
    )


def judge(request: Request, provider: Provider, catalog: Catalog, errors: Console) -> schema.Report:
    """Run the suites on the bases and the candidates, and judge.

    Progress goes to ``errors``. Raises ``RequestError`` for a request that can not be.
    """
    began = time.monotonic()
    how = settings_of(request)
    with running(request, provider, errors) as run:
        planner = Planner(request, provider, catalog)
        plan = planner.plan()
        schedule = Schedule([*plan.controls, *plan.comparisons], how, plan.beside)

        def budget(comparison: Comparison) -> float:
            """Whoever names the suites of all its candidates has said what can see them."""
            named = all(each.about.suites for each in catalog.in_order(comparison.stack))
            default = 0.0 if named else BUDGET
            return default if request.budget is None else request.budget

        reaching = Reaching(provider, how, budget, schedule.widen)
        first = [*reaching.start(plan.comparisons), *schedule.start()]

        def follow(job: Job, result: Result) -> list[Job]:
            return reaching.follow(job, result) if job.traced else schedule.follow(job, result)

        run(first, follow)
        evaluation = Evaluation(schedule)
        number = len(plan.controls)
        controls, found = schedule.comparisons[:number], schedule.comparisons[number:]
        fit = [
            with_reach(evaluation.judgement(now), reaching.of(planned))
            for planned, now in zip(plan.comparisons, found, strict=True)
        ]
        swapping = Swapping(provider, catalog, planner.patched, how)
        swapped: dict[Job, Result] = {}

        def keep(job: Job, result: Result) -> list[Job]:
            swapped[job] = result
            return []

        run(swapping.jobs(zip(found, fit, strict=True)), keep)
        pairing = Pairing(planner, how, schedule.results)
        run(pairing.jobs(zip(found, fit, strict=True)), pairing.keep)
        run(pairing.again(), pairing.keep)
    judged = [*fit, *plan.unfit]
    matrices = evaluation.matrices(found, plan.beside)
    notes = (*evaluation.unfinished(plan.beside), *pairing.unfinished(), *plan.notes)
    return schema.Report(
        made=_run_info(request, time.monotonic() - began),
        bases=tuple(_base_line(tree, python) for tree, python in plan.bases),
        candidates=tuple(_by_ground(judged)),
        controls=tuple(map(evaluation.judgement, controls)),
        notes=tuple(note.text for note in notes if note.kind.is_undone_work),
        hints=tuple(note.text for note in notes if not note.kind.is_undone_work),
        matrices=tuple(matrices),
        layers=tuple(_layers(pairing)),
        pairs=tuple(pairing.pairs()),
        swaps=tuple(swapping.table(swapped)),
    )


def _layers(pairing: Pairing) -> Iterator[Matrix]:
    """For each pair, what passes on the wire with neither half, with each, and with both."""
    for bases, columns in pairing.columns().items():
        built = wire.build(bases, columns, {})
        yield from wire.layers(built) if built else ()


def _by_ground(judged: Sequence[Judgement]) -> list[Judgement]:
    """Verdicts of one ground together, in the order in which grounds were met."""
    order = list(dict.fromkeys(each.ground for each in judged))
    return sorted(judged, key=lambda each: order.index(each.ground))


def _run_info(request: Request, seconds: float) -> schema.RunInfo:
    isolation = sandbox.level()
    return schema.RunInfo(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        workbench=__version__,
        python=platform.python_version(),
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        isolation=isolation.value,
        seconds=round(seconds, 1),
        command=shlex.join(["python", "-m", "harness", *sys.argv[1:]]),
        repeat=request.repeat,
        effort=request.effort,
        peak_memory=_peak_memory(),
        hint=sandbox.how_to_improve(isolation),
    )


def _peak_memory() -> int:
    """The most memory this process ever held, in bytes; children are not counted."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _base_line(tree: Tree, python: Interpreter) -> schema.BaseLine:
    base = tree.base
    return schema.BaseLine(
        base.upstream, base.version, base.source.value, tree.tree, python.version
    )
