"""The simulation of more patches on more cores."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from support.tiny import DONE, QUICK, WRONG, Workbench

from harness.bench.scaling import CORES, PATCHES, Step, Work, last_worth, wall

WORKS, WAITS = Step(10.0, 1.0), Step(10.0, 0.0)


def work(step: Step, *further: Step, base: tuple[Step, ...] = (), planning: float = 0.0) -> Work:
    return Work(base, (((step,), further),), planning)


@pytest.mark.parametrize(
    ("given", "patches", "cores", "seconds"),
    [
        (work(WORKS), 4, 2, 20.0),
        (work(WORKS), 4, 4, 10.0),
        # What waits takes no core: eight for each run at once.
        (work(WAITS), 16, 2, 10.0),
        (work(WAITS), 17, 2, 20.0),
        # Three that work all the time share two cores.
        (work(WORKS), 3, 2, 20.0),
        # What is repeated comes after what it repeats.
        (work(WORKS, WORKS), 1, 64, 20.0),
        # A base's jobs are done once.
        (work(WORKS, base=(WORKS,)), 3, 2, 20.0),
        # One process plans them all.
        (work(WORKS, planning=1.0), 100, 64, 101.0),
    ],
)
def test_the_time_of_some_patches(given: Work, patches: int, cores: int, seconds: float) -> None:
    assert wall(given, patches, cores) == pytest.approx(seconds)


def test_more_cores_never_take_longer() -> None:
    given = work(Step(9.0, 0.4), Step(2.0, 0.6), Step(20.0, 0.1), base=(WORKS,) * 5)
    for one, twice in pairwise(wall(given, 50, cores) for cores in CORES):
        assert twice <= one


def test_where_it_stops_to_scale_is_said() -> None:
    assert last_worth([100, 50, 25, 24, 24, 24]) == "scales up to 8 cores: twice as many save 4%"
    assert last_worth([64, 32, 16, 8, 4, 2]) == "scales up to 64 cores and further"


def test_it_begins_with_what_the_last_run_took(workbench: Workbench) -> None:
    asked = ("bench", "--measure", "scaling")
    nothing = workbench.run(*asked)
    assert nothing.status == WRONG
    assert "simulated from the last run of `test`" in nothing.err
    assert workbench.run("test", "--candidate", "django/breaks", *QUICK).status == DONE
    done = workbench.run(*asked)
    assert done.status == DONE, done.err
    assert "simulated from 1 patches with" in done.out
    for patches in PATCHES:
        times = rf"^ *{patches}" + r" +\d+:\d\d" * len(CORES) + r"\n +scales up to \d+ cores"
        assert re.search(times, done.out, re.M), done.out
