"""What a run's events add up to, and the place from which a reader goes on."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model import RunEnd, Verdict
from harness.report.live.state import Cursor, RunState, after
from harness.system.runlog import Begun, Event, Expected, JobDone, Over, Started, Told

IDENTS = st.from_regex(r"[0-9]{20}-[0-9]{1,7}", fullmatch=True)
FIRST = Told("django/a", "django 1", Verdict.UNPROVEN, "one")
LAST = Told("django/a", "django 1", Verdict.FIXES, "two")


def state(*events: Event) -> RunState:
    return reduce(after, events, RunState("1"))


def test_jobs_that_run_and_those_that_are_done() -> None:
    found = state(
        Begun("2021", "test", "1"), Expected(3), Started("x"), Started("y"), JobDone("x", 1, 9.0)
    )
    assert (found.running, found.done, found.jobs, found.left) == (("y",), 1, 3, 9.0)


def test_two_jobs_of_one_name_are_two() -> None:
    assert state(Started("x"), Started("x"), JobDone("x", 1)).running == ("x",)


def test_the_last_word_on_a_candidate_stands_in_the_place_of_the_first() -> None:
    other = Told("django/b", "django 1", Verdict.FIXES, "")
    elsewhere = Told("django/a", "django 2", Verdict.BREAKS, "")
    assert state(FIRST, other, elsewhere, LAST).verdicts == (LAST, other, elsewhere)


def test_when_it_is_over_nothing_runs_any_more() -> None:
    found = state(Expected(3), Started("x"), Over(RunEnd.STOPPED, "partial.json"))
    assert (found.running, found.over) == ((), Over(RunEnd.STOPPED, "partial.json"))


@given(st.dictionaries(IDENTS, st.integers(0, 10**12)))
def test_a_cursor_comes_back_as_it_was(offsets: dict[str, int]) -> None:
    assert Cursor.read(str(Cursor(offsets))) == Cursor(offsets)


@given(st.text())
def test_whatever_a_client_sends_is_a_cursor_or_none(text: str) -> None:
    found = Cursor.read(text)
    assert found is None or all(offset >= 0 for offset in found.offsets.values())


@pytest.mark.parametrize("text", ["x", "x:", ":1", "x:-1", "x:1,", "x:1;y:2", "x:" + "9" * 99])
def test_what_a_client_made_up_is_none(text: str) -> None:
    assert Cursor.read(text) is None


def test_what_began_after_the_newest_is_new_and_what_is_over_of_no_interest() -> None:
    cursor = Cursor({"2": 50, "4": 70})
    assert [cursor.place_in(ident) for ident in ("1", "2", "3", "4", "5")] == [
        None,
        50,
        None,
        70,
        0,
    ]


def test_a_run_that_is_over_is_forgotten_unless_it_is_the_newest() -> None:
    assert Cursor({"2": 50}).at("4", 9, forget={"2"}) == Cursor({"4": 9})
    assert Cursor({"2": 50, "4": 9}).at("4", 12, forget={"4"}) == Cursor({"2": 50, "4": 12})
