"""Which runs stand behind a change, one by one."""

from __future__ import annotations

import msgspec
from support.values import alone, change, result, runs

from harness.judge import trail
from harness.judge.runs import Run
from harness.model import ChangeKind, JobEnd, Outcome, Result, Scene, Side, Status, Wait

PASSED, FAILED = Status.PASSED, Status.FAILED
CHANGE = change(test="a")


def ran(seconds: float, *waits: float, status: Status = PASSED) -> Run:
    outcome = Outcome(status, seconds, "said", waits={"the end": waits} if waits else {})
    return Run(Result(JobEnd.COMPLETED, {"a": outcome}, log="logs/x.txt"))


def told(*every: Run, side: Side = Side.PATCHED) -> list[tuple[Side, Status]]:
    found = trail.with_runs(CHANGE, (), {side: every}).trail
    return [(each.side, each.status) for each in found]


def test_a_run_tells_its_side_what_came_of_it_and_where_the_output_is_if_it_went_wrong() -> None:
    hung = ran(0.25, status=Status.HUNG)
    sides = {Side.PATCHED: [hung], Side.BASE: [alone(a=FAILED)], Side.RED: [ran(1.0)]}
    found = trail.with_runs(CHANGE, ("servers",), sides)
    assert found.labels == ("servers",)
    assert [msgspec.structs.astuple(each) for each in found.trail] == [
        (Side.BASE, FAILED, 0.0, "", "", True),
        (Side.RED, PASSED, 1.0, "said", "", False),
        (Side.PATCHED, Status.HUNG, 0.25, "said", "logs/x.txt", False),
    ]


def test_of_servers_that_share_a_part_the_test_has_its_own() -> None:
    seen = Outcome(PASSED, scene=Scene("full body", "tls", "direct", "raw"))
    run = Run(Result(JobEnd.COMPLETED, {"a": seen, "b": Outcome(PASSED)}))
    labels = ("nocommon", "tls", "patient")
    assert trail.with_runs(CHANGE, labels, {Side.BASE: [run]}).labels == ("tls",)
    other = msgspec.structs.replace(CHANGE, test="b")
    assert trail.with_runs(other, labels, {Side.BASE: [run]}).labels == labels


def test_a_change_of_a_wait_has_the_seconds_of_that_wait() -> None:
    wait = change(ChangeKind.SLOWER, test="a", wait=Wait("the end", 0.1, 0.5))
    found = trail.with_runs(wait, (), {Side.PATCHED: [ran(9.0, 0.5, 0.4, 2.0), ran(8.0)]})
    assert [each.seconds for each in found.trail] == [0.5, 8.0]


def test_runs_of_other_tests_and_what_the_machine_spoiled_are_not_behind_it() -> None:
    spoiled = Run(result(a=Status.SPURIOUS))
    assert told(alone(b=FAILED), spoiled, *runs(result(a=FAILED))) == [(Side.PATCHED, FAILED)]


def test_a_test_that_the_base_lacks_is_absent_there() -> None:
    assert told(*runs(result(b=PASSED)), side=Side.BASE) == [(Side.BASE, Status.ABSENT)]


def test_of_many_runs_the_first_are_told_and_whatever_is_rare() -> None:
    many = [result(a=PASSED)] * 50 + [result(a=Status.HUNG)] + [result(a=PASSED)] * 9
    found = told(*runs(*many))
    assert len(found) == trail.MOST
    assert found[-1] == (Side.PATCHED, Status.HUNG)
