"""One candidate on the real thing: Django from the package index, its own tests and the wire.

The claim is the one that notes/0001-breakages-by-hand.md shows without the
workbench: peek-drain breaks one test by a hang, and others because a stand-in
for the socket has no `peek`.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.real_django import RELEASE, python_here
from support.tiny import PROJECT, Workbench

from harness.pythons import interpreters
from harness.system.home import Home

TEST_SECONDS = "30"
HANG = "servers.tests.LiveServerViews.test_closes_connection_without_content_length"


def judge(real: Workbench, *words: str) -> dict[str, Any]:
    """What the workbench says of peek-drain."""
    python = python_here(Home(real.home))
    finished = real.run(
        *("test", "--django", RELEASE, "--candidate", "django/peek-drain", "--repeat", "2"),
        *("--python", python.version, "--patches", PROJECT / "patches"),
        *("--test-timeout", TEST_SECONDS, *words),
    )
    assert finished.status == 0, finished.err
    (judged,) = real.report()["candidates"]
    return dict(judged)


@pytest.mark.real
def test_peek_drain_hangs_one_test_and_trips_over_stubs(real: Workbench) -> None:
    judged = judge(real, "--suite", "django")
    groups: dict[str, set[str]] = {}
    for change in judged["changes"]:
        assert change["kind"] == "broken"
        assert change["confirmed"]
        groups.setdefault(change["group"], set()).add(change["test"])
    assert judged["verdict"] == "breaks"
    assert groups.pop("hang") == {HANG}
    (name,) = groups
    assert name.startswith("stub artefact")
    assert all(".test_basehttp." in test for test in groups[name])


CURED = "test_full_body.py::test_small_get[runserver-tearing-raw]"
LEFT = "test_unread_request.py::test_rubbish[runserver-direct-raw]"
FRAMED = "test_streamed_end.py::test_is_visible[runserver-direct-raw]"
WORSE = "test_streamed_end.py::test_http_1_0[runserver-direct-raw]"


@pytest.mark.real
def test_on_the_wire_peek_drain_cures_one_cause_and_hangs_who_waits(real: Workbench) -> None:
    """The base fails both ways; the patch mends the second and leaves the first."""
    select = "|".join(map(re.escape, (CURED, LEFT, WORSE)))
    judged = judge(real, "--suite", "regression:runserver", "--select", select)
    changes = {change["test"]: change for change in judged["changes"]}
    assert set(changes) == {CURED, WORSE}
    assert (changes[CURED]["base"], changes[CURED]["kind"]) == ("failed", "fixed")
    assert (changes[WORSE]["base"], changes[WORSE]["kind"]) == ("passed", "broken")
    assert changes[WORSE]["reason"].startswith("hung")
    rows = {(r["behaviour"], r["link"]): r["cells"] for r in real.report()["matrices"][0]["rows"]}
    base, patched = rows["unread request", "direct"][:2]
    assert (base["passed"], patched["passed"]) == (0, 0)
    assert base["tests"] == patched["tests"] == 1


KEEPS_ALIVE = "test_keep_alive.py::test_reuse[runserver-direct-raw]"


@pytest.mark.real
def test_the_change_that_brought_keep_alive_is_found_without_git(real: Workbench) -> None:
    """The suspect commit of the ticket, from nothing but the releases 2.1.3 and 2.1.4.

    notes/0013-934acf1-by-hand.md shows both releases without the workbench.
    """
    found = interpreters.find(Home(real.home))
    old = [python.version for python in found if python.minor in ("3.5", "3.6", "3.7")]
    if not old:
        pytest.skip("needs Python 3.5 to 3.7 for Django 2.1: `pyenv install 3.7`")
    done = real.run(
        *("bisect", "--good", "2.1.4", "--bad", "2.1.3", "--test", KEEPS_ALIVE),
        *("--python", old[-1], "--repeat", "2", "--test-timeout", TEST_SECONDS),
    )
    assert done.status == 0, done.err
    assert "changes with 2.1.4" in done.out
    touched = re.findall(r"^    \+\+\+ b/(\S+)", done.out, re.M)
    assert touched == ["django/core/servers/basehttp.py"]
    assert "+        while not self.close_connection:" in done.out


LAYERS = "django/chunked-encoding", "cpython/lingering-close"


@pytest.mark.real
def test_unread_bytes_are_for_cpython_to_mend_and_chunks_for_django(real: Workbench) -> None:
    """A stack on both upstreams, with its halves, tells in which of them a fix is needed."""
    python = python_here(Home(real.home))
    if not python.has_tests:
        pytest.skip(f"needs a Python {python.version} that carries its tests")
    names = (*LAYERS, "+".join(LAYERS))
    finished = real.run(
        *("test", "--django", RELEASE, "--cpython", python.version, "--repeat", "2"),
        *(word for name in names for word in ("--candidate", name)),
        *("--suite", "regression:runserver", "--select", "|".join(map(re.escape, (LEFT, FRAMED)))),
        *("--patches", PROJECT / "patches", "--test-timeout", TEST_SECONDS),
    )
    assert finished.status == 0, finished.err
    (table,) = real.report()["layers"]
    assert table["columns"] == ["base", *names]
    passed = {row["behaviour"]: [c["passed"] for c in row["cells"]] for row in table["rows"]}
    assert passed == {"unread request": [0, 0, 1, 1], "streamed end": [0, 1, 0, 1]}
    (pair,) = real.report()["pairs"]
    assert (pair["conflicts"], pair["tests"], pair["why"]) == ([], 2, "")


# Before it closes, the server waits half a second for its client to close first.
WAITS = """\
--- a/django/core/servers/basehttp.py
+++ b/django/core/servers/basehttp.py
@@ -217,6 +217,11 @@ class WSGIRequestHandler(simple_server.WSGIRequestHandler):
         while not self.close_connection:
             self.handle_one_request()
         try:
