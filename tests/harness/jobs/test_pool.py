"""All engines, with the same tests: real jobs on the miniature."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
import psutil
import pytest
from distributed import Client
from support.tiny import DEADLINE, HANG, UPSTREAM, until
from support.values import DJANGO, JOB, OWN

from harness.jobs import engines
from harness.jobs.engines import ENGINES, Engine, Settings, connecting
from harness.jobs.engines.cluster import Cluster
from harness.jobs.engines.places import by_ground
from harness.jobs.pool import run
from harness.jobs.worker import Worker
from harness.model import Job, JobEnd, Result
from harness.sources.provider import Provider
from harness.system import processes
from harness.system.home import Home
from harness.system.room import cores

Open = Callable[[int], AbstractContextManager[Engine]]
LABELS = ("odd.statuses", "odd.fixtures", "servers")


class Shared(NamedTuple):
    """A cluster of this machine for all tests of this module: it takes seconds to start."""

    home: Home
    client: Client


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    home = Home(tmp_path_factory.mktemp("cluster") / "home")
    with connecting.own(home, cores(), 2) as client:
        yield Shared(home, client)


@pytest.fixture(params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    yield request.param
    processes.resume()


@pytest.fixture
def home(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """The folder of the engine's workers."""
    if engine == "dask":
        found: Shared = request.getfixturevalue("shared")
        return found.home
    return Home(tmp_path / "home")


@pytest.fixture
def opened(engine: str, home: Home, request: pytest.FixtureRequest) -> Open:
    """Opens the engine for so many jobs at once."""
    worker = Worker(Provider(home, {"django": DJANGO}))
    if engine != "dask":
        return lambda at_once: engines.opened(engine, worker, Settings(at_once))
    client = request.getfixturevalue("shared").client

    @contextmanager
    def of_shared(at_once: int) -> Iterator[Engine]:
        cluster = Cluster(worker, lambda: client, by_ground, (min(at_once, cores()), at_once))
        yield cluster
        cluster.stop()

    return of_shared


@pytest.fixture
def job(home: Home, request: pytest.FixtureRequest) -> Job:
    """A job on the miniature; tests give it a label. No other test's is the same."""
    tree = Provider(home, {"django": DJANGO}).base(str(UPSTREAM), "django")
    timeout = DEADLINE + zlib.crc32(request.node.nodeid.encode()) / 2**32
    return msgspec.structs.replace(
        JOB, trees=(tree,), python=OWN, test_timeout=HANG, timeout=timeout
    )


def labelled(job: Job, label: str, **changed: object) -> Job:
    return msgspec.structs.replace(job, labels=(label,), **changed)


def kept_in(found: list[Result]) -> Callable[[Job, Result], list[Job]]:
    """What follows from a job: nothing, but its result is kept."""

    def follow(job: Job, result: Result) -> list[Job]:
        found.append(result)
        return []

    return follow


def processes_below(home: Home) -> set[psutil.Process]:
    found = set()
    for process in psutil.process_iter():
        try:
            if any(str(home.root) in word for word in process.environ().values()):
                found.add(process)
        except (psutil.Error, OSError):
            continue
    return found


@pytest.mark.parametrize("at_once", [1, 3])
def test_results_do_not_depend_on_the_order_or_on_how_many_run_at_once(
    opened: Open, job: Job, at_once: int
) -> None:
    jobs = [labelled(job, label) for label in LABELS]
    counted: dict[str, tuple[JobEnd, int]] = {}

    def follow(done: Job, result: Result) -> list[Job]:
        counted[done.labels[0]] = (result.ended, len(result.outcomes))
        return []

    with opened(at_once) as engine:
        run(jobs[::-1] if at_once > 1 else jobs, engine, follow)
    assert counted == {
        "odd.statuses": (JobEnd.COMPLETED, 10),
        "odd.fixtures": (JobEnd.COMPLETED, 6),
        "servers": (JobEnd.COMPLETED, 13),
    }


@pytest.mark.parametrize("has_room", [True, False])
def test_beyond_the_cores_jobs_run_only_where_there_is_room(
    opened: Open, job: Job, has_room: bool
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
    with opened(number) as engine:
        run(jobs, engine, follow, started=started, room=lambda: has_room)
    assert most == (number if has_room else cores())


def test_what_follows_goes_before_what_waits(opened: Open, job: Job) -> None:
    order: list[str] = []
    started: list[str] = []

    def follow(done: Job, result: Result) -> list[Job]:
        order.append(done.labels[0])
        return [labelled(job, "odd.statuses")] if done.labels[0] == "servers" else []

    jobs = [labelled(job, "servers"), labelled(job, "odd.fixtures")]
    with opened(1) as engine:
        run(jobs, engine, follow, started=lambda each: started.append(each.labels[0]))
    assert order == started == ["servers", "odd.statuses", "odd.fixtures"]


def test_a_job_that_can_not_be_done_is_a_result_and_no_exception(opened: Open, job: Job) -> None:
    nowhere = msgspec.structs.replace(job.python, path="/nowhere/python3", version="3.5.99")
    found: list[Result] = []
    with opened(1) as engine:
        run([labelled(job, "servers", python=nowhere)], engine, kept_in(found))
    assert [result.ended for result in found] == [JobEnd.NOT_RUN]
    assert found[0].note


def test_a_result_that_is_kept_is_not_made_again(opened: Open, job: Job) -> None:
    found: list[Result] = []
    for _ in range(2):
        with opened(1) as engine:
            run([labelled(job, "servers")], engine, kept_in(found))
    assert found[0] == found[1]


@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt])
def test_an_error_ends_everything_that_runs(
    opened: Open, job: Job, home: Home, error: type[BaseException]
) -> None:
    before = processes_below(home)

    def follow(done: Job, result: Result) -> list[Job]:
        until(lambda: processes_below(home) > before)
        raise error

    hanging = labelled(job, "odd.hang", test_timeout=DEADLINE, timeout=DEADLINE)
    with pytest.raises(error), opened(2) as engine:
        run([hanging, labelled(job, "servers")], engine, follow)
    until(lambda: processes_below(home) <= before)
    assert not list((home.root / "scratch").glob("job-*"))


def test_nothing_to_do_is_done_at_once(opened: Open) -> None:
    with opened(1) as engine:
        assert run([], engine, lambda job, result: []) == []


def test_when_it_is_not_open_any_more_nothing_is_started(opened: Open, job: Job) -> None:
    """What runs is waited for; what waits, and what follows, is given back."""
    found: list[Result] = []
    jobs = [labelled(job, "servers", attempt=number) for number in range(1, 4)]
    further = labelled(job, "servers", attempt=9)

    def follow(job: Job, result: Result) -> list[Job]:
        found.append(result)
        return [further]

    with opened(1) as engine:
        left = run(jobs, engine, follow, is_open=lambda: not found)
    assert [result.ended for result in found] == [JobEnd.COMPLETED]
    assert left == [*jobs[1:], further]


def test_what_is_closed_from_the_beginning_starts_nothing(opened: Open, job: Job) -> None:
    found: list[Result] = []
    with opened(1) as engine:
        assert run([job], engine, kept_in(found), is_open=lambda: False) == [job]
    assert found == []
