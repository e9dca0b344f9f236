"""Patches against patches: what does one candidate's test say of another candidate?

Owns: whose tests are run on whose code. Must not know how a table of it looks. Where two
candidates or more for one ticket bring tests that prove them, each one's run on every
other, in place of the other's own version of these files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..catalog.catalog import Catalog
from ..model import Job, JobEnd, Judgement, Result, Stack, Status, Swap
from ..sources.provider import Provider
from ..suites import own_suite
from ..upstreams import kind_of
from .comparison import Comparison, Part, RunSettings
from .patched_trees import PatchedTrees

# Enough to tell a certain answer from one that depends on luck; nothing is judged by it.
RUNS = 2
UNFIT = "its tests do not fit there"


class Swapping:
    """The tests of candidates on each other's trees, in one run."""

    def __init__(
        self, provider: Provider, catalog: Catalog, patched: PatchedTrees, how: RunSettings
    ) -> None:
        self._provider = provider
        self._catalog = catalog
        self._patched = patched
        self._how = how
        self._asked: list[tuple[Swap, tuple[Job, ...]]] = []

    def jobs(self, judged: Iterable[tuple[Comparison, Judgement]]) -> list[Job]:
        """What has to be run, now that it is known which tests prove which candidate."""
        every = list(judged)
        for owner, verdict in every:
            others = [each for each, _ in every if self._is_rival(owner, each)]
            tests = verdict.proof.red if verdict.proof else ()
            for other in others if tests else ():
                self._ask(owner, other, tests)
        return list(dict.fromkeys(job for _, jobs in self._asked for job in jobs))

    def table(self, results: Mapping[Job, Result]) -> list[Swap]:
        """What came of it."""
        return [_told(swap, [results[job] for job in jobs]) for swap, jobs in self._asked]

    def _is_rival(self, owner: Comparison, other: Comparison) -> bool:
        """Whether both are for one ticket and on one ground, and neither is in the other."""
        if owner.ground != other.ground or set(owner.stack.names) & set(other.stack.names):
            return False
        if self._tickets(owner.stack) & self._tickets(other.stack):
            return True
        return self._are_strays(owner.stack) and self._are_strays(other.stack)

    def _tickets(self, stack: Stack) -> set[str]:
        return {each for name in stack.names for each in self._catalog.get(name).about.tickets}

    def _are_strays(self, stack: Stack) -> bool:
        """Patches that were given together, from anywhere, are taken to be rivals; those of a
        series stand on each other."""
        candidates = [self._catalog.get(name) for name in stack.names]
        return not any(each.in_place or each.about.tickets for each in candidates)

    def _ask(self, owner: Comparison, other: Comparison, tests: Sequence[str]) -> None:
        subject, mine, theirs = owner.base_trees[0], owner.patched_trees[0], other.patched_trees[0]
        project = subject.base.project
        kind = kind_of(project)
        folder = f"{kind.tests_folder(project)}/"
        changed = self._provider.trees.changed_paths(subject, mine)
        paths = [path for path in changed if path.startswith(folder)]
        swap = Swap(owner.stack, other.stack, str(owner.ground), tuple(tests))
        tree = self._patched.swapped(owner.stack, theirs, mine, paths)
        labels = tuple(dict.fromkeys(filter(None, map(kind.label_of_test, tests))))
        part = Part(own_suite(project), labels)
        jobs: list[Job] = []
        # Without a label everything would run.
        if tree is not None and labels:
            trees = (tree, *other.patched_trees[1:])
            jobs = [
                owner.job_on(trees, part, attempt, self._how, swap.tests)
                for attempt in range(1, RUNS + 1)
            ]
        self._asked.append((swap, tuple(jobs)))


def _told(swap: Swap, results: Sequence[Result]) -> Swap:
    why = "" if results else UNFIT
    for result in results:
        if result.ended is not JobEnd.COMPLETED:
            why = result.note or str(result.ended)
    passed = {
        test
        for test in swap.tests
        if all(_status(result, test) is Status.PASSED for result in results)
    }
    failed = tuple(test for test in swap.tests if test not in passed)
    return Swap(swap.tests_of, swap.candidate, swap.ground, swap.tests, () if why else failed, why)


def _status(result: Result, test: str) -> Status:
    outcome = result.outcomes.get(test)
    return outcome.status if outcome else Status.ABSENT
