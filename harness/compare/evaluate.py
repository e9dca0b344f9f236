"""What the results of a plan add up to: a judgement for each comparison, and notes.

Owns: putting results and comparisons together for ``judge``, which judges. Must not know
how jobs are carried out, or how a report looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

import msgspec

from ..judge import byhand, causes, exact, redgreen, trail, verdict, waits
from ..model import (
    Change,
    ChangeKind,
    Job,
    JobEnd,
    Judgement,
    Note,
    NoteKind,
    Power,
    RedGreenProof,
    Result,
    Side,
)
from ..suites import own_suite
from ..upstreams import kind_of
from .by_hand import module_patterns
from .comparison import Comparison, Part
from .patched_trees import NO_RED
from .schedule import Schedule


class Evaluation:
    """The results of one run, seen by the comparisons that asked for them."""

    def __init__(self, schedule: Schedule) -> None:
        """``schedule`` is at its end: every job that it asked for has a result."""
        self._results = schedule.results
        self._pooled = schedule.pooled
        self._how = schedule.how
        self._flaky = schedule.flaky()
        self._bars = waits.bars(schedule.waits())

    def judgement(self, comparison: Comparison) -> Judgement:
        """What came of one comparison."""
        changes: list[Change] = []
        used: list[Result] = []
        alone: list[Result] = []
        tests: set[str] = set()
        notes = list(comparison.notes)
        proofs: list[RedGreenProof] = []
        imports, broken = self._imports(comparison)
        used += broken
        runs = 0
        for part in comparison.parts:
            base = self._pooled.base(comparison, part)
            patched = self._pooled.patched(comparison, part)
            red = self._pooled.red(comparison, part)
            found = verdict.settled(self._pooled.changes(comparison, part), self._flaky)
            found += self._weakened(comparison, part, [*changes, *found])
            changes += self._with_runs(found, comparison, part)
            if comparison.red_trees != comparison.patched_trees:
                own = comparison.own_tests
                proofs.append(redgreen.proof_of(own, base, red, patched, self._flaky))
            whole = ([run.result for run in side if not run.only] for side in (red, base, patched))
            on_red, *others = whole
            notes += map(NO_RED.format, redgreen.obstacles(on_red, [r for o in others for r in o]))
            used += self._pooled.own(comparison, part)
            alone += self._pooled.broken_off(comparison, part)
            tests |= {name for run in base if not run.only for name in run.result.outcomes}
            runs += len(base) + len(patched)
        real = kind_of(comparison.base_trees[0].base.project).REAL_OBJECTS
        changes += self._waits(comparison)
        changes = byhand.explained(changes, comparison.edits, _unimportable(imports, comparison))
        marked = [
            *(msgspec.structs.replace(c, group=causes.IMPORT) for c in imports),
            *causes.grouped(_marked(changes, comparison), real),
        ]
        return Judgement(
            name=comparison.name,
            base=str(comparison.ground),
            applies=comparison.applies,
            verdict=verdict.verdict(marked, used),
            counts=verdict.counts(marked),
            changes=tuple(marked),
            notes=tuple(dict.fromkeys([*notes, *_incomplete(used), *_incomplete(alone)])),
            tests=len(tests),
            runs=runs,
            control=comparison.is_control,
            stack=comparison.stack,
            ground=comparison.ground.names,
            proof=redgreen.together(proofs),
            power=None if comparison.is_control else self._power(comparison),
        )

    def _imports(self, comparison: Comparison) -> tuple[list[Change], list[Result]]:
        """What the patch makes unimportable, and the runs that could not find that out."""
        changes: list[Change] = []
        broken: list[Result] = []
        for part in comparison.imports:
            found = verdict.settled(self._pooled.changes(comparison, part), self._flaky)
            changes += self._with_runs(found, comparison, part)
            own = self._pooled.own(comparison, part)
            broken += [result for result in own if result.ended is not JobEnd.COMPLETED]
        return [change for change in changes if change.kind is not ChangeKind.NEW], broken

    def _waits(self, comparison: Comparison) -> list[Change]:
        """What takes another time; between two sides of the base alone, what should not."""
        found = {part: self._pooled.waits(comparison, part) for part in comparison.parts}
        every = [change for changes in found.values() for change in changes]
        bars = waits.bars(every) if comparison.is_control else self._bars
        changes: list[Change] = []
        for part, mine in found.items():
            kept = waits.settled(mine, bars)
            if comparison.is_control:
                kept = [change for change in kept if change.confirmed]
            changes += self._with_runs(kept, comparison, part)
        return changes

    def _with_runs(
        self, changes: Iterable[Change], comparison: Comparison, part: Part
    ) -> list[Change]:
        """The changes of a part with the runs behind them."""
        sides = {
            Side.BASE: self._pooled.base(comparison, part),
            Side.RED: self._pooled.red(comparison, part),
            Side.PATCHED: self._pooled.patched(comparison, part),
        }
        return [trail.with_runs(change, part.labels, sides) for change in changes]

    def _weakened(
        self, comparison: Comparison, part: Part, changes: Sequence[Change]
    ) -> Iterator[Change]:
        """The tests of a part that pass as before and assert less."""
        if part.suite != own_suite(comparison.base_trees[0].base.project):
            return iter(())
        sides = (self._pooled.base(comparison, part), self._pooled.patched(comparison, part))
        base, patched = ([run.result for run in side if not run.only] for side in sides)
        return byhand.weakened(part.suite, changes, comparison.edits, base, patched)

    def unfinished(self, beside: Iterable[Job]) -> Iterator[Note]:
        """What of the jobs that only stand beside did not run; no verdict tells of them."""
        for job in beside:
            result = self._results[job]
            if result.ended is not JobEnd.COMPLETED:
                text = f"control group, {' '.join(job.labels)}: {result.ended}: {result.note}"
                yield Note(NoteKind.LEFT_OUT, text)

    def _power(self, comparison: Comparison) -> Power:
        """What the first runs would have noticed in the part that ran least.

        The others do not count: they are asked for only where something was noticed.
        """
        whole = [
            sum(
                run.first and run.result.ended is JobEnd.COMPLETED
                for run in self._pooled.patched(comparison, part)
            )
            for part in comparison.parts
        ]
        runs = min(whole, default=0)
        return Power(exact.RATE, runs, exact.noticed(runs))


def _marked(changes: Iterable[Change], comparison: Comparison) -> Iterator[Change]:
    """The changes, with why they are expected where they are."""
    for change in changes:
        wait = change.wait.name if change.wait else ""
        meant = (f for f in comparison.flips if f.wait == wait and _is_named(change.test, f.test))
        why = next((flip.why for flip in meant), "")
        for known in comparison.quarantine:
            if _is_named(change.test, known.test):
                why = f"quarantined: {known.why}"
        yield msgspec.structs.replace(change, expected=bool(why), why=why) if why else change


def _is_named(test: str, pattern: str) -> bool:
    """Whether a pattern, or an id as it is printed, brackets of parameters and all, means it."""
    return test == pattern or fnmatchcase(test, pattern)


def _unimportable(imports: Iterable[Change], comparison: Comparison) -> dict[str, str]:
    """Patterns of the ids of tests whose modules the patch makes unimportable, with the error."""
    errors = {change.test: change.reason for change in imports if change.kind.is_worse}
    patterns = module_patterns(comparison.base_trees[0].base.project, errors)
    return {pattern: errors[path] for path, pattern in patterns.items()}


def _incomplete(results: Iterable[Result]) -> Iterator[str]:
    for result in results:
        if result.ended is not JobEnd.COMPLETED:
            yield f"{result.ended}: {result.note}"
