"""Folders of behaviours: which there are, and that they stay apart from the wire's tests."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from support.tiny import DEADLINE, PROJECT

from harness.catalog.catalog import Catalog
from harness.cli import searching
from harness.model import RequestError
from harness.request import Request
from harness.suites import behaviours, regression

ID = "gh_88932/test_prompt.py::test_idle_server[tcp]"


def test_a_tests_id_tells_its_folder_and_the_upstream_that_it_is_for() -> None:
    assert behaviours.location(ID) == ("gh_88932", "cpython")
    for other in ("gh_1/test_prompt.py::test_x", "test_full_body.py::test_small_get[a-b-c]"):
        assert behaviours.location(other) is None


def test_the_wire_neither_collects_a_tickets_folder_nor_depends_on_it() -> None:
    folders = {behaviours.TESTS / name for name in behaviours.known()}
    assert folders
    assert not folders & {each for path in regression.FILES for each in (path, *path.parents)}
    assert behaviours.TESTS not in regression.FILES
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-c", os.devnull]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", "--rootdir", str(PROJECT), str(behaviours.TESTS)],
        env=dict(os.environ) | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=True,
    )
    assert "test_full_body.py" in done.stdout
    assert not [name for name in behaviours.known() if name in done.stdout]


@pytest.mark.parametrize(
    ("ticket", "suite", "left"),
    [
        ("gh-88932", "behaviours:gh_88932", {"cpython"}),
        ("#32472", "regression", {"cpython", "django"}),
    ],
)
def test_a_history_is_of_what_a_ticket_promises(ticket: str, suite: str, left: set[str]) -> None:
    """On the upstreams of its candidates; who names a suite gets that one."""
    catalog = Catalog(PROJECT / "patches")
    found = searching.of_ticket(Request(ticket=ticket), catalog)
    assert found.suites == (suite,)
    assert {name for name in catalog.upstreams if found.specs(name)} == left
    named = Request(ticket=ticket, suites=("django:servers",))
    assert searching.of_ticket(named, catalog) == named
    with pytest.raises(RequestError, match="known tickets are"):
        searching.of_ticket(Request(ticket="#1"), catalog)
