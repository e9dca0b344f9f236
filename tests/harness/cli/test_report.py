"""`report`, and the exit status for those who gate on what is reported."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from support.tiny import DEADLINE, DONE, MATCHED, UNDONE, WRONG, Workbench

from harness.model import Conflict, Pair, Stack, Status
from harness.report import formats, schema


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
    files = [tmp_path / f"own{suffix}" for suffix in formats.SUFFIXES]
    found = judged.run("test", *words, *(word for file in files for word in ("--write", file)))
    assert found.status == status
    assert list(judged.candidates(tmp_path / "own.json")) == [candidate]
    for file in files:
        assert candidate in file.read_text("utf-8")
        assert f"{file.name}\n" in found.out


@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_report_is_printed_and_written_in_each_form(
    judged: Workbench, tmp_path: Path, name: str
) -> None:
    kept = judged.folder / "report.json"
    text = formats.FORMATS[name](schema.read(kept))
    ends = [suffix for suffix, form in formats.SUFFIXES.items() if form == name]
    files = [tmp_path / f"own{suffix}" for suffix in ends]
    words = ("--json", kept, "--format", name, "--fail-on", "broken")
    shown = judged.run("report", *words, *(w for file in files for w in ("--write", file)))
    assert (shown.status, shown.out) == (MATCHED, text)
    assert [file.read_text("utf-8") for file in files] == [text] * len(files)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("report.txt", "let its name end in .md, "),
        ("report", "let its name end in .md, "),
        ("gone/report.xml", "there is no such folder; make it first"),
        ("folder.xml", "that is a folder; give a file"),
        ("/proc/report.xml", "No such file or directory; give another file"),
    ],
)
def test_a_file_that_can_not_be_written_is_told_before_anything_runs(
    workbench: Workbench, file: str, said: str
) -> None:
    (workbench.folder / "folder.xml").mkdir()
    found = workbench.run("test", "--write", file)
    assert found.status == WRONG
    assert found.error.startswith(f"error: --write {file}: ") and said in found.error
    assert not (workbench.home / "reports").exists()


def test_a_report_goes_into_a_pipe_as_well(judged: Workbench, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.tap"
    os.mkfifo(pipe)
    with judged.start("report", "--json", judged.folder / "report.json", "--write", pipe) as shown:
        assert pipe.read_text("utf-8").startswith("TAP version 13\n")
        shown.communicate(timeout=DEADLINE)
    assert shown.returncode == DONE


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
