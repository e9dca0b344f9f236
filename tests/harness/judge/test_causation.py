"""What runs before a commit, after it and without it say about the commit."""

from __future__ import annotations

import pytest

from harness.judge import causation
from harness.judge.causation import SuspectState, SuspectStates
from harness.model import Answer, Presence, Suspicion

G, B, U = Answer.GOOD, Answer.BAD, Answer.UNTESTABLE
BEFORE, AFTER, OLDER, TODAY, REVERTED = (
    SuspectState(name, name) for name in ("1.0", "1.1", "0.9", "2.0", "2.0 reverted")
)
LINE = SuspectStates(BEFORE, AFTER, (OLDER,), TODAY, REVERTED)
TEST = "test_a"

TABLE = {
    ("GG", "BB"): Presence.APPEARED,
    ("BB", "GG"): Presence.DISAPPEARED,
    ("BB", "BB"): Presence.BOTH,
    ("GG", "GG"): Presence.NOWHERE,
    ("GB", "BB"): Presence.FLAKY,
    ("GG", "GB"): Presence.FLAKY,
    ("GB", "GB"): Presence.FLAKY,
    ("UU", "BB"): Presence.UNTESTABLE,
    ("GG", "UU"): Presence.UNTESTABLE,
    ("", "BB"): Presence.UNTESTABLE,
    ("GU", "BB"): Presence.APPEARED,
}


def runs(letters: str) -> dict[str, list[Answer]]:
    return {TEST: [{"G": G, "B": B, "U": U}[letter] for letter in letters]}


def judged(**states: str) -> causation.Symptom:
    """The one symptom of a trial with one test."""
    names = {"before": "1.0", "after": "1.1", "older": "0.9", "today": "2.0"}
    seen = {names.get(state, "2.0 reverted"): runs(letters) for state, letters in states.items()}
    (found,) = causation.symptoms({("full body", "bridge"): [_tried(seen)]}, LINE)
    return found


def _tried(seen: dict[str, dict[str, list[Answer]]]) -> causation.SuspectTest:
    return causation.suspect_test(TEST, LINE, seen, why="no Python for it")


@pytest.mark.parametrize(("before", "after"), TABLE)
def test_where_a_test_fails(before: str, after: str) -> None:
    found = _tried({"1.0": runs(before), "1.1": runs(after)})
    assert found.presence is TABLE[before, after]
    assert bool(found.why) == (found.presence is Presence.UNTESTABLE)


def test_confirmed_by_a_test_that_fails_since() -> None:
    found = judged(before="GGG", after="BBB", today="BBB", reverted="GGG")
    assert found.suspicion is Suspicion.CONFIRMED
    assert found.because == (
        "1 test passes before it (1.0: 3 of 3 runs passed) "
        "and fails after it (1.1: 3 of 3 runs failed); "
        "of 1 test that fails on 2.0, none still fail with the change taken back, 1 no more"
    )


def test_not_the_cause_of_what_failed_before() -> None:
    found = judged(older="B", before="BB", after="BB", today="BB", reverted="BB")
    assert found.suspicion is Suspicion.NOT_THE_CAUSE
    assert "1 test fails before it (1.0: 2 of 2 runs failed) and after it" in found.because
    assert "on 0.9 as well" in found.because
    assert "1 still fails with the change taken back" in found.because


def test_not_the_cause_of_what_ended_with_it() -> None:
    found = judged(before="BB", after="GG", today="GG", reverted="BB")
    assert found.suspicion is Suspicion.NOT_THE_CAUSE
    assert "fails before it" in found.because and "and passes after it" in found.because


@pytest.mark.parametrize("before", ["U", "GB"])
def test_untestable_where_the_runs_say_nothing_sure(before: str) -> None:
    assert judged(before=before, after="BB").suspicion is Suspicion.UNTESTABLE


def test_what_fails_nowhere_is_no_symptom() -> None:
    seen = {"1.0": runs("GG"), "1.1": runs("GG")}
    assert causation.symptoms({("full body", "direct"): [_tried(seen)]}, LINE) == []
