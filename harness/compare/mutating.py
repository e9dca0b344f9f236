"""Mutants of a patch's code, and what its own tests say of each.

Owns: which mutants are tried, on what, and for how long. Each is a tree, the patched one with
one more patch, and its run is a job like any other, so that the store answers for it the next
time. Before, between and after them run trees with one more comment instead: what these show
without a fault, no fault has to answer for. Must not know what is demanded of the tests, nor
which faults there are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from ..catalog.oneplace import one_place_patch
from ..jobs.discarding import discarding
from ..jobs.runs import Run
from ..judge import mutants, reach
from ..judge.mutants import Mutant
from ..judge.steps import STANDING, Standing
from ..model import (
    CandidateName,
    Ground,
    Job,
    JobEnd,
    MutantFate,
    Mutation,
    MutationProof,
    Patch,
    Result,
    Stack,
    Status,
    Tree,
)
from ..sources.provider import Provider
from ..suites import own_suite
from ..trees.trees import Application
from ..upstreams import kind_of
from .changed_code import ChangedCode, changed_code
from .comparison import RunSettings

# More say little more of the tests, and each costs a run of them.
MOST = 60
CONTROLS = 4
# A mutant that needs so many times as long as the first control, which runs alone, hangs;
# but not if one of the others needed half of that as well: then the machine is too busy.
PATIENCE = 10
LEAST_DEADLINE = 30.0  # seconds
BUSY = 0.5
TOO_BUSY = "it ran out of time, and without a fault it nearly did: the machine is too busy"
NO_TESTS = "it brings no test of its own that passes"
NO_CODE = "it changes no Python code"


class Tried(NamedTuple):
    """A mutant of the file at ``path``, and the job that tries it; without one, why not."""

    path: str
    mutant: Mutant
    job: Job | None
    why: str = ""


class Mutating:
    """Tries mutants of one candidate on the ground that its diff is made for."""

    def __init__(self, provider: Provider, ground: Ground, patched: Tree, how: RunSettings) -> None:
        """``patched`` is the ground's first tree with the candidate."""
        self._provider = provider
        self._ground = ground
        self._patched = patched
        self._how = how

    def proof(self, tests: Sequence[str], run: Run) -> MutationProof:
        """What ``tests``, those of the candidate that pass with it, notice of its mutants."""
        kind = kind_of(self._patched.base.project)
        if not list(filter(None, map(kind.label_of_test, tests))):
            return MutationProof(nothing=NO_TESTS)
        code = changed_code(self._provider.trees, self._ground.trees[0], self._patched)
        unread = [f for f in code.unknown if f.path.endswith(reach.PYTHON) and f.why != reach.GONE]
        if unread:
            return MutationProof(why=f"{unread[0].path}: {unread[0].why}")
        every = [(path, each) for path in code.statements for each in self._mutants(code, path)]
        if not every:
            return MutationProof(nothing=NO_CODE)
        # Another run would take the checkouts away from under this one.
        with (
            self._provider.home.lock(f"mutants-{self._patched.stack}"),
            discarding(self._provider) as discard,
        ):
            return self._tried(every, tests, run, discard)

    def _mutants(self, code: ChangedCode, path: str) -> list[Mutant]:
        source = self._source(path)
        lines = {n for each in code.statements[path] for n in range(each.first, each.last + 1)}
        return mutants.mutants(source, lines)

    def _tried(
        self,
        every: Sequence[tuple[str, Mutant]],
        tests: Sequence[str],
        run: Run,
        discard: Callable[[Job], None],
    ) -> MutationProof:
        results: dict[Job, Result] = {}

        def keep(job: Job, result: Result) -> list[Job]:
            results[job] = result
            discard(job)
            return []

        path = every[0][0]
        first = self._control(1, path, tests, self._how.timeout)
        run([first], keep)
        if not _passing(tests, [results[first]]):
            return MutationProof(why=_why_none_passes(results[first]))
        deadline = min(self._how.timeout, _deadline(results[first].seconds))
        controls = [self._control(n, path, tests, deadline) for n in range(2, CONTROLS + 1)]
        chosen = [each for each in mutants.spread(every, MOST) if mutants.is_python(each[1].source)]
        tried = [self._trial(n, *each, tests, deadline) for n, each in enumerate(chosen, 1)]
        run(_among([each.job for each in tried if each.job], controls), keep)
        quiet = [results[job] for job in (first, *controls)]
        passing = _passing(tests, quiet)
        if not passing:
            return MutationProof(why="none of its tests passes every time beside other runs")
        noise = {name for each in quiet for name in failing_in(each)}
        is_busy = max(each.seconds for each in quiet) > BUSY * deadline
        return MutationProof(
            mutations=tuple(_told(each, results, noise, is_busy) for each in tried),
            possible=len(every),
            tests=tuple(passing),
            controls=len(quiet),
        )

    def _control(self, number: int, path: str, tests: Sequence[str], deadline: float) -> Job:
        """The patched tree as another one, so that it is made, compiled and run as mutants are."""
        source = self._source(path)
        made = self._changed(f"control-{number}", path, f"{source.rstrip()}\n# {number}\n")
        assert made.tree is not None, "a comment at the end goes on everywhere"
        return self._job(made.tree, tests, deadline)

    def _trial(
        self, number: int, path: str, mutant: Mutant, tests: Sequence[str], deadline: float
    ) -> Tried:
        """The mutant as a tree, and the job on it."""
        made = self._changed(f"mutant-{number}", path, mutant.source)
        if made.tree is None:
            return Tried(path, mutant, None, "; ".join(map(str, made.problems)))
        return Tried(path, mutant, self._job(made.tree, tests, deadline))

    def _changed(self, what: str, path: str, text: str) -> Application:
        """The patched tree with another text of one file."""
        name = CandidateName(self._patched.base.upstream, what)
        patch = Patch(name, f"{what}.patch", one_place_patch(path, self._source(path), text))
        return self._provider.apply(
            self._patched, Stack((*self._patched.stack.names, name)), (patch,)
        )

    def _job(self, tree: Tree, tests: Sequence[str], deadline: float) -> Job:
        """The tests on a tree. No test is ended before the whole is: one that hangs tells it."""
        project = tree.base.project
        labels = filter(None, map(kind_of(project).label_of_test, tests))
        return Job(
            suite=own_suite(project),
            trees=(tree, *self._ground.trees[1:]),
            python=self._ground.python,
            labels=tuple(dict.fromkeys(labels)),
            timeout=deadline,
            test_timeout=max(self._how.test_timeout, 2 * deadline),
            only=tuple(tests),
        )

    def _source(self, path: str) -> str:
        base = self._patched.base
        return self._provider.trees.text_at(base.upstream, self._patched.commit, path)


