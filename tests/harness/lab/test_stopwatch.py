"""Times are taken by name, and not of what failed."""

from __future__ import annotations

import pytest

from harness.lab.stopwatch import Stopwatch


def test_samples_of_one_name_are_together() -> None:
    waits = Stopwatch()
    for name in ("the end", "the next client", "the end"):
        with waits.measure(name):
            pass
    assert {name: len(each) for name, each in waits.samples.items()} == {
        "the end": 2,
        "the next client": 1,
    }


def test_what_failed_is_no_sample() -> None:
    waits = Stopwatch()
    with pytest.raises(LookupError), waits.measure("the end"):
        raise LookupError
    assert waits.samples == {}
