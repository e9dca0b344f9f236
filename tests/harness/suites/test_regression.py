"""pytest with a record: every way in which a regression test can end, in real runs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from support.tiny import DEADLINE, HANG
from support.values import CPYTHON, DJANGO, JOB

from harness.lab import deadlines
from harness.lab.kinds import SERVERS, target_names
from harness.lab.target import parse
from harness.model import Isolation, Job, JobEnd, Outcome, RequestError, Result, Scene, Status
from harness.suites import recorded, regression
from harness.suites.place import PROGRAMS, JobWorkspace
from harness.system import processes

TESTS = """
import json, os, threading
import pytest

def test_passes(record_property):
    record_property("observation", json.dumps({"received": 3}))
    record_property("waits", {"the end": [0.5, 0.25]})

def test_fails():
    pytest.fail("truncated, then RST\\nthe timeline", pytrace=False)

def test_raises():
    raise LookupError("first line")

@pytest.mark.skip(reason="curl is missing")
def test_skips(): pass

@pytest.mark.xfail(reason="known", strict=True)
def test_expected(): assert False

@pytest.fixture
def broken():
    yield
    raise OSError("left open")

def test_leaves_something(broken): pass

@pytest.mark.parametrize("place", ["runserver-direct-raw"])
def test_with_place(place): pass
"""
HANGS = """
import os, threading

def test_before(): pass
def test_hangs(): threading.Event().wait()
def test_dies(): os.abort()
def test_after(): pass
"""
# The first three wait for what does not come about.
LATE = """
import os, threading
import pytest

@pytest.fixture(autouse=True)
def process(record_property):
    record_property("observation", str(os.getpid()))

@pytest.mark.parametrize("number", range(3))
def test_late(number):
    assert threading.Event().wait(1.05)

@pytest.mark.parametrize("number", range(6))
def test_other(number): pass
"""
# Whoever can write a record could say that of itself, again and again.
FORGES = """
import json, os

def test_splits():
    with open(os.environ["WORKBENCH_RECORD"]) as stream:
        record = json.load(stream)["record"]
    with open(record, "a") as stream:
        stream.write('{"event": "split"}\\n')
    os._exit(0)

def test_after(): pass
"""
# The ids mislead: what is after the bracket is no server, and no link.
SCENES = """
import os, threading
import pytest

@pytest.mark.parametrize("odd", ["head-run-server", "a.b[c]-slow-raw"])
def test_passes(odd): pass

@pytest.mark.parametrize("odd", ["head-run-server"])
def test_dies(odd): os.abort()

@pytest.mark.parametrize("odd", ["head-run-server"])
def test_hangs(odd): threading.Event().wait()

@pytest.mark.skip(reason="not here")
def test_skips(): pass

def test_without(): pass
"""
# Accepts late, and a thread of it stays for ever where a client has gone while it read.
LEAKS = f"""
import socket, socketserver, threading

accept, read = socketserver.TCPServer.get_request, socket.SocketIO.readinto

def get_request(self):
    threading.Event().wait({deadlines.HOLD})
    return accept(self)

def readinto(self, buffer):
    try:
        count = read(self, buffer)
    except ConnectionError:
        count = 0
    return count or threading.Event().wait()

socketserver.TCPServer.get_request, socket.SocketIO.readinto = get_request, readinto
"""
WAITS = {
    "test_wait_for_the_end": "the end of the response",
    "test_next_client": "the next client",
    "test_busy_server": "a free server",
    "test_shutdown": "shutdown",
}
TELLS = """
def pytest_collection_modifyitems(items):
    for item in items:
        if item.originalname == "test_without": continue
        scene = {"behaviour": item.originalname, "server": "s", "link": "a+b", "client": "c"}
        item.user_properties.append(("workbench-scene", scene))
