"""Records as files: whatever is in one, what it says is told without a guess."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.suites import record


def lines(*events: Mapping[str, object]) -> str:
    return "".join(json.dumps(event) + "\n" for event in events)


PLAN = {"event": "plan", "tests": ["a", "b"]}
START = {"event": "start", "test": "a"}
OUTCOME = {"event": "outcome", "test": "a", "status": "passed"}
END = {"event": "end", "ran": 1}


def read(tmp_path: Path, text: str) -> record.Record:
    file = tmp_path / "record"
    file.write_text(text, "utf-8")
    return record.read(file)


def test_a_record_that_is_missing_or_empty_says_nothing(tmp_path: Path) -> None:
    for kept in (record.read(tmp_path / "none"), read(tmp_path, "")):
        assert (kept.plan, kept.outcomes, kept.ended) == (None, {}, False)


def test_a_whole_record(tmp_path: Path) -> None:
    kept = read(tmp_path, lines(PLAN, START, OUTCOME, END))
    assert kept.plan == ("a", "b")
    assert (list(kept.outcomes), kept.running, kept.ended) == (["a"], "", True)


def test_a_record_cut_off_anywhere_never_counts_as_ended(tmp_path: Path) -> None:
    whole = lines(PLAN, START, OUTCOME, END)
    for length in range(len(whole)):
        kept = read(tmp_path, whole[:length])
        assert not kept.ended
        if length < len(lines(PLAN, START, OUTCOME)):
            assert kept.outcomes == {}
    assert read(tmp_path, lines(PLAN, START)).running == "a"


@pytest.mark.parametrize(
    "rubbish",
    [
        "\x00\n",
        "OK\n",
        "{}\n",
        lines({"event": "verdict"}),
        lines({"event": "outcome", "test": "a", "status": "splendid"}),
        lines({**OUTCOME, "waits": {"the end": ["long"]}}),
    ],
)
def test_rubbish_in_a_record_ends_the_reading_of_it(tmp_path: Path, rubbish: str) -> None:
    kept = read(tmp_path, lines(PLAN, START) + rubbish + lines(OUTCOME, END))
    assert (kept.outcomes, kept.running, kept.ended) == ({}, "a", False)
