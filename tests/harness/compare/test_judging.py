"""Which jobs a comparison needs, found out from results that are made up here."""

from __future__ import annotations

import msgspec
import pytest
from support.trials import (
    CONTROLLED,
    FAILED,
    HOW,
    LONG,
    OTHER,
    PART,
    PASSED,
    SHORT,
    Y,
    comparison,
    on,
    only,
    run,
)
from support.values import BASE, JOB, PATCHED, PYTHON, X

from harness.catalog.candidate import Flip
from harness.catalog.upstream import Quarantine
from harness.compare.comparison import CONTROL_ATTEMPTS, RunSettings
from harness.compare.controls import controls_of
from harness.compare.evaluate import Evaluation
from harness.compare.schedule import Schedule
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
from harness.report import summary


def test_where_nothing_changed_each_side_runs_once() -> None:
    trial, done = run(on(PASSED), comparison())
    assert [(job.trees[0].stack, job.attempt) for job in done] == [(Stack(), 1), (X, 1)]
    assert only(trial).verdict is Verdict.NEUTRAL
    assert (only(trial).runs, only(trial).tests) == (2, 2)


def test_the_base_is_run_once_for_all_candidates() -> None:
    other = msgspec.structs.replace(PATCHED, stack=Y, tree="q" * 40)
    _, done = run(on(PASSED), comparison(), comparison(Y, other))
    assert [job.trees[0].stack for job in done] == [Stack(), X, Y]


def test_a_comparison_can_be_judged_by_further_parts() -> None:
    trial, done = run(on(PASSED), comparison(), CONTROLLED)
    schedule = trial.schedule
    assert len(done) == 3
    waiting = schedule.widen(trial.comparisons[0], [PART, OTHER])
    assert {(job.labels, job.attempt) for job in waiting} == {
        (OTHER.labels, 1),
        (OTHER.labels, 1 + CONTROL_ATTEMPTS),
    }
    while waiting:
        job = waiting.pop()
        waiting += schedule.follow(job, on(FAILED)(job))
    assert [each.parts for each in schedule.comparisons] == [(PART, OTHER)] * 2
    (judged, _) = map(Evaluation(schedule).judgement, schedule.comparisons)
    assert judged.verdict is Verdict.BREAKS
    assert schedule.widen(trial.comparisons[0], [OTHER]) == []


def test_patches_on_one_another_have_one_control_at_the_bottom() -> None:
    lower, upper = comparison(), comparison(Y, msgspec.structs.replace(PATCHED, stack=Y))
    upper = msgspec.structs.replace(
        upper, ground=Ground((PATCHED,), PYTHON), bottom=(BASE,), parts=(PART, OTHER)
    )
    (control,) = controls_of([lower, upper])
    assert control.ground == Ground((BASE,), PYTHON)
    assert control.patched_trees == (BASE,)
    assert control.parts == (PART, OTHER)
    assert control.is_control


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


@pytest.mark.parametrize("named", ["a[x-y]", "a?x-*"])
def test_a_flip_may_be_named_as_its_test_is_printed(named: str) -> None:
    failing = Result(JobEnd.COMPLETED, {"a[x-y]": Outcome(Status.FAILED)})
    passing = Result(JobEnd.COMPLETED, {"a[x-y]": Outcome(Status.PASSED)})
    flips = (Flip(named, "as it is meant to be"),)
    judged = only(run(on(failing, passing), comparison(flips=flips))[0])
    assert [change.expected for change in judged.changes] == [True]


def test_a_flip_by_design_is_listed_with_its_reason_and_not_counted() -> None:
    flips = (Flip("a", "it may take longer", "the end"), Flip("a", "as it is meant to be"))
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
        notes = Evaluation(schedule).unfinished([gunicorn])
        assert [note.text for note in notes] == told
