"""What runs again after the first runs: alone, many times, or in place."""

from __future__ import annotations

import msgspec
import pytest
from support.trials import (
    CONTROLLED,
    FAILED,
    HOW,
    OTHER,
    PART,
    PASSED,
    Answer,
    Y,
    comparison,
    on,
    only,
    run,
)
from support.values import BASE, PATCHED, PYTHON, X, result

from harness.compare.comparison import CONTROL_ATTEMPTS, RunSettings
from harness.compare.schedule import Schedule
from harness.judge import exact
from harness.judge.weighing import ORDER
from harness.model import (
    ChangeKind,
    Ground,
    Job,
    JobEnd,
    Outcome,
    Result,
    Stack,
    Status,
    Verdict,
)

Z = Stack.read("django/z")
PAIRS = ((Y, "q"), (Z, "r"))


def test_the_tests_that_changed_run_alone_until_it_is_proved() -> None:
    trial, done = run(on(FAILED), comparison())
    assert [(job.trees[0].stack, job.attempt) for job in done if not job.only] == [
        (Stack(), 1),
        (X, 1),
    ]
    again = {(job.trees[0].stack, job.attempt, job.only) for job in done if job.only}
    assert again == {(side, n, ("a",)) for side in (Stack(), X) for n in (1, 2, 3, 4)}
    (change,) = only(trial).changes
    assert (change.kind, change.confirmed) == (ChangeKind.BROKEN, True)
    assert (change.base_runs, change.patched_runs) == ({"passed": 5}, {"failed": 5})


def test_a_part_that_did_not_change_does_not_run_again() -> None:
    def answer(job: Job) -> Result:
        changed = job.trees[0].stack.names and job.labels == PART.labels
        return FAILED if changed else PASSED

    _, done = run(answer, comparison(parts=(PART, OTHER)))
    assert [job.attempt for job in done if job.labels == OTHER.labels] == [1, 1]
    assert sum(job.labels == PART.labels for job in done) > 2


@pytest.mark.parametrize(
    ("base", "patched", "runs"),
    [
        (Status.PASSED, Status.FAILED, (4, 4)),
        (Status.FAILED, Status.PASSED, (4, 4)),
        (Status.PASSED, Status.HUNG, (6, 3)),
        (Status.HUNG, Status.PASSED, (3, 6)),
        (Status.HUNG, Status.SKIPPED, (3, 6)),
    ],
)
def test_the_side_that_hangs_runs_less_often(
    base: Status, patched: Status, runs: tuple[int, int]
) -> None:
    """Many tests that hang; what they took otherwise does not matter."""
    answers = [
        Result(JobEnd.COMPLETED, {f"t{n}": Outcome(status, seconds=0.1 * n) for n in range(20)})
        for status in (base, patched)
    ]
    trial, done = run(on(answers[1], answers[0]), comparison())
    alone = [bool(job.trees[0].stack.names) for job in done if job.only]
    assert (alone.count(False), alone.count(True)) == runs
    assert all(change.confirmed for change in only(trial).changes)


def test_what_has_hung_once_is_not_waited_for_as_long_again() -> None:
    """Its deadline follows what it takes on the other side; that of other tests stays."""
    base = Result(
        JobEnd.COMPLETED,
        {"hangs": Outcome(Status.PASSED, seconds=0.2), "fails": Outcome(Status.PASSED)},
    )
    patched = Result(
        JobEnd.COMPLETED,
        {"hangs": Outcome(Status.HUNG, seconds=20.0), "fails": Outcome(Status.FAILED)},
    )
    trial, done = run(on(patched, base), comparison())
    assert {job.test_timeout for job in done if not job.only} == {HOW.test_timeout}
    deadlines = {(job.only, round(job.test_timeout, 3)) for job in done if job.only}
    assert deadlines == {(("hangs",), 7.0), (("fails",), HOW.test_timeout)}
    assert [each.confirmed for each in only(trial).changes] == [True, True]
    _, done = run(on(patched, base), comparison(), how=RunSettings(test_timeout=2.0))
    assert {job.test_timeout for job in done} == {2.0}
    assert {job.only for job in done if job.only} == {("fails", "hangs")}


def test_no_fewer_runs_than_were_asked_for() -> None:
    trial, done = run(on(FAILED), comparison(), how=RunSettings(repeat=9))
    assert max(job.attempt for job in done) == 8
    assert only(trial).changes[0].patched_runs == {"failed": 9}


def in_place(patched: Result, alone: Result) -> Answer:
    """With the patch one result in the whole part, and another one alone."""
    return lambda job: (alone if job.only else patched) if job.trees[0].stack.names else PASSED


