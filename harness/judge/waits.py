"""How long somebody waits, without a patch and with it, as numbers. Pure.

Owns: which differences of measured times are noticed, which matter, and which are proved.
Must not know what is waited for. A deadline tells who waits too long; this tells who waits
longer, although nobody misses a deadline.

The samples of one run share its server and its machine's mood, so that ten of them are not
ten answers: a run is one number, the median of its samples. The first runs only choose what
is looked at, and prove nothing. What they show is run alone, and of those runs
``ranks.chance`` says how likely noise orders them so. A difference that nobody minds is none:
it is the base's time *and the smallest difference that matters on top* that the patched
time has to lie above.

**The error of a whole report.** Each direction has the level of ``exact`` for itself, over
all waits of all stacks that were looked at (``ranks.bar``), in each of two looks: the second
is after the runs that many doubtful waits ask for. So at most ``exact.REPORT_ERROR`` of
reports call something slower that is not, and as many something faster.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median, median_high, median_low
from typing import NamedTuple

import msgspec

from ..model import Change, ChangeKind, Status, Wait
from . import exact, ranks
from .runs import Run

# Nobody minds less, and a busy machine does more by itself.
SMALLEST_SECONDS, SMALLEST_FACTOR = 0.02, 1.5
DIRECTIONS = (ChangeKind.SLOWER, ChangeKind.FASTER)
# So many on each side tell the two sides of a control apart as well.
FEWEST_RUNS = ranks.runs(exact.LEVEL, 0)


class Series(NamedTuple):
    """What is waited for, and in which test."""

    test: str
    name: str


def noticed(base: Sequence[Run], patched: Sequence[Run]) -> dict[Series, ChangeKind]:
    """The waits that differ in the first runs of both sides by as much as matters."""
    before, after = _medians(_first(base)), _medians(_first(patched))
    found = {}
    for series in sorted(before.keys() & after.keys()):
        # Where the control's run and the base's differ, the nearer one: a run is cheap, five
        # of each side are not.
        if median_low(after[series]) > _least(median_high(before[series])):
            found[series] = ChangeKind.SLOWER
        elif median_low(before[series]) > _least(median_high(after[series])):
            found[series] = ChangeKind.FASTER
    return found


def tests(base: Sequence[Run], patched: Sequence[Run]) -> tuple[str, ...]:
    """The tests in which something was noticed."""
    return tuple(sorted({series.test for series in noticed(base, patched)}))


def changes(suite: str, base: Sequence[Run], patched: Sequence[Run]) -> list[Change]:
    """What was noticed of a patch, with what the runs alone say of it."""
    first = (_medians(_first(base)), _medians(_first(patched)))
    alone = (_medians(_alone(base)), _medians(_alone(patched)))
    return [
        _change(suite, series, kind, [side[series] for side in first], alone)
        for series, kind in noticed(base, patched).items()
    ]


def between_equals(suite: str, base: Sequence[Run], other: Sequence[Run]) -> list[Change]:
    """The same of two sides of which neither is patched: whatever was measured, both ways."""
    alone = (_medians(_alone(base)), _medians(_alone(other)))
    return [
        _change(suite, series, kind, [side[series] for side in alone], alone)
        for series in sorted(alone[0].keys() & alone[1].keys())
        for kind in DIRECTIONS
    ]


def bars(every: Iterable[Change]) -> dict[ChangeKind, float]:
    """For each direction the greatest chance that counts, if these are all of a report."""
    found = list(every)
    return {
        kind: ranks.bar((each.chance for each in found if each.kind is kind), exact.LEVEL)
        for kind in DIRECTIONS
    }


def is_doubtful(change: Change) -> bool:
    """Whether the runs alone do not bear out what the first runs showed."""
    return change.chance > exact.LEVEL


def settled(every: Iterable[Change], bars: Mapping[ChangeKind, float]) -> list[Change]:
    """What is left of these: what is proved, and what was not or not often enough repeated."""
    return [
        msgspec.structs.replace(each, confirmed=each.chance <= bars[each.kind])
        for each in every
        if not (is_doubtful(each) and each.wait and all(each.wait.runs))
    ]


def runs_needed(doubtful: int, sides: int) -> int:
    """How often each side runs alone where so many waits are in doubt; ``sides`` as in
    ``ranks.runs``."""
    return max(FEWEST_RUNS, ranks.runs(exact.LEVEL, doubtful, sides))


def _least(seconds: float) -> float:
    """What a time has to lie above to be longer than this one by as much as matters."""
    return max(seconds + SMALLEST_SECONDS, seconds * SMALLEST_FACTOR)


def _first(runs: Iterable[Run]) -> Iterator[Run]:
    return (run for run in runs if run.first and not run.only)


def _alone(runs: Iterable[Run]) -> Iterator[Run]:
    return (run for run in runs if run.only)


def _medians(runs: Iterable[Run]) -> dict[Series, list[float]]:
    """One number for each run in which the test passed: elsewhere the failure is the news."""
    found: dict[Series, list[float]] = {}
    for run in runs:
        for test, outcome in run.result.outcomes.items():
            if outcome.status is Status.PASSED:
                for name, seconds in outcome.waits.items():
                    if seconds:
                        found.setdefault(Series(test, name), []).append(median(seconds))
    return found


def _change(
    suite: str,
    series: Series,
    kind: ChangeKind,
    first: Sequence[Sequence[float]],
    alone: Sequence[Mapping[Series, Sequence[float]]],
) -> Change:
    before, after = (side.get(series, ()) for side in alone)
    low, high = (before, after) if kind is ChangeKind.SLOWER else (after, before)
    shown = (before, after) if before and after else first
    runs = (len(before), len(after))
    return Change(
        suite=suite,
        test=series.test,
        base=Status.PASSED,
        patched=Status.PASSED,
        kind=kind,
        confirmed=False,
        base_runs={Status.PASSED.value: len(shown[0])},
        patched_runs={Status.PASSED.value: len(shown[1])},
        chance=ranks.chance([_least(each) for each in low], high),
        wait=Wait(series.name, median(shown[0]), median(shown[1]), runs),
    )
