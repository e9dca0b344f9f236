"""The releases of an upstream between two of them, in the order of their numbers.

Owns: which releases these are. A release series goes on after the next one has
begun, so the sequence is one of versions, not of days.
"""

from __future__ import annotations

from collections.abc import Sequence

from packaging.version import Version

from ...model import Interpreter, RequestError, Source, Tree
from ...sources import sdist
from ...sources.provider import Provider
from ...upstreams import kind_of
from . import Kept, State


class Releases(Kept):
    """Named releases of one upstream, as any SPEC that ``Provider`` reads."""

    def __init__(
        self, provider: Provider, upstream: str, versions: Sequence[str], python: str = ""
    ) -> None:
        self._provider = provider
        self._upstream = upstream
        self._python = python
        self.labels = tuple(versions)

    def at(self, index: int, way: int = 0) -> State:
        """The release's own tree, and the Python that fits it."""
        tree = self.tree(index)
        return State((tree,), self.python_for(tree))

    def tree(self, index: int) -> Tree:
        """The tree of a release, brought here if it is not."""
        return self._provider.base(self.labels[index], self._upstream)

    def python_for(self, tree: Tree) -> Interpreter:
        """The Python that fits a release."""
        return self._provider.python_for(tree, self._python or None)


def existing(provider: Provider, upstream: str) -> list[str]:
    """Every release that can be had: of the index, or the installed interpreters' own."""
    project = provider.project(upstream)
    if kind_of(project).SOURCES[0] is Source.SDIST:
        return sdist.releases(project, provider.home)
    return [python.version for python in provider.found if python.has_tests]


def between(provider: Provider, upstream: str, oldest: str, newest: str) -> list[str]:
    """Both releases and all between them. Raises ``RequestError`` for one that there is not."""
    versions = {Version(each): each for each in existing(provider, upstream)}
    ends = Version(oldest), Version(newest)
    for end in ends:
        if end not in versions:
            near = sorted(versions, key=lambda v: (v.release[:2] != end.release[:2], v))[:3]
            raise RequestError(
                f"there is no {upstream} {end} here; try {', '.join(map(str, sorted(near)))}"
            )
    return [versions[v] for v in sorted(versions) if ends[0] <= v <= ends[1]]
