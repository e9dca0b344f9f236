"""All runs of one tree together, whoever asked for them.

Owns: which results are runs of which side of a comparison. The base's runs count for every
stack on it, and those of the control as well; only the control itself holds them apart.
Runs of other labels do not count, though they may contain the test: there, other tests ran
before it. What parts had in common as one job (``joining``) is shared out before.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ..judge import redgreen, verdict, waits
from ..judge.runs import Run
from ..model import Change, ChangeKind, Interpreter, Job, JobEnd, Result, Status, Tree
from .comparison import CONTROL_ATTEMPTS, Comparison, Part, RunSettings

Labels = tuple[str, tuple[str, ...]]
Place = tuple[str, tuple[str, ...], tuple[Tree, ...], Interpreter]


class _Asked(NamedTuple):
    """A job of a part, and the one that was carried out for it."""

    job: Job
    within: Job


class PooledRuns:
    """The results that there are so far, by the part and the trees that they are of."""

    def __init__(self, how: RunSettings) -> None:
        self._how = how
        self._runs: dict[Place, dict[_Asked, Run]] = {}
        # The same in order, until another one comes.
        self._sorted: dict[Place, dict[_Asked, Run]] = {}
        self._changes: dict[Labels, dict[tuple[Comparison, Part], list[Change]]] = {}

    def add(self, job: Job, result: Result, within: Job | None = None) -> None:
        """Take in the result of a part's job, its share of that of ``within`` if it was run
        with others: the same tests run with others again are another run."""
        place = (job.suite, job.labels, job.trees, job.python)
        self._runs.setdefault(place, {})[_Asked(job, within or job)] = self._run(job, result)
        self._sorted.pop(place, None)
        self._changes.pop((job.suite, job.labels), None)

    def base(self, comparison: Comparison, part: Part) -> list[Run]:
        """Every run of the base; a control's own base is without the control's runs."""
        runs = self._of(comparison, part, comparison.base_trees)
        if comparison.is_control:
            runs = {a: runs[a] for a in runs if a.job.attempt <= CONTROL_ATTEMPTS}
        return list(runs.values())

    def patched(self, comparison: Comparison, part: Part) -> list[Run]:
        """Every run with the patch; of a control the other runs of the base."""
        runs = self._of(comparison, part, comparison.patched_trees)
        if comparison.is_control:
            runs = {a: runs[a] for a in runs if a.job.attempt > CONTROL_ATTEMPTS}
        return list(runs.values())

    def red(self, comparison: Comparison, part: Part) -> list[Run]:
        """Every run of the patch's tests without its code; none for other suites."""
        if not comparison.red_jobs(part, 1, self._how):
            return []
        return list(self._of(comparison, part, comparison.red_trees).values())

    def bottom(self, comparison: Comparison, part: Part) -> list[Run]:
        """Every run of the tree below a series, if the stack stands on others of it."""
        if not comparison.bottom:
            return []
        return list(self._of(comparison, part, comparison.bottom).values())

    def changes(self, comparison: Comparison, part: Part) -> list[Change]:
        """What changed for a stack in a part, proved as if no other test were noise.

        Of a control every change is noise, whatever it looks like.
        """
        known = self._changes.setdefault((part.suite, part.labels), {})
        if (comparison, part) not in known:
            known[comparison, part] = self._found(comparison, part)
        return known[comparison, part]

    def waits(self, comparison: Comparison, part: Part) -> list[Change]:
        """What takes another time for a stack in a part, before it is known what is proved;
        of a control all that was measured."""
        sides = (self.base(comparison, part), self.patched(comparison, part))
        found = waits.between_equals if comparison.is_control else waits.changes
        return found(part.suite, *sides)

    def own(self, comparison: Comparison, part: Part) -> list[Result]:
        """The results of whole parts without which there is no verdict: the control's runs,
        and those of some tests alone, are beside them."""
        sides = (comparison.base_trees, comparison.patched_trees)
        return [
            run.result
            for trees in dict.fromkeys(sides)
            for (job, _), run in self._of(comparison, part, trees).items()
            if not job.only and (comparison.is_control or job.attempt <= CONTROL_ATTEMPTS)
        ]

    def broken_off(self, comparison: Comparison, part: Part) -> list[Result]:
        """The runs of some tests alone that did not complete."""
        sides = (comparison.base_trees, comparison.patched_trees)
        return [
            run.result
            for trees in sides
            for run in self._of(comparison, part, trees).values()
            if run.only and run.result.ended is not JobEnd.COMPLETED
        ]

    def seconds(self, job: Job) -> float:
        """What a job's tests take, by the first run of its whole part on its trees, which
        is there before any of them runs alone."""
        runs = self._runs.get((job.suite, job.labels, job.trees, job.python), {})
        whole = (run for (each, _), run in runs.items() if each.attempt == 1 and not run.only)
        first = next((run.result.outcomes for run in whole), {})
        outcomes = [first[test] for test in job.only if test in first]
        hung = sum(each.status is Status.HUNG for each in outcomes)
        return sum(each.seconds for each in outcomes) + hung * job.test_timeout

    def _found(self, comparison: Comparison, part: Part) -> list[Change]:
        base, patched = self.base(comparison, part), self.patched(comparison, part)
        found = verdict.changes(part.suite, base, patched, self.bottom(comparison, part))
        found = redgreen.with_proof(part.suite, found, self.red(comparison, part), patched)
        if not comparison.is_control:
            return found
        replace = msgspec.structs.replace
        return [
            replace(change, kind=ChangeKind.FLAKY, confirmed=False, unsteady=True)
            for change in found
        ]

    def _of(self, comparison: Comparison, part: Part, trees: tuple[Tree, ...]) -> dict[_Asked, Run]:
        place = (part.suite, part.labels, trees, comparison.python)
        if place not in self._sorted:
            found = self._runs.get(place, {})
            # Results come in as they end; what is told of them is the same every time.
            self._sorted[place] = dict(sorted(found.items(), key=lambda item: _place(item[0])))
        return self._sorted[place]

    def _run(self, job: Job, result: Result) -> Run:
        first = not job.only and (job.attempt - 1) % CONTROL_ATTEMPTS < self._how.runs.first
        return Run(result, frozenset(job.only), first, bool(job.traced))


def _place(asked: _Asked) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    return asked.job.attempt, asked.job.only, asked.within.only
