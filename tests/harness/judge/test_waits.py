"""Which differences of measured times are noticed, which matter, and which are proved."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.judge import exact, waits
from harness.judge.runs import Run
from harness.judge.waits import FEWEST_RUNS, Series
from harness.model import ChangeKind, JobEnd, Outcome, Result, Status, Wait

NAME = "the end"
SLOWER, FASTER = ChangeKind.SLOWER, ChangeKind.FASTER


def run(*seconds: float, alone: bool = True, status: Status = Status.PASSED) -> Run:
    """One run in which a test took these samples."""
    outcome = Outcome(status, waits={NAME: seconds})
    only = frozenset({"a"}) if alone else frozenset()
    return Run(Result(JobEnd.COMPLETED, {"a": outcome}), only, first=not alone)


def side(first: float, alone: Sequence[float] = ()) -> list[Run]:
    """The first run, and those alone, of one sample each."""
    return [run(first, alone=False), *map(run, alone)]


@pytest.mark.parametrize(
    ("base", "patched", "kind"),
    [
        (0.001, 0.5, SLOWER),
        (0.5, 0.001, FASTER),
        # Nagle and a delayed acknowledgement, in both directions.
        (0.0005, 0.0439, SLOWER),
        (0.0439, 0.0005, FASTER),
        # 20 ms or less are nothing, however many times as much that is.
        (0.0001, 0.02, None),
        (0.0001, 0.0202, SLOWER),
        # Nor is half as much again or less.
        (1.0, 1.5, None),
        (1.0, 1.51, SLOWER),
        (1.5, 1.0, None),
        (0.3, 0.3, None),
    ],
)
def test_what_is_noticed_and_matters(base: float, patched: float, kind: ChangeKind | None) -> None:
    found = waits.noticed(side(base), side(patched))
    assert found == ({Series("a", NAME): kind} if kind else {})


def test_a_run_is_the_median_of_its_samples() -> None:
    """One slow sample of a busy moment says nothing."""
    quiet, hiccup = run(0.001, 0.001, 0.001, alone=False), run(0.001, 3.0, 0.001, alone=False)
    assert waits.noticed([quiet], [hiccup]) == {}
    assert waits.noticed([quiet], [run(3.0, 3.0, 0.001, alone=False)])


def test_what_lies_between_two_runs_of_the_base_is_not_noticed() -> None:
    """The control's first run is one of them."""
    base = [run(seconds, alone=False) for seconds in (0.001, 0.2)]
    assert waits.noticed(base, side(0.15)) == waits.noticed(side(0.15), base) == {}
    assert waits.noticed(base, side(0.5)) and waits.noticed(side(0.5), base)


def test_only_tests_that_passed_are_compared() -> None:
    """Where one fails, that is the news."""
    failed = run(3.0, alone=False, status=Status.FAILED)
    assert waits.noticed(side(0.001), [failed]) == {}
    assert waits.noticed(side(0.001), [run(alone=False)]) == {}


def test_both_medians_and_how_often_each_side_ran_are_told() -> None:
    base, patched = side(0.9, [0.01, 0.02, 0.03]), side(9.0, [0.51, 0.5])
    (change,) = waits.changes("regression", base, patched)
    assert change.wait == Wait(NAME, 0.02, 0.505, (3, 2))
    assert (change.suite, change.test, change.kind) == ("regression", "a", SLOWER)
    assert (change.base_runs, change.patched_runs) == ({"passed": 3}, {"passed": 2})


BASE = (0.001, 0.002, 0.003, 0.004, 0.005)


@pytest.mark.parametrize(
    ("patched", "is_proved"),
    [
        ((0.50, 0.51, 0.52, 0.53, 0.54), True),
        # Above all of the base's, and not by as much as matters.
        ((0.010, 0.011, 0.012, 0.013, 0.014), False),
        # One run like the base's.
        ((0.50, 0.51, 0.52, 0.53, 0.004), False),
        ((0.50, 0.51, 0.52, 0.53), False),
    ],
)
def test_what_the_runs_alone_prove(patched: tuple[float, ...], is_proved: bool) -> None:
    for base, other, kind in ((BASE, patched, SLOWER), (patched, BASE, FASTER)):
        first = (0.001, 0.5) if kind is SLOWER else (0.5, 0.001)
        found = waits.changes("regression", side(first[0], base), side(first[1], other))
        assert [each.kind for each in found] == [kind]
        assert waits.is_doubtful(found[0]) is not is_proved
        left = waits.settled(found, waits.bars(found))
        assert [each.confirmed for each in left] == ([True] if is_proved else [])


def test_the_first_runs_prove_nothing() -> None:
    (change,) = waits.settled(
        found := waits.changes("regression", side(0.0), side(5.0)), waits.bars(found)
    )
    assert (change.confirmed, change.chance) == (False, 1.0)
    assert change.wait == Wait(NAME, 0.0, 5.0)


def test_slower_and_faster_are_looked_at_apart_and_doubts_make_the_rest_harder() -> None:
    base, late = side(0.0, [0.0] * 5), side(0.5, [0.5] * 5)
    slower = waits.changes("regression", base, late)
    faster = waits.changes("regression", late, base)
    doubt = waits.changes("regression", base, side(0.5, [0.0] * 5))
    assert all(waits.bars([*slower, *faster]).values())
    bars = waits.bars([*slower, *faster, *doubt])
    assert (bars[SLOWER], bars[FASTER]) == (0.0, faster[0].chance)
    # What would count alone is listed, and not confirmed.
    assert [each.confirmed for each in waits.settled([*slower, *doubt], bars)] == [False]


@pytest.mark.parametrize("doubtful", [0, 3, 14, 40])
def test_the_runs_that_are_asked_for_prove_a_wait_beside_so_many_doubts(doubtful: int) -> None:
    runs = waits.runs_needed(doubtful, 2)
    found = waits.changes("regression", side(0, [0] * runs), side(1, [1] * runs))
    doubts = doubtful * waits.changes("regression", side(0, [0] * runs), side(1, [0] * runs))
    assert waits.settled(found, waits.bars([*found, *doubts]))[0].confirmed


def test_two_sides_of_the_base_are_told_apart_where_they_differ() -> None:
    same = waits.between_equals("regression", side(0, BASE), side(0, BASE))
    assert {each.kind for each in same} == {SLOWER, FASTER}
    assert waits.settled(same, waits.bars(same)) == []
    other = waits.between_equals("regression", side(0, [0] * 5), side(0, [1] * FEWEST_RUNS))
    assert [each.kind for each in waits.settled(other, waits.bars(other))] == [SLOWER]


times = st.floats(0, 100)
several = st.lists(times, max_size=7)


@given(times, several, times, several)
def test_whatever_was_measured_the_two_sides_mirror_each_other(
    first: float, alone: list[float], other: float, others: list[float]
) -> None:
    here, there = side(first, alone), side(other, others)
    opposite = {SLOWER: FASTER, FASTER: SLOWER}
    forth, back = waits.changes("x", here, there), waits.changes("x", there, here)
    assert [(opposite[each.kind], each.chance) for each in forth] == [
        (each.kind, each.chance) for each in back
    ]
    for each in waits.settled(forth, waits.bars(forth)):
        assert not each.confirmed or each.chance <= exact.LEVEL


@given(times, several)
def test_the_base_against_itself_has_no_wait(first: float, alone: list[float]) -> None:
    runs = side(first, alone)
    assert waits.changes("x", runs, runs) == []
    equal = waits.between_equals("x", runs, runs)
    assert not any(each.confirmed for each in waits.settled(equal, waits.bars(equal)))
