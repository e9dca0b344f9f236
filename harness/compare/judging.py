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
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType

import msgspec
from rich.console import Console

from .. import __version__
from ..catalog.catalog import Catalog
from ..jobs.engines.places import MachineLost, by_ground
from ..jobs.progress import clock
from ..jobs.runs import Running, running
from ..judge import wire
from ..judge.impact import BaseTests, base_tests
from ..judge.reach import with_reach
from ..model import Interpreter, Job, Judgement, Matrix, Note, Result, Source, Tree
from ..report import schema, summary
from ..report.live import telling
from ..request import Request
from ..sources.provider import Provider
from ..system import sandbox
from ..system.processes import Interrupted
from ..system.runlog import SILENT, RunLog
from .comparison import Comparison, RunSettings
from .elsewhere import differences
from .evaluate import Evaluation
from .evidence import Evidence
from .grounds import left_out
from .impact import Study
from .lacking import lacking
from .on_the_wire import OnTheWire
from .pairing import Pairing
from .plan import Plan, Planner, always
from .reaching import BUDGET, Reaching
from .schedule import Schedule
from .swapping import Swapping

NO_RESULTS: Mapping[Job, Result] = MappingProxyType({})
Gone = Mapping[str, Mapping[Job, Result]]


def settings_of(request: Request) -> RunSettings:
    """What a request asks of every job."""
    return RunSettings(
        select=request.select,
        repeat=request.repeat,
        timeout=request.timeout,
        test_timeout=request.test_timeout,
        effort=request.effort,
    )


class Stopped(Interrupted):
    """The user stopped the run; ``report`` says what was known by then."""

    def __init__(self, report: schema.Report) -> None:
        super().__init__("stopped")
        self.report = report


def judge(
    request: Request,
    provider: Provider,
    catalog: Catalog,
    errors: Console,
    log: RunLog = SILENT,
    study: Study | None = None,
) -> schema.Report:
    """Run the suites on the bases and the candidates, and judge.

    A ``study``, whose request it is then, has projects on a patched interpreter judge. Progress
    goes to ``errors`` and ``log``, with each verdict as soon as it is known. Raises
    ``RequestError`` for a request that can not be, and ``Stopped`` if the user stops it after
    something was found out.
    """
    began = time.monotonic()
    with running(request, provider, errors, log) as run:
        judging = Judging(request, provider, catalog, run, began, log, study=study)
        while True:
            try:
                judging.go()
            except (KeyboardInterrupt, Interrupted) as stop:
                known = judging.report(partial=True)
                if not known.candidates:
                    raise
                raise Stopped(known) from stop
            except MachineLost as lost:
                judging = judging.anew(lost)
            else:
                return judging.report()


