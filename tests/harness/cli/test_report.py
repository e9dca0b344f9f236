"""`report`, and the exit status for those who gate on what is reported."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.tiny import DONE, MATCHED, UNDONE, Workbench


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
