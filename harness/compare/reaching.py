"""Which changed code was run, found out beside the runs that judge, and wider where none ran it.

Owns: the order of these questions. What judges a comparison is traced once on the patched
trees: by its first run, where watching changes nothing in it, and else by one beside the runs
that judge. While changed statements are left that nothing ran, further tests are traced, from
near to far, within a budget; what runs one of them judges the comparison as well. Must not
know how jobs are carried out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

import msgspec

from ..judge import reach
from ..model import FileReach, Job, JobEnd, Reach, Result, Trace
from ..sources.provider import Provider
from ..suites import WIRE
from ..upstreams import kind_of, touched
from .changed_code import changed_code
from .comparison import Comparison, Part, RunSettings, is_within
from .widening import Step, Widening

AT_ONCE = 2
# Seconds of further tests for a comparison, unless the request says another number.
BUDGET = 120.0
# More of them would make a long run longer and the verdict no surer.
MOST_JUDGES = 4

Budget = Callable[[Comparison], float]
Widen = Callable[[Comparison, Sequence[Part]], list[Job]]


class Reaching:
    """The traced jobs of one run, and what they told so far."""

    def __init__(self, provider: Provider, how: RunSettings, budget: Budget, widen: Widen) -> None:
        """``budget`` says how many seconds of tests may be run for a comparison to find what
        reaches the rest; ``widen`` has parts judge a comparison too, and gives its jobs."""
        self._provider = provider
        self._how = how
        self._budget = budget
        self._widen = widen
        self._searches: dict[Comparison, Search] = {}

    def start(self, comparisons: Iterable[Comparison]) -> list[Job]:
        """The jobs to begin with."""
        jobs: list[Job] = []
        for comparison in comparisons:
            budget = self._budget(comparison)
            search = Search(comparison, self._provider, self._how, budget)
            self._searches[comparison] = search
            jobs += search.start()
        return list(dict.fromkeys(jobs))

    def follow(self, job: Job, result: Result) -> list[Job]:
        """Take in the result of a traced job; the jobs that it makes necessary."""
        jobs: list[Job] = []
        for comparison, search in self._searches.items():
            if job in search.waiting:
                jobs += search.follow(job, result)
                parts = search.new_judges()
                jobs += self._widen(comparison, parts) if parts else []
        return jobs

    def is_over(self, comparison: Comparison) -> bool:
        """Whether nothing more is asked for to know what reaches its code."""
        search = self._searches.get(comparison)
        return not (search and search.waiting)

    def jobs_of(self, comparisons: Iterable[Comparison]) -> list[Job]:
        """What is being waited for of some comparisons."""
        return [job for each in comparisons for job in self._searches[each].waiting]

    def of(self, comparison: Comparison) -> Reach | None:
        """What is known of a comparison that was there at the start."""
        search = self._searches.get(comparison)
        return search.reach() if search else None


class Search:
    """The search for what reaches the code that one comparison changes."""

    def __init__(
        self, comparison: Comparison, provider: Provider, how: RunSettings, budget: float
    ) -> None:
        self._comparison = comparison
        self._provider = provider
        self._how = how
        self._budget = budget
        self._changed: dict[tuple[str, str], list[reach.Statement]] = {}
        self._unknown: list[FileReach] = []
        for old, new in zip(comparison.base_trees, comparison.patched_trees, strict=True):
            if old != new:
                found = changed_code(provider.trees, old, new)
                for path, statements in found.statements.items():
                    self._changed[old.base.upstream, path] = statements
                self._unknown += found.unknown
        self._files = tuple(
            reach.to_trace(*place, statements) for place, statements in self._changed.items()
        )
        self._traces: list[Trace] = []
        own = [part for part in comparison.parts if part.suite != WIRE]
        # The tests that the patch brings or changes are the likeliest to run it.
        self._parts = sorted(own, key=lambda part: not comparison.has_own_tests(part))
        self._later = [part for part in comparison.parts if part.suite == WIRE]
        self._tried: list[Part] = []
        # Of these nobody knows what they would have run.
        self._not_run: list[Part] = []
        self._queue: deque[Part] = deque()
        self._step = 0
        self._searched: list[tuple[Step, int]] = []
        self._seconds = 0.0
        self._why = ""
        self._judges: list[Part] = []
        self.waiting: dict[Job, Part] = {}

    def start(self) -> list[Job]:
        """What judges the comparison, traced; the wire only if all that leaves something.

        Where the first runs of it are watched anyway, it is these.
        """
        if not self._files:
            return []
        if self._comparison.traced:
            self._tried = [*self._parts, *self._later]
            self._later = []
            for part in self._tried:
                self.waiting[self._comparison.traced_job(part, self._files, self._how)] = part
            return list(self.waiting)
        self._queue.extend(self._parts or self._later)
        self._later = self._later if self._parts else []
        return self._next(AT_ONCE)

    def follow(self, job: Job, result: Result) -> list[Job]:
        """Take in the result of a job that is waited for; what to trace next."""
        part = self.waiting.pop(job)
        before = self._left()
        if result.traces is None:
            self._why = self._why or result.note or "its Python could not be watched"
        self._traces += result.traces or ()
        if result.ended is not JobEnd.COMPLETED or result.traces is None:
            self._not_run.append(part)
        if part not in self._comparison.parts:
            self._seconds += result.seconds
            if self._left() != before:
                self._add_judges(part, result, before)
        if not self.waiting and not self._queue:
            self._go_wider()
        return self._next(AT_ONCE - len(self.waiting))

    def new_judges(self) -> list[Part]:
        """Parts that were found to run changed code, each told once."""
        found, self._judges = self._judges, []
        return found

    def reach(self) -> Reach:
        """What is known now."""
        files = [
            reach.of_file(*place, statements, self._traces)
            for place, statements in self._changed.items()
        ]
        if self._why and not self._traces:
            files = [msgspec.structs.replace(file, why=self._why) for file in files]
        return Reach(
            files=(*files, *self._unknown),
            searched=", ".join(self._said(step, parts) for step, parts in self._searched),
            # Of a suite of which something was selected, the rest was not run.
            whole=not self._how.select
            and any(step.whole and not self._skipped(step) for step, _ in self._searched),
        )

    def _said(self, step: Step, parts: int) -> str:
        skipped = self._skipped(step)
        within = f" ({parts - skipped} of {parts} parts, within {self._budget:g} s)"
        return step.what + (within if skipped else "")

    def _skipped(self, step: Step) -> int:
        return sum(not self._is_tried(each) or each in self._not_run for each in step.parts)

    def _left(self) -> list[tuple[int, int]]:
        return [lines for file in self.reach().files for lines in file.unreached]

    def _wants_more(self) -> bool:
        """Whether something is left, or every test is to be named that runs the change."""
        if self._why and not self._traces:
            return False
        return bool(self._left()) or (self._how.runs.names_all and not self._searched)

    def _next(self, most: int) -> list[Job]:
        """Jobs for the next parts, as long as something is left and there is time."""
        jobs: list[Job] = []
        while self._queue and len(jobs) < most:
            part = self._queue.popleft()
            wider = part not in self._comparison.parts
            if not self._wants_more() or (wider and self._seconds >= self._budget):
                self._queue.clear()
                break
            job = self._comparison.traced_job(part, self._files, self._how)
            self._tried.append(part)
            self.waiting[job] = part
            jobs.append(job)
        return jobs

    def _go_wider(self) -> None:
        """Fill the queue with the next step that has something new, if it is wanted."""
        while not self._queue and self._left() and self._wants_more():
            if self._later:
                self._queue.extend(self._later)
                self._later = []
                return
            if self._seconds >= self._budget:
                return
            names = [name for file in self.reach().files for name in file.names]
            step = self._widening.step(self._step, names, self._modules())
            self._step += 1
            if step is None:
                return
            new = [part for part in step.parts if not self._is_tried(part)]
            self._queue.extend(new)
            # That all of the whole suite was run already is known as well.
            if new or (step.parts and step.whole):
                self._searched.append((step, len(new)))

    @cached_property
    def _widening(self) -> Widening:
        return Widening(self._provider, self._comparison.patched_trees[0])

    def _modules(self) -> tuple[str, ...]:
        """What the files with unreached code are imported as."""
        modules: list[str] = []
        kinds = {t.base.upstream: kind_of(t.base.project) for t in self._comparison.base_trees}
        for file in self.reach().files:
            if file.unreached:
                own = file.path.removeprefix("src/")
                named = kinds[file.upstream].modules_of([file.path])
                modules += named or (touched.module_of(own),)
        return tuple(modules)

    def _is_tried(self, part: Part) -> bool:
        """Whether all of its labels were run, by themselves or as part of a folder."""
        done = {label for tried in self._tried for label in tried.labels}
        return all(any(is_within(label, each) for each in done) for label in part.labels)

    def _add_judges(self, part: Part, result: Result, before: Sequence[tuple[int, int]]) -> None:
        """The part judges too; of one with several labels only those whose tests ran the rest."""
        if result.ended is not JobEnd.COMPLETED:
            return
        if len(part.labels) == 1:
            self._judges.append(part)
            return
        wanted = {n for first, last in before for n in range(first, last + 1)}
        tests = [t.test for t in result.traces or () if t.test and not wanted.isdisjoint(t.lines)]
        found = self._widening.labels_of_tests(tests)
        self._judges += [each for each in found if not self._is_tried(each)][:MOST_JUDGES] or [part]
