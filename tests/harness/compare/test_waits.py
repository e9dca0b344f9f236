"""Who waits longer is run alone until that is proved, and the control with it."""

from __future__ import annotations

from random import Random

import msgspec
import pytest
from support.trials import CONTROLLED, Answer, Y, comparison, only, run
from support.values import PATCHED, X

from harness.catalog.candidate import Flip
from harness.compare.comparison import CONTROL_ATTEMPTS, RunSettings
from harness.judge import exact
from harness.judge.waits import FEWEST_RUNS
from harness.model import ChangeKind, Job, JobEnd, Outcome, Result, Stack, Status, Verdict, Wait
from harness.report import summary

NAME = "the end"


def timed(**seconds: float) -> Result:
    """A run in which these tests passed, and somebody waited so long in them."""
    return Result(
        JobEnd.COMPLETED,
        {test: Outcome(Status.PASSED, waits={NAME: (each,) * 3}) for test, each in seconds.items()},
    )


def waiting(base: float, patched: float) -> Answer:
    """One wait on the base and another with the patch, in test ``a`` alone."""
    return lambda job: timed(a=patched if job.trees[0].stack.names else base, b=0.001)


def test_a_wait_runs_alone_on_both_sides_and_on_the_control_until_it_is_proved() -> None:
    trial, done = run(waiting(0.0, 0.5), comparison(), CONTROLLED)
    alone = {(job.trees[0].stack, job.attempt, job.only) for job in done if job.only}
    numbers = range(1, FEWEST_RUNS + 1)
    assert alone == {
        *((side, n, ("a",)) for side in (Stack(), X) for n in numbers),
        *((Stack(), n + CONTROL_ATTEMPTS, ("a",)) for n in numbers),
    }
    judged, control = trial.judged()
    (change,) = judged.changes
    assert (change.test, change.kind, change.confirmed) == ("a", ChangeKind.SLOWER, True)
    # The control's runs are runs of the base.
    assert change.wait == Wait(NAME, 0.0, 0.5, (2 * FEWEST_RUNS, FEWEST_RUNS))
    assert control.changes == ()


def test_what_changed_and_what_is_timed_runs_again_in_the_same_jobs() -> None:
    """Each as often as it needs; the control is for the waits alone."""

    def answer(job: Job) -> Result:
        is_patched = bool(job.trees[0].stack.names)
        found = timed(a=0.5 if is_patched else 0.0, b=0.001).outcomes
        broken = Outcome(Status.FAILED if is_patched else Status.PASSED)
        return Result(JobEnd.COMPLETED, {**found, "c": broken})

    trial, done = run(answer, comparison(), CONTROLLED)
    alone = [(job.trees[0].stack, job.attempt, job.only) for job in done if job.only]
    number = 4
    for side in (Stack(), X):
        assert [
            (n, only) for stack, n, only in alone if stack == side and n < CONTROL_ATTEMPTS
        ] == [
            *((n, ("a", "c")) for n in range(1, number + 1)),
            *((n, ("a",)) for n in range(number + 1, FEWEST_RUNS + 1)),
        ]
    assert {only for _, n, only in alone if n > CONTROL_ATTEMPTS} == {("a",)}
    slower, broken = sorted(trial.judged()[0].changes, key=lambda each: each.test)
    assert slower.wait == Wait(NAME, 0.0, 0.5, (2 * FEWEST_RUNS, FEWEST_RUNS))
    assert (broken.confirmed, broken.patched_runs) == (True, {"failed": number + 1})


def test_a_wait_is_a_cost_and_decides_no_verdict() -> None:
    judged = only(run(waiting(0.0, 0.5), comparison())[0])
    assert judged.verdict is Verdict.NEUTRAL
    assert judged.counts == {"slower": 1}
    told = "changes no test's outcome, and makes 1 wait longer (by up to 0.50 s)"
    assert summary.meaning(judged) == told


def test_who_waits_less_is_told_as_well() -> None:
    judged = only(run(waiting(0.044, 0.0), comparison())[0])
    assert [(each.kind, each.confirmed) for each in judged.changes] == [(ChangeKind.FASTER, True)]
    assert summary.meaning(judged).endswith("and makes 1 wait shorter (by up to 44.0 ms)")


def test_what_its_repeats_do_not_show_is_not_told() -> None:
    """The machine was busy in the first run."""

    def answer(job: Job) -> Result:
        busy = job.trees[0].stack.names and not job.only
        return timed(a=0.5 if busy else 0.0)

    trial, done = run(answer, comparison(), CONTROLLED)
    assert [each.changes for each in trial.judged()] == [(), ()]
    assert sum(bool(job.only) for job in done) == 3 * FEWEST_RUNS


