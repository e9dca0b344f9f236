"""A release, and more and more of the hunks that make its successor of it.

Owns: cutting a difference into hunks, and writing a patch of some of them. Must
not know why a hunk is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from unidiff import PatchSet

from ...model import CandidateName, Patch, Stack, Tree, Value, WorkbenchError
from ...sources.provider import Provider
from . import State


class Hunk(Value, frozen=True):
    """One hunk: the file that it is in, that file's head in the patch, its own text.

    A file that is made or deleted is one hunk, since it can not be had in part.
    """

    path: str
    head: str
    text: str

    @property
    def label(self) -> str:
        """``django/core/servers/basehttp.py @@ -80,7 +80,7 @@ class WSGIServer``."""
        return f"{self.path} {self.text.partition(chr(10))[0]}"


def cut(diff: str) -> list[Hunk]:
    """The hunks of a unified diff, in its order; binary files have none."""
    found = []
    for file in PatchSet(diff):
        head = f"diff --git a/{file.path} b/{file.path}\n"
        if file.is_added_file or file.is_removed_file:
            mode = "new file" if file.is_added_file else "deleted file"
            whole = "".join(map(str, file))
            names = f"--- {file.source_file}\n+++ {file.target_file}\n"
            found.append(Hunk(file.path, f"{head}{mode} mode 100644\n{names}", whole))
        else:
            head += f"--- a/{file.path}\n+++ b/{file.path}\n"
            found += [Hunk(file.path, head, str(hunk)) for hunk in file]
    return [hunk for hunk in found if hunk.text]


def joined(hunks: Sequence[Hunk]) -> str:
    """A patch of these hunks; those of one file have to stand together."""
    return "".join(
        head + "".join(hunk.text for hunk in of_file)
        for head, of_file in groupby(hunks, key=lambda hunk: hunk.head)
    )


class Hunks:
    """``base`` with ``always``, and then with more and more of ``rest``."""

    def __init__(
        self,
        provider: Provider,
        base: Tree,
        always: Sequence[Hunk],
        rest: Sequence[Hunk],
        order: Sequence[Hunk],
        python: str = "",
    ) -> None:
        """``order`` is how all hunks stand in the difference."""
        self._provider = provider
        self._base = base
        self._always = list(always)
        self._rest = list(rest)
        self._order = list(order)
        self._python = python
        start = f"{base.base} and {len(always)} hunks" if always else str(base.base)
        self.labels = (start, *(f"up to {hunk.label}" for hunk in rest))

    def at(self, index: int) -> State:
        """The base with the hunks up to that one. It may well not import."""
        chosen = {*self._always, *self._rest[:index]}
        tree = self._base
        if chosen:
            text = joined([hunk for hunk in self._order if hunk in chosen])
            name = CandidateName(tree.base.upstream, "hunks")
            series = (Patch(name, "hunks.diff", text),)
            application = self._provider.trees.apply(tree, Stack((name,)), series)
            if application.tree is None:
                problem = next(iter(application.problems), "git refused it")
                raise WorkbenchError(f"these hunks do not apply without the others: {problem}")
            tree = application.tree
        # The Python is the base's, whatever the hunks make of its metadata.
        return State((tree,), self._provider.python_for(self._base, self._python or None))
