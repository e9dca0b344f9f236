"""A ticket's folder on the real thing: what a Django tree prints runs on real databases.

It is the shortest way through `tests/regression/django_25705`: the release and the drivers
from the package index, both servers started inside the sandbox, three tests on each tree.
"""

from __future__ import annotations

import glob
import shutil

import pytest
from support.real_django import RELEASE, python_here
from support.tiny import PROJECT, Workbench

from harness.system.home import Home

SERVERS = ("sqlite", "postgresql", "mariadb")
TEST = "django_25705/test_strings.py::test_is_found[{}-a quote]"


@pytest.mark.real
def test_what_is_printed_runs_on_every_database(real: Workbench) -> None:
    """On none on the base, on each of the three with the candidate."""
    if not glob.glob("/usr/lib/postgresql/*/bin/postgres") and not shutil.which("postgres"):
        pytest.skip("needs PostgreSQL: apt-get install postgresql")
    if not shutil.which("mariadbd", path="/usr/sbin:/usr/bin"):
        pytest.skip("needs MariaDB: apt-get install mariadb-server")
    finished = real.run(
        *("test", "--django", RELEASE, "--cpython", "none", "--repeat", "1", "--budget", "0"),
        *("--python", python_here(Home(real.home)).version, "--patches", PROJECT / "patches"),
        *("--candidate", "django/offline-literals", "--suite", "behaviours:django_25705"),
        # The first test of a database waits until its server has started.
        *("--select", r"test_is_found\[\w+-a quote\]", "--test-timeout", "120"),
    )
    assert finished.status == 0, finished.err
    (judged,) = real.report()["candidates"]
    found = {c["test"]: (c["base"], c["patched"]) for c in judged["changes"]}
    assert found == {TEST.format(server): ("failed", "passed") for server in SERVERS}