+            self.connection.settimeout(0.5)
+            self.connection.recv(1)
+        except (AttributeError, OSError):
+            pass
+        try:
             self.connection.shutdown(socket.SHUT_WR)
         except (AttributeError, OSError):
             pass
"""
READS_TO_EOF = "test_wait_for_the_end.py::test_client_that_reads_to_eof[runserver-direct-raw-get]"
HALF_CLOSES = "test_wait_for_the_end.py::test_client_that_half_closes[runserver-direct-raw-get]"


@pytest.mark.real
def test_who_waits_longer_is_told_although_nothing_fails(real: Workbench) -> None:
    """A client that reads to EOF does, and one that closes its own side first does not."""
    patch = real.folder / "waits.patch"
    patch.write_text(WAITS, "utf-8")
    python = python_here(Home(real.home)).version
    finished = real.run(
        *("test", "--django", RELEASE, "--cpython", "none", "--python", python),
        *("--patch", patch, "--suite", "regression:runserver", "--test-timeout", TEST_SECONDS),
        *("--select", "|".join(map(re.escape, (READS_TO_EOF, HALF_CLOSES)))),
    )
    assert finished.status == 0, finished.err
    assert "makes 1 wait longer" in finished.out
    report = real.report()
    (change,) = report["candidates"][0]["changes"]
    assert (change["test"], change["kind"], change["confirmed"]) == (READS_TO_EOF, "slower", True)
    assert change["wait"]["name"] == "the end of the response"
    assert change["wait"]["patched"] >= 0.5 > change["wait"]["base"]
    assert report["controls"][0]["changes"] == []


UNDECLARED = """\
--- /dev/null
+++ b/tests/servers/test_undeclared.py
@@ -0,0 +1,9 @@
+import unittest
+
+from django.db import connection
+
+
+class UndeclaredTests(unittest.TestCase):
+    def test_database(self):
+        with connection.cursor() as cursor:
+            self.assertIsNotNone(cursor.execute("SELECT 1"))
"""


@pytest.mark.real
def test_a_part_of_the_tests_has_the_databases_of_all(real: Workbench) -> None:
    """This one uses a database that only others ask for, as one of Django 3.2's does: it
    passes among them, and so it has to without them, alone or after a hang."""
    patch = real.folder / "undeclared.patch"
    patch.write_text(UNDECLARED, "utf-8")
    finished = real.run(
        *("test", "--django", RELEASE, "--cpython", "none", "--patch", patch),
        *("--python", python_here(Home(real.home)).version, "--select", "Undeclared"),
        *("--suite", "django:servers", "--repeat", "1", "--test-timeout", TEST_SECONDS),
    )
    assert finished.status == 0, finished.err
    ((change,),) = (judged["changes"] for judged in real.report()["candidates"])
    assert (change["test"], change["patched"]) == (
        "servers.test_undeclared.UndeclaredTests.test_database",
        "passed",
    )
