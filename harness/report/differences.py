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
    ApplyResult,
    Change,
    Conflict,
    FileReach,
    Judgement,
    Step,
    Value,
    Verdict,
)
from . import summary
from .conditions import Condition, conditions
from .matching import pairs
from .schema import Report

SCHEMA = 1


class ReportSide(Value, frozen=True):
    """One of the two reports: when it was made, and with which command."""

    at: str
    command: str


class ChangeDifference(Value, frozen=True):
    """One test's change that only one report has, or that is another one in each.

    The changes come without their tracebacks and logs.
    """

    step: Step
    before: Change | None
    after: Change | None

    @property
    def change(self) -> Change:
        """That of the later report, if it has one."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def is_newly_broken(self) -> bool:
        """Whether it counts against the patch in the later report alone."""
        return _is_against(self.after) and not _is_against(self.before)

    @property
    def is_no_longer_broken(self) -> bool:
        """Whether it counts against the patch in the earlier report alone."""
        return _is_against(self.before) and not _is_against(self.after)


class ReachDifference(Value, frozen=True):
    """One changed file of which tests run more, less or other lines than before."""

    upstream: str
    path: str
    before: FileReach | None
    after: FileReach | None

    @property
    def is_lost(self) -> bool:
        """Whether lines are run by no test, or it is not known, and that was otherwise."""
        return _missed(self.after) > _missed(self.before)

    @property
    def is_gained(self) -> bool:
        """Whether more is run, or known, than was."""
        return _missed(self.after) < _missed(self.before)


class CandidateSide(Value, frozen=True):
    """What one report says of a candidate as a whole; ``worse`` counts what it breaks."""

    name: str
    base: str
    applies: ApplyResult
    verdict: Verdict
    worse: int
    tests: int
    runs: int


class CandidateDifference(Value, frozen=True):
    """One candidate in both reports, or in one of them.

    ``has_same_text`` says whether the patch is the same, None where a report does not keep it.
    ``came`` and ``went`` are its notes and problems.
    """

    before: CandidateSide | None
    after: CandidateSide | None
    changes: tuple[ChangeDifference, ...] = ()
    reach: tuple[ReachDifference, ...] = ()
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    has_same_text: bool | None = None

    @property
    def side(self) -> CandidateSide:
        """That of the later report, if it is there."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def is_in_both(self) -> bool:
        """Whether both reports have it."""
        return self.before is not None and self.after is not None

    @property
    def is_same(self) -> bool:
        """Whether nothing differs but how much was run and the base."""
        found = (self.before, self.after)
        words = [each and (each.name, each.applies, each.verdict) for each in found]
        return words[0] == words[1] and not (self.changes or self.reach or self.came or self.went)

    @property
    def is_newly_breaking(self) -> bool:
        """Whether it breaks something in the later report that it does not in the earlier."""
        if self.before is None:
            return self.side.worse > 0
        return any(each.is_newly_broken for each in self.changes)

    @property
    def is_no_longer_good(self) -> bool:
        """Whether its verdict is one to look at, and was none or a good one."""
        was_good = self.before is None or self.before.verdict.is_good
        return self.after is not None and not self.after.verdict.is_good and was_good


class ConflictDifference(Value, frozen=True):
    """What two candidates do to each other in one of the reports alone."""

    step: Step
    stack: str
    ground: str
    conflict: Conflict


class Differences(Value, frozen=True):
    """All that differs, in the order in which it is told; ``came`` and ``went`` are notes."""

    before: ReportSide
    after: ReportSide
    conditions: tuple[Condition, ...] = ()
    candidates: tuple[CandidateDifference, ...] = ()
    conflicts: tuple[ConflictDifference, ...] = ()
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    schema: int = SCHEMA

    @property
    def is_newly_breaking(self) -> bool:
        """Whether something is broken in the later report that is not in the earlier one."""
        new = any(each.step is Step.CAME for each in self.conflicts)
        return new or any(each.is_newly_breaking for each in self.candidates)

    @property
    def is_worse(self) -> bool:
        """Whether something is newly broken, or a verdict no longer a good one."""
        return self.is_newly_breaking or any(each.is_no_longer_good for each in self.candidates)


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


def _is_against(change: Change | None) -> bool:
    return bool(change and change.kind.is_worse and change.confirmed and not change.expected)


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
        if _missed(one) != _missed(other) or _unrun(one) != _unrun(other):
            yield ReachDifference(*key, one, other)


def _missed(file: FileReach | None) -> float:
    """How many lines of a file nothing ran; more than any number where that is not known."""
    if file is None:
        return 0
    return float("inf") if file.why else sum(b - a + 1 for a, b in file.unreached)


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
