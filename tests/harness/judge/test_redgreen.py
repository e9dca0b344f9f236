"""What a patch's own tests prove, by the runs of the tree that has nothing else of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from support.values import alone, result, runs

from harness.judge import verdict
from harness.judge.redgreen import BY_ITSELF, IDLE, obstacles, proof_of, together, with_proof
from harness.model import (
    Change,
    ChangeKind,
    JobEnd,
    Outcome,
    RedGreenProof,
    Result,
    Status,
    Verdict,
)

PASSED, FAILED, SKIPPED, ABSENT = Status.PASSED, Status.FAILED, Status.SKIPPED, Status.ABSENT
RUNS = 4


def judged(
    on_base: Status, on_red: Status, when_patched: Status, *, red_ends: JobEnd = JobEnd.COMPLETED
) -> tuple[list[Change], Verdict]:
    """What is said of one test, beside another one that passes everywhere."""
    sides = [
        [result(ended, other=PASSED, **({} if status is ABSENT else {"test": status}))] * RUNS
        for status, ended in (
            (on_base, JobEnd.COMPLETED),
            (on_red, red_ends),
            (when_patched, JobEnd.COMPLETED),
        )
    ]
    base, red, patched = (runs(*side) for side in sides)
    changes = verdict.changes("django", base, patched)
    found = with_proof("django", changes, red, patched)
    return found, verdict.verdict(found, [*sides[0], *sides[2]])


def only(found: list[Change]) -> Change:
    (change,) = found
    return change


@pytest.mark.parametrize("base", [ABSENT, PASSED, FAILED])
def test_a_test_that_needs_the_code_proves_the_fix(base: Status) -> None:
    """Whether it is new, has other words than on the base, or failed there already."""
    found, said = judged(base, FAILED, PASSED)
    assert (only(found).kind, only(found).confirmed) == (ChangeKind.FIXED, True)
    assert only(found).base_runs == {"failed": RUNS}
    assert said is Verdict.FIXES


def test_a_new_test_that_passes_without_the_code_proves_nothing() -> None:
    found, said = judged(ABSENT, PASSED, PASSED)
    assert (only(found).kind, only(found).reason) == (ChangeKind.NEW, IDLE)
    assert said is Verdict.NEUTRAL


def test_a_module_that_can_not_be_imported_without_the_code_is_no_proof() -> None:
    found, said = judged(ABSENT, ABSENT, PASSED)
    assert only(found).kind is ChangeKind.NEW
    assert said is Verdict.NEUTRAL


@pytest.mark.parametrize(
    ("patched", "kind"), [(ABSENT, ChangeKind.REMOVED), (SKIPPED, ChangeKind.TURNED_OFF)]
)
def test_what_the_tests_take_away_by_themselves_is_no_damage(
    patched: Status, kind: ChangeKind
) -> None:
    found, said = judged(PASSED, patched, patched)
    assert (only(found).kind, only(found).reason) == (kind, BY_ITSELF)
    assert said is Verdict.NEUTRAL


@pytest.mark.parametrize("patched", [ABSENT, SKIPPED, FAILED])
def test_what_the_code_takes_away_is(patched: Status) -> None:
    found, said = judged(PASSED, PASSED, patched)
    assert only(found).kind.is_worse
    assert said is Verdict.BREAKS


def test_a_run_that_broke_off_says_nothing() -> None:
    found, said = judged(ABSENT, FAILED, PASSED, red_ends=JobEnd.CUT_OFF)
    assert only(found).kind is ChangeKind.NEW
    assert said is Verdict.NEUTRAL


def test_what_kept_the_tests_from_running_is_told_once() -> None:
    sides = [result(test=PASSED)]
    red = [result(loader=Status.ERROR), result(JobEnd.CUT_OFF, test=FAILED), result(test=FAILED)]
    assert obstacles(red, sides) == ["", "cut-off: "]
    assert obstacles([result(test=FAILED)], sides) == []


OWN = ("test",)
WITHOUT, WITH = [result(test=FAILED)] * RUNS, [result(test=PASSED)] * RUNS


def proof(
    red: list[Result], patched: list[Result], own: Sequence[str] = OWN, base: Status = PASSED
) -> RedGreenProof:
    on_base = [result(test=base)] * RUNS
    return proof_of(own, runs(*on_base), runs(*red), runs(*patched), flaky=0)


def test_an_own_test_that_needs_the_code_is_red() -> None:
    assert proof(WITHOUT, WITH) == RedGreenProof(red=("test",), times=RUNS)


def test_an_own_test_that_passes_on_both_sides_is_a_guard() -> None:
    assert proof(WITH, WITH) == RedGreenProof(guards=("test",), times=RUNS)


def test_an_own_test_that_fails_with_the_code_is_failing() -> None:
    assert proof(WITHOUT, WITHOUT).failing.keys() == {"test"}
    assert proof(WITH, WITHOUT).failing.keys() == {"test"}


def test_one_run_that_is_otherwise_is_told() -> None:
    found = proof([*WITHOUT[1:], result(test=PASSED)], WITH)
    assert (found.red, found.guards) == ((), ())
    assert found.wrong == (
        "test: not sure, without the code: failed 3, passed 1; with the code: passed 4",
    )


def test_a_proof_is_as_sure_as_the_whole_report() -> None:
    sides = (runs(*[result(test=PASSED)] * RUNS), runs(*WITHOUT), runs(*WITH))
    assert proof_of(OWN, *sides, flaky=0).red == ("test",)
    assert proof_of(OWN, *sides, flaky=1).red == ()


def test_runs_of_some_tests_alone_count_for_the_proof() -> None:
    red = [*runs(WITHOUT[0], first=1), *[alone(test=FAILED)] * 4]
    patched = [*runs(WITH[0], first=1), *[alone(test=PASSED)] * 4]
    assert proof_of(OWN, runs(WITH[0]), red, patched, 0) == RedGreenProof(red=("test",), times=5)


def test_what_only_stands_on_changed_tests_proves_if_it_passes_on_the_base() -> None:
    assert proof(WITHOUT, WITH, own=()).red == ("test",)
    assert proof(WITHOUT, WITH, own=(), base=FAILED).red == ()


def test_a_module_that_does_not_load_without_the_code_proves_nothing() -> None:
    assert proof([result(other=PASSED)] * RUNS, WITH) == RedGreenProof(times=RUNS)


def test_the_tests_of_a_module_that_does_not_load_without_the_code_are_named() -> None:
    names = ("i18n.tests.T.test_a", "i18n.tests.T.test_b", "other.tests.T.test_x")
    lost = {"unittest.loader._FailedTest.i18n.tests": Outcome(Status.ERROR)}
    passed = {name: Outcome(PASSED) for name in names}
    red = Result(JobEnd.COMPLETED, {**lost, names[2]: Outcome(PASSED)})
    found = proof([red] * RUNS, [Result(JobEnd.COMPLETED, passed)] * RUNS, own=("i18n.*",))
    assert (found.red, found.unloaded) == ((), names[:2])


def test_without_runs_nothing_is_proved() -> None:
    assert proof([], WITH) == RedGreenProof()


def test_several_parts_together() -> None:
    parts = RedGreenProof(red=("a",), times=3), RedGreenProof(guards=("b",), times=1)
    assert together(parts) == RedGreenProof(red=("a",), guards=("b",), times=3)
