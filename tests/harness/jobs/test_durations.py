"""What jobs took before: the guess for the next run."""

from __future__ import annotations

import msgspec
from support.values import JOB, PATCHED

from harness.jobs.durations import UNKNOWN, Durations
from harness.system.home import Home

ON_ANOTHER_TREE = msgspec.structs.replace(JOB, trees=(PATCHED,), attempt=7)


def test_what_a_part_took_is_the_guess_for_other_trees_and_other_runs(home: Home) -> None:
    first = Durations(home)
    assert first.of(JOB) == UNKNOWN
    first.learn(JOB, 31.25)
    first.keep()
    assert Durations(home).of(ON_ANOTHER_TREE) == 31.25


def test_some_tests_alone_are_another_thing_than_the_whole_part(home: Home) -> None:
    known = Durations(home)
    known.learn(JOB, 31.25)
    assert known.of(msgspec.structs.replace(JOB, only=("a",))) == UNKNOWN


def test_a_file_that_is_not_whole_is_as_good_as_none(home: Home) -> None:
    (home.folder("durations") / "seconds.json").write_text('{"half')
    assert Durations(home).of(JOB) == UNKNOWN
