"""A release, and more and more of the hunks that make its successor of it.

Owns: cutting a difference into hunks, and writing a patch of some of them. Must
not know why a hunk is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from unidiff import Hunk as PatchedHunk
from unidiff import PatchSet

from ...model import CandidateName, Interpreter, Patch, Stack, Tree, Value, WorkbenchError
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


def reversed_patch(text: str) -> str:
    """A patch that takes back what another one does."""
    swapped = []
    for file in PatchSet(text):
        head = f"diff --git a/{file.path} b/{file.path}\n"
        if file.is_added_file:
            head += "deleted file mode 100644\n"
        elif file.is_removed_file:
            head += "new file mode 100644\n"
        old = "/dev/null" if file.is_removed_file else f"a/{file.path}"
        new = "/dev/null" if file.is_added_file else f"b/{file.path}"
        swapped.append(f"{head}--- {old}\n+++ {new}\n" + "".join(map(_reversed_hunk, file)))
    return "".join(swapped)


def _reversed_hunk(hunk: PatchedHunk) -> str:
    ranges = (hunk.target_start, hunk.target_length, hunk.source_start, hunk.source_length)
    head = "@@ -{},{} +{},{} @@\n".format(*ranges)
    signs = {"+": "-", "-": "+"}
    # What was added goes behind what was taken away, as everywhere in a diff.
    lines: list[str] = []
    for is_context, group in groupby(hunk, key=lambda line: line.line_type in " \\"):
        block = [f"{signs.get(line.line_type, line.line_type)}{line.value}" for line in group]
        lines += block if is_context else sorted(block, key=lambda line: line[0] == "+")
    return head + "".join(lines)


class Hunks:
    """``base`` with ``always``, and then with more and more of ``rest``."""

    ways = 1

    def __init__(
        self,
        provider: Provider,
        base: Tree,
        always: Sequence[Hunk],
        rest: Sequence[Hunk],
        order: Sequence[Hunk],
        wanted: str = "",
        python: Interpreter | None = None,
    ) -> None:
        """``order`` is how all hunks stand in the difference.

        ``python`` runs them, or else what the user ``wanted``, or what fits the base.
        """
        self._provider = provider
        self._base = base
        self._always = list(always)
        self._rest = list(rest)
        self._order = list(order)
        self._wanted = wanted
        self._python = python
        start = f"{base.base} and {len(always)} hunks" if always else str(base.base)
        self.labels = (start, *(f"up to {hunk.label}" for hunk in rest))

    def release(self, state: State) -> None:
        """Its checkout is made into that of the next one, but for the base's own."""
        for tree in state.trees:
            if tree != self._base:
                self._provider.trees.give_up(tree)

    def at(self, index: int, way: int = 0) -> State:
        """The base with the hunks up to that one. It may well not import."""
        tree = self.tree(index)
        return State((tree,), self.python_for(tree))

    def python_for(self, tree: Tree) -> Interpreter:
        """The base's, whatever the hunks make of its metadata."""
        return self._python or self._provider.python_for(self._base, self._wanted or None)

    def tree(self, index: int) -> Tree:
        """The tree with these hunks. Raises ``WorkbenchError`` if they do not apply alone."""
        chosen = {*self._always, *self._rest[:index]}
        if not chosen:
            return self._base
        text = joined([hunk for hunk in self._order if hunk in chosen])
        name = CandidateName(self._base.base.upstream, "hunks")
        series = (Patch(name, "hunks.diff", text),)
        application = self._provider.trees.apply(self._base, Stack((name,)), series)
        if application.tree is None:
            problem = next(iter(application.problems), "git refused it")
            raise WorkbenchError(f"these hunks do not apply without the others: {problem}")
        return application.tree
