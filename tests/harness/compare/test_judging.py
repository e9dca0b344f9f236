"""Which jobs a comparison needs, found out from results that are made up here."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import msgspec
import pytest
from support.values import BASE, JOB, PATCHED, PYTHON, X, result

from harness.catalog.candidate import Flip
from harness.catalog.upstream import Quarantine
from harness.compare.comparison import CONTROL_ATTEMPTS, Comparison, Part, RunSettings
from harness.compare.evaluate import Evaluation
from harness.compare.schedule import Schedule
from harness.model import (
    ChangeKind,
    Ground,
    Job,
    JobEnd,
    Judgement,
    Outcome,
    Result,
    Stack,
    Status,
    Tree,
    Verdict,
)
from harness.report import summary

PASSED = result(a=Status.PASSED, b=Status.PASSED)
FAILED = result(a=Status.FAILED, b=Status.PASSED)
PART = Part("django", ("servers",))
OTHER = Part("django", ("requests",))
HOW = RunSettings(repeat=3)

LONG, SHORT = 77.0, 7.0  # seconds; nothing here takes any

Answer = Callable[[Job], Result]


def comparison(stack: Stack = X, patched: Tree = PATCHED, **fields: object) -> Comparison:
    plain = Comparison(
        stack=stack,
        ground=Ground((BASE,), PYTHON),
        patched_trees=(patched,),
        parts=(PART,),
    )
    return msgspec.structs.replace(plain, **fields)


Y = Stack.read("django/y")
CONTROLLED = comparison(Stack(), BASE)


class Trial(NamedTuple):
    """What was compared, and how it was run."""

    comparisons: tuple[Comparison, ...]
    schedule: Schedule
    how: RunSettings

    def judged(self) -> list[Judgement]:
        """What came of every comparison, in the given order."""
        evaluation = Evaluation(self.schedule.results, self.how)
        return [evaluation.judgement(each) for each in self.comparisons]


def run(
    answer: Answer, *comparisons: Comparison, how: RunSettings = HOW
) -> tuple[Trial, list[Job]]:
    """Carry comparisons through; their jobs in the order in which they were asked for."""
    schedule = Schedule(comparisons, how)
    waiting, done = deque(schedule.start()), []
    while waiting:
        job = waiting.popleft()
        done.append(job)
        waiting.extend(schedule.follow(job, answer(job)))
    return Trial(comparisons, schedule, how), done


def on(patched: Result, base: Result = PASSED) -> Answer:
    """One result for every run with the patch, another for every run without."""
    return lambda job: patched if job.trees[0].stack.names else base


def only(trial: Trial) -> Judgement:
    (judged,) = trial.judged()
    return judged


def test_where_nothing_changed_each_side_runs_once() -> None:
    trial, done = run(on(PASSED), comparison())
    assert [(job.trees[0].stack, job.attempt) for job in done] == [(Stack(), 1), (X, 1)]
    assert only(trial).verdict is Verdict.NEUTRAL
    assert (only(trial).runs, only(trial).tests) == (2, 2)


def test_where_something_changed_both_sides_run_until_it_is_confirmed() -> None:
    trial, done = run(on(FAILED), comparison())
    attempts = {(job.trees[0].stack, job.attempt) for job in done}
    assert attempts == {(side, n) for side in (Stack(), X) for n in (1, 2, 3)}
    assert len(done) == len(attempts)
    (change,) = only(trial).changes
    assert (change.kind, change.confirmed) == (ChangeKind.BROKEN, True)
    assert (change.base_runs, change.patched_runs) == ({"passed": 3}, {"failed": 3})


def test_only_the_part_that_changed_runs_again() -> None:
    def answer(job: Job) -> Result:
        changed = job.trees[0].stack.names and job.labels == PART.labels
        return FAILED if changed else PASSED

    _, done = run(answer, comparison(parts=(PART, OTHER)))
    assert [job.attempt for job in done if job.labels == OTHER.labels] == [1, 1]
    assert sorted(job.attempt for job in done if job.labels == PART.labels) == [1, 1, 2, 2, 3, 3]


def test_the_base_is_run_once_for_all_candidates() -> None:
    other = msgspec.structs.replace(PATCHED, stack=Y, tree="q" * 40)
    _, done = run(on(PASSED), comparison(), comparison(Y, other))
    assert [job.trees[0].stack for job in done] == [Stack(), X, Y]


def test_runs_of_the_base_for_another_candidate_do_not_count_here() -> None:
    other = msgspec.structs.replace(PATCHED, stack=Y, tree="q" * 40)
    trial, _ = run(
        lambda job: FAILED if job.trees[0].stack == Y else PASSED,
        comparison(),
        comparison(Y, other),
    )
    assert [judged.runs for judged in trial.judged()] == [2, 6]


def test_what_does_not_repeat_is_flaky_with_both_rates() -> None:
    def answer(job: Job) -> Result:
        return FAILED if job.trees[0].stack.names and job.attempt == 1 else PASSED

    (change,) = only(run(answer, comparison())[0]).changes
    assert change.kind is ChangeKind.FLAKY
    assert (change.base_runs, change.patched_runs) == ({"passed": 3}, {"failed": 1, "passed": 2})


def test_one_run_alone_proves_nothing() -> None:
    trial, done = run(on(FAILED), comparison(), how=RunSettings(repeat=1))
    assert [job.attempt for job in done] == [1, 1]
    assert only(trial).verdict is Verdict.UNPROVEN


def test_the_control_runs_the_base_again_and_not_the_same_run() -> None:
    trial, done = run(on(PASSED), CONTROLLED)
    assert [job.attempt for job in done] == [1, 1 + CONTROL_ATTEMPTS]
    assert only(trial).control
    assert only(trial).verdict is Verdict.NEUTRAL


def test_noise_shows_in_the_control() -> None:
    def answer(job: Job) -> Result:
        return FAILED if job.attempt == 1 + CONTROL_ATTEMPTS else PASSED

    (change,) = only(run(answer, CONTROLLED)[0]).changes
    assert change.kind is ChangeKind.FLAKY


@pytest.mark.parametrize("ended", [JobEnd.CUT_OFF, JobEnd.NOT_RUN, JobEnd.SPURIOUS])
@pytest.mark.parametrize("side", ["base", "patched"])
def test_a_run_that_did_not_complete_on_either_side_is_inconclusive(
    ended: JobEnd, side: str
) -> None:
    broken = Result(ended, note="no disk")
    answer = on(broken) if side == "patched" else on(PASSED, broken)
    judged = only(run(answer, comparison())[0])
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert judged.notes == (f"{ended}: no disk",)


def test_no_test_on_either_side_is_inconclusive() -> None:
    empty = Result(JobEnd.COMPLETED)
    assert only(run(on(empty, empty), comparison())[0]).verdict is Verdict.INCONCLUSIVE


def test_both_sides_have_the_same_time() -> None:
    """With less of it, a slow test would hang with the patch alone."""
    slow = Result(JobEnd.COMPLETED, {"a": Outcome(Status.PASSED, seconds=LONG)})
    _, done = run(on(FAILED, slow), comparison(), CONTROLLED)
    assert {(job.timeout, job.test_timeout) for job in done} == {(HOW.timeout, HOW.test_timeout)}


def test_a_flip_by_design_is_listed_with_its_reason_and_not_counted() -> None:
    flips = (Flip("a", "as it is meant to be"),)
    judged = only(run(on(FAILED), comparison(flips=flips))[0])
    assert judged.verdict is Verdict.NEUTRAL
    assert [(c.expected, c.why) for c in judged.changes] == [(True, "as it is meant to be")]


def test_a_quarantined_test_is_listed_with_its_reason_and_not_counted() -> None:
    known = (Quarantine("a*", "fails on Tuesdays"),)
    judged = only(run(on(FAILED), comparison(quarantine=known))[0])
    assert judged.verdict is Verdict.NEUTRAL
    assert judged.changes[0].why == "quarantined: fails on Tuesdays"


def test_what_the_user_asked_for_is_in_every_job() -> None:
    how = RunSettings(select="a", repeat=3, timeout=LONG, test_timeout=SHORT)
    _, done = run(on(FAILED), comparison(), how=how)
    assert {(job.select, job.timeout, job.python) for job in done} == {("a", LONG, PYTHON)}
    assert max(job.test_timeout for job in done) == how.test_timeout


@pytest.mark.parametrize("ended", [JobEnd.CUT_OFF, JobEnd.NOT_RUN, JobEnd.SPURIOUS])
def test_a_control_that_did_not_run_is_not_told_as_quiet(ended: JobEnd) -> None:
    broken = Result(ended, note="no disk")

    def answer(job: Job) -> Result:
        return broken if job.attempt > CONTROL_ATTEMPTS else PASSED

    control = only(run(answer, CONTROLLED)[0])
    assert "no change" not in summary.noise_floor((control,))
    assert "did not run whole" in summary.noise_floor((control,))


def test_a_quiet_control_says_so() -> None:
    control = only(run(on(PASSED), CONTROLLED)[0])
    assert summary.noise_floor((control,)) == "Control, base against base: 2 tests, no change."


def test_what_stands_beside_and_did_not_run_is_told() -> None:
    gunicorn = msgspec.structs.replace(JOB, suite="regression", labels=("gunicorn",), trees=())
    for result_, told in (
        (PASSED, []),
        (Result(JobEnd.NOT_RUN, note="no module"), ["control group, gunicorn: not-run: no module"]),
    ):
        schedule = Schedule([], HOW, [gunicorn])
        (job,) = schedule.start()
        assert schedule.follow(job, result_) == []
        notes = Evaluation(schedule.results, HOW).unfinished([gunicorn])
        assert [note.text for note in notes] == told
