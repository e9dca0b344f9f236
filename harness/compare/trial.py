"""From comparisons to judgements: which jobs are needed, and what came of them.

Owns: the order of questions. Everything runs once on both sides; where something
changed, that part of the suite runs again on both sides until each has as many
runs as a change needs. The base against itself goes through the same: whatever
shows there is noise. Must not know how jobs are carried out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

import msgspec

from ..catalog.catalog import Flip, Quarantine
from ..judge import causes, verdict, wire
from ..model import (
    ApplyResult,
    Change,
    Interpreter,
    Job,
    JobEnd,
    Judgement,
    Matrix,
    Result,
    Tree,
    Value,
)
from ..suites import WIRE

CONTROL = "control"
# The control's runs are other runs than the base's, so that the two can differ.
CONTROL_ATTEMPTS = 1000


class Part(Value, frozen=True):
    """One shard of one suite."""

    suite: str
    labels: tuple[str, ...]


class Settings(Value, frozen=True):
    """What the user asked of every job: see DESIGN's flags of the same names."""

    select: str = ""
    repeat: int = 3
    timeout: float = 900.0
    test_timeout: float = 20.0


class Comparison(Value, frozen=True):
    """One stack on one base: the trees on both sides, and what to run on them."""

    name: str
    base: str
    base_trees: tuple[Tree, ...]
    patched_trees: tuple[Tree, ...]
    python: Interpreter
    parts: tuple[Part, ...]
    applies: ApplyResult = ApplyResult.CLEAN
    flips: tuple[Flip, ...] = ()
    quarantine: tuple[Quarantine, ...] = ()

    @property
    def is_control(self) -> bool:
        """Whether it is the base against itself."""
        return self.name == CONTROL

    def jobs(self, part: Part, attempt: int, how: Settings) -> tuple[Job, Job]:
        """One run of a part on the base, and one on the patched trees."""
        other = attempt + CONTROL_ATTEMPTS if self.is_control else attempt
        return (
            self._job(part, self.base_trees, attempt, how),
            self._job(part, self.patched_trees, other, how),
        )

    def _job(self, part: Part, trees: tuple[Tree, ...], attempt: int, how: Settings) -> Job:
        return Job(
            suite=part.suite,
            trees=trees,
            python=self.python,
            labels=part.labels,
            select=how.select,
            attempt=attempt,
            timeout=how.timeout,
            test_timeout=how.test_timeout,
        )


class Schedule:
    """The jobs that comparisons need, found out while results come in.

    Every part runs once on both sides. Where they differ, both run again.
    """

    def __init__(
        self, comparisons: Sequence[Comparison], how: Settings, beside: Sequence[Job] = ()
    ) -> None:
        """``beside`` are jobs whose results only stand beside the others' (the control group)."""
        self._comparisons = comparisons
        self._beside = beside
        self._how = how
        self._results: dict[Job, Result] = {}
        self._asked: set[Job] = set()

    def start(self) -> list[Job]:
        """The jobs to begin with."""
        first = (
            job
            for comparison in self._comparisons
            for part in comparison.parts
            for job in comparison.jobs(part, 1, self._how)
        )
        return self._new([*first, *self._beside])

    def follow(self, job: Job, result: Result) -> list[Job]:
        """Take in a result; the jobs that it makes necessary."""
        self._results[job] = result
        return self._new(
            due
            for comparison in self._comparisons
            for part in comparison.parts
            if part.suite == job.suite and part.labels == job.labels
            for due in self._due(comparison, part, job)
        )

    def judged(self) -> list[Judgement]:
        """What came of every comparison, in the given order."""
        return [self._judge(comparison) for comparison in self._comparisons]

    def matrices(self) -> list[Matrix]:
        """What happened on the wire, a matrix for each base."""
        found = []
        for base in dict.fromkeys(comparison.base for comparison in self._comparisons):
            here = [c for c in self._comparisons if c.base == base and not c.is_control]
            columns: dict[str, list[Result]] = {}
            for comparison in here:
                columns.setdefault(wire.BASE, self._wire(comparison, 0))
                columns[comparison.name] = self._wire(comparison, 1)
            control = {" ".join(job.labels): [self._results[job]] for job in self._beside}
            built = wire.build(base, columns, control)
            found += [built] if built else []
        return found

    def unfinished(self) -> list[str]:
        """What of the jobs that only stand beside did not run; no verdict tells of them."""
        done = [(job, self._results[job]) for job in self._beside]
        return [
            f"control group, {' '.join(job.labels)}: {result.ended}: {result.note}"
            for job, result in done
            if result.ended is not JobEnd.COMPLETED
        ]

    def _wire(self, comparison: Comparison, side: int) -> list[Result]:
        parts = [part for part in comparison.parts if part.suite == WIRE]
        return [result for part in parts for result in self._runs(comparison, part)[side]]

    def _new(self, jobs: Iterable[Job]) -> list[Job]:
        new = [job for job in dict.fromkeys(jobs) if job not in self._asked]
        self._asked.update(new)
        return new

    def _due(self, comparison: Comparison, part: Part, done: Job) -> Iterator[Job]:
        first = comparison.jobs(part, 1, self._how)
        known = all(job in self._results for job in first)
        if done in first and known and self._changed(part, *first):
            for attempt in range(2, self._how.repeat + 1):
                yield from comparison.jobs(part, attempt, self._how)

    def _changed(self, part: Part, base: Job, patched: Job) -> bool:
        sides = [self._results[base]], [self._results[patched]]
        return bool(verdict.changes(part.suite, *sides, wanted=1))

    def _judge(self, comparison: Comparison) -> Judgement:
        changes: list[Change] = []
        used: list[Result] = []
        tests: set[str] = set()
        for part in comparison.parts:
            base, patched = self._runs(comparison, part)
            wanted = max(2, self._how.repeat)
            changes += verdict.changes(part.suite, base, patched, wanted)
            used += [*base, *patched]
            tests |= {name for result in base for name in result.outcomes}
        marked = causes.grouped(_marked(changes, comparison))
        return Judgement(
            name=comparison.name,
            base=comparison.base,
            applies=comparison.applies,
            verdict=verdict.verdict(marked, used),
            counts=verdict.counts(marked),
            changes=tuple(marked),
            notes=tuple(dict.fromkeys(_notes(used))),
            tests=len(tests),
            runs=len(used),
            control=comparison.is_control,
        )

    def _runs(self, comparison: Comparison, part: Part) -> tuple[list[Result], list[Result]]:
        attempts = range(1, self._how.repeat + 1)
        sides = zip(*(comparison.jobs(part, n, self._how) for n in attempts), strict=True)
        mine = [[self._results[j] for j in side if j in self._results] for side in sides]
        # The base may have been repeated for another candidate's sake; the sides stay equal.
        runs = min(map(len, mine))
        return mine[0][:runs], mine[1][:runs]


def _marked(changes: Iterable[Change], comparison: Comparison) -> Iterator[Change]:
    for change in changes:
        why = next((f.why for f in comparison.flips if fnmatchcase(change.test, f.test)), "")
        for known in comparison.quarantine:
            if fnmatchcase(change.test, known.test):
                why = f"quarantined: {known.why}"
        yield msgspec.structs.replace(change, expected=bool(why), why=why) if why else change


def _notes(results: Iterable[Result]) -> Iterator[str]:
    for result in results:
        if result.ended is not JobEnd.COMPLETED:
            yield f"{result.ended}: {result.note}"
