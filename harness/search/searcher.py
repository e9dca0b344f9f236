"""Carries out searches: asks `bisection` what to try, and has it tried.

Owns: the rounds of a search. Several tests can be searched for on
one sequence of states at once; a run on a state answers for all of them. Must
not know what a state is made of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from ..jobs.runs import Run
from ..judge import bisection
from ..judge.bisection import Rules
from ..judge.probes import Probe, Search
from ..model import Answer, Job, RequestError, Result, Status, Value, WorkbenchError
from ..suites import WIRE
from .states import State, States


class SuiteSelection(Value, frozen=True):
    """What is run on every state: a suite's labels, narrowed to tests by a regex."""

    suite: str
    labels: tuple[str, ...]
    select: str
    timeout: float = 900.0
    test_timeout: float = 20.0

    def job(self, state: State, attempt: int) -> Job:
        """The run number ``attempt`` on that state; 1 is the first."""
        return Job(
            suite=self.suite,
            trees=state.trees,
            python=state.python,
            labels=self.labels,
            select=self.select,
            attempt=attempt,
            timeout=self.timeout,
            test_timeout=self.test_timeout,
        )


class _StateRun(NamedTuple):
    """What came of one run: an outcome for each test, or why there is none."""

    round: int
    result: Result | None
    reason: str


class Searcher:
    """Searches of one sequence of states. ``slots`` runs are asked for at once."""

    def __init__(self, states: States, ask: SuiteSelection, run: Run, slots: int) -> None:
        self._states = states
        self._ask = ask
        self._run = run
        self._slots = slots
        self._said: dict[int, list[_StateRun]] = {}
        self._round = 0

    def find(self, tests: Mapping[str, Rules]) -> dict[str, Search]:
        """Search for every test by its rules, until each has a finding."""
        for rules in tests.values():
            bisection.check(rules)
        while wanted := self._wanted(tests):
            self._round += 1
            self._try(wanted)
        return {test: self._search(test, rules) for test, rules in tests.items()}

    @property
    def runs(self) -> int:
        """How many runs there were."""
        return sum(map(len, self._said.values()))

    def _wanted(self, tests: Mapping[str, Rules]) -> Counter[int]:
        wanted: Counter[int] = Counter()
        for test, rules in tests.items():
            if wanted.total() < self._slots:
                wanted |= Counter(bisection.due(self._record(test), rules, self._slots))
        return wanted

    def _try(self, wanted: Counter[int]) -> None:
        with ThreadPoolExecutor(self._slots) as threads:
            states = dict(zip(wanted, threads.map(self._at, wanted), strict=True))
        jobs: dict[Job, int] = {}
        for index, state in states.items():
            said = self._said.setdefault(index, [])
            if isinstance(state, str):
                said.append(_StateRun(self._round, None, state))
                continue
            for number in range(wanted[index]):
                jobs[self._ask.job(state, len(said) + number + 1)] = index

        def follow(job: Job, result: Result) -> Iterable[Job]:
            self._said[jobs[job]].append(_StateRun(self._round, result, result.note))
            return ()

        self._run(jobs, follow)

    def _at(self, index: int) -> State | str:
        try:
            return self._states.at(index)
        except RequestError:
            raise
        except WorkbenchError as error:
            return str(error)

    def _record(self, test: str) -> dict[int, list[Answer]]:
        return {
            index: [probe.answer for probe in self._probes(test, index)] for index in self._said
        }

    def _probes(self, test: str, index: int) -> list[Probe]:
        return [
            self._probe(test, index, attempt, said)
            for attempt, said in enumerate(self._said[index], 1)
        ]

    def _probe(self, test: str, index: int, attempt: int, said: _StateRun) -> Probe:
        answer, seconds, reason = Answer.UNTESTABLE, 0.0, said.reason
        if said.result is not None:
            answer, reason = answer_of(self._ask.suite, test, said.result)
            seconds = said.result.seconds
        label = self._states.labels[index]
        return Probe(said.round, index, label, attempt, answer, seconds, reason)

    def _search(self, test: str, rules: Rules) -> Search:
        found = bisection.finding(self._record(test), rules)
        assert found is not None
        probes = [probe for index in sorted(self._said) for probe in self._probes(test, index)]
        probes.sort(key=lambda probe: probe.round)
        return Search(test, tuple(self._states.labels), rules, tuple(probes), found)


def answer_of(suite: str, test: str, result: Result) -> tuple[Answer, str]:
    """What a run says about its state by one test, and in a line why.

    A regression test fails by its demand; an error there means that the server
    did not come up, so that nothing was asked of it.
    """
    outcome = result.outcomes.get(test)
    if outcome is None:
        return Answer.UNTESTABLE, result.note or f"{test} is not among its tests"
    if suite == WIRE and outcome.status is Status.ERROR:
        return Answer.UNTESTABLE, outcome.reason
    return bisection.ANSWERS[outcome.status], outcome.reason
