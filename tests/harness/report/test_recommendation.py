"""Which patch to merge, from verdicts alone."""

from __future__ import annotations

import msgspec
import pytest
from support.values import change

from harness.model import (
    ApplyResult,
    Change,
    ChangeKind,
    FileReach,
    Judgement,
    Reach,
    RedGreenProof,
    Stack,
    Status,
    Verdict,
    Wait,
)
from harness.report.recommendation import recommendation, recommendations

DJANGO, OLDER, PYTHON = "django 6.1.3", "django 4.2", "cpython 3.13.0"


def judged(name: str, verdict: Verdict, *found: Change, base: str = DJANGO) -> Judgement:
    return Judgement(
        name, base, ApplyResult.CLEAN, verdict, changes=found, stack=Stack.read(name), tests=30
    )


def fixed(*tests: str) -> list[Change]:
    return [change(ChangeKind.FIXED, Status.FAILED, Status.PASSED, test=test) for test in tests]


def broken(*tests: str) -> list[Change]:
    return [change(test=test) for test in tests]


def fix(name: str, *tests: str, base: str = DJANGO) -> Judgement:
    return judged(name, Verdict.FIXES, *fixed(*tests), base=base)


def test_the_patch_that_fixes_most_and_breaks_none_comes_first() -> None:
    found = [
        fix("django/small", "a"),
        judged("django/wild", Verdict.BREAKS, *fixed("a", "b", "c", "d"), *broken("x", "y")),
        fix("django/large", "a", "b"),
        judged("django/idle", Verdict.NEUTRAL),
        judged("django/halted", Verdict.INCONCLUSIVE),
        judged("django/old", Verdict.DOES_NOT_APPLY),
    ]
    assert recommendation(found) == (
        "For django: large fixes most, 2 tests, and breaks none. Next: small (1). "
        "wild breaks 2 tests. idle changes no test's outcome. halted is not decided. "
        "old does not apply."
    )


def test_patches_to_different_upstreams_do_not_compete() -> None:
    both = fix("cpython/b+django/a", "a", "b", "c")
    said = recommendations([fix("django/a", "a"), fix("cpython/b", "a", "b", base=PYTHON), both])
    assert said == [
        "For django: a fixes 1 test and breaks none.",
        "For cpython: b fixes 2 tests and breaks none.",
        "For cpython and django: b + a fixes 3 tests and breaks none.",
    ]


def test_tests_that_a_patch_brings_along_count_least() -> None:
    own = ("own1", "own2", "own3")
    boastful = fix("django/boastful", "a", *own)
    boastful = msgspec.structs.replace(boastful, proof=RedGreenProof(red=own, times=3))
    assert recommendation([boastful, fix("django/modest", "a", "b")]).startswith(
        "For django: modest fixes most, 2 tests, and breaks none. Next: boastful (4)."
    )
    assert "boastful fixes 1 test (and 3 of its own) and" in recommendation([boastful])


def test_equals_are_named_together() -> None:
    said = recommendation([fix("django/one", "a"), fix("django/other", "b")])
    assert said == "For django: one and other fix most, 1 test each, and break none."


def test_a_test_counts_once_however_many_bases_it_was_run_on() -> None:
    said = recommendation([fix("django/a", "t"), fix("django/a", "t", base=OLDER)])
    assert "fixes 1 test and" in said


def test_what_breaks_on_one_base_is_no_fix_on_another() -> None:
    found = [fix("django/a", "t"), judged("django/a", Verdict.BREAKS, *broken("x"), base=OLDER)]
    assert recommendation(found) == "For django: a breaks 1 test."


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict.UNPROVEN, "It is not proved on django 4.2."),
        (Verdict.DOES_NOT_APPLY, "It does not apply to django 4.2."),
    ],
)
def test_a_base_that_says_little_takes_nothing_from_a_fix(verdict: Verdict, said: str) -> None:
    found = [fix("django/a", "t"), judged("django/a", verdict, base=OLDER)]
    assert recommendation(found) == f"For django: a fixes 1 test and breaks none. {said}"


def test_what_the_best_one_costs_is_said_with_it() -> None:
    cost = change(ChangeKind.SLOWER, patched=Status.PASSED, test="w", wait=Wait("end", 0.0, 2.03))
    meant = change(test="m", expected=True, why="that is what it is for")
    found = judged("django/a", Verdict.FIXES, *fixed("t"), cost, meant)
    missed = Reach(files=(FileReach("django", "a.py", statements=2, unreached=((1, 1),)),))
    assert recommendation([msgspec.structs.replace(found, reach=missed)]).endswith(
        "It changes 1 test by design, makes somebody wait longer, by up to 2.03 s and has "
        "changed lines that no test ran."
    )


def test_lines_that_a_test_of_another_base_ran_are_run() -> None:
    missed = Reach(files=(FileReach("django", "a.py", statements=2, unreached=((1, 1),)),))
    here = msgspec.structs.replace(fix("django/a", "t"), reach=missed)
    there = msgspec.structs.replace(fix("django/a", "t", base=OLDER), reach=Reach())
    assert "no test ran" not in recommendation([here, there])


def test_a_change_that_repeats_did_not_confirm_decides_nothing() -> None:
    doubt = [msgspec.structs.replace(each, confirmed=False) for each in fixed("t", "u")]
    found = [judged("django/doubtful", Verdict.FIXES, *doubt, *fixed("v")), fix("django/a", "a")]
    assert "doubtful and a fix most, 1 test each" in recommendation(found)


def test_many_are_counted() -> None:
    found = [judged(f"django/p{n}", Verdict.NEUTRAL) for n in range(9)]
    assert recommendation(found) == (
        "For django: no patch fixes a test without breaking others. "
        "p0, p1, p2, p3 and 5 more change no test's outcome."
    )


def test_nothing_is_said_of_nothing() -> None:
    assert recommendation([]) == ""
    control = msgspec.structs.replace(judged("django/x", Verdict.NEUTRAL), control=True)
    assert recommendation([control]) == ""