def _among(jobs: Sequence[Job], controls: Sequence[Job]) -> list[Job]:
    """The controls evenly between the jobs, the last one at the end."""
    step = len(jobs) / len(controls)
    parts = [jobs[round(n * step) : round((n + 1) * step)] for n in range(len(controls))]
    return [job for part, control in zip(parts, controls, strict=True) for job in (*part, control)]


def _deadline(seconds: float) -> float:
    """In whole tens of seconds: a store that is asked again has to be asked the same."""
    return max(LEAST_DEADLINE, math.ceil(PATIENCE * seconds / 10) * 10.0)


def _passing(tests: Iterable[str], controls: Sequence[Result]) -> list[str]:
    return [
        test for test in tests if all(_status(each, test) is Status.PASSED for each in controls)
    ]


def _why_none_passes(result: Result) -> str:
    said = result.note or next((o.reason for o in result.outcomes.values() if o.reason), "")
    return f"none of its tests passes when they run alone: {said or result.ended}"


def _told(
    tried: Tried, results: dict[Job, Result], noise: Collection[str], is_busy: bool
) -> Mutation:
    fate, by = MutantFate.UNDECIDED, tried.why
    if tried.job is not None:
        fate, by = fate_of(results[tried.job], noise, is_busy)
    mutant = tried.mutant
    return Mutation(tried.path, mutant.line, mutant.text, mutant.mutation, fate, by)


def fate_of(
    result: Result, noise: Collection[str] = (), is_busy: bool = False
) -> tuple[MutantFate, str]:
    """What a run says of a mutant, and by which of its tests or fixtures.

    Those of ``noise`` fail without a fault as well. One that is skipped or gone makes no run
    red, so that it kills nothing; nor does running out of time on a machine that ``is_busy``.
    """
    if is_busy and result.ended is JobEnd.CUT_OFF:
        return MutantFate.UNDECIDED, TOO_BUSY
    failing = [test for test in failing_in(result) if test not in noise]
    if failing:
        return MutantFate.KILLED, failing[0]
    if result.ended is JobEnd.COMPLETED:
        return MutantFate.SURVIVED, ""
    # Without a log nothing was even started: then it is not the mutant's doing.
    started = result.ended is not JobEnd.SPURIOUS and bool(result.log)
    return (MutantFate.KILLED if started else MutantFate.UNDECIDED), result.note


def failing_in(result: Result) -> list[str]:
    """What goes wrong in a run, by the names of tests and fixtures."""
    return [name for name, o in result.outcomes.items() if STANDING[o.status] is Standing.BAD]


def _status(result: Result, test: str) -> Status:
    outcome = result.outcomes.get(test)
    return outcome.status if outcome else Status.ABSENT
