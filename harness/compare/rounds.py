"""What is run again of one part, on one base, for all stacks that are judged by it.

Owns: the questions after the first runs, in three steps. **Alone**: the tests that changed
for some stack run without the others, on the base once for all stacks; and so do those in
which somebody waits longer or shorter, for the control as well. **Rates**: those that
are steady on the base and fail now and then with the patch run alone many times more. **In
place**: the whole part runs again where a test changes in it and not alone, or can not be
run alone. A step begins when the one before is over, and looks at no other round's results:
what is asked depends on what came of it and never on when. Must not know how jobs are
carried out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..judge import exact, verdict, waits
from ..judge.runs import Run
from ..judge.weighing import Doubt, Weight
from ..model import ChangeKind, Job, JobEnd, Result, Stack
from .comparison import BATCH, Comparison, Part, RunSettings
from .costs import Costs
from .pooled import PooledRuns
from .repeats import Numbers, Side, Wanted, at_least, kept, once_alone, together


class Round:
    """The first runs of a part on one base, and what follows from them.

    The control's runs are among the first ones: what is noise on the base is known before
    anything is run again.
    """

    def __init__(self, part: Part, comparisons: Sequence[Comparison], how: RunSettings) -> None:
        self._part = part
        self.comparisons = tuple(comparisons)
        self._stacks = [each for each in comparisons if not each.is_control]
        self._how = how
        self._pooled = PooledRuns(how)
        self._costs = Costs(part, self._pooled, how)
        self._first: dict[Job, Result] = {}
        self._missing: set[Job] = set()
        self._over: set[Stack] = set()
        self._has_begun_again = False
        # How many runs were asked for of every test that changed, and the last attempt.
        self._alone: Numbers = (0, 0)
        self._place: Numbers = (0, 0)
        self._timed = 0
        self._last_alone, self._last_place = 0, how.runs.first
        self._steps = self._go()

    @property
    def missing(self) -> frozenset[Job]:
        """The jobs that it waits for."""
        return frozenset(self._missing)

    def is_over(self, comparison: Comparison) -> bool:
        """Whether nothing more is asked for to judge one of its comparisons by this part.

        Others may still want something, and all may be asked for further runs.
        """
        if comparison.stack not in self._over and self._has_all(comparison):
            self._over.add(comparison.stack)
        return comparison.stack in self._over

    def first(self) -> list[Job]:
        """The jobs to begin with."""
        attempts = range(1, self._how.runs.first + 1)
        return self._expected(
            job for each in self.comparisons for n in attempts for job in self._sides(each, n)
        )

    def take(self, job: Job, result: Result, within: Job) -> list[Job]:
        """Take in a result, of a job that was carried out as part of ``within``; the next
        step's jobs, if it was the last of a step."""
        self._pooled.add(job, result, within)
        self._missing.discard(job)
        if self._missing:
            return []
        return self._expected(next(self._steps, ()))

    def further(self, flaky: int, doubtful: int = 0) -> list[Job]:
        """What else proves the changes of this part in a report with so many flaky tests, and
        so many waits that are in doubt."""
        weak = [
            (stack, test, weight.doubt is Doubt.PLACE)
            for stack in (self._stacks if self._how.repeat > 1 else ())
            for test, weight in self._weights(stack)
            if _is_steady(weight) and not exact.is_proof(weight.chance, flaky)
        ]
        alone = {s: [t for k, t, in_place in weak if k == s and not in_place] for s in self._stacks}
        changed = {stack: tuple(sorted(set(tests))) for stack, tests in alone.items() if tests}
        stacks = [each for each in self._stacks if any(k == each and p for k, _, p in weak)]
        missing = (0, 0)
        if changed:
            missing = _missing(exact.repeats(*self._costs.alone(changed), flaky), self._alone)
            self._alone = _sum(self._alone, missing)
        timed = [self._timed_alone(doubtful)] if self._timed else []
        jobs = self._repeat_alone((changed, missing), *timed)
        if stacks:
            missing = _missing(exact.repeats(*self._costs.in_place(stacks), flaky), self._place)
            jobs += self._repeat_in_place(stacks, missing)
            self._place = _sum(self._place, missing)
        return self._expected(jobs)

    def _has_all(self, comparison: Comparison) -> bool:
        if not self._missing:
            return True
        if not self._has_begun_again:
            return False
        mine = {comparison.patched_trees, comparison.red_trees}
        trees = {job.trees for job in self._missing}
        if trees & mine:
            return False
        if comparison.is_control or comparison.base_trees not in trees:
            return all(weight.doubt is Doubt.NONE for _, weight in self._weights(comparison))
        # The base's runs are somebody else's, if nothing changed here.
        is_timed = waits.tests(*self._sides_of(comparison))
        return self._ran_whole(comparison) and not (is_timed or self._noticed(comparison))

    def _go(self) -> Iterator[list[Job]]:
        """The steps after the first runs; one without jobs is left out."""
        self._has_begun_again = True
        if self._how.repeat == 1:
            return
        alone = (self._changed_alone(), self._timed_alone(doubtful=0))
        if jobs := [*self._not_run_whole(), *self._repeat_alone(*alone)]:
            yield jobs
        for _ in range(self._how.runs.batches):
            if jobs := self._repeat_alone((self._doubtful(Doubt.RATE), BATCH)):
                yield jobs
        if stacks := list(self._doubtful(Doubt.PLACE)):
            self._place = self._enough(self._costs.in_place(stacks))
            yield self._repeat_in_place(stacks, self._place)

    def _not_run_whole(self) -> list[Job]:
        """What did not complete, again: the machine may have spoiled it."""
        broken = [each for each in self._stacks if not self._ran_whole(each)]
        again = self._how.repeat - self._how.runs.first
        return self._repeat_in_place(broken, (again, again))

    def _changed_alone(self) -> Wanted:
        """The tests that changed, without the others."""
        changed = {each: tests for each in self._stacks if (tests := self._noticed(each))}
        if changed:
            self._alone = self._enough(self._costs.alone(changed))
        return changed, self._alone

    def _noticed(self, stack: Comparison) -> tuple[str, ...]:
        ran_whole = self._ran_whole(stack)
        return tuple(
            sorted(
                {
                    test
                    for test, weight in self._weights(stack)
                    if not (weight.kind.is_silent or weight.unsteady)
                    and (ran_whole or weight.kind is not ChangeKind.UNKNOWN)
                }
            )
        )

    def _timed_alone(self, doubtful: int) -> Wanted:
        """The tests in which somebody waits longer or shorter, without the others.

        The control has them all: two sides that are the same must not differ.
        """
        timed = {
            stack: tests for stack in self._stacks if (tests := waits.tests(*self._sides_of(stack)))
        }
        if not timed:
            return timed, (0, 0)
        every = tuple(sorted({test for tests in timed.values() for test in tests}))
        controls = dict.fromkeys((each for each in self.comparisons if each.is_control), every)
        wanted = waits.runs_needed(doubtful, 2 + len(controls))
        missing = max(0, wanted - self._timed)
        self._timed += missing
        return controls | timed, (missing, missing)

    def _doubtful(self, doubt: Doubt) -> dict[Comparison, tuple[str, ...]]:
        """The tests of each stack that such runs would tell more of."""
        found = {}
        for stack in self._stacks:
            tests = {test for test, weight in self._weights(stack) if weight.doubt is doubt}
            if tests:
                found[stack] = tuple(sorted(tests))
        return found

    def _weights(self, stack: Comparison) -> Iterator[tuple[str, Weight]]:
        """What is known of each test: from the base, and from the patch's tests alone."""
        patched = self._pooled.patched(stack, self._part)
        yield from verdict.weights(self._pooled.base(stack, self._part), patched).items()
        for test, weight in verdict.weights(self._pooled.red(stack, self._part), patched).items():
            if weight.kind is ChangeKind.FIXED:
                yield test, weight

    def _ran_whole(self, stack: Comparison) -> bool:
        runs = self._pooled.own(stack, self._part)
        red = (run.result for run in self._pooled.red(stack, self._part) if not run.only)
        return all(result.ended is JobEnd.COMPLETED for result in (*runs, *red))

    def _enough(self, costs: tuple[float, float]) -> Numbers:
        """How many runs prove a change, and no fewer than were asked for."""
        least = self._how.repeat - self._how.runs.first
        base, patched = exact.repeats(*costs)
        return max(base, least), max(patched, least)

    def _sides_of(self, stack: Comparison) -> tuple[list[Run], list[Run]]:
        return self._pooled.base(stack, self._part), self._pooled.patched(stack, self._part)

    def _repeat_alone(self, *wanted: Wanted) -> list[Job]:
        """So many runs of these tests on each side, all that is wanted in the same ones; one
        of the base serves every stack."""
        last = max((max(numbers) for tests, numbers in wanted if tests), default=0)
        tests = together(tests for tests, numbers in wanted if max(numbers) > 0)
        hung = frozenset(t for each, own in tests.items() for t in self._costs.hung(each, own))
        impatient = self._costs.impatient(tests, hung)
        if impatient == self._how:
            hung = frozenset()  # they need no job of their own
        others = frozenset(t for own in tests.values() for t in own) - hung
        jobs: list[Job] = []
        for number in range(1, last + 1):
            for these, how in ((others, self._how), (hung, impatient)):
                sides = [kept(these, at_least(number, wanted, side)) for side in Side]
                jobs += once_alone(self._part, self._last_alone + number, how, *sides)
        self._last_alone += last
        return jobs

    def _repeat_in_place(self, stacks: Iterable[Comparison], numbers: Numbers) -> list[Job]:
        """So many runs of the whole part on each side."""
        stacks = list(stacks)
        if not stacks or max(numbers) < 1:
            return []
        jobs: list[Job] = []
        for number in range(1, max(numbers) + 1):
            attempt = self._last_place + number
            for stack in stacks:
                base, patched = stack.jobs(self._part, attempt, self._how)
                red = stack.red_jobs(self._part, attempt, self._how)
                jobs += [base, *red] if number <= numbers[0] else []
                jobs += [patched] if number <= numbers[1] else []
        self._last_place += max(numbers)
        return jobs

    def _sides(self, comparison: Comparison, attempt: int) -> Iterator[Job]:
        yield from comparison.jobs(self._part, attempt, self._how)
        yield from comparison.red_jobs(self._part, attempt, self._how)

    def _expected(self, jobs: Iterable[Job]) -> list[Job]:
        new = list(dict.fromkeys(jobs))
        self._missing.update(new)
        return new


def _is_steady(weight: Weight) -> bool:
    """Whether it is a change that every run shows."""
    return not weight.kind.is_silent and weight.kind not in (ChangeKind.FLAKY, ChangeKind.UNKNOWN)


def _missing(wanted: Numbers, had: Numbers) -> Numbers:
    return max(0, wanted[0] - had[0]), max(0, wanted[1] - had[1])


def _sum(one: Numbers, other: Numbers) -> Numbers:
    return one[0] + other[0], one[1] + other[1]
