"""Carries out searches: asks `bisection` what to try, and has it tried.

Owns: the rounds of a search, and going on to the next way of trying a state where one tells
nothing. Several tests can be searched for on one sequence of states at once; a run on a state
answers for all of them. Must not know what a state is made of.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import msgspec

from ..jobs.runs import Run
from ..judge import bisection
from ..judge.bisection import Rules
from ..judge.probes import Probe, Search
from ..model import Answer, Job, RequestError, Result, TracedFile, Value, WorkbenchError
from ..system.room import Room, cores
from .failures import Failures
from .states import State, States
from .states.overlaid import MissingImport


class SuiteSelection(Value, frozen=True):
    """What is run on every state: a suite's labels, narrowed to tests by a regex."""

    suite: str
    labels: tuple[str, ...]
    select: str
    timeout: float = 900.0
    test_timeout: float = 20.0

    def job(self, state: State, attempt: int, traced: tuple[TracedFile, ...] = ()) -> Job:
        """The run number ``attempt`` on that state; 1 is the first."""
        return Job(
            suite=self.suite,
            trees=state.trees,
            python=state.python,
            labels=state.labels or self.labels,
            select=select_of(state.tests.values()) if state.tests else self.select,
            attempt=attempt,
            timeout=self.timeout,
            test_timeout=self.test_timeout,
            traced=traced,
        )


# Seconds of a run of which something can be said; how many that wait share a core at most.
LONG, MOST_WAITING = 2.0, 8


class _Run(NamedTuple):
    """One run in one way: a result, or why there is none."""

    way: int
    tests: Mapping[str, str]
    name: str
    result: Result | None
    reason: str
    is_missing: bool = False


class _Attempt:
    """One try of a state, with as many runs as ways were needed."""

    def __init__(self, round_: int, way: int) -> None:
        self.round = round_
        self.way = way
        self.runs: list[_Run] = []


