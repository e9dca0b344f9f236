"""Where trees come from: one module per source, listed in one dict.

A new source is one new module with the two functions of ``SourceModule`` and
one line in ``SOURCES``. Owns: that list. Must not know: git worktrees, suites.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from ..model import Base, Interpreter, Project, Source
from ..system.home import Home
from . import deb, installed, path, sdist
from .archive import File

__all__ = ["SOURCES", "File", "SourceModule"]


class SourceModule(Protocol):
    """What a source can do."""

    def resolve(
        self, wanted: str, project: Project, home: Home, found: Sequence[Interpreter] = ()
    ) -> Base:
        """The base that the user's words mean.

        ``found`` are this machine's interpreters. Raises ``RequestError`` if
        there is no such thing, ``WorkbenchError`` if it cannot be told.
        """

    def files(self, base: Base, home: Home, found: Sequence[Interpreter] = ()) -> Iterator[File]:
        """The whole content of the base. Raises ``WorkbenchError`` if it cannot be had."""


SOURCES: dict[Source, SourceModule] = {
    Source.SDIST: sdist,
    Source.DEB: deb,
    Source.INSTALLED: installed,
    Source.PATH: path,
}
