"""A single tree as a sequence, for what is tried beside a search.

Owns: nothing but that. Must not know how the tree was made.
"""

from __future__ import annotations

from collections.abc import Callable

from ...model import Interpreter, Tree
from . import State


class Alone:
    """One tree; ``python_for`` says what runs it, ``give_up`` is told when it is done with."""

    ways = 1

    def __init__(
        self,
        tree: Tree,
        python_for: Callable[[Tree], Interpreter],
        give_up: Callable[[State], None],
    ) -> None:
        self._tree = tree
        self.python_for = python_for
        self.release = give_up
        self.labels = (str(tree.base),)

    def at(self, index: int, way: int = 0) -> State:
        """The tree, and the Python that runs it."""
        return State((self._tree,), self.python_for(self._tree))

    def tree(self, index: int) -> Tree:
        """The tree."""
        return self._tree
