"""`report`, and the exit status for those who gate on what is reported."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from support.tiny import DONE, MATCHED, UNDONE, Workbench

from harness.model import Conflict, Pair, Stack, Status
from harness.report import schema


def test_report_shows_the_last_report_again(judged: Workbench) -> None:
    kept = judged.folder / "report.json"
    shown = judged.run("report", "--json", kept)
    assert shown.status == DONE
    assert "django/breaks" in shown.out
    markdown = judged.run("report", "--json", kept, "--format", "markdown")
    assert "# " in markdown.out and "`django/breaks`" in markdown.out
    told = judged.run("report", "--json", kept, "--format", "json")
    assert told.out == kept.read_text("utf-8")


def test_report_without_a_report_names_the_next_step(workbench: Workbench) -> None:
    finished = workbench.run("report")
    assert finished.status == UNDONE
    assert "run `nox -s test` first" in finished.error


@pytest.mark.parametrize(
    ("candidate", "fail_on", "status"),
    [
        ("django/breaks", "never", DONE),
        ("django/breaks", "broken", MATCHED),
        ("django/flakes", "broken", DONE),
        ("django/misfits", "any", MATCHED),
        ("django/fixes", "any", DONE),
    ],
)
def test_the_exit_status_for_those_who_gate_on_it(
    judged: Workbench, tmp_path: Path, candidate: str, fail_on: str, status: int
) -> None:
    words = ("--candidate", candidate, "--fail-on", fail_on, "--json", tmp_path / "own.json")
    assert judged.run("test", *words).status == status
    assert list(judged.candidates(tmp_path / "own.json")) == [candidate]


@pytest.mark.parametrize(
    ("fail_on", "status"), [("never", DONE), ("broken", MATCHED), ("any", MATCHED)]
)
def test_what_only_two_candidates_together_break_counts_as_well(
    judged: Workbench, tmp_path: Path, fail_on: str, status: int
) -> None:
    """Each is fine by itself, so that no verdict of a candidate tells of it."""
    own = tmp_path / "own.json"
    words = ("--candidate", "django/fixes", "--json", own)
    assert judged.run("test", *words, "--fail-on", "any").status == DONE
    passed, failed = Status.PASSED, Status.FAILED
    conflict = Conflict("django", "servers.A.test_it", passed, (passed, passed), failed)
    pair = Pair(Stack.read("django/fixes+cpython/b"), "django 0.1", 1, (conflict,), runs=3)
    schema.write(msgspec.structs.replace(schema.read(own), pairs=(pair,)), own)
    shown = judged.run("report", "--json", own, "--fail-on", fail_on)
    assert shown.status == status
    assert "1 test worse than its halves let expect" in shown.out
