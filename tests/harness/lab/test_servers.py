"""Children are ended whole, servers tell when they are free, targets are read."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from harness.lab import deadlines
from harness.lab.children import ChildFailed, child, group_alive
from harness.lab.clients import CLIENTS
from harness.lab.exchange import Exchange
from harness.lab.kinds import SERVERS, target_names
from harness.lab.matrix import combinations, group_of
from harness.lab.request import REQUESTS, HttpRequest, get, post
from harness.lab.rig import Rig
from harness.lab.servers import serve
from harness.lab.target import EXAMPLE, BadTarget, Target, parse

PR_SET_CHILD_SUBREAPER = 36  # Linux, include/uapi/linux/prctl.h
FORKS = """
import os, sys
if not os.fork():
    os.read(0, 1)
print("lab: ready", os.getpid(), flush=True)
os.read(0, 1)
"""


def target(tmp_path: Path) -> Target:
    return Target(tmp_path)


def test_a_childs_children_die_with_it(tmp_path: Path) -> None:
    with child([sys.executable, "-c", FORKS], os.environ, tmp_path) as running:
        running.hear("ready", deadlines.BOOT)
        assert psutil.Process(running.pid).children()
        pid = running.pid
    assert not group_alive(pid)


@pytest.fixture
def orphans_come_here() -> Iterator[None]:
    """This process is for its descendants what process 1 is in a namespace of their own: their
    parent once theirs has ended, and one that does not ask what became of them."""
    if sys.platform != "linux":
        pytest.skip("needs prctl(2), which Linux has")
    become = ctypes.CDLL(None).prctl
    become(PR_SET_CHILD_SUBREAPER, 1)
    yield
    become(PR_SET_CHILD_SUBREAPER, 0)


def test_an_orphan_that_has_ended_is_gone_though_nobody_asks(
    orphans_come_here: None, tmp_path: Path
) -> None:
    with child([sys.executable, "-c", FORKS], os.environ, tmp_path) as running:
        running.hear("ready", deadlines.BOOT)
        (forked,) = psutil.Process(running.pid).children()
        pid = running.pid
    assert forked.status() == psutil.STATUS_ZOMBIE
    assert not group_alive(pid)
    assert os.waitpid(forked.pid, 0)[0] == forked.pid


def test_a_child_that_ends_early_says_why(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", "raise SystemExit('no such luck')"]
    with (
        child(argv, os.environ, tmp_path) as running,
        pytest.raises(ChildFailed, match=r"(?s)ended before.*exit status 1.*no such luck"),
    ):
        running.hear("ready", deadlines.BOOT)


TALKS = "import os; print('some words', flush=True); os.read(0, 1); print('the last ones')"


def test_what_a_child_prints_is_read_to_its_end(tmp_path: Path) -> None:
    with child([sys.executable, "-c", TALKS], os.environ, tmp_path) as running:
        with pytest.raises(ChildFailed, match="did not end in time"):
            running.log_to_end(deadlines.HOLD)
        running.say("")
        assert running.log_to_end(deadlines.BOOT) == ["some words", "the last ones"]


def test_a_server_is_busy_while_a_client_is_there(tmp_path: Path) -> None:
    with serve(SERVERS["httpserver"], target(tmp_path)) as server:
        assert server.held() == ""
        with socket.create_connection(server.address, deadlines.CONNECT) as client:
            client.sendall(get(10).but(close=False).encoded())
            assert client.recv(65536)
            assert server.held() == "a connection is left open"
        assert server.wait_free() == ""
        pid = server.child.pid
    assert not psutil.pid_exists(pid)


def test_a_server_at_rest_is_not_asked_what_its_sockets_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel walks over every connection of the machine to tell: hundreds of tests would
    wait for that."""
    with serve(SERVERS["httpserver"], target(tmp_path)) as server:
        with socket.create_connection(server.address, deadlines.CONNECT) as client:
            assert server.wait_connected()
            assert server.connections() == 1
            client.sendall(get(10).encoded())
            while client.recv(65536):
                pass
        assert server.wait_free() == ""
        monkeypatch.delattr(psutil.Process, "net_connections")
        assert server.connections() == 0


def test_a_loop_is_kept_awake_until_its_shutdown_has_returned(tmp_path: Path) -> None:
    with serve(SERVERS["wsgiref"], target(tmp_path)) as server:
        server.child.say("shut down")
        assert server.heard_awake("shut", deadlines.LINE)


def test_shutdown_does_not_return_while_a_client_is_being_served(tmp_path: Path) -> None:
    """One connection at a time, and this client says nothing until it has been waited for."""
    with (
        serve(SERVERS["wsgiref"], target(tmp_path)) as server,
        socket.create_connection(server.address, deadlines.CONNECT) as client,
    ):
        assert server.wait_connected()
        server.child.say("shut down")
        assert not server.heard_awake("shut", deadlines.HOLD)
        client.close()
        assert server.heard_awake("shut", deadlines.LINE)


