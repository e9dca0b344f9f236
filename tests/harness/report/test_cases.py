"""What a report is to tools that know only passed, failed, error, skipped and flaky."""

from __future__ import annotations

import msgspec
import pytest
from support.reports import judgement, report
from support.values import change

from harness.model import ChangeKind, Conflict, Pair, Run, Side, Stack, Status, Verdict
from harness.report import cases
from harness.report.cases import CaseResult

PASSED, FAILED, SKIPPED = CaseResult.PASSED, CaseResult.FAILED, CaseResult.SKIPPED


def test_every_kind_of_change_and_every_verdict_has_its_result() -> None:
    assert set(cases.RESULT_OF_KIND) == set(ChangeKind)
    assert set(cases.RESULT_OF_VERDICT) == set(Verdict)


def test_what_is_worse_fails_and_nothing_else() -> None:
    failing = {kind for kind, result in cases.RESULT_OF_KIND.items() if result is FAILED}
    assert failing == {kind for kind in ChangeKind if kind.is_worse}
    passing = {verdict for verdict, result in cases.RESULT_OF_VERDICT.items() if result is PASSED}
    assert passing == {verdict for verdict in Verdict if verdict.is_good}


@pytest.mark.parametrize(
    ("found", "result"),
    [
        (change(), FAILED),
        (change(confirmed=False), SKIPPED),
        (change(expected=True, why="it sets out to"), SKIPPED),
        (change(ChangeKind.FIXED, Status.FAILED, Status.PASSED), PASSED),
        (change(ChangeKind.FIXED, Status.FAILED, Status.PASSED, expected=True), PASSED),
        (change(ChangeKind.NEW, Status.ABSENT, Status.SKIPPED), SKIPPED),
        (change(ChangeKind.NEWLY_SKIPPED, patched=Status.SKIPPED), FAILED),
        (change(ChangeKind.UNKNOWN, patched=Status.NOT_RUN), CaseResult.ERROR),
        (change(ChangeKind.FLAKY, confirmed=False), CaseResult.FLAKY),
        (change(ChangeKind.FLAKY, confirmed=False, expected=True), SKIPPED),
    ],
)
def test_what_is_by_design_or_not_proved_decides_nothing(found: object, result: CaseResult) -> None:
    assert cases.result_of(found) is result  # type: ignore[arg-type]


def test_the_verdict_is_a_case_of_its_own_before_the_changes() -> None:
    found = judgement(Verdict.BREAKS, change(), change(suite="regression", test="wire.py::test_a"))
    _, verdict, django, wire = cases.groups(report(found))
    assert [group.name for group in (verdict, django, wire)] == [
        "django/x on django 6.1.3",
        "django/x on django 6.1.3, django",
        "django/x on django 6.1.3, regression",
    ]
    (only,) = verdict.cases
    assert (only.name, only.result) == ("verdict", FAILED)
    assert only.message == "breaks: it breaks tests that pass on the base"
    assert verdict.facts["unchanged"] == "28"


def test_a_run_that_left_nothing_out_says_so() -> None:
    (run,) = cases.groups(report())
    assert [case.result for case in run.cases] == [PASSED]
    (run,) = cases.groups(report(notes=("cpython 3.15: it can not be had",)))
    assert [(case.name, case.result) for case in run.cases] == [
        ("cpython 3.15: it can not be had", CaseResult.ERROR)
    ]


def test_what_two_candidates_do_together_fails_though_neither_does() -> None:
    passed = Status.PASSED
    conflict = Conflict("django", "a.test_b", passed, (passed, passed), Status.FAILED, "Error: 1")
    pair = Pair(Stack.read("django/a+cpython/b"), "django 6.1.3", 1, (conflict,), runs=3)
    *_, together = cases.groups(report(pairs=(pair,)))
    assert [(case.name, case.result) for case in together.cases] == [
        (cases.TOGETHER, FAILED),
        ("a.test_b", FAILED),
    ]
    why = Pair(Stack.read("django/a+cpython/b"), "django 6.1.3", why="b does not apply")
    *_, together = cases.groups(report(pairs=(why,)))
    assert [case.result for case in together.cases] == [CaseResult.ERROR]


def test_noise_is_told_and_fails_nothing() -> None:
    noisy = judgement(Verdict.UNPROVEN, change(ChangeKind.FLAKY), name="control", control=True)
    *_, control = cases.groups(report(controls=(noisy,)))
    (only,) = control.cases
    assert (only.result, only.message) == (
        SKIPPED,
        "Control, base against base: 30 tests, 1 changed: that is noise.",
    )


def test_a_test_takes_as_long_as_its_runs_with_the_patch() -> None:
    runs = [Run(Side.BASE, Status.PASSED, 9.0)]
    runs += [Run(Side.PATCHED, Status.FAILED, seconds) for seconds in (1.0, 2.0, 30.0)]
    *_, tests = cases.groups(report(judgement(Verdict.BREAKS, change(trail=tuple(runs)))))
    assert [case.seconds for case in tests.cases] == [2.0]


def test_each_change_has_the_command_that_runs_its_test_again() -> None:
    *_, tests = cases.groups(report(judgement(Verdict.BREAKS, change())))
    (only,) = tests.cases
    command = only.facts["command"]
    assert command.startswith("nox -s test -- --django 6.1.3") and "test_it" in command


def test_a_test_that_only_the_patch_has_is_none_of_those_of_the_base() -> None:
    new = change(ChangeKind.NEW, Status.ABSENT, Status.PASSED)
    _, verdict, _ = cases.groups(report(judgement(Verdict.FIXES, new)))
    assert verdict.facts["unchanged"] == verdict.facts["tests"] == "30"


def test_a_control_that_changes_without_a_bad_verdict_is_noise_all_the_same() -> None:
    slower = change(ChangeKind.SLOWER, patched=Status.PASSED)
    noisy = judgement(Verdict.NEUTRAL, slower, name="control", control=True)
    *_, control = cases.groups(report(controls=(noisy,)))
    assert [case.result for case in control.cases] == [SKIPPED]


def test_a_run_that_was_stopped_is_no_whole_one() -> None:
    whole = report()
    stopped = msgspec.structs.replace(whole, made=msgspec.structs.replace(whole.made, partial=True))
    (run,) = cases.groups(stopped)
    assert [case.result for case in run.cases] == [CaseResult.ERROR]
