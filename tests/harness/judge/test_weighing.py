"""What runs in place and alone say of one test."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.judge.runs import Sight
from harness.judge.weighing import ORDER, Doubt, Weight, weigh
from harness.model import ChangeKind, Outcome, Status

LETTERS = {
    "p": Status.PASSED,
    "F": Status.FAILED,
    "E": Status.ERROR,
    "h": Status.HUNG,
    "s": Status.SKIPPED,
    "-": Status.ABSENT,
    "?": Status.NOT_RUN,
    "!": Status.SPURIOUS,
}


def sights(text: str) -> list[Sight]:
    """``p pp/pp``: the first run, others in place, and behind the stroke those alone."""
    place, _, alone = text.partition("/")
    first, _, fresh = place.partition(" ")
    return [
        Sight(Outcome(LETTERS[letter]), alone=kind == "alone", first=kind == "first")
        for kind, letters in (("first", first), ("place", fresh), ("alone", alone))
        for letter in letters
    ]


def weighed(base: str, patched: str) -> Weight:
    return weigh(sights(base), sights(patched))


@pytest.mark.parametrize(
    ("base", "patched", "kind", "doubt", "is_proved"),
    [
        # The first run alone proves nothing.
        ("p", "F", ChangeKind.BROKEN, Doubt.PLACE, False),
        # Alone and in place agree.
        ("p/pppp", "F/FFFF", ChangeKind.BROKEN, Doubt.NONE, True),
        ("p/ppp", "F/FFF", ChangeKind.BROKEN, Doubt.NONE, False),
        ("h/hh", "p/pppppppppp", ChangeKind.FIXED, Doubt.NONE, True),
        ("p/pppp", "-/----", ChangeKind.VANISHED, Doubt.NONE, True),
        ("-/----", "p/pppp", ChangeKind.NEW, Doubt.NONE, True),
        ("p/pppp", "F/FEFE", ChangeKind.BROKEN, Doubt.NONE, True),
        # Alone it does not change: only the part can tell.
        ("p/pppp", "F/pppp", ChangeKind.BROKEN, Doubt.PLACE, False),
        ("p pppp/pppp", "F FFFF/pppp", ChangeKind.BROKEN, Doubt.PLACE, True),
        ("p pppp/pppp", "F FFF/pppp", ChangeKind.BROKEN, Doubt.PLACE, False),
        ("p pppp/pppp", "F pppp/pppp", ChangeKind.FLAKY, Doubt.RATE, False),
        # On the base it does another thing alone, always: that is no disagreement.
        ("p pppp/FFFF", "F FFFF/FFFF", ChangeKind.BROKEN, Doubt.PLACE, True),
        # Alone it fails on the base, and with the patch nobody knows: in place it passes.
        ("p p/E", "p p/?", ChangeKind.UNCHANGED, Doubt.NONE, False),
        # What can not be run alone.
        ("- ----/----", "E EEEE/----", ChangeKind.NEW_FAILING, Doubt.PLACE, True),
        # Now and then with the patch.
        ("p/pppp", "F/FpFp", ChangeKind.FLAKY, Doubt.RATE, False),
        ("p/" + "p" * 40, "F/" + "F" * 9 + "p" * 21, ChangeKind.FLAKY, Doubt.RATE, True),
        ("F/FFFF", "p/pppF", ChangeKind.FLAKY, Doubt.RATE, False),
        # A fix is every time, in place as well.
        ("FF/FFFF", "pF/pppp", ChangeKind.FLAKY, Doubt.RATE, True),
        # The base disagrees with itself: nothing is decided.
        ("pF", "F/FFFF", ChangeKind.FLAKY, Doubt.NONE, False),
        ("p/pppF", "F/FFFF", ChangeKind.FLAKY, Doubt.NONE, False),
        # What the machine spoiled counts for nothing.
        ("p/pppp!", "F/FFFF!", ChangeKind.BROKEN, Doubt.NONE, True),
        ("p", "?", ChangeKind.UNKNOWN, Doubt.PLACE, False),
        ("", "F", ChangeKind.UNKNOWN, Doubt.NONE, False),
        ("p", "!", ChangeKind.UNKNOWN, Doubt.NONE, False),
        ("F", "E", ChangeKind.FAILS_DIFFERENTLY, Doubt.NONE, False),
        ("p/p", "p/p", ChangeKind.UNCHANGED, Doubt.NONE, False),
    ],
)
def test_what_runs_add_up_to(
    base: str, patched: str, kind: ChangeKind, doubt: Doubt, is_proved: bool
) -> None:
    weight = weighed(base, patched)
    assert (weight.kind, weight.doubt) == (kind, doubt)
    assert (weight.chance <= 0.005) == is_proved


def test_a_test_that_depends_on_those_before_it_says_so_and_shows_its_runs_in_place() -> None:
    weight = weighed("p pppp/pppp", "F FFFF/pppp")
    assert weight.note == ORDER
    assert {outcome.status for outcome in weight.after} == {Status.FAILED}
    assert weighed("p/pppp", "F/FFFF").note == ""


def test_a_base_that_disagrees_with_itself_says_how() -> None:
    assert weighed("ppp/ppF", "F").unsteady == "passed 5, failed 1"
    assert weighed("ppp/FFF", "F").unsteady == ""


sides = st.builds(
    lambda first, fresh, alone: sights(f"{first} {fresh}/{alone}"),
    st.text(list(LETTERS), max_size=3),
    st.text(list(LETTERS), max_size=4),
    st.text(list(LETTERS), max_size=4),
)


@given(sides, sides)
def test_whatever_was_seen_is_weighed(base: list[Sight], patched: list[Sight]) -> None:
    weight = weigh(base, patched)
    assert 0 < weight.chance <= 1
    if weight.kind is ChangeKind.FIXED:
        good = {Status.PASSED, Status.SPURIOUS}
        assert {outcome.status for outcome in weight.after} <= good
    if weight.unsteady:
        assert (weight.kind, weight.doubt) == (ChangeKind.FLAKY, Doubt.NONE)


@given(sides)
def test_the_base_against_itself_never_changes(runs: list[Sight]) -> None:
    weight = weigh(runs, runs)
    assert weight.kind.is_silent or weight.kind in (ChangeKind.FLAKY, ChangeKind.UNKNOWN)


@given(sides, sides)
def test_first_runs_never_prove_anything(base: list[Sight], patched: list[Sight]) -> None:
    """What is run again is chosen for them."""
    chosen = [[each._replace(first=True, alone=False) for each in side] for side in (base, patched)]
    assert weigh(*chosen).chance == 1.0
