"""Parts of the wire run again in one job, and each is judged by its own share of it."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from support.trials import CONTROLLED, HOW, OTHER, PART, Y, comparison, on, only, run
from support.values import BASE, PATCHED, PYTHON, X, result

from harness.compare.comparison import Part
from harness.compare.joining import LONG, joined, share
from harness.compare.schedule import Schedule
from harness.model import Job, JobEnd, Outcome, Result, Stack, Status
from harness.suites import SUITES, WIRE

SERVERS = ("runserver", "nothreading", "liveserver")
PARTS = tuple(Part(WIRE, (server,)) for server in SERVERS)
CONTROL = msgspec.structs.replace(CONTROLLED, parts=PARTS)
TESTS = {server: (f"t[{server}-a]", f"t[{server}-b]") for server in SERVERS}


def answer(job: Job, seconds: float = 0.1, broken: str = "-a]") -> Result:
    """The tests of the job's servers; with a patch the first of each goes wrong."""
    asked = job.only or [test for label in job.labels for test in TESTS[label]]
    fails = [bool(job.trees[0].stack.names) and test.endswith(broken) for test in asked]
    status = {True: Status.FAILED, False: Status.PASSED}
    found = {t: Outcome(status[f], seconds) for t, f in zip(asked, fails, strict=True)}
    return Result(JobEnd.COMPLETED, found)


def test_what_changed_in_several_parts_runs_again_in_one_job() -> None:
    _, done = run(answer, comparison(parts=PARTS))
    alone = [(job.trees[0].stack, job.attempt, job.labels, job.only) for job in done if job.only]
    changed = tuple(sorted(f"t[{server}-a]" for server in SERVERS))
    sides = [(side, n, SERVERS, changed) for n in (1, 2, 3, 4) for side in (Stack(), X)]
    assert sorted(alone, key=str) == sorted(sides, key=str)


def test_each_part_is_judged_by_its_share_as_if_it_had_run_by_itself() -> None:
    trial, _ = run(answer, comparison(parts=PARTS), CONTROL)
    judged = trial.judged()[0]
    assert [(each.test, each.base_runs, each.patched_runs) for each in judged.changes] == [
        (TESTS[server][0], {"passed": 6}, {"failed": 5}) for server in SERVERS
    ]
    assert judged.tests == 6
    assert judged.runs == 33, "of every part on each side"


def test_no_repeat_begins_before_it_is_known_what_changed_in_the_other_parts() -> None:
    schedule = Schedule([comparison(parts=PARTS)], HOW)
    *first, last = schedule.start()
    assert [job for each in first for job in schedule.follow(each, answer(each))] == []
    assert not schedule.is_over(schedule.comparisons[0])
    assert {job.labels for job in schedule.follow(last, answer(last))} == {SERVERS}


def test_parts_that_hang_are_waited_for_side_by_side() -> None:
    _, done = run(lambda job: answer(job, seconds=LONG + 1), comparison(parts=PARTS))
    assert {job.labels for job in done if job.only} == {(server,) for server in SERVERS}


def test_what_hangs_waits_for_no_other_part_and_does_not_keep_the_base_from_sharing() -> None:
    def hangs(job: Job) -> Result:
        return answer(job, seconds=LONG + 1 if job.trees[0].stack.names else 0.1)

    _, done = run(hangs, comparison(parts=PARTS))
    on_base = {job.labels for job in done if job.only and not job.trees[0].stack.names}
    assert on_base == {SERVERS}
    schedule = Schedule([comparison(parts=PARTS)], HOW)
    mine = [job for job in schedule.start() if job.labels == PARTS[0].labels]
    more = [new for job in mine for new in schedule.follow(job, hangs(job))]
    assert {(job.trees[0].stack, job.labels) for job in more} == {(X, PARTS[0].labels)}


