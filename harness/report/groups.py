"""A judgement's changes by what they are to a reader, and by cause. Pure.

Owns: which changes count as broken, fixed, meant, waiting, or the rest; and which judgements
are the same in every change. Must not know how it is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from ..judge import causes
from ..model import Change, ChangeKind, Judgement

Group = tuple[str, Sequence[Change]]


class ChangeGroups(NamedTuple):
    """Every change of a judgement, in one of these.

    ``worse``, ``fixed`` and ``unsure`` are in groups of one cause, in a report's order. What is
    fixed and the patch's ``own`` tests prove stands there alone. ``meant`` is by design, by
    the reason that is given for it; ``waits`` are proved to be longer or shorter; ``rest``
    counts what decides nothing, by kind.
    """

    worse: list[Group]
    fixed: list[Group]
    own: list[Change]
    meant: list[Group]
    waits: list[Group]
    unsure: list[Group]
    rest: dict[str, int]


def groups_of(judged: Judgement) -> ChangeGroups:
    """The changes of a judgement, each in one place."""
    own, rest = set(judged.proof.red), Counter[str]()
    lists: list[list[Change]] = [[] for _ in range(6)]
    worse, fixed, proved, meant, waits, unsure = lists
    for change in judged.changes:
        if change.expected:
            meant.append(change)
        elif change.unsteady:
            rest["noise on the base"] += 1
        elif not change.confirmed or change.kind is ChangeKind.FLAKY:
            unsure.append(change)
        elif change.kind.is_worse:
            worse.append(change)
        elif change.kind in (ChangeKind.SLOWER, ChangeKind.FASTER):
            waits.append(change)
        elif change.kind is ChangeKind.FIXED:
            (proved if change.test in own else fixed).append(change)
        else:
            rest[change.kind.value] += 1
    reasons: dict[str, list[Change]] = {}
    for change in meant:
        reasons.setdefault(change.why, []).append(change)
    by_cause = causes.by_group
    return ChangeGroups(
        by_cause(worse),
        by_cause(fixed),
        proved,
        list(reasons.items()),
        by_cause(waits),
        by_cause(unsure),
        dict(rest),
    )


def first_of_its_like(candidates: Sequence[Judgement]) -> dict[int, Judgement]:
    """By place: the earlier judgement on the same base that has the very same changes."""
    first: dict[object, Judgement] = {}
    found = {}
    for place, judged in enumerate(candidates):
        key = (
            judged.base,
            judged.verdict,
            frozenset((c.suite, c.test, c.kind, c.group, c.confirmed) for c in judged.changes),
        )
        if judged.changes and key in first:
            found[place] = first[key]
        first.setdefault(key, judged)
    return found
