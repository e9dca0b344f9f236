"""A ticket with behaviours of its own: its candidates, judged by plain tests in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.tiny import DONE, PATCHES, QUICK, UNDONE, WRONG, Workbench, copied
from support.wheels import wheels

NEEDS = """\
upstream = "django"

[programs.workbench-database]
folders = ["{}"]
get = "make it"
"""
TESTS = """\
import shutil
import pytest
from django import server

def test_total_of_nothing(record_property):
    record_property("waits", {"the sum": [0.5]})
    assert server.total(()) == 0

def test_greeting():
    assert server.greeting("you") == "hello, you"

def test_rows():
    found = shutil.which("workbench-database")
    if found is None:
        pytest.skip("no workbench-database here: make it")
"""
# Were it loaded, nothing could be collected.
ABOVE = "raise RuntimeError('this conftest.py belongs to others')\n"


@pytest.fixture
def ticket(workbench: Workbench, tmp_path: Path) -> Path:
    """A folder of behaviours for the miniature, whose environment has pytest from a wheel."""
    workbench.env["PIP_FIND_LINKS"] = str(wheels(tmp_path / "wheels"))
    folder = tmp_path / "behaviours" / "tiny_1"
    folder.mkdir(parents=True)
    (folder.parent / "conftest.py").write_text(ABOVE, "utf-8")
    (folder / "behaviours.toml").write_text(NEEDS.format(tmp_path / "bin*"), "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
    (folder / "test_server.py").write_text(TESTS, "utf-8")
    workbench.given["--suite"] = f"behaviours:{folder}"
    return folder


def statuses(workbench: Workbench) -> dict[str, tuple[str, str, str]]:
    """Base, patched and kind of each change of the one candidate, by test."""
    (judged,) = workbench.report()["candidates"]
    return {c["test"]: (c["base"], c["patched"], c["kind"]) for c in judged["changes"]}


def test_a_folder_of_plain_tests_judges_a_candidate(workbench: Workbench, ticket: Path) -> None:
    """Its tests import the tree, in the tree's own Python, and what they reach is known."""
    words = ("test", "--candidate", "django/fixes", *QUICK)
    finished = workbench.run(*words)
    assert finished.status == UNDONE, finished.out + finished.err
    # That a test was skipped is no success: what it asks was not seen.
    (note,) = workbench.report()["notes"]
    assert note == (
        "behaviours tiny_1: workbench-database is not on this machine, and what needs it is "
        "skipped; get it with `make it`"
    )
    (judged,) = workbench.report()["candidates"]
    assert judged["counts"] == {"fixed": 1}
    assert statuses(workbench) == {
        "tiny_1/test_server.py::test_total_of_nothing": ("failed", "passed", "fixed")
    }
    (file,) = judged["reach"]["files"]
    assert (file["tests"], file["unreached"]) == (
        ["tiny_1/test_server.py::test_total_of_nothing"],
        [],
    )
    kept = workbench.kept("results")
    assert workbench.run(*words).status == UNDONE
    assert workbench.kept("results") == kept
    # What stands in the folder decides, and which program is there.
    programs = ticket.parent.parent / "bin-1.2"
    programs.mkdir()
    program = programs / "workbench-database"
    program.write_text("#!/bin/sh\n", "utf-8")
    program.chmod(0o755)
    finished = workbench.run(*words)
    assert finished.status == DONE, finished.out + finished.err
    assert workbench.report()["notes"] == []
    assert len(workbench.kept("results")) > len(kept)


def test_a_second_workbench_takes_what_the_first_one_shared(
    workbench: Workbench, ticket: Path, tmp_path: Path
) -> None:
    """The environment of a behaviour's job, too, is known before it is done."""
    words = ("test", "--candidate", "django/fixes", *QUICK, "--store", tmp_path / "store")
    assert workbench.run(*words).status == UNDONE
    workbench.env["WORKBENCH_HOME"] = str(tmp_path / "second")
    shared = {path: path.stat().st_mtime_ns for path in (tmp_path / "store").rglob("*.json")}
    assert workbench.run(*words).status == UNDONE
    again = {path: path.stat().st_mtime_ns for path in (tmp_path / "store").rglob("*.json")}
    # What is done is put there, so nothing was.
    assert shared and again == shared


def test_a_folder_is_for_the_trees_of_one_upstream(workbench: Workbench, ticket: Path) -> None:
    (ticket / "behaviours.toml").write_text('upstream = "cpython"\n', "utf-8")
    finished = workbench.run("test", "--candidate", "django/fixes")
    assert not workbench.report()["candidates"], finished.out


@pytest.mark.parametrize(
    ("suite", "said"),
    [
        ("behaviours:none_such", "there is no behaviours.toml in such a folder; known are: "),
        ("behaviours:{}", "behaviours.toml: Object contains unknown field"),
    ],
)
def test_what_is_wrong_with_a_folder_is_said(
    workbench: Workbench, ticket: Path, suite: str, said: str
) -> None:
    (ticket / "behaviours.toml").write_text('upstream = "django"\nneeds = []\n', "utf-8")
    finished = workbench.run("test", "--candidate", "django/fixes", "--suite", suite.format(ticket))
    assert finished.status == WRONG
    assert said in finished.error


def test_a_ticket_chooses_candidates_and_the_default_is_data(
    workbench: Workbench, tmp_path: Path
) -> None:
    patches = copied(PATCHES, tmp_path / "patches")
    about = patches / "django/fixes/candidate.toml"
    text = about.read_text("utf-8").replace('"tiny#1"', '["tiny#3", "tiny#2"]')
    about.write_text(text, "utf-8")
    (patches / "workbench.toml").write_text('ticket = "tiny#1"\n', "utf-8")
    words = ("apply", "--patches", patches)
    default = workbench.run(*words)
    assert default.status == DONE, default.out + default.err
    assert "django/breaks" in default.out
    assert "django/fixes" not in default.out
    hint = "these are the candidates for tiny#1; others: --ticket tiny#2 or tiny#3 (1)"
    assert f"note: {hint}" in default.out
    for asked in ("tiny#2", "#3"):
        other = workbench.run(*words, "--ticket", asked)
        assert other.status == DONE, other.out + other.err
        assert "django/fixes" in other.out
        assert "django/breaks" not in other.out
        assert "note:" not in other.out
    unknown = workbench.run(*words, "--ticket", "99")
    assert unknown.status == WRONG
    assert "known tickets are: tiny#1, tiny#2, tiny#3" in unknown.error
    both = workbench.run(*words, "--ticket", "1", "--candidate", "django/fixes")
    assert both.status == WRONG
    assert "leave it out where you name them" in both.error
