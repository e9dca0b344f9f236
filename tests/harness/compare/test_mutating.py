"""What a run says of a mutant: nothing that is silent, or that happens without it, kills one."""

from __future__ import annotations

import pytest

from harness.compare.mutating import fate_of
from harness.model import JobEnd, MutantFate, Outcome, Result, Status

KILLED, SURVIVED, UNDECIDED = MutantFate.KILLED, MutantFate.SURVIVED, MutantFate.UNDECIDED
DONE = JobEnd.COMPLETED


def result(ended: JobEnd, status: Status, log: str = "logs/x") -> Result:
    outcomes = {"a": Outcome(Status.PASSED), "b": Outcome(status)}
    return Result(ended, outcomes, note="why", log=log)


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (Status.PASSED, SURVIVED),
        (Status.FAILED, KILLED),
        (Status.ERROR, KILLED),
        (Status.HUNG, KILLED),
        (Status.CRASHED, KILLED),
        (Status.UNEXPECTED_SUCCESS, KILLED),
        (Status.SKIPPED, SURVIVED),
        (Status.EXPECTED_FAILURE, SURVIVED),
        (Status.ABSENT, SURVIVED),
    ],
)
def test_only_what_makes_a_run_red_kills(status: Status, fate: MutantFate) -> None:
    assert fate_of(result(DONE, status))[0] is fate


def test_the_test_that_noticed_it_is_named() -> None:
    assert fate_of(result(DONE, Status.FAILED)) == (KILLED, "b")


def test_what_fails_without_a_fault_as_well_says_nothing() -> None:
    assert fate_of(result(DONE, Status.FAILED), {"b"})[0] is SURVIVED


def test_a_fixture_that_fails_is_a_test_that_fails() -> None:
    outcomes = {"setUpClass (a)": Outcome(Status.ERROR), "a.b": Outcome(Status.NOT_RUN)}
    assert fate_of(Result(DONE, outcomes))[0] is KILLED


@pytest.mark.parametrize(
    ("ended", "log", "fate"),
    [
        (JobEnd.CUT_OFF, "logs/x", KILLED),  # it never ends
        (JobEnd.NOT_RUN, "logs/x", KILLED),  # nothing can be imported any more
        (JobEnd.NOT_RUN, "", UNDECIDED),  # its tree could not be had: nothing was started
        (JobEnd.SPURIOUS, "logs/x", UNDECIDED),
    ],
)
def test_a_run_without_an_end(ended: JobEnd, log: str, fate: MutantFate) -> None:
    assert fate_of(result(ended, Status.PASSED, log)) == (fate, "why")


def test_running_out_of_time_on_a_busy_machine_says_nothing() -> None:
    assert fate_of(result(JobEnd.CUT_OFF, Status.HUNG))[0] is KILLED
    assert fate_of(result(JobEnd.CUT_OFF, Status.HUNG), is_busy=True)[0] is UNDECIDED
    assert fate_of(result(DONE, Status.FAILED), is_busy=True)[0] is KILLED
