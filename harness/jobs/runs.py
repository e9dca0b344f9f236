"""Runs jobs and shows them while they run: what every searching verb does.

Owns: putting the pool, the engine and the display together.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Protocol

from rich.console import Console

from ..model import Job, Result, SpuriousError, WorkbenchError
from ..request import Request
from ..sources.provider import Provider
from ..system import machine
from ..system.blobs import url_of
from ..system.files import replace_text
from ..system.home import Home
from ..system.room import Room
from ..system.runlog import SILENT, RunLog
from . import engines, pool
from .durations import Durations
from .engines import Engine, places
from .engines.places import MachineLost
from .progress import Display, name_of
from .shared import SharedStore
from .worker import Worker

STORE = "WORKBENCH_STORE"
"""The environment variable with the URL of the shared store, if no flag names one."""

# Verbs that compare all states with each other.
SEARCHING = ("bisect", "history")
Follow = Callable[[Job, Result], Iterable[Job]]


class Run(Protocol):
    """Does jobs and what follows from them, as ``pool.run`` does."""

    def __call__(
        self, jobs: Iterable[Job], follow: Follow, urgent: Collection[Job] = ()
    ) -> None: ...


class OutOfTime(WorkbenchError):
    """The time that there was for starting jobs is over, and some were not started."""


class Running:
    """A ``Run`` as a request's flags say, with a display around it all.

    ``count`` says how many jobs it did, ``seconds`` how long they took one after another, and
    ``cpu`` how many seconds they worked. ``until`` is the moment (``time.monotonic``) from
    which on it starts none; None: it starts all.
    """

    def __init__(
        self,
        worker: Worker,
        engine: Engine,
        durations: Durations,
        display: Display,
        together: places.Together = places.by_ground,
    ) -> None:
        self._worker = worker
        self._engine = engine
        self._durations = durations
        self._display = display
        self._room = Room()
        self._together = together
        self._lines: list[tuple[Job, str]] = []
        self.count = 0
        self.seconds = self.cpu = 0.0
        self.until: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether jobs are still started."""
        return self.until is None or time.monotonic() < self.until

    def seconds_of(self, job: Job) -> float | None:
        """The seconds that such a job took the last time; None if there was none."""
        return self._durations.of(job) if self._durations.knows(job) else None

    def is_kept(self, job: Job) -> bool:
        """Whether its result is there already, so that nothing has to run for it."""
        return self._worker.is_kept(job)

    def __call__(self, jobs: Iterable[Job], follow: Follow, urgent: Collection[Job] = ()) -> None:
        """Do the jobs, those that are ``urgent`` before the others, then ground by ground, so
        that something is known early, and the longest first.

        Raises ``OutOfTime`` when the last job has ended that was started before ``until``, if
        others were left.
        """
        first = list(jobs)
        hurried = frozenset(urgent)
        grounds = {ground: n for n, ground in enumerate(dict.fromkeys(map(_ground, first)))}

        def told(job: Job, result: Result) -> list[Job]:
            self._display.finished(job)
            self.count += 1
            self.seconds += result.seconds
            self.cpu += result.cpu
            self._lines.append((job, _line(job, result)))
            self._durations.learn(job, result.seconds)
            more = list(follow(job, result))
            self._display.expect(more)
            return more

        def before(job: Job) -> pool.Rank:
            # What a base's jobs compile is there for those of the trees made from it.
            is_patched = any(tree.patches for tree in job.trees)
            place = grounds.get(_ground(job), len(grounds))
            return job not in hurried, place, is_patched, -self._durations.of(job)

        self._display.expect(first)
        try:
            left = pool.run(
                first,
                self._engine,
                told,
                started=self._display.started,
                room=self._room.is_left,
                before=before,
                is_open=lambda: self.is_open,
            )
        except MachineLost as lost:
            self._display.forget()
            # What is done anew has not been done: nothing is made of it.
            self._lines = [
                (job, line) for job, line in self._lines if self._together(job) not in lost.places
            ]
            raise
        if left:
            raise OutOfTime(f"{len(left)} jobs were not started: the time was over")

    def say(self, text: str) -> None:
        """Print a line beside the display."""
        self._display.say(text)

    def write_list(self, home: Home) -> None:
        """Write down which jobs were done, in the order in which they ended.

        A folder that can not be written costs only that list.
        """
        with suppress(SpuriousError):
            lines = "".join(f"{line}\n" for _, line in self._lines)
            replace_text(home.folder("reports") / "jobs.txt", lines)


def _ground(job: Job) -> tuple[str, ...]:
    return tuple(str(tree.base) for tree in job.trees)


def _line(job: Job, result: Result) -> str:
    """``django servers on django 6.1.3, run 1: completed, 30 tests in 4.2 s, 1.3 s of CPU``"""
    said = f"{result.ended}, {len(result.outcomes)} tests in {result.seconds:.1f} s"
    said += f", {result.cpu:.1f} s of CPU"
    why = f": {' '.join(result.note.split())}" if result.note else ""
    return f"{name_of(job)}: {said}{why}"


@contextmanager
def running(
    request: Request, provider: Provider, errors: Console, log: RunLog = SILENT
) -> Iterator[Running]:
    """What does jobs as the request's flags say, with a display around it all."""
    durations = Durations(provider.home)
    settings = engines.Settings(request.jobs, request.scheduler)
    together = places.of_one_search if request.verb in SEARCHING else places.by_ground
    with ExitStack() as stack:
        display = stack.enter_context(Display(errors, durations.of, log=log))
        url = request.store or url_of(os.environ.get(STORE, ""))
        here = machine.here(provider.home.root)
        shared = SharedStore(url, here, display.say) if url else None
        worker = Worker(provider, fresh=not request.cache, shared=shared)
        opened = engines.opened(request.engine, worker, settings, together)
        run = Running(worker, stack.enter_context(opened), durations, display, together)
        try:
            yield run
        finally:
            run.write_list(provider.home)
            durations.keep()
