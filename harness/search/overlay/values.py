"""What is taken along to every state of a search, and what became of it on one state.

Owns: these values. Must not know git, nor where an overlay comes from.

Texts are as ``Trees.texts`` reads them: a byte that is no UTF-8 is a lone surrogate, so that
it comes out as it went in. That is why these are no values that JSON could carry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ...model import OverlayWay, Patch


class OverlaidFile(NamedTuple):
    """A file to be taken along.

    ``old`` is its text on the tree that it was written for, ``new`` the text that it shall
    have; None where there is no such file.
    """

    path: str
    old: str | None
    new: str | None


class Overlay(NamedTuple):
    """Files to be taken along; ``origin`` says in a report where they come from.

    ``commit`` is the full id of the one that has them so, if there is one.
    """

    files: tuple[OverlaidFile, ...]
    origin: str
    commit: str = ""


class Fix(NamedTuple):
    """A change cut in two: the tests in it, and the rest as patches to be applied.

    ``overlay`` is None if it has no tests, ``code`` is empty if it has nothing else.
    """

    overlay: Overlay | None
    code: tuple[Patch, ...]


class LaidTest(NamedTuple):
    """A wanted test as a tree with the overlay has it: its id, and the labels that run it."""

    id: str
    labels: tuple[str, ...]


class Laid(NamedTuple):
    """An overlay fitted to a tree: the texts to be written by path, each wanted test by the id
    that was asked for, and the paths of those files that have wanted tests."""

    way: OverlayWay
    files: Mapping[str, str]
    tests: Mapping[str, LaidTest]
    modules: frozenset[str]


class Misfit(NamedTuple):
    """Why an overlay does not go onto a tree by one way, in a line.

    ``is_missing`` says that it would fit, but needs something that the tree surely has not.
    """

    way: OverlayWay
    reason: str
    is_missing: bool = False
