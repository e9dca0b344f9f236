"""Machines with nothing in common: real schedulers, real workers, and what becomes of jobs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import distributed
import msgspec
import pytest
from support.clusters import Cluster as Processes
from support.clusters import jobs_of, release
from support.tiny import DEADLINE, UPSTREAM, until
from support.values import DJANGO, JOB, OWN

from harness.jobs.engines import cluster, connecting, machines, places, remote
from harness.jobs.engines.cluster import Cluster
from harness.jobs.engines.places import MachineLost
from harness.jobs.worker import Worker
from harness.model import Job, JobEnd, RequestError, Result
from harness.sources.provider import Provider
from harness.system.home import Home

WAITS = "mkfifo gate && cat gate"  # until somebody opens it to write


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    with Processes(tmp_path_factory.mktemp("cluster")).running() as running:
        yield running


@pytest.fixture
def pair(processes: Processes) -> Processes:
    """Two workers that are there."""
    for name in {"a", "b"} - set(processes.workers):
        processes.start(name)
    with distributed.Client(processes.address) as client:
        client.wait_for_workers(2)
    return processes


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is expected to come, or to come back."""
    monkeypatch.setattr(cluster, "PATIENCE", 0.0)


@pytest.fixture
def engine(pair: Processes, home: Home) -> Iterator[Cluster]:
    """The engine on these two."""
    worker = Worker(Provider(home, {"django": DJANGO}))
    with connecting.opened(worker, 1, pair.address, places.by_ground) as opened:
        yield opened


@pytest.fixture
def job(home: Home, request: pytest.FixtureRequest) -> Job:
    """A command on the miniature. No other test's is the same: workers keep what they did."""
    tree = Provider(home, {"django": DJANGO}).base(str(UPSTREAM), "django")
    own = request.node.name
    return msgspec.structs.replace(JOB, suite="command", trees=(tree,), python=OWN, select=own)


def command(job: Job, words: str, **changed: object) -> Job:
    return msgspec.structs.replace(job, labels=(words,), **changed)


def gate_in(pair: Processes) -> tuple[str, Path]:
    """The worker that waits in a job, and where it waits."""
    until(lambda: pair.which_has("gate"))
    gate = pair.which_has("gate")
    assert gate is not None
    return pair.worker_of(gate), gate


def test_a_result_comes_back_with_its_log(engine: Cluster, job: Job, home: Home) -> None:
    result = engine.submit(command(job, "echo said; exit 3")).result()
    assert result.ended is JobEnd.COMPLETED
    assert (home.root / result.log).read_text("utf-8") == "said\n"
    assert not (home.root / "results").exists()


def test_a_result_whose_log_can_not_be_kept_here_comes_back_all_the_same(
    engine: Cluster, job: Job, home: Home
) -> None:
    """On a full disk not even the folder of the log can be made. Nobody waits for ever."""
    (home.root / "logs").write_bytes(b"a file where a folder would be made")
    result = engine.submit(command(job, "true")).result(DEADLINE)
    assert result.ended is JobEnd.SPURIOUS
    assert "logs" in result.note


