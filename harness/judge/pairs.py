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

from ..model import Conflict, Status
from .runs import Run, counted, sights
from .steps import STANDING, Standing

# Seconds that somebody has to wait longer than on every other tree: all runs of the pair lie
# so far above all runs of the others. Far below the shortest wait that a patch adds by design.
LONGER = 0.25


class Sides(NamedTuple):
    """The runs of the four trees: neither half, each half alone, and both."""

    base: Sequence[Run]
    one: Sequence[Run]
    other: Sequence[Run]
    both: Sequence[Run]


def conflicts(suite: str, sides: Sides) -> list[Conflict]:
    """What both halves together do worse than each of them alone, by test."""
    found: list[Conflict] = []
    every = {test for runs in sides for run in runs for test in run.result.outcomes}
    for test in sorted(every):
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
    reason = next((each.outcome.reason for each in sights(sides.both, test)), "")
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


def _waits(runs: Sequence[Run], test: str) -> dict[str, list[float]]:
    """The median of each run's samples, by what was waited for."""
    found: dict[str, list[float]] = {}
    for run in runs:
        outcome = run.result.outcomes.get(test)
        if outcome is not None and outcome.status is Status.PASSED:
            for name, samples in outcome.waits.items():
                if samples:
                    found.setdefault(name, []).append(median(samples))
    return found


def _status(runs: Sequence[Run], test: str) -> Status | None:
    """What every run of it came to; None where they disagree, or where nobody knows."""
    seen = {each.outcome.status for each in counted(sights(runs, test))}
    status = seen.pop() if len(seen) == 1 else None
    return None if status is None or STANDING[status] is Standing.UNKNOWN else status
