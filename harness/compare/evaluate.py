"""What the results of a plan add up to: a judgement for each comparison, tables, notes.

Owns: putting results and comparisons together for ``judge``, which judges. Must not know
how jobs are carried out, or how a report looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

import msgspec

from ..judge import byhand, causes, redgreen, verdict, wire
from ..model import (
    BaseName,
    Change,
    ChangeKind,
    Job,
    JobEnd,
    Judgement,
    Matrix,
    Note,
    NoteKind,
    RedGreenProof,
    Result,
    Stack,
)
from ..suites import WIRE, own_suite
from ..upstreams import kind_of
from .by_hand import module_patterns
from .comparison import Comparison, Part, RunSettings
from .patched_trees import NO_RED

Results = Mapping[Job, Result]


class Evaluation:
    """The results of one run, seen by the comparisons that asked for them."""

    def __init__(self, results: Results, how: RunSettings) -> None:
        self._results = results
        self._how = how

    def judgement(self, comparison: Comparison) -> Judgement:
        """What came of one comparison."""
        changes: list[Change] = []
        used: list[Result] = []
        tests: set[str] = set()
        notes = list(comparison.notes)
        proofs: list[RedGreenProof] = []
        imports, broken = self._imports(comparison)
        used += broken
        for part in comparison.parts:
            base, patched = self._sides(comparison, part)
            wanted = max(2, self._how.repeat)
            found = verdict.changes(part.suite, base, patched, wanted)
            red = self._red(comparison, part)
            changes += redgreen.with_proof(part.suite, found, red, patched, wanted)
            changes += self._weakened(comparison, part, changes)
            if comparison.red_trees != comparison.patched_trees:
                proofs.append(redgreen.proof_of(comparison.own_tests, base, red, patched, wanted))
            notes += map(NO_RED.format, redgreen.obstacles(red, [*base, *patched]))
            used += [*base, *patched]
            tests |= {name for result in base for name in result.outcomes}
        real = kind_of(comparison.base_trees[0].base.project).REAL_OBJECTS
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
            notes=tuple(dict.fromkeys([*notes, *_incomplete(used)])),
            tests=len(tests),
            runs=len(used),
            control=comparison.is_control,
            stack=comparison.stack,
            ground=comparison.ground.names,
            proof=redgreen.together(proofs),
        )

    def _imports(self, comparison: Comparison) -> tuple[list[Change], list[Result]]:
        """What the patch makes unimportable, and the runs that could not find that out."""
        changes: list[Change] = []
        broken: list[Result] = []
        for part in comparison.imports:
            base, patched = self._sides(comparison, part)
            changes += verdict.changes(part.suite, base, patched, max(2, self._how.repeat))
            broken += [r for r in (*base, *patched) if r.ended is not JobEnd.COMPLETED]
        return [change for change in changes if change.kind is not ChangeKind.NEW], broken

    def _weakened(
        self, comparison: Comparison, part: Part, changes: Sequence[Change]
    ) -> Iterator[Change]:
        """The tests of a part that pass as before and assert less."""
        if part.suite != own_suite(comparison.base_trees[0].base.project):
            return iter(())
        sides = self._sides(comparison, part)
        return byhand.weakened(part.suite, changes, comparison.edits, *sides)

    def matrices(self, comparisons: Iterable[Comparison], beside: Sequence[Job]) -> list[Matrix]:
        """What happened on the wire, a matrix for each ground."""
        grounds: dict[tuple[BaseName, ...], list[Comparison]] = {}
        for comparison in comparisons:
            grounds.setdefault(comparison.ground.names, []).append(comparison)
        found = []
        for bases, every in grounds.items():
            here = [each for each in every if any(part.suite == WIRE for part in each.parts)]
            if not here:
                continue
            columns = {Stack(): self._wire(here[0])[0]}
            columns |= {each.stack: self._wire(each)[1] for each in here}
            control = {" ".join(job.labels): [self._results[job]] for job in beside}
            built = wire.build(bases, columns, control)
            found += [built] if built else []
        return found

    def unfinished(self, beside: Iterable[Job]) -> Iterator[Note]:
        """What of the jobs that only stand beside did not run; no verdict tells of them."""
        for job in beside:
            result = self._results[job]
            if result.ended is not JobEnd.COMPLETED:
                text = f"control group, {' '.join(job.labels)}: {result.ended}: {result.note}"
                yield Note(NoteKind.LEFT_OUT, text)

    def _wire(self, comparison: Comparison) -> tuple[list[Result], list[Result]]:
        """The runs of the wire suite on the base, and on the patched trees."""
        sides: tuple[list[Result], list[Result]] = ([], [])
        for part in comparison.parts:
            if part.suite == WIRE:
                base, patched = self._sides(comparison, part)
                sides[0].extend(base)
                sides[1].extend(patched)
        return sides

    def _red(self, comparison: Comparison, part: Part) -> list[Result]:
        """The runs of the patch's tests alone."""
        attempts = range(1, self._how.repeat + 1)
        jobs = (job for n in attempts for job in comparison.red_jobs(part, n, self._how))
        return [self._results[job] for job in jobs if job in self._results]

    def _sides(self, comparison: Comparison, part: Part) -> tuple[list[Result], list[Result]]:
        attempts = range(1, self._how.repeat + 1)
        sides = zip(*(comparison.jobs(part, n, self._how) for n in attempts), strict=True)
        mine = [[self._results[j] for j in side if j in self._results] for side in sides]
        # The base may have been repeated for another candidate's sake; the sides stay equal.
        runs = min(map(len, mine))
        return mine[0][:runs], mine[1][:runs]


def _marked(changes: Iterable[Change], comparison: Comparison) -> Iterator[Change]:
    """The changes, with why they are expected where they are."""
    for change in changes:
        why = next((f.why for f in comparison.flips if fnmatchcase(change.test, f.test)), "")
        for known in comparison.quarantine:
            if fnmatchcase(change.test, known.test):
                why = f"quarantined: {known.why}"
        yield msgspec.structs.replace(change, expected=bool(why), why=why) if why else change


def _unimportable(imports: Iterable[Change], comparison: Comparison) -> dict[str, str]:
    """Patterns of the ids of tests whose modules the patch makes unimportable, with the error."""
    errors = {change.test: change.reason for change in imports if change.kind.is_worse}
    patterns = module_patterns(comparison.base_trees[0].base.project, errors)
    return {pattern: errors[path] for path, pattern in patterns.items()}


def _incomplete(results: Iterable[Result]) -> Iterator[str]:
    for result in results:
        if result.ended is not JobEnd.COMPLETED:
            yield f"{result.ended}: {result.note}"
