"""How probable it is, before anything is tried, that a commit changed a test's behaviour. Pure.

Owns: what speaks for a commit: that the failing test runs the lines that it wrote, or code of
files that it touched, its size, and the words that it shares with the test. Must not know git,
nor how a search goes. The figures only order what is tried; a search ends with the same answer
whatever they are (``bisection``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from ..model import Value

# A commit for which nothing speaks: documentation, other tests, code that the test never loads.
LEAST = 0.01
# Code that was only imported, or a file that is not there any more at the bad end.
LOADED, UNKNOWN = 0.15, 0.1
TOUCHES, WROTE = 1.0, 3.0
# How much a weight counts for more than a smaller one; by this, searches were the shortest.
SHARPNESS = 1.75
PER_WORD, MOST_WORDS = 0.75, 3
WORD = re.compile(r"[a-z]{3,}")
COMMON = frozenset(("test", "tests", "the", "and", "for", "with", "from", "that", "refs"))

Change = tuple[str, Sequence[str], int]
"""A file that a commit touched: its path, the lines that it added, how many it took away."""


class Ran(Value, frozen=True):
    """What the failing test ran at the bad end, of the files that the commits touched.

    ``lines`` are the texts of the lines that ran in the test, by path, and ``loaded`` the
    paths of which something ran outside of it, at import or in a fixture. ``paths`` are all
    that were watched: what is not among them, nobody knows anything about.
    """

    lines: Mapping[str, frozenset[str]] = {}
    loaded: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()

    def may_matter(self, path: str) -> bool:
        """Whether a change of that file can have changed the test, as far as was watched."""
        return path in self.lines or path in self.loaded or path not in self.paths


class Candidate(NamedTuple):
    """A commit of the range: its subject, and what it changed."""

    subject: str
    changes: Sequence[Change]


def weights(commits: Iterable[Candidate], ran: Ran, test: str) -> tuple[float, ...]:
    """The weight of each commit; only their ratios mean something."""
    known = _words(test)
    return tuple(round(_weight(commit, ran, known) ** SHARPNESS, 6) for commit in commits)


def can_matter(commit: Candidate, ran: Ran) -> bool:
    """Whether a commit touches anything that the failing test ran or loaded."""
    return any(ran.may_matter(path) for path, _, _ in commit.changes)


def _weight(commit: Candidate, ran: Ran, known: AbstractSet[str]) -> float:
    weight = LEAST
    for path, added, removed in commit.changes:
        if path in ran.lines:
            wrote = sum(line.strip() in ran.lines[path] for line in added)
            size = math.log1p(len(added) + removed) / 4
            weight += TOUCHES * (0.5 + size) + WROTE * math.log1p(wrote)
        elif path in ran.loaded:
            weight += LOADED
        elif path not in ran.paths:
            weight += UNKNOWN
    if weight > LEAST:
        shared = min(MOST_WORDS, len(known & _words(commit.subject)))
        weight *= 1 + PER_WORD * shared
    return weight


def _words(text: str) -> set[str]:
    """The words of a subject or of a test's id; ``QuerySet`` and ``query_set`` are alike."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower()
    return set(WORD.findall(split)) - COMMON