class Judging:
    """One run: what is judged, and what came of it so far.

    ``plan`` is what there is to judge, and ``first`` are the jobs that this begins with.
    """

    def __init__(
        self,
        request: Request,
        provider: Provider,
        catalog: Catalog,
        run: Running,
        began: float,
        log: RunLog,
        plan: Plan | None = None,
        results: Mapping[Job, Result] = NO_RESULTS,
        study: Study | None = None,
        gone: Gone = MappingProxyType({}),
    ) -> None:
        """``plan`` is that of the request, if it was made already; ``began`` is the moment
        (``time.monotonic``) from which on seconds are counted, ``results`` are known from
        before, and ``gone`` is what machines said that have gone, by their names.

        Raises ``RequestError`` for a request that can not be.
        """
        self._request = request
        self._study = study
        self._log = log
        self._provider = provider
        self._catalog = catalog
        self._run = run
        self._how = settings_of(request)
        is_wanted = study.is_judged_on if study else always
        self._planner = Planner(request, provider, catalog, is_wanted)
        self.plan = plan or self._planner.plan()
        both = [*self.plan.controls, *self.plan.comparisons]
        self._schedule = Schedule(both, self._how, self.plan.beside)
        self._reaching = Reaching(provider, self._how, self._budget, self._schedule.widen)
        self._swapping = Swapping(provider, catalog, self._planner.patched, self._how)
        self._swapped: dict[Job, Result] = {}
        self._pairing = Pairing(self._planner, self._how, self._schedule.results)
        self._evidence = Evidence(provider)
        self._told: set[int] = set()
        self._began, self._first = began, 0.0
        self._planned = time.monotonic() - began
        self._asked: set[Job] = set()
        self._results = dict(results)
        self._gone = gone
        self._left = ["whose tests pass on whose code", "pairs of candidates"]
        asked = [*self._reaching.start(self.plan.comparisons), *self._schedule.start()]
        self.first = tuple(self._new(asked))

    def go(self) -> None:
        """Run everything that there is to run."""
        self.find_verdicts()
        self._find_the_rest()

    def find_verdicts(self) -> None:
        """Run what the verdicts take."""
        for unfit in self.plan.unfit:
            self._log.tell(telling.verdict(unfit, time.monotonic() - self._began))
        leader = self.plan.comparisons[:1]
        urgent = {*self._reaching.jobs_of(leader), *self._schedule.jobs_of(leader)}
        self._run(self.first, self._follow, urgent)

    def _find_the_rest(self) -> None:
        """Run what tells of candidates together."""
        judged = self._judged()
        self._run(self._swapping.jobs(judged), self._keep)
        self._left.pop(0)
        self._run(self._pairing.jobs(judged), self._pairing.keep)
        self._run(self._pairing.again(), self._pairing.keep)
        self._left.pop()

    def anew(self, lost: MachineLost) -> Judging:
        """The same judging once more, after a machine has gone.

        What that did of a comparison that is not over is done anew elsewhere; all else is told
        again to those who wait for it.
        """
        self._run.say(f"{lost.machine} is gone: its part is done anew elsewhere")
        known: dict[Job, Result] = {}
        dropped = dict(self._gone.get(lost.machine, {}))
        for job, result in self._results.items():
            (dropped if by_ground(job) in lost.places else known)[job] = result
        gone = {**self._gone, lost.machine: dropped}
        parts = (self._provider, self._catalog, self._run, self._began, self._log)
        return Judging(self._request, *parts, self.plan, known, self._study, gone)

    def report(self, partial: bool = False) -> schema.Report:
        """What is known; ``partial``: only of what everything was run for, as the run was
        stopped. What tells of candidates together is left out if it was not run."""
        evaluation = Evaluation(self._schedule)
        plan, number = self.plan, len(self.plan.controls)
        over = [self._is_over(n) or not partial for n in range(len(self._schedule.comparisons))]
        judged = self._judged(over[number:])
        candidates = [*(self._evidence.added(*each) for each in judged), *plan.unfit]
        controls = [
            evaluation.judgement(each)
            for each, is_over in zip(self._schedule.comparisons[:number], over, strict=False)
            if is_over
        ]
        beside = [job for job in plan.beside if not partial or job in self._schedule.results]
        notes: list[Note] = [*(self._study.notes if self._study else ()), *plan.notes]
        notes += lacking(self._asked)
        for machine, results in self._gone.items():
            notes += differences(machine, results, self._results)
        is_paired = not self._left
        if partial:
            notes += self._missing(over)
        else:
            pairs = self._pairing.unfinished() if is_paired else ()
            notes = [*evaluation.unfinished(beside), *pairs, *notes]
        on_the_wire = OnTheWire(self._schedule, beside)
        return schema.Report(
            made=msgspec.structs.replace(
                run_info(self._request),
                seconds=round(time.monotonic() - self._began, 1),
                planned=round(self._planned, 1),
                first_verdict=round(self._first, 1),
                partial=partial,
            ),
            bases=tuple(_base_line(tree, python) for tree, python in plan.bases),
            candidates=tuple(_by_ground(candidates)),
            controls=tuple(controls),
            notes=tuple(note.text for note in notes if note.kind.is_undone_work),
            hints=tuple(note.text for note in notes if not note.kind.is_undone_work),
            matrices=tuple(on_the_wire.matrices(each for each, _ in judged)),
            sightings=tuple(on_the_wire.sightings(judged)),
            layers=tuple(_layers(self._pairing)) if is_paired else (),
            pairs=tuple(self._pairing.pairs()) if is_paired else (),
            swaps=tuple(self._swapping.table(self._swapped)) if is_paired else (),
            impacts=tuple(
                self._study.impacts(judged, self._base_tests, partial) if self._study else ()
            ),
        )

    def _base_tests(self, comparison: Comparison) -> BaseTests:
        """What became of the tests of a comparison on its base."""
        return base_tests(
            run.result
            for part in comparison.parts
            for run in self._schedule.pooled.base(comparison, part)
        )

    def _judged(self, over: Sequence[bool] = ()) -> list[tuple[Comparison, Judgement]]:
        """The comparisons with what came of them, or those of them that are ``over``."""
        evaluation = Evaluation(self._schedule)
        planned = self.plan.comparisons
        found = self._schedule.comparisons[len(self.plan.controls) :]
        return [
            (now, with_reach(evaluation.judgement(now), self._reaching.of(before)))
            for before, now, is_over in zip(
                planned, found, over or [True] * len(found), strict=True
            )
            if is_over
        ]

    def _follow(self, job: Job, result: Result) -> list[Job]:
        self._results[job] = result
        more = self._new(self._taken(job, result))
        self._tell()
        return more

    def _taken(self, job: Job, result: Result) -> list[Job]:
        """Tell a result to everybody who waits for it; the jobs that it makes necessary."""
        more = self._reaching.follow(job, result) if job.traced else []
        return more + (self._schedule.follow(job, result) if self._schedule.waits_for(job) else [])

    def _new(self, jobs: Sequence[Job]) -> list[Job]:
        """Those of the jobs that nobody asked for before; who asks for one that is over is
        told its result."""
        new: list[Job] = []
        waiting = deque(jobs)
        while waiting:
            job = waiting.popleft()
            if job in self._results:
                waiting.extend(self._taken(job, self._results[job]))
            elif job not in self._asked:
                self._asked.add(job)
                new.append(job)
        return new

    def _keep(self, job: Job, result: Result) -> list[Job]:
        self._swapped[job] = result
        return []

    def _tell(self) -> None:
        """Say the verdicts that are known now, each once. What else comes out flaky may
        still take the proof from one of them."""
        new = [n for n in range(len(self._schedule.comparisons)) if self._is_over(n)]
        for number in (n for n in new if n not in self._told):
            self._told.add(number)
            comparison = self._schedule.comparisons[number]
            judged = Evaluation(self._schedule).judgement(comparison)
            planned = number - len(self.plan.controls)
            if planned >= 0:
                judged = with_reach(judged, self._reaching.of(self.plan.comparisons[planned]))
            seconds = time.monotonic() - self._began
            if not judged.control:
                self._first = self._first or seconds
            self._run.say(f"{clock(seconds)} {summary.verdict_line(judged)}")
            self._log.tell(telling.verdict(judged, seconds))

    def _is_over(self, number: int) -> bool:
        """Whether all was run that the verdict of a comparison takes."""
        planned = number - len(self.plan.controls)
        if planned >= 0 and not self._reaching.is_over(self.plan.comparisons[planned]):
            return False
        return self._schedule.is_over(self._schedule.comparisons[number])

    def _missing(self, over: Sequence[bool]) -> Iterator[Note]:
        """What a run that was stopped did not come to."""
        for each, is_over in zip(self._schedule.comparisons, over, strict=True):
            if not is_over:
                yield left_out(f"{each.name} on {each.ground}: not judged, the run was stopped")
        for what in self._left:
            yield left_out(f"{what}: not tried, the run was stopped")

    def _budget(self, comparison: Comparison) -> float:
        """Whoever names the suites of all its candidates has said what can see them."""
        named = all(each.about.suites for each in self._catalog.in_order(comparison.stack))
        default = 0.0 if named else BUDGET
        return default if self._request.budget is None else self._request.budget


def _layers(pairing: Pairing) -> Iterator[Matrix]:
    """For each pair, what passes on the wire with neither half, with each, and with both."""
    for bases, columns in pairing.columns().items():
        built = wire.build(bases, columns, {})
        yield from wire.layers(built) if built else ()


def _by_ground(judged: Sequence[Judgement]) -> list[Judgement]:
    """Verdicts of one ground together, in the order in which grounds were met."""
    order = list(dict.fromkeys(each.ground for each in judged))
    return sorted(judged, key=lambda each: order.index(each.ground))


def run_info(request: Request) -> schema.RunInfo:
    """The head of a report that is made now; its times are to be filled in."""
    isolation = sandbox.level()
    return schema.RunInfo(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        workbench=__version__,
        python=platform.python_version(),
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        isolation=isolation.value,
        seconds=0.0,
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
        base.upstream,
        base.version,
        base.source.value,
        tree.tree,
        python.version,
        base.project.url,
        tree.commit if base.source is Source.GIT else "",
    )
