"""What became of a test, by one status on each side. Pure.

Owns: what a status means for a comparison, and the step from one to the other, as a total
function over the closed set of statuses. May know only the words in ``model``. The table
test in tests/harness/judge/test_verdict.py pins every pair.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from ..model import ChangeKind, Status


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


def step(base: Status, patched: Status) -> ChangeKind:
    """What became of one test, by one status on each side."""
    kind = _STEP[STANDING[base]][STANDING[patched]]
    if kind is ChangeKind.STILL_FAILING and base is not patched:
        return ChangeKind.FAILS_DIFFERENTLY
    return kind
