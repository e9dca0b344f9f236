"""Carries out searches: asks `bisection` what to try, and has it tried.

Owns: the rounds of a search, and going on to the next way of trying a state where one tells
nothing. Several tests can be searched for on one sequence of states at once; a run on a state
answers for all of them. Must not know what a state is made of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from ..jobs.runs import Run
from ..judge import bisection
from ..judge.bisection import Rules
from ..judge.probes import Search
from ..model import Answer, Job, RequestError, Result, TracedFile, WorkbenchError
from ..system.room import Room, cores
from .attempts import Attempt, Attempts, WayRun
from .failures import Failures
from .selection import SuiteSelection
from .states import State, States
from .states.overlaid import MissingImport

# Seconds of a run of which something can be said; how many that wait share a core at most.
LONG, MOST_WAITING = 2.0, 8


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
        self.record = Attempts(states.labels, failures)
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
        attempt = self.record.begin(index, self._round, 0)
        attempt.runs.append(WayRun.of(0, state, result))
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
        ends = [
            index for index in (0, len(self._states.labels) - 1) if index not in self.record.tried
        ]
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

    def state(self, index: int) -> State:
        """A state, in the way in which it was tried."""
        return self._states.at(index, self.record.way_number(index))

    @property
    def runs(self) -> int:
        """How many runs there were."""
        return len(self.record.runs)

    def _wanted(self, tests: Mapping[str, Rules]) -> Counter[int]:
        wanted: Counter[int] = Counter()
        for test, rules in tests.items():
            if wanted.total() < self._slots:
                wanted |= Counter(bisection.due(self._answers(test), rules, self._slots))
        return wanted

    @property
    def _slots(self) -> int:
        """How many runs at once keep the cores at work."""
        results = [run.result for run in self.record.runs if run.result is not None]
        seconds, cpu = sum(r.seconds for r in results), sum(r.cpu for r in results)
        if not results or seconds < LONG * len(results) or not self._room.is_left():
            return min(self._most, cores())
        waiting = int(cores() * seconds / max(cpu, seconds / MOST_WAITING))
        return min(self._most, max(cores(), waiting))

    def _try(self, wanted: Counter[int], *, is_apart: bool = False) -> None:
        """Try each of the states so many times, in every way that is needed."""
        jobs: dict[Job, tuple[int, Attempt, State]] = {}
        used: dict[int, list[State]] = {}
        self._is_apart = is_apart
        with ThreadPoolExecutor(self._slots) as threads:
            ways = {index: self._first_way(index) for index in wanted}
            found = threads.map(self._at, ways, ways.values())
            prepared = dict(zip(wanted, found, strict=True))
        for index, times in wanted.items():
            for _ in range(times):
                attempt = self.record.begin(index, self._round, ways[index])
                self._begin(index, attempt, prepared[index], jobs, used)
        watching = self._watching(jobs) if is_apart else []

        def follow(job: Job, result: Result) -> Iterator[Job]:
            if job.traced:
                self.trace = result
            if job in watching:
                return
            index, attempt, state = jobs[job]
            attempt.runs.append(WayRun.of(attempt.way, state, result))
            self._learn(index, attempt.runs[-1])
            yield from self._next_way(index, attempt, jobs, used)

        self._run([*jobs, *watching], lambda job, result: list(follow(job, result)))
        for index, states in used.items():
            if index != self._bad:
                for state in states:
                    self._states.release(state)

    def _watching(self, jobs: Mapping[Job, tuple[int, Attempt, State]]) -> list[Job]:
        """The jobs of the bad state once more, watched."""
        bad = [job for job, (index, _, _) in jobs.items() if index == self._bad] or self._seeded
        return [msgspec.structs.replace(job, traced=self._traced) for job in bad[:1]]

    def _begin(
        self,
        index: int,
        attempt: Attempt,
        state: State | WayRun,
        jobs: dict[Job, tuple[int, Attempt, State]],
        used: dict[int, list[State]],
    ) -> list[Job]:
        """The job of an attempt, or those of its next way if there can be none."""
        if isinstance(state, WayRun):
            attempt.runs.append(state)
            return self._next_way(index, attempt, jobs, used)
        traced = self._traced if index == self._bad and not self._is_apart else ()
        job = self._ask.job(state, self.record.number(index, attempt), traced)
        jobs[job] = index, attempt, state
        self._pythons[index] = state.python.version
        if state not in used.setdefault(index, []):
            used[index].append(state)
        return [job]

    def _next_way(
        self,
        index: int,
        attempt: Attempt,
        jobs: dict[Job, tuple[int, Attempt, State]],
        used: dict[int, list[State]],
    ) -> list[Job]:
        if attempt.way + 1 >= self._states.ways or self._is_told(index, attempt):
            return []
        attempt.way += 1
        return self._begin(index, attempt, self._at(index, attempt.way), jobs, used)

    def _is_told(self, index: int, attempt: Attempt) -> bool:
        """Whether another way would say no more than is known of the tests."""
        answers = [self.record.probe(test, index, 0, attempt).answer for test in self._tests]
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
        if not self.record.tried:
            return 0
        nearest = min(self.record.tried, key=lambda other: abs(other - index))
        attempts = [each for each in self.record.of(nearest) if self._is_told(nearest, each)]
        return attempts[0].way if attempts else 0

    def _at(self, index: int, way: int) -> State | WayRun:
        try:
            return self._states.at(index, way)
        except RequestError:
            raise
        except MissingImport as error:
            return WayRun(way, "", {}, None, str(error), is_missing=True)
        except WorkbenchError as error:
            return WayRun(way, "", {}, None, str(error))

    def _learn(self, index: int, run: WayRun) -> None:
        if index == self._bad and run.result is not None and not self._is_known:
            for test in self._tests or run.tests:
                outcome = run.result.outcomes.get(run.tests.get(test, test))
                if outcome is not None:
                    self._failures.learn(test, outcome)

    def _answers(self, test: str) -> dict[int, list[Answer]]:
        return {index: self.record.answers(test, index) for index in self.record.tried}

    def _search(self, test: str, rules: Rules) -> Search:
        found = bisection.finding(self._answers(test), rules)
        assert found is not None
        probes = [probe for index in self.record.tried for probe in self.record.probes(test, index)]
        probes.sort(key=lambda probe: probe.round)
        return Search(test, tuple(self._states.labels), rules, tuple(probes), found)
