"""Patches of a series that are judged one by one, each on what stands below it.

Owns: the tree on which such a patch stands, and which patches below it has to have there.
Must not know what is run. A patch that does not apply leaves the tree as it is, so that
those above it are still judged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..catalog import patchfile
from ..catalog.candidate import Candidate
from ..model import CandidateName, Note, NoteKind, Patch, Stack, Tree
from ..sources.provider import Provider
from ..trees.trees import Application


class InPlace:
    """Applies patches of a series one by one, each base's trees kept."""

    def __init__(self, provider: Provider, get: Callable[[CandidateName], Candidate]) -> None:
        self._provider = provider
        self._get = get
        self._known: dict[tuple[CandidateName, str], Application] = {}

    def base(self, candidate: Candidate, base: Tree) -> Tree:
        """The tree on which a patch stands: the base with what applies of those below it."""
        below = self._below(candidate)
        for other in below:
            key = (other.name, base.commit)
            if key not in self._known:
                stands_on = self._top(other, base)
                self._known[key] = self._provider.apply_stack(
                    stands_on, Stack((other.name,)), [other]
                )
        return self._top(candidate, base)

    def apply(self, candidate: Candidate, base: Tree) -> Application:
        """The patch on what stands below it."""
        return self._provider.apply_stack(
            self.base(candidate, base), Stack((candidate.name,)), [candidate]
        )

    def note(self, candidate: Candidate, base: Tree) -> Note | None:
        """Which patches below it one needs that does not apply to the base alone, if so."""
        below = [patch for each in self._below(candidate) for patch in _patches(each, base)]
        own = _patches(candidate, base)
        if not below or self._goes_on(base, own) or self.apply(candidate, base).tree is None:
            return None
        needed = _of_same_files(below, own)
        if not self._goes_on(base, [*needed, *own]):
            needed = below
        for patch in list(needed):
            fewer = [each for each in needed if each is not patch]
            if len(needed) > 1 and self._goes_on(base, [*fewer, *own]):
                needed = fewer
        names = ", ".join(str(each.candidate) for each in needed)
        text = f"{candidate.name} does not apply to {base.base} alone, but after {names}"
        return Note(NoteKind.HINT, text)

    def _below(self, candidate: Candidate) -> list[Candidate]:
        """Those below it, the lowest first."""
        found: list[Candidate] = []
        while candidate.about.stacks_on:
            candidate = self._get(CandidateName.read(candidate.about.stacks_on[0]))
            found.insert(0, candidate)
        return found

    def _top(self, candidate: Candidate, base: Tree) -> Tree:
        for other in reversed(self._below(candidate)):
            made = self._known[other.name, base.commit].tree
            if made is not None:
                return made
        return base

    def _goes_on(self, base: Tree, patches: Sequence[Patch]) -> bool:
        stack = Stack((patches[-1].candidate,))
        return self._provider.apply(base, stack, patches).tree is not None


def _patches(candidate: Candidate, base: Tree) -> list[Patch]:
    return list(candidate.alternatives(base.base.version)[0])


def _of_same_files(below: Sequence[Patch], own: Sequence[Patch]) -> list[Patch]:
    """Those that touch what the patch touches, or what one of these touches."""
    paths = {path for each in own for path in patchfile.check(each.text, each.name)}
    found: list[Patch] = []
    for patch in reversed(below):
        touched = set(patchfile.check(patch.text, patch.name))
        if touched & paths:
            paths |= touched
            found.insert(0, patch)
    return found