class Searcher:
    """Searches of one sequence of states, at most ``most`` runs at once.

    Runs that work are asked for as many as there are cores, those that mostly wait more.
    """

    def __init__(
        self,
        states: States,
        ask: SuiteSelection,
        run: Run,
        most: int,
        failures: Failures,
        bad: int,
        *,
        is_known: bool = False,
    ) -> None:
        """``bad`` is the state whose failures are those that are searched, unless they are
        known already."""
        self._states = states
        self._ask = ask
        self._run = run
        self._most = most
        self._failures = failures
        self._bad = bad
        self._is_known = is_known
        self._attempts: dict[int, list[_Attempt]] = {}
        self._tests: Sequence[str] = ()
        self._round = 0
        self._pythons: dict[int, str] = {}
        self._room = Room()
        self._is_apart = False
        self._traced: tuple[TracedFile, ...] = ()
        self._seeded: list[Job] = []
        self.trace: Result | None = None

    def seed(self, index: int, state: State, result: Result) -> None:
        """Take in a run of a state that was made before the search."""
        self._round = max(self._round, 1)
        attempt = _Attempt(self._round, 0)
        attempt.runs.append(_Run(0, state.tests, state.way, result, result.note))
        self._attempts.setdefault(index, []).append(attempt)
        self._learn(index, attempt.runs[0])
        if index == self._bad:
            self._seeded = [self._ask.job(state, 1)]
        if result.traces is not None:
            self.trace = result

    def try_ends(
        self, tests: Iterable[str], traced: tuple[TracedFile, ...] = (), *, counts: bool = True
    ) -> None:
        """Run the first and the last state, and keep the ``trace`` of the bad one.

        Unless it ``counts``, that is a run of its own: watching might change what tests do.
        """
        self._tests = tuple(tests)
        self._traced = traced
        self._round += 1
        ends = [index for index in (0, len(self._states.labels) - 1) if index not in self._attempts]
        self._try(Counter(ends), is_apart=not counts and bool(traced))
        self._traced = ()

    def try_all(self, tests: Iterable[str]) -> None:
        """Run every state once, in every way that is needed."""
        self._tests = tuple(tests)
        self._round += 1
        self._try(Counter(range(len(self._states.labels))))

    def pythons(self) -> dict[str, str]:
        """The version of the Python that ran each state, by its label."""
        return {self._states.labels[index]: version for index, version in self._pythons.items()}

    def find(self, tests: Mapping[str, Rules]) -> dict[str, Search]:
        """Search for every test by its rules, until each has a finding."""
        self._tests = tuple(tests)
        for rules in tests.values():
            bisection.check(rules)
        while wanted := self._wanted(tests):
            self._round += 1
            self._try(wanted)
        return {test: self._search(test, rules) for test, rules in tests.items()}

    def again(self, indexes: Iterable[int], times: int) -> None:
        """Run states so often again, whatever the rules say."""
        self._round += 1
        self._try(Counter(dict.fromkeys(indexes, times)))

    def answers(self, test: str, index: int) -> list[Answer]:
        """What the runs of a state said."""
        return [probe.answer for probe in self._probes(test, index)]

    def state(self, index: int) -> State:
        """A state, in the way in which it was tried."""
        return self._states.at(index, self._attempts[index][0].way)

    @property
    def runs(self) -> int:
        """How many runs there were."""
        return sum(len(a.runs) for attempts in self._attempts.values() for a in attempts)

    @property
    def tried(self) -> list[int]:
        """The states that were tried."""
        return sorted(self._attempts)

    def reason(self, test: str, index: int) -> str:
        """Why the runs of a state told nothing, or why they failed."""
        return self._probes(test, index)[0].reason

    def way_number(self, index: int) -> int:
        """The number of the way in which a state was tried."""
        return self._attempts[index][0].way

    def way(self, index: int) -> str:
        """In which way a state was tried; empty where there is but one."""
        return next((run.name for run in reversed(self._attempts[index][0].runs)), "")

    def _wanted(self, tests: Mapping[str, Rules]) -> Counter[int]:
        wanted: Counter[int] = Counter()
        for test, rules in tests.items():
            if wanted.total() < self._slots:
                wanted |= Counter(bisection.due(self._record(test), rules, self._slots))
        return wanted

    @property
    def _slots(self) -> int:
        """How many runs at once keep the cores at work."""
        results = [
            run.result
            for attempts in self._attempts.values()
            for attempt in attempts
            for run in attempt.runs
            if run.result is not None
        ]
        seconds, cpu = sum(r.seconds for r in results), sum(r.cpu for r in results)
        if not results or seconds < LONG * len(results) or not self._room.is_left():
            return min(self._most, cores())
        waiting = int(cores() * seconds / max(cpu, seconds / MOST_WAITING))
        return min(self._most, max(cores(), waiting))

    def ids(self, index: int) -> Mapping[str, str]:
        """What the tests are called on a state that was tried."""
        return self._attempts[index][0].runs[-1].tests

    def _try(self, wanted: Counter[int], *, is_apart: bool = False) -> None:
        """Try each of the states so many times, in every way that is needed."""
        jobs: dict[Job, tuple[int, _Attempt, State]] = {}
        used: dict[int, list[State]] = {}
        self._is_apart = is_apart
        with ThreadPoolExecutor(self._slots) as threads:
            ways = {index: self._first_way(index) for index in wanted}
            found = threads.map(self._at, ways, ways.values())
            prepared = dict(zip(wanted, found, strict=True))
        for index, times in wanted.items():
            for _ in range(times):
                attempt = _Attempt(self._round, ways[index])
                self._attempts.setdefault(index, []).append(attempt)
                self._begin(index, attempt, prepared[index], jobs, used)
        watching = self._watching(jobs) if is_apart else []

        def follow(job: Job, result: Result) -> Iterator[Job]:
            if job.traced:
                self.trace = result
            if job in watching:
                return
            index, attempt, state = jobs[job]
            attempt.runs.append(_Run(attempt.way, state.tests, state.way, result, result.note))
            self._learn(index, attempt.runs[-1])
            yield from self._next_way(index, attempt, jobs, used)

        self._run([*jobs, *watching], lambda job, result: list(follow(job, result)))
        for index, states in used.items():
            if index != self._bad:
                for state in states:
                    self._states.release(state)

    def _watching(self, jobs: Mapping[Job, tuple[int, _Attempt, State]]) -> list[Job]:
        """The jobs of the bad state once more, watched."""
        bad = [job for job, (index, _, _) in jobs.items() if index == self._bad] or self._seeded
        return [msgspec.structs.replace(job, traced=self._traced) for job in bad[:1]]

    def _begin(
        self,
        index: int,
        attempt: _Attempt,
        state: State | _Run,
        jobs: dict[Job, tuple[int, _Attempt, State]],
        used: dict[int, list[State]],
    ) -> list[Job]:
        """The job of an attempt, or those of its next way if there can be none."""
        if isinstance(state, _Run):
            attempt.runs.append(state)
            return self._next_way(index, attempt, jobs, used)
        traced = self._traced if index == self._bad and not self._is_apart else ()
        job = self._ask.job(state, self._attempts[index].index(attempt) + 1, traced)
        jobs[job] = index, attempt, state
        self._pythons[index] = state.python.version
        if state not in used.setdefault(index, []):
            used[index].append(state)
        return [job]

    def _next_way(
        self,
        index: int,
        attempt: _Attempt,
        jobs: dict[Job, tuple[int, _Attempt, State]],
        used: dict[int, list[State]],
    ) -> list[Job]:
        if attempt.way + 1 >= self._states.ways or self._is_told(index, attempt):
            return []
        attempt.way += 1
        return self._begin(index, attempt, self._at(index, attempt.way), jobs, used)

    def _is_told(self, index: int, attempt: _Attempt) -> bool:
        """Whether another way would say no more than is known of the tests."""
        answers = [self._probe(test, index, 0, attempt).answer for test in self._tests]
        if (
            not self._is_known
            and index != self._bad
            and not all(map(self._failures.known, self._tests))
        ):
            # The failure that is searched is not known yet, so any may be another one.
            return all(answer is Answer.GOOD for answer in answers)
        return all(answer in (Answer.GOOD, Answer.BAD) for answer in answers)

    def _first_way(self, index: int) -> int:
        """The way that told something on the state itself, or on the nearest one beside it."""
        if not self._attempts:
            return 0
        nearest = min(self._attempts, key=lambda other: abs(other - index))
        attempts = [each for each in self._attempts[nearest] if self._is_told(nearest, each)]
        return attempts[0].way if attempts else 0

    def _at(self, index: int, way: int) -> State | _Run:
        try:
            return self._states.at(index, way)
        except RequestError:
            raise
        except MissingImport as error:
            return _Run(way, {}, "", None, str(error), is_missing=True)
        except WorkbenchError as error:
            return _Run(way, {}, "", None, str(error))

    def _learn(self, index: int, run: _Run) -> None:
        if index == self._bad and run.result is not None and not self._is_known:
            for test in self._tests or run.tests:
                outcome = run.result.outcomes.get(run.tests.get(test, test))
                if outcome is not None:
                    self._failures.learn(test, outcome)

    def _record(self, test: str) -> dict[int, list[Answer]]:
        return {index: self.answers(test, index) for index in self._attempts}

    def _probes(self, test: str, index: int) -> list[Probe]:
        return [
            self._probe(test, index, number, attempt)
            for number, attempt in enumerate(self._attempts[index], 1)
        ]

    def _probe(self, test: str, index: int, number: int, attempt: _Attempt) -> Probe:
        """What an attempt says: by the first way that tells, or else why none of them did."""
        told = [(run, *self._said(test, run)) for run in attempt.runs]
        run, answer, reason = min(told, key=lambda each: _RANKS[each[1]])
        seconds = sum(each.result.seconds for each in attempt.runs if each.result is not None)
        label = self._states.labels[index]
        return Probe(attempt.round, index, label, number, answer, seconds, reason, run.name)

    def _said(self, test: str, run: _Run) -> tuple[Answer, str]:
        if run.result is None:
            return (Answer.NOT_YET if run.is_missing else Answer.UNTESTABLE), run.reason
        return self._failures.answer(test, run.tests.get(test, test), run.result)

    def _search(self, test: str, rules: Rules) -> Search:
        found = bisection.finding(self._record(test), rules)
        assert found is not None
        probes = [probe for index in self.tried for probe in self._probes(test, index)]
        probes.sort(key=lambda probe: probe.round)
        return Search(test, tuple(self._states.labels), rules, tuple(probes), found)


# A way that tells something is believed before one that does not; of these the first one is.
_RANKS = {Answer.GOOD: 0, Answer.BAD: 0, Answer.NOT_YET: 1, Answer.UNTESTABLE: 2}


def select_of(tests: Iterable[str]) -> str:
    """A pattern that only these ids match."""
    return "|".join(f"^{re.escape(test)}$" for test in sorted(set(tests)))
