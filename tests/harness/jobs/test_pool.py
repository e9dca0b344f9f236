"""All engines, with the same tests: real jobs on the miniature."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator

import msgspec
import psutil
import pytest
from support.tiny import DEADLINE, HANG, UPSTREAM, until
from support.values import DJANGO, JOB

from harness.jobs import engines, pool
from harness.jobs.engines import ENGINES, Settings
from harness.jobs.worker import Worker
from harness.model import Interpreter, Job, JobEnd, Result
from harness.sources.provider import Provider
from harness.system import processes
from harness.system.home import Home
from harness.system.room import cores

OWN = Interpreter(
    os.path.realpath(sys.executable), platform.python_version(), sys.version, sys.base_prefix, False
)
LABELS = ("odd.statuses", "odd.fixtures", "servers")


@pytest.fixture(params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    yield request.param
    processes.resume()


@pytest.fixture
def worker(home: Home) -> Worker:
    return Worker(Provider(home, {"django": DJANGO}))


@pytest.fixture
def job(home: Home) -> Job:
    """A job on the miniature; tests give it a label."""
    tree = Provider(home, {"django": DJANGO}).base(str(UPSTREAM), "django")
    return msgspec.structs.replace(JOB, trees=(tree,), python=OWN, test_timeout=HANG)


def labelled(job: Job, label: str, **changed: object) -> Job:
    return msgspec.structs.replace(job, labels=(label,), **changed)


def run(
    jobs: list[Job],
    worker: Worker,
    follow: pool.Follow,
    *,
    at_once: int,
    engine: str,
    started: pool.Started = lambda job: None,
    room: Callable[[], bool] = lambda: True,
) -> None:
    """``pool.run`` on an engine that is opened for it."""
    with engines.opened(engine, worker, Settings(at_once)) as opened:
        pool.run(jobs, opened, follow, started=started, room=room)


def kept_in(found: list[Result]) -> Callable[[Job, Result], list[Job]]:
    """What follows from a job: nothing, but its result is kept."""

    def follow(job: Job, result: Result) -> list[Job]:
        found.append(result)
        return []

    return follow


def processes_below(home: Home) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if any(str(home.root) in word for word in process.environ().values()):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


@pytest.mark.parametrize("at_once", [1, 3])
def test_results_do_not_depend_on_the_order_or_on_how_many_run_at_once(
    worker: Worker, job: Job, engine: str, at_once: int
) -> None:
    jobs = [labelled(job, label) for label in LABELS]
    counted: dict[str, tuple[JobEnd, int]] = {}

    def follow(done: Job, result: Result) -> list[Job]:
        counted[done.labels[0]] = (result.ended, len(result.outcomes))
        return []

    run(jobs[::-1] if at_once > 1 else jobs, worker, follow, at_once=at_once, engine=engine)
    assert counted == {
        "odd.statuses": (JobEnd.COMPLETED, 10),
        "odd.fixtures": (JobEnd.COMPLETED, 6),
        "servers": (JobEnd.COMPLETED, 13),
    }


@pytest.mark.parametrize("has_room", [True, False])
def test_beyond_the_cores_jobs_run_only_where_there_is_room(
    worker: Worker, job: Job, engine: str, has_room: bool
) -> None:
    number = cores() + 2
    running: set[Job] = set()
    most = 0

    def started(each: Job) -> None:
        nonlocal most
        running.add(each)
        most = max(most, len(running))

    def follow(done: Job, result: Result) -> list[Job]:
        running.remove(done)
        return []

    jobs = [labelled(job, "odd.statuses", attempt=n) for n in range(1, number + 1)]
    run(
        *(jobs, worker, follow),
        at_once=number,
        engine=engine,
        started=started,
        room=lambda: has_room,
    )
    assert most == (number if has_room else cores())


def test_what_follows_goes_before_what_waits(worker: Worker, job: Job, engine: str) -> None:
    order: list[str] = []
    started: list[str] = []

    def follow(done: Job, result: Result) -> list[Job]:
        order.append(done.labels[0])
        return [labelled(job, "odd.statuses")] if done.labels[0] == "servers" else []

    run(
        [labelled(job, "servers"), labelled(job, "odd.fixtures")],
        worker,
        follow,
        at_once=1,
        engine=engine,
        started=lambda each: started.append(each.labels[0]),
    )
    assert order == started == ["servers", "odd.statuses", "odd.fixtures"]


def test_a_job_that_can_not_be_done_is_a_result_and_no_exception(
    worker: Worker, job: Job, engine: str
) -> None:
    nowhere = msgspec.structs.replace(job.python, path="/nowhere/python3", version="3.5.99")
    found: list[Result] = []
    run(
        [labelled(job, "servers", python=nowhere)],
        worker,
        kept_in(found),
        at_once=1,
        engine=engine,
    )
    assert [result.ended for result in found] == [JobEnd.NOT_RUN]
    assert found[0].note


def test_a_result_that_is_kept_is_not_made_again(worker: Worker, job: Job, engine: str) -> None:
    found: list[Result] = []
    for _ in range(2):
        run(
            [labelled(job, "servers")],
            worker,
            kept_in(found),
            at_once=1,
            engine=engine,
        )
    assert found[0] == found[1]


@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt])
def test_an_error_ends_everything_that_runs(
    worker: Worker, job: Job, engine: str, home: Home, error: type[BaseException]
) -> None:
    def follow(done: Job, result: Result) -> list[Job]:
        until(lambda: processes_below(home))
        raise error

    hanging = labelled(job, "odd.hang", test_timeout=DEADLINE, timeout=DEADLINE)
    with pytest.raises(error):
        run([hanging, labelled(job, "servers")], worker, follow, at_once=2, engine=engine)
    until(lambda: not processes_below(home))
    assert not list((home.root / "scratch").iterdir())


def test_nothing_to_do_is_done_at_once(worker: Worker, engine: str) -> None:
    run([], worker, lambda job, result: [], at_once=1, engine=engine)
