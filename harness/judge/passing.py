"""Whether tests pass, by release, as values. Pure.

Owns: the table, and the release with which each test turns. Must not know how any of it was
found out.
"""

from __future__ import annotations

import itertools

from ..model import Answer, Conclusion, Value


class ReleaseAnswer(Value, frozen=True):
    """What a test does on a release, how it was laid over it, and why it does not pass."""

    version: str
    answer: Answer
    way: str = ""
    why: str = ""


class Turn(Value, frozen=True):
    """A test answers ``to`` from release ``first`` on, and did not on ``last``.

    Where ``conclusion`` is a range, releases in between could not be tried.
    """

    last: str
    first: str
    to: Answer
    conclusion: Conclusion
    confidence: float


class TestHistory(Value, frozen=True):
    """One test: a column for each release that was tried, oldest first, and its turns."""

    __test__ = False

    test: str
    releases: tuple[ReleaseAnswer, ...]
    turns: tuple[Turn, ...] = ()


class PassingReport(Value, frozen=True):
    """The histories of tests of one upstream; ``pythons`` are what ran each release."""

    upstream: str
    tests: tuple[TestHistory, ...]
    pythons: dict[str, str] = {}
    overlay: str = ""
    runs: int = 0
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    schema: int = 1


def neighbours(history: TestHistory) -> list[tuple[str, str, Answer, Answer]]:
    """Releases beside each other that tell, between which a test starts or ceases to pass.

    What could not be tried in between is passed over.
    """
    told = [each for each in history.releases if each.answer in (Answer.GOOD, Answer.BAD)]
    return [
        (old.version, new.version, old.answer, new.answer)
        for old, new in itertools.pairwise(told)
        if old.answer is not new.answer
    ]
