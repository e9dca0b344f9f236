"""What a patch's own tests prove: they run on a third tree, which has them and not its code.

Owns: how the step from that red tree to the patched one changes what the step from the
base says. Pure. Must not know how the red tree is made.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ..model import Change, ChangeKind, JobEnd, Result, Status
from . import verdict

IDLE = "it passes with the patch's tests alone as well, and proves nothing"
BY_ITSELF = "the patch's own change of the tests does it"
# What the patch's tests do themselves is no damage that its code does.
OWN = {ChangeKind.VANISHED: ChangeKind.REMOVED, ChangeKind.NEWLY_SKIPPED: ChangeKind.TURNED_OFF}


def with_proof(
    suite: str,
    changes: Sequence[Change],
    red: Sequence[Result],
    patched: Sequence[Result],
    wanted: int,
) -> list[Change]:
    """``changes`` from base to patched, read again in the light of the red tree's runs.

    A test that fails on the red tree and passes when patched is fixed, also where the base
    has no such test. One that the red tree lacks or skips as well was taken away by hand.
    Only runs of the red tree that completed say anything.
    """
    runs = [result for result in red if result.ended is JobEnd.COMPLETED]
    if not runs:
        return list(changes)
    fixed = {
        change.test: msgspec.structs.replace(
            change, reason=f"fails with the patch's tests alone: {change.reason}"
        )
        for change in verdict.changes(suite, runs, patched[: len(runs)], wanted)
        if change.kind is ChangeKind.FIXED
    }
    found = []
    for change in changes:
        statuses = {_status(result, change.test) for result in runs}
        proof = fixed.pop(change.test, None)
        if change.kind is ChangeKind.NEW:
            found.append(proof or _idle(change, statuses))
        elif change.kind in OWN and statuses <= {change.patched}:
            own = OWN[change.kind]
            found.append(msgspec.structs.replace(change, kind=own, reason=BY_ITSELF))
        else:
            found.append(change)
    # The base has these tests in another wording, which passes there.
    return sorted([*found, *fixed.values()], key=lambda change: change.test)


def obstacles(red: Sequence[Result], others: Sequence[Result]) -> list[str]:
    """Why runs of the red tree prove nothing, each reason once: they broke off, or a module
    could not even be loaded there, which looks like a test that no other tree has."""
    known = {name for result in others for name in result.outcomes}
    found = []
    for result in red:
        if result.ended is not JobEnd.COMPLETED:
            found.append(f"{result.ended}: {result.note}")
        for name, outcome in result.outcomes.items():
            is_bad = verdict.STANDING[outcome.status] is verdict.Standing.BAD
            if is_bad and name not in known:
                found.append(outcome.reason)
    return list(dict.fromkeys(found))


def _idle(change: Change, statuses: set[Status]) -> Change:
    if statuses <= {Status.PASSED}:
        return msgspec.structs.replace(change, reason=IDLE)
    return change


def _status(result: Result, test: str) -> Status:
    outcome = result.outcomes.get(test)
    return outcome.status if outcome else Status.ABSENT
