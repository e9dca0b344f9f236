"""Whose code a frame of a traceback is in. Pure.

Owns: what a path that a process printed means for a tree that may stand anywhere. Must not
know an upstream: its folders are told.
"""

from __future__ import annotations

import re
from enum import StrEnum

from ..model import Value

NOT_OF_THE_TREE = re.compile(r"(?:^|/)(?:lib(?:64)?/python\d[\d.]*|site-packages|dist-packages)/")
RUNNERS = re.compile(r"(?:^|/)(?:unittest|_pytest|pluggy)/")
# Names that many places have: they are the same function only in the same file.
ANYWHERE = re.compile(r"__\w+__|<.+>|inner|wrapper|wrapped|decorator")


class Whose(StrEnum):
    """Whose code a frame is in."""

    OWN = "own"
    TEST = "test"
    OTHER = "other"


class CodeFolders(Value, frozen=True):
    """Folders of a tree, each ending in a slash: the upstream's ``own`` code, its ``tests``."""

    own: tuple[str, ...]
    tests: tuple[str, ...]

    def place(self, path: str) -> tuple[Whose, str]:
        """Whose code a file is, and its path in the tree; the longest folder decides.

        Of an absolute path, the part counts that begins with one of the folders last: what
        stands before it is where somebody keeps the tree.
        """
        if NOT_OF_THE_TREE.search(path) or path.startswith("<"):
            return Whose.OTHER, path
        folders = [(Whose.OWN, each) for each in self.own]
        folders += [(Whose.TEST, each) for each in self.tests]
        at = {}
        for whose, folder in folders:
            begin = 0 if path.startswith(folder) else path.rfind(f"/{folder}") + 1
            if path.startswith(folder) or (path.startswith("/") and begin):
                at[begin, len(folder)] = whose
        if not at:
            return Whose.OTHER, path
        begin, length = max(at)
        whose = at[begin, length]
        is_runner = whose is Whose.OWN and RUNNERS.search(path[begin:])
        return Whose.OTHER if is_runner else whose, path[begin:]


class Place(Value, frozen=True):
    """A function, and the file that it is in, as a path in the tree."""

    path: str
    function: str

    def is_same(self, other: Place) -> bool:
        """Whether it is the same function, wherever its module has been moved to."""
        is_named = self.function == other.function and not ANYWHERE.fullmatch(self.function)
        return self == other or is_named
