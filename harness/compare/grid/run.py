"""A whole grid: planned, forecast, and judged spot by spot, the most telling one first.

Owns: when which spot is judged, and where it ends: when all is judged, when the budget is used,
when the user stops it. Must not know how a verdict is found or shown. What was found out is in
the store of results, so that the same words go on where they were stopped.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import msgspec
from rich.console import Console

from ...catalog.catalog import Catalog
from ...jobs import durations, experience
from ...jobs.engines.places import MachineLost
from ...jobs.progress import clock
from ...jobs.runs import OutOfTime, Running, running
from ...judge.forecast import ExpectedJob, Experience, Forecast, forecast
from ...judge.gridorder import RANKS, NextSpot, spots_in_order
from ...model import (
    GridCell,
    GridState,
    Interpreter,
    RequestError,
    Stack,
    WorkbenchError,
)
from ...report import schema
from ...request import Request
from ...sources.provider import Provider
from ...system.processes import Interrupted
from ...system.room import cores
from ...system.runlog import SILENT, RunLog
from ..judging import Judging, Stopped, run_info
from ..plan import Plan, Planner, on_python
from .assembly import assembled
from .axes import Axes, axes_of, check_pythons, with_newest_of_series
from .spots import GridSpot, request_for

STOPPED = "the run was stopped"


@contextmanager
def grid_of(
    request: Request,
    provider: Provider,
    catalog: Catalog,
    errors: Console,
    log: RunLog = SILENT,
) -> Iterator[GridRun]:
    """The grid that a request asks for, planned; nothing of it is judged yet.

    Progress goes to ``errors`` and ``log``. Raises ``RequestError`` for a request that can
    not be.
    """
    began = time.monotonic()
    check_pythons(request.pythons)
    asked = with_newest_of_series(request, provider)
    with running(request, provider, errors, log) as run:
        run.until = None if request.budget is None else began + request.budget
        yield GridRun(asked, provider, catalog, run, began, log)


class GridRun:
    """The grids of all upstreams that some candidate changes, and what is known of them."""

    def __init__(
        self,
        request: Request,
        provider: Provider,
        catalog: Catalog,
        run: Running,
        began: float,
        log: RunLog,
    ) -> None:
        self._request = request
        self._provider = provider
        self._catalog = catalog
        self._run = run
        self._began = began
        self._log = log
        self._spots: list[GridSpot] = []
        self._judged = 0
        self._first = 0.0
        planner = Planner(_with_named_alone(request, provider.projects), provider, catalog)
        self._hints = tuple(note.text for note in planner.guess.notes)
        for upstream in planner.grounds.changed():
            stacks = [stack for stack in planner.stacks if upstream in stack.upstreams]
            _check(stacks)
            self._plan(axes_of(planner.guess.request, provider, upstream), stacks)
        if not self._spots:
            raise RequestError("no candidate is for the releases that were given; give --candidate")
        self._planned = time.monotonic() - began

    def _plan(self, axes: Axes, stacks: Sequence[Stack]) -> None:
        plans: dict[int, Plan] = {}
        for spot in sorted(axes.spots):
            made = GridSpot(axes, spot, stacks)
            self._spots.append(made)
            if not made.is_tried:
                continue
            asked = request_for(self._request, axes, spot, stacks, self._provider.projects)
            parts = (self._provider, self._catalog, self._run, self._began, self._log)
            python, like = axes.spots[spot], plans.get(spot.release)
            known = on_python(like, python) if like and isinstance(python, Interpreter) else None
            try:
                judging = Judging(asked, *parts, known)
                plans.setdefault(spot.release, judging.plan)
                made.plan(judging)
            except RequestError:
                raise
            except WorkbenchError as error:
                made.close(GridState.NOT_HAD, str(error), stacks)

    def cells(self) -> list[GridCell]:
        """Every cell as it is by now, candidate by candidate, the newest release first."""
        stacks = dict.fromkeys(cell.stack for spot in self._spots for cell in spot.cells())
        every = [cell for spot in self._spots for cell in spot.cells()]
        return [cell for stack in stacks for cell in every if cell.stack == stack]

    def forecast(self) -> Forecast:
        """What is left to be done, and what it will take."""
        jobs = [spot.judging.first for spot in self._spots if spot.judging and spot.open]
        return forecast(
            [
                [ExpectedJob(self._run.seconds_of(job), self._run.is_kept(job)) for job in first]
                for first in jobs
            ],
            experience.known(self._provider.home),
            cores(),
            durations.UNKNOWN,
        )

    def order(self) -> list[tuple[GridSpot, NextSpot]]:
        """The spots that are still to be judged, the most telling first, as of now."""
        found = []
        for axes in {id(spot.axes): spot.axes for spot in self._spots}.values():
            mine = {spot.spot: spot for spot in self._spots if spot.axes is axes}
            nexts = spots_in_order(sight for spot in mine.values() for sight in spot.sights())
            found += [(mine[each.spot], each) for each in nexts]
        return sorted(found, key=lambda each: RANKS[each[1].telling])

    def go(self) -> schema.Report:
        """Judge what there is to judge, as long as the budget lasts.

        Raises ``Stopped`` with what is known if the user stops it.
        """
        try:
            self._judge_in_order()
        except OutOfTime:
            used = f"the budget of {_told(self._request)} was used; the same words go on from there"
            self._close(GridState.OUT_OF_BUDGET, used)
        except (KeyboardInterrupt, Interrupted) as stop:
            self._close(GridState.INTERRUPTED, STOPPED)
            raise Stopped(self._report(partial=True)) from stop
        return self._report()

    def _judge_in_order(self) -> None:
        number = len(self.order())
        while order := self.order():
            if not self._run.is_open:
                raise OutOfTime(f"{len(order)} of {number} were not judged")
            spot, chosen = order[0]
            self._judged += 1
            self._run.say(f"{self._judged} of {number}: {spot.name}: {chosen.telling}")
            try:
                self._judge(spot, chosen)
            except (OutOfTime, KeyboardInterrupt, Interrupted):
                self._take(spot, chosen, is_whole=False)
                raise

    def _judge(self, spot: GridSpot, chosen: NextSpot) -> None:
        if spot.judging is None:
            return
        run = self._run
        count, seconds, cpu = run.count, run.seconds, run.cpu
        first, began = spot.judging.first, time.monotonic()
        is_new = not any(map(run.is_kept, first))
        while True:
            try:
                spot.judging.find_verdicts()
                break
            except MachineLost as lost:
                spot.judging = spot.judging.anew(lost)
        wall = time.monotonic() - began
        self._take(spot, chosen, is_whole=True)
        if not is_new:
            # What is read from the store takes no time, and was learned from before.
            return
        taken = Experience(
            judgings=1,
            first=len(first),
            jobs=run.count - count,
            first_seconds=sum(run.seconds_of(job) or 0.0 for job in first),
            seconds=run.seconds - seconds,
            cpu=run.cpu - cpu,
            wall=wall,
        )
        experience.learn(self._provider.home, taken)

    def _take(self, spot: GridSpot, chosen: NextSpot, *, is_whole: bool) -> None:
        if spot.judging is None:
            return
        report = spot.judging.report(partial=not is_whole)
        if not is_whole:
            # What was not judged the grid says.
            report = msgspec.structs.replace(report, notes=())
        spot.take(report, self._judged, chosen.telling)
        self._first = self._first or time.monotonic() - self._began
        # It holds every result of the spot.
        spot.judging = None

    def _close(self, state: GridState, why: str) -> None:
        for spot in self._spots:
            spot.close(state, why)

    def _report(self, partial: bool = False) -> schema.Report:
        reports = []
        for spot in self._spots:
            report = spot.report
            if report is None and spot.judging and spot.judging.plan.unfit:
                known = spot.judging.report(partial=True)
                report = msgspec.structs.replace(known, notes=())
            reports += [report] if report else []
        made = msgspec.structs.replace(
            run_info(self._request),
            seconds=round(time.monotonic() - self._began, 1),
            planned=round(self._planned, 1),
            first_verdict=round(self._first, 1),
            partial=partial,
        )
        return assembled(made, reports, self.cells(), self._hints)


def _with_named_alone(request: Request, upstreams: Iterable[str]) -> Request:
    """Who names no candidate means those of the upstreams whose releases are named."""
    if request.candidates or request.patches or request.series or not request.bases:
        return request
    bases = dict.fromkeys(upstreams, ()) | dict(request.bases)
    return msgspec.structs.replace(request, bases=bases)


def _told(request: Request) -> str:
    """The budget as people say it: ``0:30:00``."""
    return clock(request.budget or 0.0)


def _check(stacks: Sequence[Stack]) -> None:
    for stack in stacks:
        if len(stack.upstreams) > 1:
            raise RequestError(
                f"{stack}: matrix is for what changes one upstream; give it to `test`"
            )
