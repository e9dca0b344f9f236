"""Patches with known faults, as they were proposed here once: the wire shows each of them.

`tests/data/faulty` keeps their texts, so that mending the candidates does not take away
what the regression tests have been seen to fail on. A strict review had found the faults
by hand; the tests that are named here were written after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from support.real_django import RELEASE, python_here
from support.tiny import PROJECT, Workbench

from harness.system.home import Home

FAULTY = PROJECT / "tests" / "data" / "faulty"
TEST_SECONDS = "60"
# Two trees and the control group, several times over, on a machine that may be busy.
LONG = 1200  # seconds
pytestmark = [pytest.mark.timeout(LONG), pytest.mark.long]
UPLOADS = [
    f"test_unread_request.py::test_upload[{{}}-direct-raw-{size}MB]" for size in (8, 50, 200)
]
HANGS = "hung: no end comes, but the next response"
SWALLOWED = ("ConnectionResetError", "ConnectionAbortedError", "BrokenPipeError")

FIX_32472 = {
    # An error of the view's own stream that wsgiref takes for the client's.
    f"test_raising_stream.py::test_ends[runserver-direct-raw-{at}-{error}]": HANGS
    for at in ("middle", "end")
    for error in SWALLOWED
} | {
    # A thread that lingers closes database connections that are not its own any more.
    "test_live_server_teardown.py::test_prints_no_traceback[liveserver-direct-raw-unclosed]": (
        "a thread prints a traceback after the class"
    ),
    # Nobody else is served, and shutdown() does not return, while one client is waited for.
    "test_shutdown.py::test_with_a_client_open[nothreading-direct-raw]": (
        "shutdown() waits for the client"
    ),
}
SOCKETSERVER = "test_socketserver_idioms.py::"
LINGERING = {
    # What is read and dropped was for somebody else, and so was the socket's time-out.
    f"{SOCKETSERVER}test_handed_on_in_close_request[handson-direct-raw]": (
        "bytes were taken from who got the socket"
    ),
    f"{SOCKETSERVER}test_handed_on_as_it_was[handson-direct-raw]": (
        "the socket has another time-out than before"
    ),
    # On by default in every TCPServer.
    f"{SOCKETSERVER}test_unread_data_keeps_nobody_waiting[tcp-direct-raw]": (
        "kept waiting by another client"
    ),
    f"{SOCKETSERVER}test_child_ends[forking-direct-raw-unread]": "a child waits for the client",
}
WSGIREF = "test_wsgiref_idioms.py::"
CHUNKED = {
    # Not opt-in: http_version alone turns it on, and nothing says that the server closes.
    f"{WSGIREF}test_second_request[http11-direct-raw]": (
        "closes without saying so, and the second request fails"
    ),
    f"{WSGIREF}test_no_chunks_without_consent[http11-direct-raw]": (
        "chunks that nobody has asked the server for"
    ),
    f"{WSGIREF}test_framed_once[ownchunks-direct-raw]": "wrong bytes in the body",
}


def named(tests: Iterable[str]) -> tuple[str, str]:
    """The flag that selects these tests and no other."""
    return "--select", "|".join(map(re.escape, tests))


def judge(real: Workbench, *words: str) -> dict[str, dict[str, str]]:
    """For each candidate by name, the tests that it breaks and why."""
    finished = real.run(
        *("test", "--repeat", "2", "--budget", "0", "--test-timeout", TEST_SECONDS, *words),
        deadline=LONG,
    )
    assert finished.status == 0, finished.out + finished.err
    return {
        judged["name"]: {
            change["test"]: change["reason"].partition("\n")[0]
            for change in judged["changes"]
            if change["kind"] == "broken" and change["confirmed"]
        }
        for judged in real.report()["candidates"]
    }


def uploads(real: Workbench) -> list[tuple[int, int]]:
    """For the base and each candidate, how many uploads got their response, of how many."""
    (matrix,) = real.report()["matrices"]
    (row,) = (row for row in matrix["rows"] if row["behaviour"] == "unread request")
    width = len(matrix["columns"]) - len(matrix["control"])
    return [(cell["passed"], cell["tests"]) for cell in row["cells"][:width]]


@pytest.mark.real
def test_the_faults_of_the_first_fix_of_the_ticket(real: Workbench) -> None:
    """Up to 10 MB it saved uploads, and lost larger ones as the base does."""
    sent = [test.format("runserver") for test in UPLOADS]
    broken = judge(
        real,
        *("--django", RELEASE, "--cpython", "none"),
        *("--python", python_here(Home(real.home)).version),
        *("--patch", str(FAULTY / "django-fix-32472.patch")),
        *("--suite", "regression:runserver", "--suite", "regression:nothreading"),
        *("--suite", "regression:liveserver", *named([*FIX_32472, *sent])),
    )
    assert broken == {"django/django-fix-32472": FIX_32472}
    assert uploads(real) == [(0, 3), (1, 3)]


@pytest.mark.real
def test_the_faults_of_two_patches_of_the_standard_library(real: Workbench) -> None:
    """The lingering close gave up at 64 MiB."""
    python = python_here(Home(real.home))
    if not python.has_tests:
        pytest.skip(f"needs a Python {python.version} that carries its tests")
    sent = [test.format("httpserver") for test in UPLOADS]
    broken = judge(
        real,
        *("--cpython", python.version, "--django", "none"),
        *("--patch", str(FAULTY / "cpython-lingering-close.patch")),
        *("--patch", str(FAULTY / "cpython-wsgiref-chunked.patch")),
        *("--suite", "regression", *named([*LINGERING, *CHUNKED, *sent])),
    )
    assert broken == {
        "cpython/cpython-lingering-close": LINGERING,
        "cpython/cpython-wsgiref-chunked": CHUNKED,
    }
    assert uploads(real) == [(0, 3), (2, 3), (0, 3)]


# Each sets the header; the first no longer knows its own chunks, and closes.
DEFEATED = {
    "servers.test_basehttp.ChunkedTransferCodingTests.test_parts",
    "servers.tests.LiveServerClosingTests.test_client_closes_first",
    "servers.tests.LiveServerViews.test_keep_alive_on_connection_without_content_length",
}


@pytest.mark.real
def test_two_patches_that_defeat_each_other(real: Workbench) -> None:
    """Each passes these tests by itself."""
    python = python_here(Home(real.home))
    if not python.has_tests:
        pytest.skip(f"needs a Python {python.version} that carries its tests")
    judge(
        real,
        *("--django", RELEASE, "--cpython", python.version, "--python", python.version),
        *("--patch", str(FAULTY / "django-fix-32472.patch")),
        *("--patch", str(FAULTY / "cpython-wsgiref-chunked.patch")),
        *("--suite", "django:servers"),
    )
    (pair,) = real.report()["pairs"]
    assert {each["test"] for each in pair["conflicts"]} == DEFEATED


TICKET = PROJECT / "tests" / "data" / "ticket"


@pytest.mark.real
def test_what_the_ticket_says_was_tried_in_vain(real: Workbench) -> None:
    """Neither mends a test; SO_LINGER waits for acknowledgements that are delayed."""
    names = ("so-linger", "without-shutdown")
    broken = judge(
        real,
        *("--django", RELEASE, "--cpython", "none"),
        *("--python", python_here(Home(real.home)).version, "--suite", "regression"),
        *(word for name in names for word in ("--patch", str(TICKET / f"{name}.patch"))),
    )
    assert broken == {f"django/{name}": {} for name in names}
    lingers, without = real.report()["candidates"]
    assert (lingers["verdict"], without["verdict"]) == ("neutral", "neutral")
    assert {change["kind"] for change in lingers["changes"]} == {"slower"}
    assert without["changes"] == []
