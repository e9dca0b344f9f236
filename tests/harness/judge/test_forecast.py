"""What a grid is said to take, from what jobs and judgings took before."""

from __future__ import annotations

import msgspec
import pytest

from harness.judge.forecast import (
    MORE_JOBS,
    MORE_SECONDS,
    ExpectedJob,
    Experience,
    forecast,
)

SEEN = Experience(judgings=2, first=10, jobs=30, first_seconds=100.0, seconds=200.0, cpu=50.0)


def job(seconds: float | None = 4.0, *, kept: bool = False) -> ExpectedJob:
    return ExpectedJob(seconds, kept)


def test_what_is_kept_costs_nothing() -> None:
    found = forecast([[job(kept=True), job(kept=True)], [job()]], SEEN, 2, 5.0)
    assert (found.places, found.jobs, found.kept, found.further) == (2, 3, 2, 2)
    assert (found.cpu, found.wall) == (2.0, 4.0)


def test_what_is_not_known_is_guessed_as_the_mean_of_the_others() -> None:
    found = forecast([[job(2.0), job(6.0), job(None), job(None, kept=True)]], SEEN, 2, 5.0)
    assert (found.unknown, found.guess) == (1, 4.0)
    assert found.cpu == (2 + 6 + 4) * 2 * 0.25


def test_where_nothing_is_known_it_is_what_any_job_is_guessed_at() -> None:
    found = forecast([[job(None)] * 4], Experience(), 2, 5.0)
    assert (found.unknown, found.guess, found.further) == (4, 5.0, round(4 * (MORE_JOBS - 1)))
    assert found.cpu == 4 * 5 * MORE_SECONDS
    assert found.wall == found.cpu / 2


@pytest.mark.parametrize(("cores", "wall"), [(1, 10.0), (2, 5.0), (100, 4.0)])
def test_cores_or_the_longest_job_make_the_wall_time(cores: int, wall: float) -> None:
    assert forecast([[job()] * 5], SEEN, cores, 5.0).wall == wall


def test_the_wall_time_of_earlier_judgings_says_how_many_run_at_once() -> None:
    """Jobs that wait stand beside each other, however many cores there are."""
    seen = msgspec.structs.replace(SEEN, wall=40.0)
    assert forecast([[job()] * 5], seen, 1, 5.0).wall == 5 * 4 * 2 / 5


def test_places_come_one_after_another() -> None:
    one = forecast([[job()] * 5], SEEN, 2, 5.0)
    two = forecast([[job()] * 5] * 2, SEEN, 2, 5.0)
    assert two.wall == 2 * one.wall


def test_experiences_add_up() -> None:
    assert Experience().with_one_more(SEEN) == SEEN
    assert SEEN.with_one_more(SEEN).jobs_for_one == SEEN.jobs_for_one
    assert SEEN.with_one_more(SEEN).judgings == 4
