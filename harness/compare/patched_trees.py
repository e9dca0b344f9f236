"""The trees of a stack on a ground: patched, what it is compared with, and its tests alone.

Owns: which candidates are applied to make them. Must not know what is run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from ..catalog.candidate import Candidate
from ..catalog.catalog import Catalog
from ..model import ApplyResult, CandidateName, Ground, Note, Patch, Stack, Tree
from ..sources.provider import Provider
from ..trees.applying import Problem
from ..trees.trees import Application
from ..upstreams import kind_of
from .in_place import InPlace
from .unseen import Unseen

TESTS_ALONE = "tests-alone.patch"
NO_RED = "its tests could not be run without its code, so that they prove nothing: {}"


class RedTrees(NamedTuple):
    """A ground with a patch's tests and without its code; else why there is none."""

    trees: tuple[Tree, ...] = ()
    note: str = ""


class PatchedTrees:
    """Applies the stacks of one request."""

    def __init__(self, provider: Provider, catalog: Catalog, fuzz: bool) -> None:
        """``fuzz`` lets a patch go where patch(1) would put it."""
        self._provider = provider
        self._catalog = catalog
        self._fuzz = fuzz
        self._unseen = Unseen(catalog)
        self._in_place = InPlace(provider, self._candidate)
        self._applied: dict[tuple[Stack, str], Application] = {}

    def apply(self, stack: Stack, base: Tree) -> Application:
        """A stack on a base; a patch that is judged in place, on what stands below it.

        It is never applied in part: not where the tree's source lacks code that it changes.
        """
        if (stack, base.commit) not in self._applied:
            self._applied[stack, base.commit] = self._apply(stack, base)
        return self._applied[stack, base.commit]

    def _apply(self, stack: Stack, base: Tree) -> Application:
        if reason := self._unseen.left_off(stack, base):
            return Application(ApplyResult.NO, None, (Problem(str(stack), "", "", reason),))
        if alone := self._judged_in_place(stack):
            return self._in_place.apply(alone, base)
        ordered = [self._candidate(each.name) for each in self._catalog.in_order(stack)]
        return self._provider.apply_stack(base, stack, ordered)

    def note(self, stack: Stack, base: Tree) -> Note | None:
        """Which patches below it one needs that is judged in place, if any."""
        alone = self._judged_in_place(stack)
        return self._in_place.note(alone, base) if alone else None

    def below(self, stack: Stack, ground: Ground) -> Ground:
        """The ground that a stack is compared with: the base, or what stands below it."""
        alone = self._judged_in_place(stack)
        if alone is None:
            return ground
        trees = tuple(
            self._in_place.base(alone, tree) if tree.base.upstream == alone.upstream else tree
            for tree in ground.trees
        )
        return msgspec.structs.replace(ground, trees=trees)

    def red(self, stack: Stack, ground: Ground, patched: Tree) -> RedTrees:
        """The ground with the tests of a stack and without its code.

        No trees if the stack has no tests, or if they do not apply without it.
        ``patched`` is the ground's first tree with the stack: of tests alone, it is red.
        """
        subject = ground.trees[0]
        project = subject.base.project
        folder = kind_of(project).tests_folder(project) + "/"
        paths = self._provider.trees.changed_paths(subject, patched)
        if not any(path.startswith(folder) for path in paths):
            return RedTrees()
        if all(path.startswith(folder) for path in paths):
            return RedTrees((patched, *ground.trees[1:]))
        name = CandidateName(project.name, f"{stack.names[-1].name}-tests")
        patch = self._tests_patch(name, subject, patched, (folder,))
        made = self._provider.apply(subject, Stack((name,)), (patch,))
        if made.tree is None:
            return RedTrees(note=NO_RED.format("; ".join(map(str, made.problems))))
        return RedTrees((made.tree, *ground.trees[1:]))

    def swapped(self, stack: Stack, onto: Tree, patched: Tree, paths: Sequence[str]) -> Tree | None:
        """The tree ``onto`` with the tests of another stack in place of its own.

        ``paths`` are those tests' files, taken whole from ``patched``, the tree with that
        stack. None if that can not be made, as where one of them is no text.
        """
        project = onto.base.project
        name = CandidateName(project.name, f"{stack.names[-1].name}-tests")
        patch = self._tests_patch(name, onto, patched, paths)
        if not patch.text:
            return onto
        return self._provider.apply(onto, Stack((*onto.stack.names, name)), (patch,)).tree

    def _tests_patch(
        self, name: CandidateName, old: Tree, new: Tree, paths: Sequence[str]
    ) -> Patch:
        """What differs between two trees in some paths, as a patch."""
        text = self._provider.trees.difference(old, new, *paths)
        data = text.encode("utf-8", "surrogateescape")
        try:
            return Patch(name, TESTS_ALONE, data.decode("utf-8"))
        except UnicodeDecodeError:
            return Patch(name, TESTS_ALONE, data.decode("latin-1"), encoding="latin-1")

    def _candidate(self, name: CandidateName) -> Candidate:
        return msgspec.structs.replace(self._catalog.get(name), fuzz=self._fuzz)

    def _judged_in_place(self, stack: Stack) -> Candidate | None:
        candidate = self._candidate(stack.names[0]) if len(stack.names) == 1 else None
        return candidate if candidate and candidate.in_place else None