def test_what_goes_wrong_here_with_an_answer_leaves_nobody_waiting(
    engine: Cluster, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it is: it is raised in a thread that nobody looks at."""

    def breaks(*_: object) -> None:
        raise ValueError("embedded null byte")

    monkeypatch.setattr(cluster, "replace_bytes", breaks)
    result = engine.submit(command(job, "true")).result(DEADLINE)
    assert result.ended is JobEnd.SPURIOUS
    assert result.note == "the cluster failed: ValueError: embedded null byte"


def test_what_is_compared_stays_on_one_machine_and_the_rest_is_shared_out(
    engine: Cluster, job: Job
) -> None:
    asked = [command(job, f"true {n % 2}", attempt=n) for n in range(6)]
    results = [future.result() for future in [engine.submit(each) for each in asked]]
    machine = [result.log.split("/")[1] for result in results]
    assert machine[0::2] == [machine[0]] * 3
    assert machine[1::2] == [machine[1]] * 3
    assert machine[0] != machine[1]


def test_a_job_whose_worker_dies_is_done_elsewhere_and_comes_back_once(
    engine: Cluster, pair: Processes, job: Job
) -> None:
    future = engine.submit(command(job, WAITS))
    came: list[Future[Result]] = []
    future.add_done_callback(came.append)
    first, _ = gate_in(pair)
    pair.kill(first)
    second, gate = gate_in(pair)
    assert second != first
    release(gate)
    assert future.result().ended is JobEnd.COMPLETED
    assert came == [future]


def test_a_job_that_takes_three_workers_with_it_is_a_finding_and_the_others_go_on(
    engine: Cluster, pair: Processes, job: Job
) -> None:
    deadly, other = engine.submit(command(job, WAITS)), engine.submit(command(job, "true"))
    for _ in range(cluster.KILLS):
        worker, _ = gate_in(pair)
        pair.kill(worker)
        pair.start(worker)
    result = deadly.result()
    assert result.ended is JobEnd.NOT_RUN
    assert result.note == "3 workers died one after another while they did this job"
    assert other.result().ended is JobEnd.COMPLETED


@pytest.mark.usefixtures("impatient")
def test_where_the_machine_of_a_base_has_gone_all_is_to_be_done_anew(
    engine: Cluster, pair: Processes, job: Job
) -> None:
    base, patched = command(job, WAITS, attempt=1), command(job, WAITS, attempt=2)
    first = engine.submit(base)
    release(gate_in(pair)[1])
    where = first.result().log.split("/")[1]
    second = engine.submit(patched)
    pair.kill(gate_in(pair)[0])
    lost = second.exception()
    assert isinstance(lost, MachineLost)
    assert lost.machine == where
    assert set(lost.places) == {places.by_ground(base)}
    for each in (base, patched):
        again = engine.submit(each)
        release(gate_in(pair)[1])
        assert again.result().log.split("/")[1] != where


def test_being_stopped_ends_our_jobs_and_leaves_the_cluster(
    engine: Cluster, pair: Processes, job: Job, home: Home
) -> None:
    future = engine.submit(command(job, WAITS))
    worker, _ = gate_in(pair)
    engine.stop()
    assert future.cancelled()
    assert not jobs_of(pair.home(worker))
    assert not list((pair.home(worker) / "scratch").glob("job-*"))
    other = Worker(Provider(home, {"django": DJANGO}))
    with connecting.opened(other, 1, pair.address, places.by_ground) as opened:
        assert opened.submit(command(job, "true")).result().ended is JobEnd.COMPLETED


@pytest.mark.usefixtures("impatient")
def test_what_no_worker_has_is_told(engine: Cluster, job: Job) -> None:
    python = msgspec.structs.replace(job.python, version="3.5.99")
    result = engine.submit(command(job, "true", python=python)).result()
    assert result.ended is JobEnd.NOT_RUN
    assert result.note.count("it has no Python 3.5.99") == 2


@pytest.mark.usefixtures("impatient")
def test_a_folder_that_is_on_no_worker_is_told(engine: Cluster, job: Job, home: Home) -> None:
    base = msgspec.structs.replace(job.trees[0].base, locator=str(home.root / "gone"))
    tree = msgspec.structs.replace(job.trees[0], base=base, tree="0" * 40)
    result = engine.submit(command(job, "true", trees=(tree,))).result()
    assert result.ended is JobEnd.NOT_RUN
    assert result.note.count(f"the tree {home.root / 'gone'} cannot be read") == 2


def test_another_version_of_the_workbench_is_told(job: Job) -> None:
    order = remote.Order(job, "run", False, "0" * 12, "elsewhere")
    answer = remote.ANSWERS.decode(remote.carry_out(msgspec.json.encode(order)))
    assert answer == remote.Answer(lacks="it has another version of the workbench")


def test_without_the_package_a_line_says_how_to_get_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "PACKAGE", "not_there")
    worker = Worker(Provider(home, {}))
    with (
        pytest.raises(RequestError, match="pip install not_there"),
        connecting.opened(worker, 1, "", places.by_ground),
    ):
        pass


def test_an_address_where_no_scheduler_is_gets_a_line(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "CONNECT_SECONDS", 0.1)
    worker = Worker(Provider(home, {}))
    with (
        pytest.raises(RequestError, match="no Dask scheduler answers"),
        connecting.opened(worker, 1, "tcp://127.0.0.1:1", places.by_ground),
    ):
        pass


def test_a_machine_has_one_name_for_each_folder(tmp_path: Path) -> None:
    names = {machines.name_of(Home(tmp_path / name)) for name in ("a", "b", "a")}
    assert len(names) == 2
    assert all(name.startswith(os.uname().nodename) for name in names)
