"""Commits with tests laid over them that they do not have.

Owns: which way is which number, and why one does not fit. Must not know how an overlay is
fitted (``overlay``), nor what a run then says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ...model import OverlayWay, Tree, WorkbenchError
from ...sources.provider import Provider
from ..overlay.laying import lay_on, ways_onto
from ..overlay.values import Laid, Misfit, Overlay
from . import Sequenced, State

WAYS = tuple(OverlayWay)


class MissingImport(WorkbenchError):
    """Tests need something that a commit surely has not: it is not there yet."""


class Overlaid:
    """A sequence of commits, and ``tests`` of an overlay on each of them."""

    ways = len(WAYS)

    def __init__(
        self, inner: Sequenced, overlay: Overlay, tests: Collection[str], provider: Provider
    ) -> None:
        self._inner = inner
        self._overlay = overlay
        self._tests = tuple(tests)
        self._provider = provider
        self._going: dict[int, Iterator[Laid | Misfit]] = {}
        self._fits: dict[int, list[Laid | Misfit]] = {}
        self.labels = inner.labels

    def at(self, index: int, way: int = 0) -> State:
        """The commit with the tests laid over it in that way.

        Raises ``WorkbenchError`` if they do not fit so, or if what they import is not there.
        """
        found = self._fit(index, way)
        if isinstance(found, Misfit):
            kind = MissingImport if found.is_missing else WorkbenchError
            raise kind(f"the tests can not be laid over it ({found.way}): {found.reason}")
        over = lay_on(self._provider.trees, self._inner.tree(index), found)
        ids = {test: there.id for test, there in found.tests.items()}
        labels = tuple(dict.fromkeys(x for there in found.tests.values() for x in there.labels))
        return State((over,), self._inner.python_for(over), ids, labels, found.way)

    def tree(self, index: int) -> Tree:
        """The commit's tree with the tests over it in the first way; else the bare one."""
        bare, found = self._inner.tree(index), self._fit(index, 0)
        return bare if isinstance(found, Misfit) else lay_on(self._provider.trees, bare, found)

    def release(self, state: State) -> None:
        """As the sequence below does."""
        self._inner.release(state)

    def _fit(self, index: int, way: int) -> Laid | Misfit:
        """What comes of one way; those before it are asked first, since none is made twice."""
        if index not in self._going:
            trees, tree = self._provider.trees, self._inner.tree(index)
            self._going[index] = ways_onto(trees, tree, self._overlay, self._tests)
            self._fits[index] = []
        known = self._fits[index]
        while len(known) <= way:
            known.append(next(self._going[index]))
        return known[way]
