"""What differs between two reports, as values. Pure.

Owns: their shape, and which change counts against a patch. Must not know how they are found
out (``differences``), nor how they are told.
"""

from __future__ import annotations

from ..model import ApplyResult, Change, Conflict, FileReach, Step, Value, Verdict
from .conditions import Condition

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
        return missed(self.after) > missed(self.before)

    @property
    def is_gained(self) -> bool:
        """Whether more is run, or known, than was."""
        return missed(self.after) < missed(self.before)


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


def _is_against(change: Change | None) -> bool:
    return bool(change and change.kind.is_worse and change.confirmed and not change.expected)


def missed(file: FileReach | None) -> float:
    """How many lines of a file nothing ran; more than any number where that is not known."""
    if file is None:
        return 0
    return float("inf") if file.why else sum(b - a + 1 for a, b in file.unreached)
