"""Sequences of states that a search can go through, oldest first.

A sequence knows how its states are called and how to get one of them. It must
not know what is tried on them, nor how a search goes.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from ...model import Interpreter, Tree


class State(NamedTuple):
    """One state, here and ready for jobs: its trees and the Python that runs them."""

    trees: tuple[Tree, ...]
    python: Interpreter


class States(Protocol):
    """A sequence of states; ``labels`` are what people call them."""

    @property
    def labels(self) -> tuple[str, ...]:
        """One label for each state, oldest state first."""
        ...

    def at(self, index: int) -> State:
        """Bring the state here. Raises ``WorkbenchError`` if that can not be done."""
        ...
