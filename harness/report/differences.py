"""What differs between two reports: yesterday's patch and today's. Pure.

Owns: which candidates of the two belong together, and what counts as a difference. Must not
know how it is told, nor where reports are kept. Bases, interpreters and the like are looked at
first: where these differ too, what differs below need not be the patch's doing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from ..judge import waits
from ..model import (
    Change,
    FileReach,
    Judgement,
    Step,
)
from . import summary
from .conditions import conditions
from .difference import (
    CandidateDifference,
    CandidateSide,
    ChangeDifference,
    ConflictDifference,
    Differences,
    ReachDifference,
    ReportSide,
    missed,
)
from .matching import pairs
from .schema import Report


def compare(before: Report, after: Report) -> Differences:
    """What the later report says otherwise than the earlier one."""
    came, went = _only(_notes(before), _notes(after))
    return Differences(
        before=ReportSide(before.made.at, before.made.command),
        after=ReportSide(after.made.at, after.made.command),
        conditions=tuple(conditions(before, after)),
        candidates=tuple(
            _candidate(one, other) for one, other in pairs(before.candidates, after.candidates)
        ),
        conflicts=tuple(_conflicts(before, after)),
        came=came,
        went=went,
    )


def _candidate(before: Judgement | None, after: Judgement | None) -> CandidateDifference:
    found = CandidateDifference(_side(before), _side(after))
    if before is None or after is None:
        return found
    came, went = _only(
        (*before.problems, *before.notes),
        (*after.problems, *after.notes),
    )
    texts = [sorted((p.upstream, p.text) for p in each.patches) for each in (before, after)]
    return msgspec.structs.replace(
        found,
        changes=tuple(_changes(before, after)),
        reach=tuple(_reach(before, after)),
        came=came,
        went=went,
        has_same_text=texts[0] == texts[1] if all(texts) else None,
    )


def _side(judged: Judgement | None) -> CandidateSide | None:
    if judged is None:
        return None
    return CandidateSide(
        judged.name,
        judged.base,
        judged.applies,
        judged.verdict,
        summary.count_worse(judged),
        judged.tests,
        judged.runs,
    )


def _changes(before: Judgement, after: Judgement) -> list[ChangeDifference]:
    """What differs, what is newly broken first, then what no longer is."""
    sides = [{_key(change): change for change in each.changes} for each in (before, after)]
    found = []
    for key in dict.fromkeys([*sides[1], *sides[0]]):
        one, other = (side.get(key) for side in sides)
        if one is None or other is None:
            step = Step.CAME if one is None else Step.WENT
        elif _is_other(one, other):
            step = Step.OTHER
        else:
            continue
        found.append(ChangeDifference(step, _short(one), _short(other)))
    return sorted(found, key=lambda each: (not each.is_newly_broken, not each.is_no_longer_broken))


def _key(change: Change) -> tuple[str, str, str]:
    return change.suite, change.test, change.wait.name if change.wait else ""


def _short(change: Change | None) -> Change | None:
    return change and msgspec.structs.replace(change, detail="", log="", log_end="", trail=())


def _is_other(one: Change, other: Change) -> bool:
    """Whether two changes of one test are not the same; how often it ran makes no difference."""
    if one.wait and other.wait and one.kind is other.kind:
        short, long = sorted((one.wait.patched, other.wait.patched))
        far = max(short + waits.SMALLEST_SECONDS, short * waits.SMALLEST_FACTOR)
        return long > far or _what(one) != _what(other)
    return _what(one) != _what(other)


def _what(change: Change) -> tuple[object, ...]:
    statuses = () if change.wait else (change.base, change.patched)
    return (change.kind, change.confirmed, change.expected, change.group, *statuses)


def _reach(before: Judgement, after: Judgement) -> Iterator[ReachDifference]:
    """Where lines were added or taken away above, what is not run has moved and is the same."""
    if before.reach is None or after.reach is None:
        return
    sides = [
        {(f.upstream, f.path): f for f in each.reach.files}
        for each in (before, after)
        if each.reach
    ]
    for key in dict.fromkeys([*sides[1], *sides[0]]):
        one, other = (side.get(key) for side in sides)
        if missed(one) != missed(other) or _unrun(one) != _unrun(other):
            yield ReachDifference(*key, one, other)


def _unrun(file: FileReach | None) -> tuple[str, ...]:
    return file.names if file and file.unreached else ()


def _conflicts(before: Report, after: Report) -> Iterator[ConflictDifference]:
    sides = [
        {
            (str(pair.stack), each.test, each.wait): (pair, each)
            for pair in report.pairs
            for each in pair.conflicts
        }
        for report in (before, after)
    ]
    for step, mine, others in (
        (Step.CAME, sides[1], sides[0]),
        (Step.WENT, sides[0], sides[1]),
    ):
        for key, (pair, conflict) in mine.items():
            if key not in others:
                yield ConflictDifference(step, str(pair.stack), pair.ground, conflict)


def _notes(report: Report) -> tuple[str, ...]:
    return (*report.hints, *report.notes)


def _only(before: Sequence[str], after: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What only the later one has, and only the earlier."""
    came = dict.fromkeys(each for each in after if each not in before)
    return tuple(came), tuple(dict.fromkeys(each for each in before if each not in after))