PARENT = """
import sys
from pathlib import Path
from harness.lab.kinds import SERVERS
from harness.lab.servers import serve
from harness.lab.target import Target
with serve(SERVERS["socketserver"], Target(Path(sys.argv[1]))) as server:
    print("lab: ready", server.child.pid, flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="prctl(2) is Linux's")
def test_a_server_does_not_outlive_a_lab_that_is_killed(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[3]
    env = {**os.environ, "PYTHONPATH": str(root)}
    with child([sys.executable, "-c", PARENT, str(tmp_path)], env, tmp_path) as parent:
        pid = int(parent.hear("ready", deadlines.BOOT)[0])
        server = psutil.Process(pid)
        parent.process.kill()
        psutil.wait_procs([server], deadlines.REAP)
    assert not psutil.pid_exists(pid)


def test_a_rig_replaces_a_server_that_died(tmp_path: Path) -> None:
    with Rig(target(tmp_path)) as rig:
        first = rig.server("socketserver")
        assert rig.server("socketserver") is first
        first.child.process.kill()
        first.child.process.wait(deadlines.REAP)
        rig.tidy("socketserver")
        second = rig.server("socketserver")
        assert second.child.pid != first.child.pid
        pid = second.child.pid
    assert not psutil.pid_exists(pid)


def test_a_rig_does_not_try_a_bad_server_twice(tmp_path: Path) -> None:
    broken = Target(tmp_path, (sys.executable, "-c", "raise SystemExit(3)"))
    with Rig(broken) as rig:
        with pytest.raises(ChildFailed) as first:
            rig.server("socketserver")
        with pytest.raises(ChildFailed) as second:
            rig.server("socketserver")
        assert second.value is first.value


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("http_request", [get(5_000), post(5_000, read=1)], ids=["get", "post"])
def test_every_client_reads_a_good_response(
    tmp_path: Path, client: str, http_request: HttpRequest
) -> None:
    if why := CLIENTS[client].missing():
        pytest.skip(why)
    with serve(SERVERS["httpserver"], target(tmp_path)) as server:
        exchange = Exchange(server, "direct", client)
        response = exchange.fetch_whole(http_request)
    assert response.status == 200
    assert exchange.observation is not None
    assert exchange.observation.free is not None


def test_every_request_has_its_wire_form() -> None:
    for make in (kind.make for kind in REQUESTS.values()):
        head, _, _ = make(50).encoded().partition(b"\r\n\r\n")
        assert b"Host: " in head
    assert (
        get(5).but(chunked=True, body=b"abc").encoded_body(2) == b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
    )


def test_what_a_target_is_tested_target_names(tmp_path: Path) -> None:
    stdlib = target(tmp_path)
    django = Target(tmp_path, django=tmp_path)
    control = Target(tmp_path, control="waitress")
    assert "runserver" in target_names(django)
    assert "wsgiref" not in target_names(django)
    assert "wsgiref" in target_names(stdlib)
    assert target_names(control) == ("waitress",)
    ids = [each.id for each in combinations(stdlib, links=("direct", "slow"))]
    assert "httpserver-slow-raw" in ids


def test_groups_are_told_from_the_id() -> None:
    assert group_of("t.py::test_a[liveserver-direct-raw]").startswith("liveserver-")
    assert group_of("t.py::test_a") == "none"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("[]", "Expected `object`"),
        ("{}", "missing required field `scratch`"),
        ('{"scratch": ""}', r"Expected a path.*\$\.scratch"),
        ('{"scratch": "/x", "djagno": 1}', "unknown field `djagno`"),
        ('{"scratch": "/x", "python": "/usr/bin/python3"}', r"Expected `array`.*\$\.python"),
        ('{"scratch": "/x", "python": []}', r"length >= 1.*\$\.python"),
        ('{"scratch": "/x", "env": {"A": 1}}', r"Expected `str`.*\$\.env"),
    ],
    ids=["none", "list", "empty", "folder", "key", "python", "no-python", "env"],
)
def test_bad_targets_are_refused(text: str, words: str) -> None:
    with pytest.raises(BadTarget, match=words):
        parse(text)


def test_the_example_of_a_target_is_one() -> None:
    assert parse(EXAMPLE).django == Path("/path/to/django-tree")


def test_a_target_is_read(tmp_path: Path) -> None:
    read = parse(f'{{"django": "/tree", "python": ["py", "-I"], "scratch": "{tmp_path}"}}')
    assert read == Target(tmp_path, ("py", "-I"), Path("/tree"))
    assert read.environment()["PYTHONPATH"].split(os.pathsep)[0] == "/tree"
