"""The commits from one to another, along first parents, as git has them.

Owns: nothing but that reading; ``trees`` talks to git. The first parents are
the history of the branch itself: what a merge brought is one step.
"""

from __future__ import annotations

from ...model import Base, Project, Source
from ...sources.provider import Provider
from ...trees.trees import Commit
from . import State


class Commits:
    """Commits of one upstream, oldest first, from where git fetches it."""

    def __init__(
        self, provider: Provider, project: Project, line: list[Commit], python: str = ""
    ) -> None:
        self._provider = provider
        self._project = project
        self._line = line
        self._python = python
        self.labels = tuple(f"{commit.id[:10]} {commit.subject}" for commit in line)

    def at(self, index: int) -> State:
        """The commit's tree, and the Python that fits the release it was on the way to."""
        commit = self._line[index].id
        base = Base(self._project, commit[:10], Source.GIT, f"{self._project.url}@{commit}")
        tree = self._provider.take(base)
        return State((tree,), self._provider.python_for(tree, self._python or None))
