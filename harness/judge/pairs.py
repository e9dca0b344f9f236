"""Two candidates together, on two upstreams: are they worse than each alone makes one expect? Pure.

Owns: what the halves of a stack let expect of a test, and where both together fall short of
it. Must not know which pairs are tried, nor how.

A half that breaks a test breaks it in the pair as well, and that is its own finding; a test
that one half fixes and the other leaves alone is expected to pass. A **conflict** is a test
that is expected to pass and does not. Statuses count only where all runs of a side agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import NamedTuple

from ..model import Conflict, Result, Status

# Seconds that somebody has to wait longer than on every other tree: all runs of the pair lie
# so far above all runs of the others. Far below the shortest wait that a patch adds by design.
LONGER = 0.25


class Sides(NamedTuple):
    """The runs of the four trees: neither half, each half alone, and both."""

    base: Sequence[Result]
    one: Sequence[Result]
    other: Sequence[Result]
    both: Sequence[Result]


def conflicts(suite: str, sides: Sides) -> list[Conflict]:
    """What both halves together do worse than each of them alone, by test."""
    found: list[Conflict] = []
    for test in sorted({test for result in (*sides.one, *sides.both) for test in result.outcomes}):
        found += _failing(suite, test, sides)
        found += _waiting(suite, test, sides)
    return found


def _failing(suite: str, test: str, sides: Sides) -> Iterable[Conflict]:
    seen = [_status(runs, test) for runs in sides]
    base, one, other, both = seen
    if base is None or one is None or other is None or both is None:
        return ()
    if not _is_expected_to_pass(base, one, other) or both in (Status.PASSED, Status.SKIPPED):
        return ()
    reason = next((r.outcomes[test].reason for r in sides.both if test in r.outcomes), "")
    return (Conflict(suite, test, base, (one, other), both, reason.partition("\n")[0]),)


def _is_expected_to_pass(base: Status, *halves: Status) -> bool:
    """Whether somebody who knows what each half does would expect both to pass a test.

    A half that does not bring the test does with it what the base does, which lacks it."""
    left_alone = {Status.PASSED, base}
    return Status.PASSED in halves and left_alone.issuperset(halves)


def _waiting(suite: str, test: str, sides: Sides) -> Iterable[Conflict]:
    waits = [_waits(runs, test) for runs in sides]
    base, one, other, both = waits
    for name in sorted(base.keys() & one.keys() & other.keys() & both.keys()):
        if min(both[name]) > max(*base[name], *one[name], *other[name]) + LONGER:
            status = Status.PASSED
            times = tuple(median(each[name]) for each in waits)
            yield Conflict(suite, test, status, (status, status), status, "", name, times)


def _waits(runs: Sequence[Result], test: str) -> dict[str, list[float]]:
    """The median of each run's samples, by what was waited for."""
    found: dict[str, list[float]] = {}
    for result in runs:
        outcome = result.outcomes.get(test)
        if outcome is not None and outcome.status is Status.PASSED:
            for name, samples in outcome.waits.items():
                if samples:
                    found.setdefault(name, []).append(median(samples))
    return found


def _status(runs: Sequence[Result], test: str) -> Status | None:
    """What every run of it came to; None where they disagree or there is none."""
    seen = {r.outcomes[test].status if test in r.outcomes else Status.ABSENT for r in runs}
    return seen.pop() if len(seen) == 1 else None
