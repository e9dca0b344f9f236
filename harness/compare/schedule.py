"""Which jobs comparisons need, found out while results come in.

Owns: the order of questions. Everything runs once on both sides; where something
changed, that part of the suite runs again on both sides until each has as many
runs as a change needs. The base against itself goes through the same: whatever
shows there is noise. Must not know how jobs are carried out, nor what it all adds up to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from ..judge import verdict
from ..model import Job, Result
from .comparison import Comparison, Part, RunSettings


class Schedule:
    """The jobs of one run, and the results that they had so far."""

    def __init__(
        self, comparisons: Sequence[Comparison], how: RunSettings, beside: Sequence[Job] = ()
    ) -> None:
        """``beside`` are jobs whose results only stand beside the others' (the control group)."""
        self._comparisons = list(comparisons)
        self._beside = beside
        self._how = how
        self._results: dict[Job, Result] = {}
        self._asked: set[Job] = set()

    @property
    def comparisons(self) -> Sequence[Comparison]:
        """The comparisons with all parts that judge them by now."""
        return self._comparisons

    @property
    def results(self) -> Mapping[Job, Result]:
        """What came of every job that has ended."""
        return self._results

    def start(self) -> list[Job]:
        """The jobs to begin with."""
        first = (
            job
            for comparison in self._comparisons
            for part in (*comparison.imports, *comparison.parts)
            for job in (
                *comparison.jobs(part, 1, self._how),
                *comparison.red_jobs(part, 1, self._how),
            )
        )
        return self._not_asked_before([*first, *self._beside])

    def widen(self, comparison: Comparison, parts: Sequence[Part]) -> list[Job]:
        """Have further parts judge a comparison, by the name it had at the start, and the
        control of its ground."""
        for index, each in enumerate(self._comparisons):
            mine = each.is_control or each.stack == comparison.stack
            if mine and each.ground == comparison.ground:
                new = tuple(part for part in parts if part not in each.parts)
                self._comparisons[index] = msgspec.structs.replace(each, parts=each.parts + new)
        return self.start()

    def follow(self, job: Job, result: Result) -> list[Job]:
        """Take in a result; the jobs that it makes necessary."""
        self._results[job] = result
        return self._not_asked_before(
            due
            for comparison in self._comparisons
            for part in (*comparison.imports, *comparison.parts)
            if part.suite == job.suite and part.labels == job.labels
            for due in self._repeats(comparison, part, job)
        )

    def _not_asked_before(self, jobs: Iterable[Job]) -> list[Job]:
        new = [job for job in dict.fromkeys(jobs) if job not in self._asked]
        self._asked.update(new)
        return new

    def _repeats(self, comparison: Comparison, part: Part, done: Job) -> Iterator[Job]:
        """More runs on all sides, if the first ones are there and differ."""
        base, patched = comparison.jobs(part, 1, self._how)
        red = comparison.red_jobs(part, 1, self._how)
        first = (base, patched, *red)
        known = all(job in self._results for job in first)
        if done not in first or not known:
            return
        if any(self._changed(part, side, patched) for side in (base, *red)):
            for attempt in range(2, self._how.repeat + 1):
                yield from comparison.jobs(part, attempt, self._how)
                yield from comparison.red_jobs(part, attempt, self._how)

    def _changed(self, part: Part, base: Job, patched: Job) -> bool:
        sides = [self._results[base]], [self._results[patched]]
        return bool(verdict.changes(part.suite, *sides, wanted=1))