def test_what_does_not_change_alone_is_repeated_in_place_and_says_so() -> None:
    trial, done = run(in_place(FAILED, PASSED), comparison())
    whole = [(job.trees[0].stack, job.attempt) for job in done if not job.only]
    assert sorted(whole, key=str) == sorted(
        [(side, n) for side in (Stack(), X) for n in (1, 2, 3, 4, 5)], key=str
    )
    (change,) = only(trial).changes
    assert (change.kind, change.confirmed) == (ChangeKind.BROKEN, True)
    assert change.note == ORDER
    assert change.patched_runs == {"failed": 5}


def test_what_can_not_be_run_alone_is_repeated_in_place() -> None:
    """The fixture of a class is none of its tests."""
    fixture = {"setUpClass (A)": Outcome(Status.ERROR)}
    broken = Result(JobEnd.COMPLETED, PASSED.outcomes | fixture)
    trial, _ = run(in_place(broken, Result(JobEnd.COMPLETED)), comparison())
    (change,) = only(trial).changes
    assert (change.kind, change.confirmed) == (ChangeKind.NEW_FAILING, True)
    assert only(trial).verdict is Verdict.BREAKS


def test_a_run_of_some_tests_makes_no_other_test_absent() -> None:
    def answer(job: Job) -> Result:
        whole = FAILED if job.trees[0].stack.names else PASSED
        kept = {test: whole.outcomes[test] for test in job.only or whole.outcomes}
        return Result(JobEnd.COMPLETED, kept)

    trial, _ = run(answer, comparison())
    assert [change.test for change in only(trial).changes] == ["a"]
    assert only(trial).tests == 2


def test_runs_alone_that_break_off_are_told_and_do_not_decide() -> None:
    off = Result(JobEnd.CUT_OFF, note="no time")
    trial, _ = run(in_place(FAILED, off), comparison())
    judged = only(trial)
    assert judged.verdict is Verdict.BREAKS
    assert judged.notes == ("cut-off: no time",)


def test_the_base_runs_alone_once_for_all_candidates_but_the_first() -> None:
    """Somebody waits for the verdict on the first one."""
    other, third = (msgspec.structs.replace(PATCHED, stack=s, tree=t * 40) for s, t in PAIRS)

    def answer(job: Job) -> Result:
        test = {X: "a", Y: "b", Z: "c"}.get(job.trees[0].stack, "")
        return Result(JobEnd.COMPLETED, PASSED.outcomes | {test: Outcome(Status.FAILED)})

    _, done = run(answer, comparison(), comparison(Y, other), comparison(Z, third))
    alone = {job.only for job in done if job.only and job.trees[0].stack == Stack()}
    assert {tuple(filter(None, only)) for only in alone} == {("a",), ("b", "c")}


def test_all_runs_of_the_base_count_for_every_candidate_on_it() -> None:
    other = msgspec.structs.replace(PATCHED, stack=Y, tree="q" * 40)
    trial, done = run(
        lambda job: FAILED if job.trees[0].stack == Y else PASSED,
        comparison(),
        comparison(Y, other),
        CONTROLLED,
    )
    on_base = sum(job.trees[0].stack == Stack() for job in done)
    judged = trial.judged()
    assert judged[1].changes[0].base_runs == {"passed": on_base}
    assert judged[0].runs == on_base + 1


@pytest.mark.parametrize("run_of", ["the control", "another candidate"])
def test_what_disagrees_with_itself_on_the_base_decides_nothing(run_of: str) -> None:
    """Whoever asked for the run: the candidates of a noisy test are not unproven."""
    odd = 1 + CONTROL_ATTEMPTS if run_of == "the control" else 2

    def answer(job: Job) -> Result:
        if job.trees[0].stack.names:
            return FAILED
        return FAILED if job.attempt == odd else PASSED

    trial, done = run(answer, comparison(), CONTROLLED)
    judged = trial.judged()[0]
    (change,) = judged.changes
    assert (change.kind, change.confirmed, change.unsteady) == (ChangeKind.FLAKY, False, True)
    assert change.reason.startswith("flaky on the base: passed ")
    assert judged.verdict is Verdict.NEUTRAL
    if run_of == "the control":
        assert not [job for job in done if job.only], "it is known before anything is repeated"


def test_what_does_not_repeat_is_flaky_with_both_rates() -> None:
    def answer(job: Job) -> Result:
        first = job.trees[0].stack.names and job.attempt == 1 and not job.only
        return FAILED if first else PASSED

    trial, _ = run(answer, comparison())
    (change,) = only(trial).changes
    assert change.kind is ChangeKind.FLAKY
    assert change.patched_runs == {"failed": 1, "passed": 8}
    assert only(trial).verdict is Verdict.UNPROVEN


