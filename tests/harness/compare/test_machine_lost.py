"""A machine goes in the middle of the main job: what it did is done anew, and counted once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import pytest
from rich.console import Console
from support.expected import without_runs
from support.tiny import DONE, Workbench

from harness.cli import verbs
from harness.jobs import engines
from harness.jobs.engines import Engine, Settings, own
from harness.jobs.engines.places import MachineLost, Together
from harness.jobs.worker import Worker
from harness.model import Job, Result

FIXES = "django/fixes"


class Losing:
    """Threads, as if on a machine that has gone when the ``number``-th job is to be done."""

    def __init__(self, engine: Engine, together: Together, number: int) -> None:
        self._engine = engine
        self._together = together
        self._number = number
        self.asked: list[Job] = []
        self.always, self.most, self.stop = engine.always, engine.most, engine.stop

    def submit(self, job: Job) -> Future[Result]:
        """Have a job done, or lose the place that it belongs to."""
        self.asked.append(job)
        if len(self.asked) != self._number:
            return self._engine.submit(job)
        gone: Future[Result] = Future()
        gone.set_exception(MachineLost("there", frozenset([self._together(job)])))
        return gone


def test_what_a_lost_machine_did_is_done_anew_and_the_verdict_is_the_same(
    workbench: Workbench, judged: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Losing] = []

    @contextmanager
    def losing(worker: Worker, settings: Settings, together: Together) -> Iterator[Losing]:
        with own.threads(worker, 1) as engine:
            opened.append(Losing(engine, together, 6))
            yield opened[0]

    monkeypatch.setitem(engines.ENGINES, "threads", losing)
    monkeypatch.setenv("WORKBENCH_HOME", str(workbench.home))
    said = io.StringIO()
    argv = workbench.command("test", "--candidate", FIXES)[3:]
    status = verbs.do(verbs.read(argv), Console(file=io.StringIO()), Console(file=said))
    assert status == DONE
    assert "there is gone: its part is done anew elsewhere" in said.getvalue()
    asked = opened[0].asked
    assert asked[5] in asked[6:]
    assert without_runs(workbench.candidates()[FIXES]) == without_runs(judged.candidates()[FIXES])
