"""What was tried on the states of a search so far, and what it says of each test.

Owns: the attempts, each with as many runs as ways were needed, and which of them is believed.
Must not know what is tried next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..judge.probes import Probe
from ..model import Answer, Result
from .failures import Failures
from .states import State

# A way that tells something is believed before one that does not; of these the first one is.
RANKS = {Answer.GOOD: 0, Answer.BAD: 0, Answer.NOT_YET: 1, Answer.UNTESTABLE: 2}


class WayRun(NamedTuple):
    """One run in one way, with the ids that tests had there: a result, or why there is none.

    ``is_missing`` says that what the tests need is not there yet.
    """

    way: int
    name: str
    tests: Mapping[str, str]
    result: Result | None
    reason: str
    is_missing: bool = False

    @classmethod
    def of(cls, way: int, state: State, result: Result) -> WayRun:
        """The run of a state."""
        return cls(way, state.way, state.tests, result, result.note)


@dataclass(eq=False)
class Attempt:
    """One try of a state in a round of a search, and the way that it is at."""

    round: int
    way: int
    runs: list[WayRun] = field(default_factory=list)


class Attempts:
    """The attempts by the number of their state."""

    def __init__(self, labels: Sequence[str], failures: Failures) -> None:
        self._labels = labels
        self._failures = failures
        self._attempts: dict[int, list[Attempt]] = {}

    def begin(self, index: int, round_: int, way: int) -> Attempt:
        """A new attempt of a state."""
        attempt = Attempt(round_, way)
        self._attempts.setdefault(index, []).append(attempt)
        return attempt

    def number(self, index: int, attempt: Attempt) -> int:
        """Which of a state's attempts it is; 1 is the first."""
        return self.of(index).index(attempt) + 1

    def of(self, index: int) -> list[Attempt]:
        """The attempts of a state."""
        return self._attempts.get(index, [])

    @property
    def tried(self) -> list[int]:
        """The states that were tried."""
        return sorted(self._attempts)

    @property
    def runs(self) -> list[WayRun]:
        """All runs that there were, and what stood in their way."""
        return [run for each in self._attempts.values() for attempt in each for run in attempt.runs]

    def answers(self, test: str, index: int) -> list[Answer]:
        """What the attempts of a state say."""
        return [probe.answer for probe in self.probes(test, index)]

    def reason(self, test: str, index: int) -> str:
        """Why a state tells nothing, or why the test fails there."""
        return self.probes(test, index)[0].reason

    def way_number(self, index: int) -> int:
        """The number of the way in which a state was tried."""
        return self.of(index)[0].way

    def way(self, index: int) -> str:
        """In which way a state was tried; empty where there is but one."""
        return next((run.name for run in reversed(self.of(index)[0].runs)), "")

    def ids(self, index: int) -> Mapping[str, str]:
        """What the tests are called on a state that was tried."""
        return self.of(index)[0].runs[-1].tests

    def probes(self, test: str, index: int) -> list[Probe]:
        """Every attempt of a state as the log keeps it."""
        attempts = enumerate(self.of(index), 1)
        return [self.probe(test, index, number, attempt) for number, attempt in attempts]

    def probe(self, test: str, index: int, number: int, attempt: Attempt) -> Probe:
        """What an attempt says: by the first way that tells, or else why none of them did."""
        told = [(run, *self._said(test, run)) for run in attempt.runs]
        run, answer, reason = min(told, key=lambda each: RANKS[each[1]])
        seconds = sum(each.result.seconds for each in attempt.runs if each.result is not None)
        label = self._labels[index]
        log = run.result.log if run.result is not None else ""
        return Probe(attempt.round, index, label, number, answer, seconds, reason, run.name, log)

    def _said(self, test: str, run: WayRun) -> tuple[Answer, str]:
        if run.result is None:
            return (Answer.NOT_YET if run.is_missing else Answer.UNTESTABLE), run.reason
        return self._failures.answer(test, run.tests.get(test, test), run.result)