@pytest.mark.parametrize(
    ("effort", "kind", "runs"),
    [("quick", ChangeKind.FLAKY, 5), ("normal", ChangeKind.BROKEN, 25)],
)
def test_what_fails_now_and_then_runs_alone_until_that_is_no_noise(
    effort: str, kind: ChangeKind, runs: int
) -> None:
    def answer(job: Job) -> Result:
        return FAILED if job.trees[0].stack.names and job.attempt % 2 else PASSED

    (change,) = only(run(answer, comparison(), how=RunSettings(effort=effort))[0]).changes
    assert change.kind is kind
    assert sum(change.patched_runs.values()) == runs


def test_no_more_runs_look_for_a_rate_once_the_base_fails_too() -> None:
    def answer(job: Job) -> Result:
        return (
            FAILED if job.attempt == 6 or (job.trees[0].stack.names and job.attempt % 2) else PASSED
        )

    (change,) = only(run(answer, comparison())[0]).changes
    assert change.unsteady
    assert sum(change.patched_runs.values()) == 15, "one batch of two"


def test_where_other_tests_are_noise_a_change_takes_more_runs() -> None:
    def answer(job: Job) -> Result:
        flaky = Status.FAILED if job.attempt == 1 and not job.only else Status.PASSED
        if not job.trees[0].stack.names:
            return result(a=Status.PASSED, b=Status.PASSED)
        return result(a=Status.FAILED, b=flaky)

    trial, _ = run(answer, comparison(), how=RunSettings(effort="quick"))
    broken, noise = only(trial).changes
    assert (broken.kind, broken.confirmed) == (ChangeKind.BROKEN, True)
    assert noise.kind is ChangeKind.FLAKY
    assert sum(n for n in broken.patched_runs.values()) > 9
    assert exact.is_proof(broken.chance, 1)
    assert not exact.is_proof(exact.chance(4, 4, 4), 1)


def test_with_more_effort_everything_runs_more_often_to_begin_with() -> None:
    trial, done = run(on(PASSED), comparison(), how=RunSettings(effort="thorough"))
    assert len(done) == 20
    power = only(trial).power
    assert power is not None
    assert (power.runs, round(power.noticed, 2)) == (10, 0.89)


def test_one_run_alone_proves_nothing() -> None:
    trial, done = run(on(FAILED), comparison(), how=RunSettings(repeat=1))
    assert [job.attempt for job in done] == [1, 1]
    assert only(trial).verdict is Verdict.UNPROVEN


def test_what_is_run_does_not_depend_on_what_ends_first() -> None:
    """So that a second run finds every result kept."""
    other = msgspec.structs.replace(PATCHED, stack=Y, tree="q" * 40)

    def answer(job: Job) -> Result:
        mine = {X: "ab", Y: "bc"}.get(job.trees[0].stack, "")
        found = {t: Outcome(Status.FAILED if t in mine else Status.PASSED) for t in "abc"}
        return Result(JobEnd.COMPLETED, found)

    asked = []
    for backwards in (False, True):
        schedule = Schedule((comparison(), comparison(Y, other), CONTROLLED), HOW)
        waiting, done = schedule.start(), set()
        while waiting:
            job = waiting.pop(-1 if backwards else 0)
            done.add(job)
            waiting += schedule.follow(job, answer(job))
        asked.append(done)
    assert asked[0] == asked[1]


def test_what_is_flaky_at_the_bottom_of_a_series_decides_nothing_above() -> None:
    top = msgspec.structs.replace(PATCHED, stack=Y, tree="q" * 40)
    upper = comparison(Y, top, ground=Ground((PATCHED,), PYTHON), bottom=(BASE,))

    def answer(job: Job) -> Result:
        return FAILED if job.trees == (top,) or job.attempt > CONTROL_ATTEMPTS else PASSED

    judged = run(answer, upper, CONTROLLED)[0].judged()[0]
    assert [change.unsteady for change in judged.changes] == [True]
    assert judged.verdict is Verdict.NEUTRAL


def test_a_candidate_that_changes_nothing_is_over_while_another_one_is_repeated() -> None:
    quiet, changed = (
        comparison(stack, msgspec.structs.replace(PATCHED, stack=stack, tree=tree * 40))
        for stack, tree in PAIRS
    )
    schedule = Schedule([comparison(), quiet, changed], HOW)
    assert not schedule.is_over(quiet), "nothing was run for it"
    waiting = schedule.start()
    assert not schedule.is_over(quiet)
    for job in waiting:
        again = schedule.follow(job, FAILED if job.trees[0].stack == Z else PASSED)
    assert {job.trees[0].stack for job in again} == {Stack(), Z}
    assert schedule.is_over(quiet)
    assert not schedule.is_over(changed)
    while again:
        job = again.pop()
        again += schedule.follow(job, FAILED if job.trees[0].stack == Z else PASSED)
        assert schedule.is_over(changed) == (not again)