def test_where_nobody_waits_longer_nothing_runs_again() -> None:
    _, done = run(waiting(0.3, 0.31), comparison(), CONTROLLED)
    assert [job.only for job in done] == [()] * 3


def test_one_run_of_the_base_alone_serves_all_stacks() -> None:
    other = msgspec.structs.replace(PATCHED, stack=Y, tree="q" * 40)
    _, done = run(waiting(0.0, 0.5), comparison(), comparison(Y, other))
    alone = [job.trees[0].stack for job in done if job.only]
    assert [alone.count(side) for side in (Stack(), X, Y)] == [FEWEST_RUNS] * 3


def test_without_repeats_a_wait_is_not_confirmed() -> None:
    judged = only(run(waiting(0.0, 0.5), comparison(), how=RunSettings(repeat=1))[0])
    (change,) = judged.changes
    assert (change.kind, change.confirmed) == (ChangeKind.SLOWER, False)
    assert summary.meaning(judged) == "changes no test's outcome"


def test_a_wait_that_is_meant_is_listed_with_its_reason() -> None:
    flips = (Flip("a", "it gives its client time to close first", NAME),)
    judged = only(run(waiting(0.0, 0.5), comparison(flips=flips))[0])
    assert [(each.expected, each.confirmed) for each in judged.changes] == [(True, True)]
    assert (summary.count_slower(judged), summary.count_by_design(judged)) == (0, 1)
    assert "makes 1 wait longer" in summary.meaning(judged)


@pytest.mark.parametrize("wait", ["", "another one"])
def test_a_reason_for_something_else_of_that_test_is_none(wait: str) -> None:
    flips = (Flip("a", "it is meant to", wait),)
    judged = only(run(waiting(0.0, 0.5), comparison(flips=flips))[0])
    assert [(each.expected, each.confirmed) for each in judged.changes] == [(False, True)]
    assert summary.count_slower(judged) == 1


def test_a_test_that_is_broken_has_no_wait() -> None:
    def answer(job: Job) -> Result:
        if not job.trees[0].stack.names:
            return timed(a=0.0)
        return Result(JobEnd.COMPLETED, {"a": Outcome(Status.FAILED, waits={NAME: (2.0,)})})

    (change,) = only(run(answer, comparison())[0]).changes
    assert (change.kind, change.wait) == (ChangeKind.BROKEN, None)


def test_a_control_whose_sides_differ_says_so() -> None:
    """Something of the machine makes every other run wait: that is noise, and is shown."""

    def answer(job: Job) -> Result:
        late = 0.5 if job.attempt > CONTROL_ATTEMPTS else 0.0
        return timed(a=2.0 if job.trees[0].stack.names else late)

    _, control = run(answer, comparison(), CONTROLLED)[0].judged()
    assert [each.wait and each.wait.name for each in control.changes] == [NAME]
    assert "1 changed: that is noise" in summary.noise_floor((control,))


def test_many_doubtful_waits_make_a_true_one_run_more_often() -> None:
    noise = [f"n{number}" for number in range(20)]

    def answer(job: Job) -> Result:
        patched = bool(job.trees[0].stack.names)
        once = 0.5 if patched and not job.only else 0.0
        found = {"a": 0.5 if patched else 0.0} | dict.fromkeys(noise, once)
        return timed(**{test: found[test] for test in job.only or found})

    (change,) = only(run(answer, comparison())[0]).changes
    assert (change.test, change.confirmed) == ("a", True)
    assert change.wait is not None
    assert min(change.wait.runs) > FEWEST_RUNS
    assert change.chance * 21 <= exact.LEVEL


@pytest.mark.parametrize("load", [0.01, 0.1])
def test_reports_on_a_busy_machine_call_no_more_waits_longer_than_stated(load: float) -> None:
    """Simulated whole reports of a patch that does nothing: ten waits, each sample late by a
    heavy-tailed time, and every run in a mood of its own."""
    reports, wrong, looked = 150, 0, 0
    for number in range(reports):
        random = Random(f"{load}-{number}")

        def answer(job: Job, random: Random = random) -> Result:
            mood = load * random.paretovariate(1.5)
            late = {
                f"t{n}": Outcome(
                    Status.PASSED,
                    waits={NAME: tuple(mood * random.paretovariate(1.5) for _ in range(3))},
                )
                for n in range(10)
            }
            return Result(JobEnd.COMPLETED, {test: late[test] for test in job.only or late})

        trial, done = run(answer, comparison(), CONTROLLED)
        looked += any(job.only for job in done)
        wrong += any(change.confirmed for judged in trial.judged() for change in judged.changes)
    assert looked > reports / 2, "most reports noticed something, and looked again"
    # Candidate and control, both directions: four families of exact.LEVEL.
    assert wrong <= 4 * exact.LEVEL * reports + 3 * (4 * exact.LEVEL * reports) ** 0.5
