"""What this machine has not got of what tests ask for is told: undone, or as a hint."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from support.values import JOB

from harness.compare.lacking import lacking
from harness.model import NoteKind


def test_the_wire_does_without_a_client_and_says_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    servers = ("runserver",), ("nothreading",)
    jobs = [msgspec.structs.replace(JOB, suite="regression", labels=each) for each in servers]
    notes = lacking(jobs)
    assert {note.kind for note in notes} == {NoteKind.HINT}
    told = [note.text for note in notes if "node" in note.text or "curl" in note.text]
    assert told == [
        "on the wire, tests with node are skipped on every tree: node is not installed: get the "
        "package nodejs",
        "on the wire, tests with curl are skipped on every tree: curl is not installed: get the "
        "package curl",
        "on the wire, tests with bridge, race are skipped on every tree: the bridge needs "
        "Node.js: install the package nodejs",
    ]


def test_other_suites_need_none_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert lacking([JOB]) == []
