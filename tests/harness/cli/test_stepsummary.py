"""What a job of GitHub Actions shows of a run: the file of `$GITHUB_STEP_SUMMARY`."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from harness.cli import stepsummary
from harness.report.github import STEP_SUMMARY


@pytest.fixture
def summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "summary.md"
    monkeypatch.setenv(stepsummary.VARIABLE, str(path))
    return path


def appended(text: str) -> str:
    """Append it and return what was said about that."""
    stream = io.StringIO()
    stepsummary.append(lambda _: text, Console(file=stream, width=200))
    return stream.getvalue()


def test_it_is_appended(summary: Path) -> None:
    summary.write_text("# Before\n", "utf-8")
    assert appended("✗ it breaks\n") == ""
    assert appended("✓ it fixes\n") == ""
    assert summary.read_text("utf-8") == "# Before\n✗ it breaks\n✓ it fixes\n"


def test_outside_of_actions_nothing_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for value in (None, ""):
        if value is None:
            monkeypatch.delenv(stepsummary.VARIABLE, raising=False)
        else:
            monkeypatch.setenv(stepsummary.VARIABLE, value)
        stepsummary.append(lambda _: pytest.fail("it was rendered"), Console())


def test_a_failure_to_write_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(stepsummary.VARIABLE, str(tmp_path / "nowhere" / "summary.md"))
    (line,) = appended("text").splitlines()
    assert line.startswith("warning: $GITHUB_STEP_SUMMARY was not written: [Errno 2]")


def test_what_other_steps_wrote_takes_of_the_room(summary: Path) -> None:
    summary.write_text("x" * 1000, "utf-8")
    asked: list[int] = []

    def render(limit: int) -> str:
        asked.append(limit)
        return ""

    stepsummary.append(render, Console())
    assert asked == [STEP_SUMMARY - 1000]


@pytest.mark.parametrize("before", [0, STEP_SUMMARY - 200, STEP_SUMMARY - 3, STEP_SUMMARY + 5])
def test_what_does_not_fit_is_cut_at_a_line_and_says_so(summary: Path, before: int) -> None:
    summary.write_bytes(b"x" * before)
    assert appended("a line with ü\n" * 100_000) == ""
    written = summary.read_bytes()[before:].decode()
    assert len(written.encode()) <= max(STEP_SUMMARY - before, 0)
    if written:
        assert written.endswith(f"a line with ü{stepsummary.CUT}")


def test_lone_surrogates_are_written_as_something(summary: Path) -> None:
    assert appended("a\ud800b") == ""
    assert summary.read_text("utf-8") == "a?b"