def test_a_test_that_was_not_over_counts_as_its_deadline() -> None:
    """Fifteen seconds here, by what it takes on the base, where one job will do for all."""

    def hangs(job: Job) -> Result:
        is_patched = bool(job.trees[0].stack.names)
        found = answer(job, seconds=0.0 if is_patched else 1.0)
        outcomes = {
            test: Outcome(Status.HUNG) if outcome.status is Status.FAILED else outcome
            for test, outcome in found.outcomes.items()
        }
        return msgspec.structs.replace(found, outcomes=outcomes)

    _, done = run(hangs, comparison(parts=PARTS))
    alone = [job for job in done if job.only]
    assert {(bool(j.trees[0].stack.names), j.test_timeout, len(j.labels)) for j in alone} == {
        (False, 15.0, 3),
        (True, 15.0, 1),
    }


def test_what_breaks_off_breaks_off_for_every_part() -> None:
    def off(job: Job) -> Result:
        return Result(JobEnd.CUT_OFF, note="no time") if job.only else answer(job)

    judged = only(run(off, comparison(parts=PARTS))[0])
    assert judged.notes == ("cut-off: no time",)
    assert len(judged.changes) == 3


def test_the_suites_of_upstreams_keep_their_parts_apart() -> None:
    """What runs before a test is part of what it is tried with."""
    changed = on(result(a=Status.FAILED), result(a=Status.PASSED))
    _, done = run(changed, comparison(parts=(PART, OTHER)))
    assert {job.labels for job in done if job.only} == {PART.labels, OTHER.labels}
    assert [name for name, suite in SUITES.items() if suite.JOINS] == [WIRE]


def test_stacks_that_ask_for_the_same_tests_of_a_part_with_others_have_runs_of_their_own() -> None:
    """The first stack's repeats and those of the rest share a test, and no job: both count."""
    other = msgspec.structs.replace(PATCHED, stack=Y, tree="q" * 40)

    def differing(job: Job) -> Result:
        found = answer(job)
        if job.trees[0].stack != Y:
            return found
        outcomes = {
            test: Outcome(Status.PASSED) if "liveserver" in test else outcome
            for test, outcome in found.outcomes.items()
        }
        return msgspec.structs.replace(found, outcomes=outcomes)

    asked = []
    for backwards in (False, True):
        schedule = Schedule((comparison(parts=PARTS), comparison(Y, other, parts=PARTS)), HOW)
        waiting, done = schedule.start(), set()
        while waiting:
            job = waiting.pop(-1 if backwards else 0)
            done.add(job)
            waiting += schedule.follow(job, differing(job))
        asked.append(done)
        runs = schedule.pooled.base(schedule.comparisons[0], PARTS[0])
        assert len(runs) == 1 + 4 + 4
    assert asked[0] == asked[1], "whatever ends first"


def test_a_job_has_room_for_a_part_once() -> None:
    one, other = (
        Job(WIRE, (BASE,), PYTHON, ("runserver",), only=(test,)) for test in TESTS["runserver"]
    )
    assert joined([one, other, one], lambda job: 0.0) == {one: (one,), other: (other,)}


@pytest.mark.parametrize("field", ["attempt", "test_timeout", "trees"])
def test_only_runs_of_one_kind_are_joined(field: str) -> None:
    one = Job(WIRE, (BASE,), PYTHON, ("runserver",), only=("a",))
    unlike = {"attempt": 2, "test_timeout": 5.0, "trees": (PATCHED,)}[field]
    jobs = [one, msgspec.structs.replace(one, labels=("nothreading",), **{field: unlike})]
    assert list(joined(jobs, lambda job: 0.0)) == jobs


def test_a_share_is_what_was_asked_for_and_no_more() -> None:
    parts = [Job(WIRE, (BASE,), PYTHON, (server,), only=TESTS[server]) for server in SERVERS]
    ((whole, stands_for),) = joined(parts, lambda job: 0.0).items()
    assert stands_for == tuple(parts)
    shares = [share(answer(whole), whole, part) for part in parts]
    assert [tuple(each.outcomes) for each in shares] == list(TESTS.values())
    assert all(a.outcomes.keys().isdisjoint(b.outcomes) for a, b in pairwise(shares))
