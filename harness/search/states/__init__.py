"""Sequences of states that a search can go through, oldest first.

A sequence knows how its states are called and how to get one of them. It must
not know what is tried on them, nor how a search goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from ...model import Interpreter, Tree


class State(NamedTuple):
    """One state, here and ready for jobs: its trees and the Python that runs them.

    ``tests`` are the ids that tests have there, where these are others than were asked for,
    and ``labels`` of the suite what runs them there, where that differs from state to state.
    ``way`` says how the tests were laid on its tree, if they were.
    """

    trees: tuple[Tree, ...]
    python: Interpreter
    tests: Mapping[str, str] = {}
    labels: tuple[str, ...] = ()
    way: str = ""


class States(Protocol):
    """A sequence of states; ``labels`` are what people call them.

    There may be several ``ways`` to get a state, each with its number from 0 on: one is
    tried where those before it tell nothing.
    """

    @property
    def labels(self) -> tuple[str, ...]:
        """One label for each state, oldest state first."""
        ...

    @property
    def ways(self) -> int:
        """How many ways there are."""
        ...

    def at(self, index: int, way: int = 0) -> State:
        """Bring the state here. Raises ``WorkbenchError`` if that can not be done."""
        ...

    def release(self, state: State) -> None:
        """Say that nothing is run on a state any more; it can be had again."""
        ...


class Sequenced(States, Protocol):
    """A sequence whose trees can be had without a checkout: a file more makes another one."""

    def tree(self, index: int) -> Tree:
        """The tree of a state. Raises ``WorkbenchError`` if there is none."""
        ...

    def python_for(self, tree: Tree) -> Interpreter:
        """The Python that runs a state."""
        ...


class Kept:
    """What sequences have in common whose states can be had in one way, and stay."""

    ways = 1

    def release(self, state: State) -> None:
        """Nothing: it is kept for the next search."""
