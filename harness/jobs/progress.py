"""What is running, while it runs: a bar on a terminal, plain lines elsewhere.

Owns: that display. Must not know what a job's result means.
"""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column

from ..model import Job, JobEnd, Result

MOST_NAMED = 3


class Display:
    """Use as a context manager around the work; ``started`` and ``finished`` tell it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._running: dict[Job, float] = {}
        self._done = self._all = 0
        self._bar = Progress(
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("preparing", total=None)

    def __enter__(self) -> Display:
        self._bar.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.__exit__(kind, error, trace)

    def expect(self, jobs: int) -> None:
        """So many more jobs are to come."""
        self._all += jobs
        self._bar.update(self._task, total=self._all)

    def started(self, job: Job) -> None:
        """A job was handed to a worker."""
        self._running[job] = time.monotonic()
        self._show()

    def finished(self, job: Job, result: Result) -> None:
        """A job came back."""
        began = self._running.pop(job, time.monotonic())
        self._done += 1
        self._show()
        if not self._console.is_terminal:
            took = time.monotonic() - began
            what = f"{len(result.outcomes)} tests in {took:.1f} s"
            if result.ended is not JobEnd.COMPLETED:
                what = f"{result.ended}: {result.note}"
            line = f"[{self._done}/{self._all}] {name_of(job)}: {what}"
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _show(self) -> None:
        names = [name_of(job) for job in self._running]
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        text = ", ".join(names[:MOST_NAMED]) + more
        self._bar.update(self._task, completed=self._done, description=text or "judging")


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
