"""What the runs of one tree say of one test. Pure.

Owns: which run counts for which test, and for what. Must not know the other side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..model import JobEnd, Outcome, Result, Status
from .steps import STANDING, Standing


class Sight(NamedTuple):
    """One outcome of a test, and how it came about.

    ``alone``: among tests that changed, and not in the whole part. ``first``: it was looked
    at to choose what is run again, so that it proves nothing by itself. ``broke_off``: it
    stands for an outcome that the run did not get to. ``watched``: the lines that it ran were.
    """

    outcome: Outcome
    alone: bool = False
    first: bool = False
    broke_off: bool = False
    watched: bool = False

    @property
    def standing(self) -> Standing:
        """What its status means for a comparison."""
        return STANDING[self.outcome.status]


class Run(NamedTuple):
    """One run of a part of a suite, whole or of the tests in ``only`` alone."""

    result: Result
    only: frozenset[str] = frozenset()
    first: bool = False
    watched: bool = False

    @property
    def tests(self) -> Iterable[str]:
        """The tests that it says something about by itself."""
        return self.only or self.result.outcomes

    def sight(self, test: str) -> Sight | None:
        """What it shows of a test; nothing if the test was not asked for, or if the run of
        some tests alone broke off before it.

        A test that is not in a whole run that broke off is unknown there, not absent.
        """
        if self.only and test not in self.only:
            return None
        ended = self.result.ended
        missing = Status.ABSENT if ended is JobEnd.COMPLETED else Status.NOT_RUN
        if ended is JobEnd.SPURIOUS:
            missing = Status.SPURIOUS
        outcome = self.result.outcomes.get(test) or Outcome(missing, reason=self.result.note)
        broke_off = ended is not JobEnd.COMPLETED and STANDING[outcome.status] is Standing.UNKNOWN
        if self.only and broke_off:
            return None
        return Sight(outcome, bool(self.only), self.first, broke_off, self.watched)


def sights(runs: Iterable[Run], test: str) -> list[Sight]:
    """What the runs show of a test."""
    return [sight for run in runs if (sight := run.sight(test)) is not None]


def counted(seen: Sequence[Sight]) -> list[Sight]:
    """The sights that tell of the test: none that the machine spoiled, and none of what a
    run did not get to while another one did. What a run that was watched shows of a whole
    part counts no more where another one was not watched."""
    kept = [each for each in seen if each.outcome.status is not Status.SPURIOUS]
    if any(not (each.alone or each.watched or each.broke_off) for each in kept):
        kept = [each for each in kept if not each.watched]
    return [each for each in kept if not each.broke_off] or kept
