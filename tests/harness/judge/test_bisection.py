"""The search over a sequence of states: right where runs are, and silent where they are noise."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.judge import bisection
from harness.judge.bisection import Finding, Rules
from harness.model import Answer, Conclusion, RequestError, Status

GOOD, BAD, UNTESTABLE, NOT_YET = Answer.GOOD, Answer.BAD, Answer.UNTESTABLE, Answer.NOT_YET
OTHER = {GOOD: BAD, BAD: GOOD}
SEARCHES = 400  # of each kind; the seed is fixed, so that what passes once passes always

Behaviour = Callable[[int], Answer]


def changing(at: int, first: Answer = GOOD, skips: Collection[int] = ()) -> Behaviour:
    """States that answer ``first`` up to ``at``, and then the opposite."""

    def behaves(state: int) -> Answer:
        if state in skips:
            return UNTESTABLE
        return first if state < at else OTHER[first]

    return behaves


def noisy(behaves: Behaviour, noise: float, chance: random.Random) -> Behaviour:
    """The same, but a run in so many says the opposite."""

    def lies(state: int) -> Answer:
        answer = behaves(state)
        return OTHER[answer] if answer in OTHER and chance.random() < noise else answer

    return lies


def search(behaves: Behaviour, rules: Rules, slots: int = 6) -> tuple[Finding, int]:
    """A search to its end, and how many rounds it took."""
    record: dict[int, list[Answer]] = {}
    rounds = 0
    while probes := bisection.due(record, rules, slots):
        assert len(probes) <= slots
        rounds += 1
        for state in probes:
            record.setdefault(state, []).append(behaves(state))
    found = bisection.finding(record, rules)
    assert found is not None
    return found, rounds


@st.composite
def sequences(draw: st.DrawFn) -> tuple[int, int, Answer, set[int], int]:
    """A size, where it changes, from what, states that can not be tried, runs at once."""
    size = draw(st.integers(2, 600))
    at = draw(st.integers(1, size - 1))
    inner = st.integers(1, size - 2) if size > 2 else st.nothing()
    skips = draw(st.sets(inner, max_size=40)) if size > 2 else set()
    return size, at, draw(st.sampled_from([GOOD, BAD])), skips, draw(st.integers(1, 12))


@given(sequences())
def test_finds_the_one_change_whatever_can_not_be_tried(
    case: tuple[int, int, Answer, set[int], int],
) -> None:
    size, at, first, skips, slots = case
    found, _ = search(changing(at, first, skips), Rules(size, first), slots)
    before = max(state for state in range(at) if state not in skips)
    after = min(state for state in range(at, size) if state not in skips)
    assert (found.before, found.after) == (before, after)
    assert found.conclusion is (Conclusion.FOUND if after - before == 1 else Conclusion.RANGE)
    assert found.confidence > 0.99
    assert found.again == ()


@given(st.integers(2, 600), st.sampled_from([GOOD, BAD]), st.integers(1, 12))
def test_names_no_culprit_where_nothing_changes(size: int, always: Answer, slots: int) -> None:
    found, rounds = search(lambda state: always, Rules(size), slots)
    assert found.conclusion is Conclusion.SAME
    assert found.ends == (always, always)
    assert rounds <= 4


@given(sequences())
def test_says_when_the_ends_are_the_other_way_round(
    case: tuple[int, int, Answer, set[int], int],
) -> None:
    size, at, first, skips, slots = case
    found, _ = search(changing(at, OTHER[first], skips), Rules(size, first), slots)
    assert found.conclusion is Conclusion.SWAPPED


@pytest.mark.parametrize("end", [0, 9])
def test_an_end_that_can_not_be_tried_is_said(end: int) -> None:
    found, _ = search(changing(5, skips={end}), Rules(10))
    assert found.conclusion is Conclusion.UNTESTABLE
    assert found.ends[0 if end == 0 else 1] is UNTESTABLE


def test_where_only_the_ends_can_be_tried_the_answer_is_all_between() -> None:
    found, _ = search(changing(5, skips=set(range(1, 9))), Rules(10))
    assert found.conclusion is Conclusion.RANGE
    assert (found.before, found.after) == (0, 9)


@pytest.mark.parametrize("noise", [0.01, 0.05, 0.1, 0.2])
def test_noise_of_the_stated_rate_misleads_no_more_often_than_the_doubt(noise: float) -> None:
    chance = random.Random(32472)
    wrong = 0
    for _ in range(SEARCHES):
        size = chance.randint(2, 512)
        at = chance.randint(1, size - 1)
        rules = Rules(size, noise=noise)
        found, _ = search(noisy(changing(at), noise, chance), rules)
        if found.conclusion.is_boundary:
            wrong += not found.before < at <= found.after
    assert wrong <= SEARCHES * rules.doubt


@pytest.mark.parametrize("noise", [0.01, 0.05, 0.1, 0.2, 0.3])
def test_noise_alone_names_no_culprit(noise: float) -> None:
    chance = random.Random(934)
    named = 0
    for _ in range(SEARCHES):
        size = chance.randint(2, 512)
        rules = Rules(size, noise=noise)
        found, _ = search(noisy(lambda state: GOOD, noise, chance), rules)
        named += found.conclusion.is_boundary
    assert named <= SEARCHES * rules.doubt


def test_more_noise_than_was_stated_is_noticed_and_asks_for_more_runs() -> None:
    chance = random.Random(29849)
    calm, _ = search(changing(200), Rules(512))
    found, _ = search(noisy(changing(200), 0.15, chance), Rules(512))
    assert (found.before, found.after) == (199, 200)
    assert found.noise > 0.05
    assert found.runs > 2 * calm.runs


def test_a_state_that_lies_once_is_found_out_at_the_boundary() -> None:
    lies = iter([BAD])

    def behaves(state: int) -> Answer:
        return next(lies, GOOD) if state == 60 else changing(300)(state)

    found, _ = search(behaves, Rules(512), slots=2)
    assert (found.before, found.after) == (299, 300)


def test_both_sides_of_the_boundary_ran_as_often_as_asked_for() -> None:
    runs: dict[int, int] = {}

    def behaves(state: int) -> Answer:
        runs[state] = runs.get(state, 0) + 1
        return changing(300)(state)

    search(behaves, Rules(512, agree=3))
    assert {runs[state] for state in (299, 300)} == {3}


def test_a_test_that_passes_every_other_time_is_given_up() -> None:
    turns = [itertools.cycle([GOOD, BAD]) for _ in range(50)]
    found, _ = search(lambda state: next(turns[state]), Rules(50))
    assert found.conclusion is Conclusion.FLAKY
    assert found.runs <= 2 * Rules(50).most + 4  # the four that were tried before it showed


def test_a_second_change_is_told() -> None:
    def behaves(state: int) -> Answer:
        return BAD if 10 <= state < 20 or state == 99 else GOOD

    found, _ = search(behaves, Rules(100), slots=30)
    assert (found.before, found.after) == (9, 10)
    assert found.again
    assert all(20 <= state < 99 for state in found.again)


@pytest.mark.parametrize(("slots", "rounds"), [(1, 13), (2, 9), (6, 4)])
def test_more_runs_at_once_take_fewer_rounds(slots: int, rounds: int) -> None:
    _, took = search(changing(300), Rules(512), slots)
    assert took <= rounds


def test_a_record_is_enough_to_go_on_or_to_tell_the_finding_again() -> None:
    rules = Rules(64)
    record: dict[int, list[Answer]] = {}
    while probes := bisection.due(record, rules, 2):
        assert bisection.finding(record, rules) is None
        for state in probes:
            record.setdefault(state, []).append(changing(40)(state))
    assert bisection.finding(record, rules) == bisection.finding(dict(record), rules)


@pytest.mark.parametrize("rules", [Rules(1), Rules(9, noise=0.5), Rules(9, noise=0)])
def test_rules_that_can_find_nothing_are_refused(rules: Rules) -> None:
    with pytest.raises(RequestError):
        bisection.check(rules)


def test_every_status_says_something() -> None:
    assert set(bisection.ANSWERS) == set(Status)
    assert {bisection.ANSWERS[s] for s in (Status.SKIPPED, Status.ABSENT)} == {UNTESTABLE}


# Weights -------------------------------------------------------------------------------------


@given(sequences(), st.integers(0, 2**32).map(random.Random), st.sampled_from([0, 1, 20]))
def test_weights_change_the_order_and_never_the_finding(
    case: tuple[int, int, Answer, set[int], int], chance: random.Random, power: int
) -> None:
    size, at, first, skips, slots = case
    # Alike, unlike, and many that are as good as nothing beside a few.
    weights = tuple(chance.random() ** power for _ in range(size))
    plain, _ = search(changing(at, first, skips), Rules(size, first), slots)
    found, _ = search(changing(at, first, skips), Rules(size, first, weights=weights), slots)
    for field in ("conclusion", "ends", "before", "after", "again"):
        assert getattr(found, field) == getattr(plain, field)


def test_where_the_change_is_probable_is_tried_first() -> None:
    size, at = 512, 400
    weights = tuple(100.0 if state == at else 0.01 for state in range(size))
    plain, _ = search(changing(at), Rules(size), slots=1)
    found, _ = search(changing(at), Rules(size, weights=weights), slots=1)
    assert (found.before, found.after) == (at - 1, at)
    assert found.runs < plain.runs - 4
    away, _ = search(changing(30), Rules(size, weights=weights), slots=1)
    assert (away.before, away.after) == (29, 30)


# What is not there yet -----------------------------------------------------------------------


@given(st.integers(3, 200), st.data())
def test_what_is_not_there_yet_is_before_the_change(size: int, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, size - 1))
    there = data.draw(st.integers(1, at))
    found, _ = search(lambda state: NOT_YET if state < there else changing(at)(state), Rules(size))
    assert (found.conclusion, found.before, found.after) == (Conclusion.FOUND, at - 1, at)
    assert found.ends == (NOT_YET, BAD)


def test_what_is_not_there_yet_says_nothing_about_a_mending() -> None:
    """It is neither as bad as the first nor as good as the last, however often it runs."""
    found, _ = search(
        lambda state: NOT_YET if 3 <= state < 6 else changing(5, BAD)(state), Rules(10, BAD)
    )
    assert found.conclusion is Conclusion.RANGE
    assert (found.before, found.after) == (2, 6)
    assert found.runs <= 20  # what tells nothing runs once, and the boundary as often as needed


# What can not be tried -----------------------------------------------------------------------


def test_a_first_state_that_can_not_be_tried_is_taken_as_it_is_said_to_be() -> None:
    nowhere = changing(60, skips={0})
    assert search(nowhere, Rules(100))[0].conclusion is Conclusion.UNTESTABLE
    found, _ = search(nowhere, Rules(100, assumed=True))
    assert (found.conclusion, found.before, found.after) == (Conclusion.FOUND, 59, 60)
    # That nothing was seen to pass before it makes it no more than probable.
    beside, _ = search(changing(1, skips={0}), Rules(100, assumed=True))
    assert (beside.conclusion, beside.before, beside.after) == (Conclusion.RANGE, 0, 1)


def test_a_first_state_that_can_be_tried_is_never_assumed() -> None:
    found, _ = search(lambda state: BAD, Rules(100, assumed=True))
    assert found.conclusion is Conclusion.SAME


def test_a_last_state_is_never_assumed() -> None:
    found, _ = search(changing(60, skips={0, 99}), Rules(100, assumed=True))
    assert found.conclusion is Conclusion.UNTESTABLE


def test_after_two_that_can_not_be_tried_what_is_behind_them_is_tried_first() -> None:
    record = {0: [GOOD] * 9, 19: [BAD] * 9, 8: [UNTESTABLE]}
    assert {state < 8 for state in bisection.due(record, Rules(20), 18)} == {True, False}
    record[12] = [UNTESTABLE]
    assert set(bisection.due(record, Rules(20), 18)) == set(range(13, 19))
    record |= {state: [BAD] * 9 for state in range(13, 19)}
    assert set(bisection.due(record, Rules(20), 18)) == set(range(1, 12)) - {8}


def test_after_so_many_that_can_not_be_tried_the_rest_is_left_as_a_range() -> None:
    nothing_before = changing(150, skips=range(1, 180))
    every, _ = search(nothing_before, Rules(200, skips=1000))
    found, _ = search(nothing_before, Rules(200, skips=12))
    for each in (every, found):
        assert (each.conclusion, each.before, each.after) == (Conclusion.RANGE, 0, 180)
    assert every.runs > 179
    assert found.runs < 60