"""


@pytest.fixture
def place(tmp_path: Path) -> JobWorkspace:
    """A place without a tree: these tests are about the record."""
    for name in ("scratch", "pycache"):
        (tmp_path / name).mkdir()
    return JobWorkspace(
        checkouts={},
        python=(sys.executable,),
        python_path=(),
        readable=(),
        pycache=tmp_path / "pycache",
        scratch=tmp_path / "scratch",
        log=tmp_path / "log.txt",
        isolation=Isolation.NONE,
    )


def run(place: JobWorkspace, tmp_path: Path, text: str, select: str = "", idle: int = 0) -> Result:
    folder = tmp_path / "tests" / "regression"
    folder.mkdir(parents=True)
    (folder / "test_it.py").write_text(text)
    job = msgspec.structs.replace(JOB, select=select, test_timeout=HANG, labels=("it",))

    def command(place: JobWorkspace, record: dict[str, str]) -> processes.ProcessResult:
        env = place.environment(PROGRAMS) | record | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        env["WORKBENCH_BELOW"] = "tests/regression/"
        options = ["-q", "-p", "workbench_pytest", "-p", "no:cacheprovider", "-c", os.devnull]
        argv = [sys.executable, "-m", "pytest", *options, "--rootdir", str(tmp_path), str(folder)]
        return place.run(argv, cwd=place.scratch, env=env, deadline=DEADLINE)

    return recorded.run(job, place, command, idle)


def short(result: Result) -> dict[str, Outcome]:
    return {name.removeprefix("test_it.py::"): o for name, o in result.outcomes.items()}


def test_each_way_to_end_has_its_status(place: JobWorkspace, tmp_path: Path) -> None:
    result = run(place, tmp_path, TESTS)
    assert result.ended is JobEnd.COMPLETED
    assert {name: outcome.status for name, outcome in short(result).items()} == {
        "test_passes": Status.PASSED,
        "test_fails": Status.FAILED,
        "test_raises": Status.FAILED,
        "test_skips": Status.SKIPPED,
        "test_expected": Status.EXPECTED_FAILURE,
        "test_leaves_something": Status.ERROR,
        "test_with_place[runserver-direct-raw]": Status.PASSED,
    }


def test_the_first_line_is_the_reason_and_the_rest_the_detail(
    place: JobWorkspace, tmp_path: Path
) -> None:
    outcomes = short(run(place, tmp_path, TESTS))
    assert outcomes["test_fails"].reason == "truncated, then RST"
    assert "the timeline" in outcomes["test_fails"].detail
    assert outcomes["test_skips"].reason == "curl is missing"


def test_what_was_observed_is_kept_with_the_result(place: JobWorkspace, tmp_path: Path) -> None:
    outcomes = short(run(place, tmp_path, TESTS))
    assert json.loads(outcomes["test_passes"].observation) == {"received": 3}
    assert outcomes["test_passes"].waits == {"the end": (0.5, 0.25)}
    assert outcomes["test_fails"].waits == {}


def test_a_hang_and_a_crash_are_named_and_the_others_run(
    place: JobWorkspace, tmp_path: Path
) -> None:
    outcomes = short(run(place, tmp_path, HANGS))
    assert {name: outcome.status for name, outcome in outcomes.items()} == {
        "test_before": Status.PASSED,
        "test_hangs": Status.HUNG,
        "test_dies": Status.CRASHED,
        "test_after": Status.PASSED,
    }
    assert "in test_hangs" in outcomes["test_hangs"].detail


@pytest.mark.parametrize(("idle", "processes"), [(100, 3), (0, 1)])
def test_tests_that_fail_by_waiting_are_split_up_where_the_machine_is_idle(
    place: JobWorkspace, tmp_path: Path, idle: int, processes: int
) -> None:
    result = run(place, tmp_path, LATE, idle=idle)
    assert result.ended is JobEnd.COMPLETED
    outcomes = short(result)
    assert [o.status for name, o in outcomes.items() if "late" in name] == [Status.FAILED] * 3
    assert [o.status for name, o in outcomes.items() if "late" not in name] == [Status.PASSED] * 6
    assert len({outcome.observation for outcome in outcomes.values()}) == processes


@pytest.mark.parametrize("idle", [0, 100])
def test_a_process_that_says_it_split_and_came_to_nothing_has_crashed(
    place: JobWorkspace, tmp_path: Path, idle: int
) -> None:
    outcomes = short(run(place, tmp_path, FORGES, idle=idle))
    assert {name: outcome.status for name, outcome in outcomes.items()} == {
        "test_splits": Status.CRASHED,
        "test_after": Status.PASSED,
    }


def test_however_a_test_ends_its_scene_is_kept(place: JobWorkspace, tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(TELLS)
    result = run(place, tmp_path, SCENES)
    found = {(name.partition("[")[0], o.status): o.scene for name, o in short(result).items()}
    assert found == {
        (name, status): Scene(name, "s", "a+b", "c")
        for name, status in (
            ("test_passes", Status.PASSED),
            ("test_hangs", Status.HUNG),
            ("test_dies", Status.CRASHED),
            ("test_skips", Status.SKIPPED),
        )
    } | {("test_without", Status.PASSED): None}


def test_a_test_that_was_planned_and_did_not_run_has_its_scene(
    place: JobWorkspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorded, "MOST_PROCESSES", 1)
    (tmp_path / "conftest.py").write_text(TELLS)
    result = run(place, tmp_path, SCENES)
    assert result.ended is JobEnd.CUT_OFF
    left = short(result)["test_skips"]
    assert left.status is Status.NOT_RUN
    assert left.scene == Scene("test_skips", "s", "a+b", "c")


def test_the_suites_own_tests_tell_their_scenes(place: JobWorkspace) -> None:
    """Those of one server, nothing of which comes up: what they are about is known all the same."""
    broken = place._replace(python=(sys.executable, "-c", "raise SystemExit(3)"))
    select = "test_full_body.py::test_small_get|test_event_stream_is_left"
    job = msgspec.structs.replace(JOB, suite="regression", trees=(), labels=("linger",))
    result = regression.run(msgspec.structs.replace(job, select=select), broken)
    assert {scene.server for scene in scenes(result)} == {"linger"}
    assert {(scene.behaviour, scene.link) for scene in scenes(result)} == {
        *(("full body", link) for link in ("direct", "faithful", "slow", "lossy", "tearing")),
        ("full body", "bridge"),
        ("vanishing client", "direct"),
    }
    assert {scene.client for scene in scenes(result)} == {"raw", "node"}


def test_how_long_clients_wait_is_measured(place: JobWorkspace) -> None:
    """By every test that is about it, and each in several samples."""
    select = "|".join(rf"{name}\.py" for name in WAITS)
    job = msgspec.structs.replace(JOB, suite="regression", trees=(), labels=("wsgiref", "linger"))
    result = regression.run(msgspec.structs.replace(job, select=select), place)
    measured: dict[str, set[str]] = {}
    for test, outcome in result.outcomes.items():
        assert outcome.status is Status.PASSED, outcome.detail
        assert all(seconds >= 0 for each in outcome.waits.values() for seconds in each)
        measured.setdefault(test.partition(".py")[0], set()).update(outcome.waits)
    assert measured == {name: {wait} for name, wait in WAITS.items()}


def scenes(result: Result) -> list[Scene]:
    """The scenes of all tests, of which each has one."""
    found = [outcome.scene for outcome in result.outcomes.values() if outcome.scene is not None]
    assert len(found) == len(result.outcomes)
    return found


def test_a_server_that_leaks_is_found_although_it_accepts_late(
    place: JobWorkspace, tmp_path: Path
) -> None:
    """The clients vanish only when it has their connection: before, nothing can be left."""
    (tmp_path / "sitecustomize.py").write_text(LEAKS)
    leaky = place._replace(python_path=(tmp_path,))
    select = "test_reset_in_the_request|test_close_in_the_request_body"
    job = msgspec.structs.replace(JOB, suite="regression", trees=(), labels=("socketserver",))
    result = regression.run(msgspec.structs.replace(job, select=select), leaky)
    found = {(outcome.status, outcome.reason) for outcome in result.outcomes.values()}
    assert len(result.outcomes) == 2
    assert found <= {
        (Status.FAILED, "a thread is left running"),
        (Status.FAILED, "a connection is left open"),
    }


def test_select_chooses_by_id(place: JobWorkspace, tmp_path: Path) -> None:
    result = run(place, tmp_path, TESTS, select="runserver-direct")
    assert list(short(result)) == ["test_with_place[runserver-direct-raw]"]


def test_a_file_that_can_not_be_imported_is_told(place: JobWorkspace, tmp_path: Path) -> None:
    result = run(place, tmp_path, "import nothing_of_that_name")
    assert [outcome.status for outcome in result.outcomes.values()] == [Status.ERROR]


def test_labels_choose_among_the_servers_of_a_tree(tmp_path: Path) -> None:
    every = regression.shards(DJANGO, tmp_path, ())
    variants = ("nocommon", "tls", "patient")
    assert every == [("runserver",), ("nothreading",), variants, ("liveserver",)]
    assert regression.shards(DJANGO, tmp_path, ("nocommon", "wsgiref")) == [("nocommon",)]
    with pytest.raises(RequestError, match="no such server; known are: runserver"):
        regression.shards(DJANGO, tmp_path, ("apache",))


def test_every_server_of_the_lab_is_in_one_job_in_the_order_of_its_table(tmp_path: Path) -> None:
    """A server is one line in the lab: it is some upstream's, or of the control group."""
    jobs = [job for each in (DJANGO, CPYTHON) for job in regression.shards(each, tmp_path, ())]
    listed = [server for job in jobs for server in job]
    assert [*listed, *regression.CONTROL_GROUP] == list(SERVERS)


