"""The commits from one to another, along first parents, as git has them.

Owns: nothing but that reading; ``trees`` talks to git. The first parents are
the history of the branch itself: what a merge brought is one step.
"""

from __future__ import annotations

from ...model import Base, Source
from ...sources.provider import Supply
from ...trees.trees import Commit
from . import State


class Commits:
    """Commits of one upstream at ``url``, oldest first."""

    def __init__(
        self, supply: Supply, upstream: str, url: str, line: list[Commit], python: str = ""
    ) -> None:
        self._supply = supply
        self._upstream = upstream
        self._url = url
        self._line = line
        self._python = python
        self.labels = tuple(f"{commit.id[:10]} {commit.subject}" for commit in line)

    def at(self, index: int) -> State:
        """The commit's tree, and the Python that fits the release it was on the way to."""
        commit = self._line[index].id
        base = Base(self._upstream, commit[:10], Source.GIT, f"{self._url}@{commit}")
        tree = self._supply.take(base)
        return State((tree,), self._supply.python_for(tree, self._python or None))
