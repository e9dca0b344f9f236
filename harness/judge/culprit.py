"""The commit that changed a test's behaviour, and the proof of it, as values. Pure.

Owns: what a search of a history came to, and what proves a commit: runs of it and of its
parent, the change taken back where the failure was seen, the hunks of it that do it. Must not
know how any of it was found out.
"""

from __future__ import annotations

from ..model import Answer, Conclusion, Value
from . import exact
from .probes import Search


class CommitName(Value, frozen=True):
    """A commit for people: its full id, its subject, the day it was committed, who wrote it."""

    id: str
    subject: str
    date: str = ""
    author: str = ""

    def __str__(self) -> str:
        return f"{self.id[:10]} {self.subject}"


class SideRuns(Value, frozen=True):
    """What the runs of one commit said, by answer, and how the test was laid over it."""

    commit: CommitName
    counts: dict[str, int]
    way: str = ""
    why: str = ""

    def count(self, answer: Answer) -> int:
        """How many runs answered so."""
        return self.counts.get(str(answer), 0)


class TakenBack(Value, frozen=True):
    """The bad end without the culprit's change.

    ``how`` is that it was taken back "clean" or by a three-way merge ("3way"), as a whole or
    its ``hunks`` alone. ``passes`` counts the tests that pass then. Without ``how``, ``why``
    says why it can not be taken back.
    """

    how: str = ""
    tests: int = 0
    passes: int = 0
    only_hunks: bool = False
    why: str = ""


class CulpritHunks(Value, frozen=True):
    """The smallest part of the culprit that makes the change on its parent, as a patch."""

    needed: int
    of: int
    patch: str
    runs: int = 0
    why: str = ""


class Culprit(Value, frozen=True):
    """A commit, and what shows that these tests changed with it.

    ``before`` is the commit in front of it that was tried: its parent, if the conclusion is
    that it was found. ``appeared`` says that the tests can not exist before it: what they
    test came with it, and was wrong from the beginning. ``by_reach`` says that untried
    commits in between touch nothing that the test runs. ``equals`` are commits of other
    branches that make the same change. ``interpreter`` says that not the commit makes the
    change, but the Python that runs it and not the one before. ``chance`` is how likely noise
    would look like these runs, at most (``exact``).
    """

    tests: tuple[str, ...]
    conclusion: Conclusion
    culprit: SideRuns
    before: SideRuns
    confidence: float
    appeared: bool = False
    by_reach: bool = False
    between: tuple[SideRuns, ...] = ()
    is_merge: bool = False
    failure: str = ""
    chance: float = 1.0
    taken_back: TakenBack | None = None
    hunks: CulpritHunks | None = None
    equals: tuple[CommitName, ...] = ()
    interpreter: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_named(self) -> bool:
        """Whether it is one commit, and not one of several, nor the Python that it needs."""
        return not self.interpreter and (self.conclusion is Conclusion.FOUND or self.by_reach)


class Unfound(Value, frozen=True):
    """A test of which no commit can be named, and why."""

    test: str
    why: str


class ByHand(Value, frozen=True):
    """How to see the same with nothing but git: a shell command that runs the tests at the top
    of a clone, and where there is a commit that has the tests, its full id and their files."""

    command: str
    commit: str = ""
    files: tuple[str, ...] = ()


class CulpritReport(Value, frozen=True):
    """A whole search of a history.

    ``commits`` are in the range, ``can_matter`` of them touch what the failing tests run
    (None where that was not watched). ``probes`` are the runs of the search by itself, and
    ``runs`` all of them, with those of the proof; ``seconds`` and ``proof_seconds`` are wall
    time.
    """

    upstream: str
    good: CommitName
    bad: CommitName
    first: Answer
    python: str
    overlay: str
    commits: int
    can_matter: int | None
    culprits: tuple[Culprit, ...]
    unfound: tuple[Unfound, ...] = ()
    searches: tuple[Search, ...] = ()
    probes: int = 0
    runs: int = 0
    seconds: float = 0.0
    proof_seconds: float = 0.0
    cpu: float = 0.0
    by_hand: ByHand = ByHand("")
    notes: tuple[str, ...] = ()
    schema: int = 1


def chance_of(before: SideRuns, after: SideRuns, first: Answer) -> float:
    """How likely noise would look like the runs of two commits; the searched ones count too."""
    last = Answer.BAD if first is Answer.GOOD else Answer.GOOD
    steady = before.count(first) + (before.count(Answer.NOT_YET) if first is Answer.GOOD else 0)
    odd = after.count(last)
    if sum(before.counts.values()) > steady:
        return 1.0
    return exact.chance(steady, odd, sum(after.counts.values()))