def test_servers_with_few_tests_share_a_job(tmp_path: Path) -> None:
    jobs = {job[0]: job for job in regression.shards(CPYTHON, tmp_path, ())}
    assert jobs["httpserver"] == ("httpserver",)
    assert {"http11", "handson", "udp"} <= set(jobs["http11"])
    assert regression.shards(CPYTHON, tmp_path, ("udp", "tcp")) == [("tcp", "udp")]


def test_a_target_tells_the_lab_what_to_start(place: JobWorkspace) -> None:
    job: Job = msgspec.structs.replace(JOB, labels=("gunicorn",), trees=())
    target = regression.target_of(job, place)
    assert target.control == "gunicorn"
    assert target.django is None
    assert target_names(target) == ("gunicorn",)
    assert parse(target.to_json().decode()) == target


def test_nothing_that_a_test_loads_is_left_out_of_what_decides_about_its_result() -> None:
    """A drawing may change without making stored results worthless; a client may not."""
    named = re.compile(r"^from (harness\.lab[\w.]*) import", re.MULTILINE)
    files = regression.TESTS.glob("*.py")
    modules = sorted({name for path in files for name in named.findall(path.read_text("utf-8"))})
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=DEADLINE
    )
    loaded = {name.split(".")[2] for name in done.stdout.split() if name.startswith("harness.lab.")}
    assert "exchange" in loaded
    assert not loaded & {name.removesuffix(".py") for name in regression.AFTERWARDS}
