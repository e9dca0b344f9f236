"""The page of a suspected commit: every symptom and every test, by state."""

from __future__ import annotations

from support.histories import trial
from support.pages import HOSTILE, Page, read

from harness.judge.causation import SuspectReport
from harness.report.pages import suspected


def page_of(report: SuspectReport) -> Page:
    return read(suspected.page_of(report))


def test_the_last_word_comes_first() -> None:
    text = page_of(trial()).text
    word = "✗ bbbbbbbbbb: of 2 symptoms 1 confirmed, 1 not the cause, 0 untestable"
    assert word in text.partition("Symptoms by state")[0]


def test_a_cell_has_a_sign_and_a_number_for_each_state() -> None:
    text = page_of(trial()).text
    assert (
        "full body bridge ✓ none fails 0/1 ✗ all fail 1/1 ✗ all fail 1/1 ✓ none fails 0/1" in text
    )
    # Of the two tests of the other behaviour one could not be tried before.
    assert "keep alive direct ✗ all fail 1/1 ◐ some fail 1/2 ✗ all fail 2/2" in text


def test_the_runs_of_every_test_are_there_with_a_place_of_their_own() -> None:
    page = page_of(trial())
    assert "test_new ✗ appeared with it ✓ none fails 0/3 ✗ all fail 3/3" in page.text
    assert "◐ some fail 1/3" in page.text
    assert "test_late ? untestable · not tried" in page.text
    assert len(page.places("test")) == 3
    assert len([each for each in page.places("symptom") if each[-6:] != "-tests"]) == 2


def test_notes_are_there() -> None:
    assert "full body was left out" in page_of(trial()).text


def test_hostile_text_does_nothing() -> None:
    page = page_of(trial(f"test_{HOSTILE}", HOSTILE))
    assert page.tags["b"] == 0
    assert "<script>alert(1)</script>" in page.text
