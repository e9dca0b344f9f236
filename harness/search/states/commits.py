"""The commits from one to another, along first parents, as git has them.

Owns: nothing but that reading; ``trees`` talks to git. The first parents are
the history of the branch itself: what a merge brought is one step.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...model import Interpreter, Tree, WorkbenchError
from ...sources.provider import Provider
from ...trees.history import Commit, History
from ...upstreams import kind_of
from . import State


class Commits:
    """Commits of one upstream, oldest first, from where git has them."""

    ways = 1

    def __init__(
        self,
        provider: Provider,
        history: History,
        line: Sequence[Commit],
        wanted: str = "",
    ) -> None:
        """``wanted`` is the Python that the user asked for, if any."""
        self._provider = provider
        self._history = history
        self._python: Interpreter | None = None
        self._wanted = wanted
        self.line = tuple(line)
        self.labels = tuple(f"{commit.id[:10]} {commit.subject}" for commit in line)

    def tree(self, index: int) -> Tree:
        """The tree of a commit, without a checkout of it."""
        return self._history.tree(self.line[index].id)

    def at(self, index: int, way: int = 0) -> State:
        """The commit's tree, and the Python that fits the release it was on the way to."""
        tree = self.tree(index)
        return State((tree,), self.python_for(tree))

    def python_for(self, tree: Tree) -> Interpreter:
        """The Python that runs a commit."""
        return self._python or self._provider.python_for(tree, self._wanted or None)

    def settle_python(self, ends: Sequence[Tree]) -> Interpreter | None:
        """Have one Python run every commit, if there is one that runs both ``ends``.

        A search that changes the interpreter on its way could find that change.
        """
        pythons = list(dict.fromkeys(self.python_for(tree) for tree in ends))
        self._python = next((each for each in pythons if self._runs(each, ends)), None)
        return self._python

    def _runs(self, python: Interpreter, trees: Sequence[Tree]) -> bool:
        if self._wanted or kind_of(trees[0].base.project).IS_INTERPRETER:
            return len({self.python_for(tree) for tree in trees}) == 1
        try:
            return all(self._provider.python_for(tree, None, [python]) == python for tree in trees)
        except WorkbenchError:
            return False

    def release(self, state: State) -> None:
        """Its checkout is made into that of the next one."""
        for tree in state.trees:
            self._provider.trees.give_up(tree)
