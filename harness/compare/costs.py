"""What it costs to run tests of a part again, and how long one that hangs is waited for.

Owns: seconds, as far as they decide what is asked for. Must not know what changed, or why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from ..judge.runs import Run
from ..model import Result, Status
from .comparison import Comparison, Part, RunSettings
from .pooled import PooledRuns

# Seconds for one run below which nobody minds: both sides then run equally often, so that
# what a report says does not change with the time that its tests took.
CHEAP = 30.0
# The deadline of a test that has hung already, when it is repeated: so many seconds, and so
# many times what it takes where it ends.
PATIENCE, FACTOR = 5.0, 10.0


class Costs:
    """Of one part, from the runs that there are so far."""

    def __init__(self, part: Part, pooled: PooledRuns, how: RunSettings) -> None:
        self._part = part
        self._pooled = pooled
        self._how = how

    def alone(self, changed: dict[Comparison, tuple[str, ...]]) -> tuple[float, float]:
        """Seconds for a run of these tests alone: on the base, and on the dearest stack."""
        base = patched = CHEAP
        every = {test for tests in changed.values() for test in tests}
        for stack, tests in changed.items():
            first, own = (each[0].result for each in self._sides(stack))
            base = max(base, self._seconds(first, every))
            patched = max(patched, self._seconds(own, tests))
        return base, patched

    def in_place(self, stacks: Iterable[Comparison]) -> tuple[float, float]:
        """Seconds for a run of the whole part: on the base, and on the dearest stack."""
        base = patched = CHEAP
        for stack in stacks:
            first, own = (each[0].result for each in self._sides(stack))
            base, patched = max(base, first.seconds), max(patched, own.seconds)
        return base, patched

    def hung(self, stack: Comparison, tests: Iterable[str]) -> Iterator[str]:
        """Those that were not over at the full deadline in a run of the whole part."""
        sides = (*self._sides(stack), self._pooled.red(stack, self._part))
        whole = [run.result.outcomes for runs in sides for run in runs if not run.only]
        for test in tests:
            if any(test in found and found[test].status is Status.HUNG for found in whole):
                yield test

    def impatient(
        self, changed: Mapping[Comparison, Sequence[str]], hung: Collection[str]
    ) -> RunSettings:
        """How tests that hung are repeated: with a deadline by what they take where they end.

        Once with the full deadline has shown that it was no late end.
        """
        seconds = [
            found.seconds
            for stack in changed
            for runs in self._sides(stack)
            for run in runs
            for test in hung
            if (found := run.result.outcomes.get(test)) and found.status is not Status.HUNG
        ]
        deadline = PATIENCE + FACTOR * max(seconds, default=0.0)
        return msgspec.structs.replace(
            self._how, test_timeout=min(self._how.test_timeout, deadline)
        )

    def _seconds(self, result: Result, tests: Iterable[str]) -> float:
        outcomes = (result.outcomes[test] for test in tests if test in result.outcomes)
        patience = min(PATIENCE, self._how.test_timeout)
        return sum(patience if each.status is Status.HUNG else each.seconds for each in outcomes)

    def _sides(self, stack: Comparison) -> tuple[list[Run], list[Run]]:
        return self._pooled.base(stack, self._part), self._pooled.patched(stack, self._part)
