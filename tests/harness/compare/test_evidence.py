"""The diff that a judgement is about, and the end of what a run has said."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from support.tiny import SERVER, Workbench

from harness.compare import evidence
from harness.compare.evidence import end_of
from harness.model import Judgement


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log.txt"


def test_the_end_of_a_file(log: Path) -> None:
    log.write_bytes(b"begin" + b"x" * 5000 + "the énd\n".encode())
    found = end_of(log)
    assert len(found) == evidence.LOG_END
    assert found.endswith("xxthe énd\n")


def test_a_short_file_is_whole_and_what_is_no_text_is_replaced(log: Path) -> None:
    log.write_bytes(b"a\0b\xff\x1b[31mc")
    assert end_of(log) == "a\0b\N{REPLACEMENT CHARACTER}\x1b[31mc"


def test_a_file_that_can_not_be_read_has_no_end(log: Path, tmp_path: Path) -> None:
    assert end_of(log) == ""
    assert end_of(tmp_path) == ""


def test_what_is_no_file_is_not_waited_for(log: Path) -> None:
    os.mkfifo(log)
    assert end_of(log) == ""


def test_a_link_is_not_followed(log: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("key", "utf-8")
    log.symlink_to(tmp_path / "secret")
    assert end_of(log) == ""


def test_the_end_of_a_log_is_kept_once_and_found_for_every_change(judged: Workbench) -> None:
    found = msgspec.convert(judged.candidates()["django/breaks"], Judgement)
    worse = [each for each in found.changes if each.confirmed and each.log]
    assert len(worse) > len({each.log for each in worse}) == sum(bool(x.log_end) for x in worse)
    for each in worse:
        log = (judged.home / each.log).read_text("utf-8", "replace")
        end = found.log_ends()[each.log]
        assert end and log.endswith(end)
    flaky = msgspec.convert(judged.candidates()["django/flakes"], Judgement)
    assert flaky.changes and not flaky.log_ends()


def test_a_diff_that_is_too_long_ends_in_a_line_that_says_so() -> None:
    data = b"+line\n" * 100
    assert evidence.at_most(data, 600) == data.decode()
    assert evidence.at_most(data, 599) == "+line\n" * 99 + "\\ 6 more bytes are left out\n"
    assert evidence.at_most(data, 0) == "\\ 600 more bytes are left out\n"


def test_the_diff_is_between_the_trees_that_ran(judged: Workbench) -> None:
    """What was merged three ways has other line numbers in the patch's own text."""
    found = judged.candidates()["django/merges"]
    assert found["applies"] == "3way"
    (patch,) = found["patches"]
    assert (patch["candidate"], patch["upstream"]) == ("django/merges", "django")
    assert patch["name"] == "django-merges.diff"
    lines = SERVER.read_text("utf-8").splitlines()
    removed = [line[1:] for line in patch["text"].splitlines() if line.startswith("-")][1:]
    assert removed and set(removed) <= set(lines)
