"""A machine goes in the middle of the main job: what it did is done anew, and counted once."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import msgspec
import pytest
from rich.console import Console
from support.expected import without_runs
from support.tiny import DONE, Workbench

from harness.cli import verbs
from harness.jobs import engines
from harness.jobs.engines import Engine, Settings, own
from harness.jobs.engines.places import MachineLost, Together
from harness.jobs.worker import Worker
from harness.model import Job, Outcome, Result, Status

FIXES = "django/fixes"
STEADY = "servers.tests.ConnectionTests.test_steady"


class Losing:
    """Threads, as if on a machine that has gone when the ``number``-th job is to be done."""

    def __init__(self, engine: Engine, together: Together, number: int) -> None:
        self._engine = engine
        self._together = together
        self._number = number
        self.asked: list[Job] = []
        self.fails_there = ""
        self.always, self.most, self.stop = engine.always, engine.most, engine.stop

    def submit(self, job: Job) -> Future[Result]:
        """Have a job done, or lose the place that it belongs to."""
        self.asked.append(job)
        if len(self.asked) < self._number and self.fails_there:
            return self._failing(job)
        if len(self.asked) != self._number:
            return self._engine.submit(job)
        gone: Future[Result] = Future()
        gone.set_exception(MachineLost("there", frozenset([self._together(job)])))
        return gone

    def _failing(self, job: Job) -> Future[Result]:
        """On that machine a test fails, whatever the tree is."""
        result = self._engine.submit(job).result()
        outcomes = dict(result.outcomes)
        if self.fails_there in outcomes:
            outcomes[self.fails_there] = Outcome(Status.FAILED)
        there: Future[Result] = Future()
        there.set_result(msgspec.structs.replace(result, outcomes=outcomes))
        return there


@pytest.fixture
def losing(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Losing]:
    """Judge one candidate while its machine is lost; on that one a test may fail."""

    def judge(fails_there: str = "") -> Losing:
        opened: list[Losing] = []

        @contextmanager
        def engine(worker: Worker, settings: Settings, together: Together) -> Iterator[Losing]:
            with own.threads(worker, 1) as threads:
                opened.append(Losing(threads, together, 6))
                opened[0].fails_there = fails_there
                yield opened[0]

        monkeypatch.setitem(engines.ENGINES, "threads", engine)
        monkeypatch.setenv("WORKBENCH_HOME", str(workbench.home))
        said = io.StringIO()
        argv = workbench.command("test", "--candidate", FIXES)[3:]
        status = verbs.do(verbs.read(argv), Console(file=io.StringIO()), Console(file=said))
        assert status == DONE
        assert "there is gone: its part is done anew elsewhere" in said.getvalue()
        return opened[0]

    return judge


def test_what_a_lost_machine_did_is_done_anew_and_the_verdict_is_the_same(
    losing: Callable[..., Losing], workbench: Workbench, judged: Workbench
) -> None:
    asked = losing().asked
    assert asked[5] in asked[6:]
    assert without_runs(workbench.candidates()[FIXES]) == without_runs(judged.candidates()[FIXES])
    assert not [hint for hint in workbench.report()["hints"] if "machines differ" in hint]
    # What was dropped is not on the list.
    lines = (workbench.home / "reports" / "jobs.txt").read_text("utf-8").splitlines()
    names = [line.partition(": ")[0] for line in lines]
    assert sorted(names) == sorted(set(names))


def test_that_two_machines_differ_is_told_and_changes_no_verdict(
    losing: Callable[..., Losing], workbench: Workbench, judged: Workbench
) -> None:
    losing(STEADY)
    assert without_runs(workbench.candidates()[FIXES]) == without_runs(judged.candidates()[FIXES])
    (told,) = [hint for hint in workbench.report()["hints"] if "machines differ" in hint]
    assert "there, which has gone, said something else" in told
    assert f"{STEADY} failed there and passed here" in told
