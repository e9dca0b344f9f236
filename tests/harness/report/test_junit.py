"""JUnit XML, read by junitparser as a CI would read it."""

from __future__ import annotations

from typing import Any

import pytest
from junitparser import Error, Failure, Skipped
from junitparser.xunit2 import JUnitXml
from support.hostile import LONG, hostile
from support.reports import judgement, report
from support.values import change

from harness.model import ChangeKind, Status, Verdict
from harness.report import junit
from harness.report.schema import Report

Suite = Any  # junitparser says that what it reads is of its older flavour
HANG = 'Thread 0x01 (most recent call first):\n  File "basehttp.py", line 226 in handle'


def read(found: Report) -> dict[str, Suite]:
    """The test suites of a report by their names."""
    document = JUnitXml.fromstring(junit.render(found).encode())
    suites = {suite.name: suite for suite in document}
    assert len(suites) == len(list(document)), "two test suites of one name"
    return suites


def only(suite: Suite) -> Any:
    (case,) = suite
    return case


@pytest.fixture
def suites() -> dict[str, Suite]:
    """A candidate that breaks a test, mends one, has a flaky one and one by design."""
    return read(
        report(
            judgement(
                Verdict.BREAKS,
                change(
                    test="a.test_hangs",
                    patched=Status.HUNG,
                    reason="hung",
                    detail=HANG,
                    log_end="^C",
                ),
                change(ChangeKind.FIXED, Status.FAILED, Status.PASSED, test="a.test_fixed"),
                change(ChangeKind.FLAKY, test="a.test_odd", reason="Error: 1", detail="Trace"),
                change(test="a.test_meant", expected=True, why="it sets out to end that"),
                change(ChangeKind.UNKNOWN, patched=Status.NOT_RUN, test="a.test_lost"),
            ),
            notes=("cpython 3.15: it can not be had",),
        )
    )


def test_the_verdict_is_a_case_that_a_ci_shows(suites: dict[str, Suite]) -> None:
    suite = suites["django/x on django 6.1.3"]
    (failure,) = only(suite).result
    assert isinstance(failure, Failure)
    assert failure.message == "breaks: it breaks tests that pass on the base"
    told = {each.name: each.value for each in suite.properties()}
    assert (told["tests"], told["unchanged"], told["applies"]) == ("30", "25", "clean")


def test_each_change_is_a_case_that_counts_for_what_it_is(suites: dict[str, Suite]) -> None:
    cases = {case.name: case for case in suites["django/x on django 6.1.3, django"]}
    (failure,) = cases["a.test_hangs"].result
    assert isinstance(failure, Failure)
    assert failure.message == "broken (passed 3 → hung 3); hung"
    assert (failure.type, failure.text) == ("broken", HANG)
    assert cases["a.test_hangs"].system_err == "^C"
    assert cases["a.test_fixed"].is_passed
    assert cases["a.test_fixed"].system_out == "fixed (failed 3 → passed 3)"
    (skipped,) = cases["a.test_meant"].result
    assert isinstance(skipped, Skipped)
    assert "by design: it sets out to end that" in skipped.message
    (error,) = cases["a.test_lost"].result
    assert isinstance(error, Error)


def test_a_flaky_test_is_told_as_surefire_tells_it_and_passes(
    suites: dict[str, Suite],
) -> None:
    cases = {case.name: case for case in suites["django/x on django 6.1.3, django"]}
    odd = cases["a.test_odd"]
    assert odd.is_flaky and odd.is_passed
    (failure,) = odd.flaky_failures()
    assert failure.stack_trace == "Trace"
    assert "Error: 1" in failure.message


def test_what_was_left_out_is_an_error(suites: dict[str, Suite]) -> None:
    (error,) = only(suites["the run"]).result
    assert isinstance(error, Error)
    assert error.message == "cpython 3.15: it can not be had"


def test_the_counts_are_those_that_a_reader_counts(suites: dict[str, Suite]) -> None:
    for suite in suites.values():
        said = (suite.tests, suite.failures, suite.errors, suite.skipped)
        suite.update_statistics()
        assert said == (suite.tests, suite.failures, suite.errors, suite.skipped)


def test_class_and_name_tell_the_same_test_of_two_candidates_apart() -> None:
    """GitLab and Jenkins know a case by these two, and drop a second one of the same."""
    found = report(
        judgement(Verdict.BREAKS, change(), change(suite="regression")),
        judgement(Verdict.BREAKS, change(), name="django/y"),
    )
    names = [(case.classname, case.name) for suite in read(found).values() for case in suite]
    assert len(names) == len(set(names))


def test_whatever_upstream_prints_it_is_well_formed() -> None:
    evil = hostile(report(judgement(Verdict.BREAKS), judgement(Verdict.FIXES)), change())
    text = junit.render(evil)
    assert "<script>" not in text
    names = {case.name: case for suite in read(evil).values() for case in suite}
    assert all(len(name) < 600 for name in names)
    told = [each.value for case in names.values() for each in case.properties()]
    assert LONG in told
