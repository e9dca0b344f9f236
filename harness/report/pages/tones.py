"""Which tone of the page a word of a closed set has: good, bad, warn, plain.

Owns: that table. A tone is a colour and a sign (``parts.html``).
"""

from __future__ import annotations

from collections.abc import Mapping

from ...model import Cell, Change, ChangeKind, Status, Verdict

GOOD, BAD, WARN, PLAIN = "good", "bad", "warn", "plain"

OF_VERDICT: Mapping[Verdict, str] = {
    Verdict.BREAKS: BAD,
    Verdict.DOES_NOT_APPLY: BAD,
    Verdict.INCONCLUSIVE: WARN,
    Verdict.UNPROVEN: WARN,
    Verdict.FIXES: GOOD,
    Verdict.NEUTRAL: PLAIN,
}
WELL = (Status.PASSED, Status.EXPECTED_FAILURE)
UNDECIDED = (Status.SKIPPED, Status.NOT_RUN, Status.SPURIOUS, Status.ABSENT)


def of_change(change: Change) -> str:
    """That of a test's step: what happens by design or is not confirmed is no alarm."""
    if change.expected:
        return PLAIN
    if change.kind.is_worse:
        return BAD if change.confirmed else WARN
    if change.kind in (ChangeKind.FIXED, ChangeKind.FASTER):
        return GOOD
    return WARN if change.kind in (ChangeKind.FLAKY, ChangeKind.UNKNOWN) else PLAIN


def of_status(status: Status) -> str:
    """That of what a test did in a run."""
    if status in WELL:
        return GOOD
    return PLAIN if status in UNDECIDED else BAD


def of_cell(cell: Cell) -> str:
    """That of a cell of the wire's matrix."""
    if not cell.tests:
        return PLAIN
    return GOOD if cell.passed == cell.tests else BAD
