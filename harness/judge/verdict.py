"""Results become changes, and changes become one verdict. Pure.

Owns: the judgement, as total functions over the closed set of statuses. May know
only the words in ``model``. The table test in tests/harness/test_verdict.py pins
every pair of statuses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto

from ..model import Change, ChangeKind, JobEnd, Outcome, Result, Status, Verdict


class Standing(Enum):
    """What a status means for a comparison."""

    GOOD = auto()
    WAIVED = auto()
    BAD = auto()
    SKIPPED = auto()
    ABSENT = auto()
    UNKNOWN = auto()


STANDING: Mapping[Status, Standing] = {
    Status.PASSED: Standing.GOOD,
    Status.EXPECTED_FAILURE: Standing.WAIVED,
    Status.FAILED: Standing.BAD,
    Status.ERROR: Standing.BAD,
    Status.UNEXPECTED_SUCCESS: Standing.BAD,
    Status.HUNG: Standing.BAD,
    Status.CRASHED: Standing.BAD,
    Status.SKIPPED: Standing.SKIPPED,
    Status.ABSENT: Standing.ABSENT,
    Status.NOT_RUN: Standing.UNKNOWN,
    Status.SPURIOUS: Standing.UNKNOWN,
}

# One row for each standing on the base, one entry for each standing when patched.
_G, _W, _B, _S, _A, _U = Standing
_STEP: Mapping[Standing, Mapping[Standing, ChangeKind]] = {
    _G: {
        _G: ChangeKind.UNCHANGED,
        _W: ChangeKind.NEWLY_SKIPPED,
        _B: ChangeKind.BROKEN,
        _S: ChangeKind.NEWLY_SKIPPED,
        _A: ChangeKind.VANISHED,
        _U: ChangeKind.UNKNOWN,
    },
    _W: {
        _G: ChangeKind.FIXED,
        _W: ChangeKind.UNCHANGED,
        _B: ChangeKind.BROKEN,
        _S: ChangeKind.NEWLY_SKIPPED,
        _A: ChangeKind.VANISHED,
        _U: ChangeKind.UNKNOWN,
    },
    _B: {
        _G: ChangeKind.FIXED,
        _W: ChangeKind.NEWLY_SKIPPED,
        _B: ChangeKind.STILL_FAILING,
        _S: ChangeKind.NEWLY_SKIPPED,
        _A: ChangeKind.VANISHED,
        _U: ChangeKind.UNKNOWN,
    },
    _S: {
        _G: ChangeKind.NO_LONGER_SKIPPED,
        _W: ChangeKind.NO_LONGER_SKIPPED,
        _B: ChangeKind.BROKEN,
        _S: ChangeKind.UNCHANGED,
        _A: ChangeKind.VANISHED,
        _U: ChangeKind.UNKNOWN,
    },
    _A: {
        _G: ChangeKind.NEW,
        _W: ChangeKind.NEW,
        _B: ChangeKind.NEW_FAILING,
        _S: ChangeKind.NEW,
        _A: ChangeKind.UNCHANGED,
        _U: ChangeKind.UNKNOWN,
    },
    _U: dict.fromkeys(Standing, ChangeKind.UNKNOWN),
}

# Far beyond what a busy machine does to a test; it does not decide a verdict.
SLOWER_FACTOR, SLOWER_SECONDS = 5, 4.0


def step(base: Status, patched: Status) -> ChangeKind:
    """What became of one test, by one status on each side."""
    kind = _STEP[STANDING[base]][STANDING[patched]]
    if kind is ChangeKind.STILL_FAILING and base is not patched:
        return ChangeKind.FAILS_DIFFERENTLY
    return kind


def judge(
    base: Sequence[Status], patched: Sequence[Status], wanted: int
) -> tuple[ChangeKind, bool]:
    """A test's kind of change over all runs, and whether repeats confirm it.

    ``wanted`` is how many runs each side needs. A side whose runs disagree makes
    the test flaky, whatever the other side did; a run that the machine spoiled
    counts for nothing.
    """
    sides = [_counted(base), _counted(patched)]
    if any(len({STANDING[status] for status in side}) > 1 for side in sides):
        return ChangeKind.FLAKY, False
    kind = step(_typical(sides[0]), _typical(sides[1]))
    enough = all(len(side) >= wanted for side in sides)
    return kind, enough and kind is not ChangeKind.UNKNOWN


def changes(
    suite: str,
    base: Sequence[Result],
    patched: Sequence[Result],
    wanted: int,
) -> list[Change]:
    """Every test of the runs on both sides whose step is not silent, by test id."""
    found = []
    for test in sorted({name for result in (*base, *patched) for name in result.outcomes}):
        before = [_outcome(result, test) for result in base]
        after = [_outcome(result, test) for result in patched]
        kind, confirmed = judge([o.status for o in before], [o.status for o in after], wanted)
        if kind is ChangeKind.UNCHANGED and _slower(before, after):
            kind = ChangeKind.SLOWER
        if kind.is_silent:
            continue
        shown = _telling(before, after)
        found.append(
            Change(
                suite=suite,
                test=test,
                base=_typical([o.status for o in before]),
                patched=_typical([o.status for o in after]),
                kind=kind,
                confirmed=confirmed,
                base_runs=_rates(before),
                patched_runs=_rates(after),
                reason=_reason(kind, before, after, shown),
                detail=shown.detail,
                log=next((r.log for r in patched if r.outcomes.get(test) is shown), ""),
            )
        )
    return found


def verdict(changes: Iterable[Change], results: Iterable[Result]) -> Verdict:
    """What all changes of one stack on one base add up to.

    ``results`` are the runs of both sides: where one did not complete, or none
    ran a test, silence is not success.
    """
    listed = [change for change in changes if not change.expected]
    if any(change.kind.is_worse and change.confirmed for change in listed):
        return Verdict.BREAKS
    runs = list(results)
    silent = not any(run.outcomes for run in runs)
    cut = any(run.ended is not JobEnd.COMPLETED for run in runs)
    if silent or cut or any(change.kind is ChangeKind.UNKNOWN for change in listed):
        return Verdict.INCONCLUSIVE
    if any(_suspicious(change) for change in listed):
        return Verdict.UNPROVEN
    if any(change.kind is ChangeKind.FIXED and change.confirmed for change in listed):
        return Verdict.FIXES
    return Verdict.NEUTRAL


def counts(changes: Iterable[Change]) -> dict[str, int]:
    """How many changes of each kind there are; ``expected`` counts flips by design."""
    listed = list(changes)
    kinds = Counter(change.kind.value for change in listed if not change.expected)
    expected = sum(change.expected for change in listed)
    return dict(sorted(kinds.items())) | ({"expected": expected} if expected else {})


def _suspicious(change: Change) -> bool:
    """Worse or better, but not proved; or flaky with the patch and steady without."""
    if change.kind is ChangeKind.FLAKY:
        return len(change.base_runs) == 1
    better_or_worse = change.kind.is_worse or change.kind is ChangeKind.FIXED
    return better_or_worse and not change.confirmed


def _counted(statuses: Sequence[Status]) -> list[Status]:
    return [s for s in statuses if s is not Status.SPURIOUS]


def _typical(statuses: Sequence[Status]) -> Status:
    """The worst status seen most often; a side that has no run is not run."""
    if not statuses:
        return Status.NOT_RUN
    tally = Counter(statuses)
    return max(tally, key=lambda status: (tally[status], STANDING[status] is Standing.BAD))


def _outcome(result: Result, test: str) -> Outcome:
    """A test that is not in a run that broke off is unknown there, not absent."""
    missing = Status.ABSENT if result.ended is JobEnd.COMPLETED else Status.NOT_RUN
    if result.ended is JobEnd.SPURIOUS:
        missing = Status.SPURIOUS
    return result.outcomes.get(test) or Outcome(missing, reason=result.note)


def _reason(
    kind: ChangeKind, before: Sequence[Outcome], after: Sequence[Outcome], shown: Outcome
) -> str:
    if kind is ChangeKind.SLOWER:
        return f"{after[0].seconds:.1f} s, on the base {before[0].seconds:.1f} s"
    return shown.reason


def _slower(before: Sequence[Outcome], after: Sequence[Outcome]) -> bool:
    """Every run took far longer than any on the base: something waited for a time-out."""
    if not before or not after or STANDING[before[0].status] is not Standing.GOOD:
        return False
    slowest = max(outcome.seconds for outcome in before)
    return min(outcome.seconds for outcome in after) > SLOWER_FACTOR * slowest + SLOWER_SECONDS


def _rates(outcomes: Sequence[Outcome]) -> dict[str, int]:
    return dict(sorted(Counter(outcome.status.value for outcome in outcomes).items()))


def _telling(before: Sequence[Outcome], after: Sequence[Outcome]) -> Outcome:
    """The outcome that explains the change: a failing one, the patched side first."""
    for outcome in (*after, *before):
        if STANDING[outcome.status] in (Standing.BAD, Standing.SKIPPED, Standing.UNKNOWN):
            return outcome
    return after[0] if after else Outcome(Status.NOT_RUN)
