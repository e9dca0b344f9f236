"""What is running, while it runs: a bar on a terminal, a line now and then elsewhere.

Owns: that display, and how long the rest will take. Must not know what a result means. Whoever
watches from another process is told the same (``system.runlog``).
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column

from ..model import Job
from ..system.runlog import SILENT, Expected, JobDone, RunLog, Started

MOST_NAMED = 3
FRESH = 1.0  # seconds for which a sum of guesses is good enough
EVERY = 10.0  # seconds between two lines where there is no bar
NAMED = Column(no_wrap=True, overflow="ellipsis", ratio=1)


class Display:
    """Use as a context manager around the work; ``started`` and ``finished`` tell it.

    ``guess`` gives the seconds that a job is expected to take; ``log`` is told what is shown.
    """

    def __init__(
        self,
        console: Console,
        guess: Callable[[Job], float],
        every: float = EVERY,
        log: RunLog = SILENT,
    ) -> None:
        self._console = console
        self._guess = guess
        self._every = every
        self._log = log
        self._running: dict[Job, None] = {}
        self._coming: dict[Job, None] = {}
        self._done = self._all = 0
        self._gone = self._rest = 0.0
        self._summed = -math.inf
        self._began = time.monotonic()
        self._first = 0.0
        self._over = threading.Event()
        self._teller = threading.Thread(target=self._tell, name="progress", daemon=True)
        self._bar = Progress(
            BarColumn(bar_width=20),
            TextColumn("{task.fields[number]}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
            TextColumn("{task.description}", markup=False, table_column=NAMED),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("preparing", total=None, number="", left="")

    def __enter__(self) -> Display:
        self._bar.__enter__()
        if not self._console.is_terminal:
            self._teller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._bar.__exit__(kind, error, trace)

    def expect(self, jobs: Iterable[Job]) -> None:
        """These jobs are to come."""
        before = self._all
        for job in jobs:
            self._all += 1
            self._coming[job] = None
        if self._all > before:
            self._log.tell(Expected(self._all))
        self._show()

    def started(self, job: Job) -> None:
        """A job was handed to a worker."""
        self._first = self._first or time.monotonic()
        self._running[job] = None
        self._log.tell(Started(name_of(job)))
        self._show()

    def finished(self, job: Job) -> None:
        """A job came back. Ask before what it really took is learned."""
        self._running.pop(job, None)
        self._coming.pop(job, None)
        self._done += 1
        self._gone += self._guess(job)
        left = self.left()
        self._log.tell(JobDone(name_of(job), self._done, -1.0 if left is None else round(left, 1)))
        self._show()

    def forget(self) -> None:
        """Nothing that was expected is to come; it may be expected again."""
        self._running.clear()
        self._coming.clear()
        self._all = self._done

    def say(self, text: str) -> None:
        """Print a line that stays."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def _show(self) -> None:
        self._bar.update(
            self._task,
            completed=self._gone,
            total=self._gone + self._to_come() if self._all else None,
            number=f"{self._done}/{self._all}",
            left=self._left(),
            description=self._names() or "judging",
        )

    def left(self) -> float | None:
        """The seconds for which the jobs that are known now will last, at the pace of those
        that ended; None before the first of them has. What else they make necessary is not
        known."""
        if not self._gone:
            return None
        return (time.monotonic() - self._first) / self._gone * self._to_come()

    def _left(self) -> str:
        left = self.left()
        return "" if left is None else f"about {clock(left)} left"

    def _to_come(self) -> float:
        """The seconds of work that is left, by the guesses of now.

        They change while one learns what jobs take: a sum that was kept from the beginning
        said for minutes that nothing was left. There may be thousands, so they are not asked
        for again each time.
        """
        now = time.monotonic()
        if now - self._summed > FRESH or not self._coming:
            self._summed = now
            self._rest = sum(map(self._guess, list(self._coming)))
        return self._rest

    def _names(self) -> str:
        names = [name_of(job) for job in list(self._running)]
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        return ", ".join(names[:MOST_NAMED]) + more

    def _tell(self) -> None:
        while not self._over.wait(self._every):
            number = f"{self._done} of {self._all} jobs" if self._all else "no job yet"
            said = ", ".join(filter(None, [number, self._left()]))
            names = self._names() or "preparing"
            self.say(f"{clock(time.monotonic() - self._began)} {said}: {names}")


def clock(seconds: float) -> str:
    """``0:01:05``, as progress tells how long something took."""
    return str(timedelta(seconds=round(seconds)))


def name_of(job: Job) -> str:
    """``django servers on django 6.1.3 + peek-drain, run 2``; ``servers, 3 alone`` for three
    of its tests."""
    trees = " on ".join(
        f"{tree.base}" + (f" + {tree.stack.short}" if tree.stack.names else "")
        for tree in job.trees
    )
    trees = trees or "the control group"
    labels = job.labels[0] + (f" and {len(job.labels) - 1} more" if len(job.labels) > 1 else "")
    alone = f", {len(job.only)} alone" if job.only else ""
    run = "traced" if job.traced else f"run {job.attempt}"
    return f"{job.suite} {labels}{alone} on {trees}, {run}"
