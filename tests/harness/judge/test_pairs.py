"""What two halves do worse together than each of them alone lets expect."""

from __future__ import annotations

import pytest
from support.values import result

from harness.judge import pairs
from harness.judge.runs import Run
from harness.model import JobEnd, Outcome, Result, Status

P, F, E, H = Status.PASSED, Status.FAILED, Status.ERROR, Status.HUNG
SKIPPED, ABSENT = Status.SKIPPED, Status.ABSENT


def run(status: Status) -> Run:
    return Run(result() if status is ABSENT else result(get=status))


def sides(*statuses: Status) -> pairs.Sides:
    base, one, other, both = ([run(status)] for status in statuses)
    return pairs.Sides(base, one, other, both)


@pytest.mark.parametrize(
    "statuses",
    [
        pytest.param((P, P, P, F), id="each alone does no harm"),
        pytest.param((P, P, P, ABSENT), id="and with both it is gone"),
        pytest.param((F, P, F, F), id="one half mends it, and the other undoes that"),
        pytest.param((F, P, P, H), id="each mends it"),
        pytest.param((ABSENT, P, ABSENT, E), id="the own test of one half"),
    ],
)
def test_a_conflict(statuses: tuple[Status, ...]) -> None:
    (found,) = pairs.conflicts("django", sides(*statuses))
    assert (found.base, *found.halves, found.both) == statuses
    assert found.test == "get"


@pytest.mark.parametrize(
    "statuses",
    [
        pytest.param((P, P, P, P), id="nothing happens"),
        pytest.param((F, P, F, P), id="one half mends it, in the pair too"),
        pytest.param((P, F, P, F), id="one half breaks it, in the pair too"),
        pytest.param((F, P, H, H), id="one half makes it worse"),
        pytest.param((F, F, F, F), id="nobody mends it"),
        pytest.param((F, F, F, H), id="what fails anyway"),
        pytest.param((P, P, P, SKIPPED), id="it is not asked for there"),
    ],
)
def test_no_conflict(statuses: tuple[Status, ...]) -> None:
    assert pairs.conflicts("django", sides(*statuses)) == []


def test_runs_that_disagree_tell_nothing() -> None:
    once = sides(P, P, P, F)
    assert pairs.conflicts("django", once._replace(both=[run(F), run(P)])) == []
    assert pairs.conflicts("django", once._replace(base=[run(F), run(P)])) == []
    assert pairs.conflicts("django", once._replace(both=[run(F), run(F)])) != []


@pytest.mark.parametrize("ended", [JobEnd.SPURIOUS, JobEnd.NOT_RUN])
def test_a_run_that_did_not_come_about_bears_nothing_out(ended: JobEnd) -> None:
    """A test that is gone with both is a conflict; one that nobody ran is none."""
    once = sides(P, P, P, ABSENT)
    assert pairs.conflicts("django", once) != []
    assert pairs.conflicts("django", once._replace(both=[Run(Result(ended))])) == []


def test_it_is_looked_for_among_the_tests_of_all_four() -> None:
    only_on_other = sides(ABSENT, ABSENT, P, ABSENT)
    (found,) = pairs.conflicts("django", only_on_other)
    assert found.halves == (ABSENT, P)


def waiting(*medians: float) -> list[Run]:
    """Runs in which a client waits so long for the end."""
    return [
        Run(Result(JobEnd.COMPLETED, {"get": Outcome(P, waits={"the end": (each, each, 9.0)})}))
        for each in medians
    ]


def test_who_waits_for_both_halves_one_after_the_other() -> None:
    """Each half lingers for two seconds, by design; both do so for four."""
    twice = pairs.Sides(waiting(0.0, 0.1), waiting(2.0), waiting(2.0, 2.1), waiting(4.0, 4.1))
    (found,) = pairs.conflicts("regression", twice)
    assert (found.test, found.wait) == ("get", "the end")
    assert found.seconds == (0.05, 2.0, 2.05, 4.05)
    as_expected = twice._replace(both=waiting(4.0, 2.2))
    assert pairs.conflicts("regression", as_expected) == []
