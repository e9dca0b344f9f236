"""What is said of a change that nothing here can see: by no test, or not in this tree.

Owns: these sentences. Must not know results. What no test of an upstream can see, its
plug-in tells.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase

from ..catalog.catalog import Catalog
from ..model import Ground, Note, NoteKind, Stack, Tree
from ..upstreams import kind_of
from ..upstreams.untested import classes_of


class Unseen:
    """Says it of the stacks of one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def by_tests(self, stack: Stack, ground: Ground) -> Note | None:
        """What a stack changes if no test can see any of it, and what can; else None."""
        whats: list[str] = []
        seen: list[str] = []
        every: set[str] = set()
        for tree in ground.trees:
            if paths := self._paths(stack, tree):
                found = classes_of(paths, kind_of(tree.base.project).UNTESTED)
                if not found:
                    return None
                every |= paths
                whats += [each.what for each in found]
                seen += [each.seen_by for each in found if each.seen_by not in seen]
        if not every:
            return None
        some = _some(sorted(every))
        changes = f"{stack} changes {' and '.join(dict.fromkeys(whats))} only ({some})"
        return Note(NoteKind.HINT, f"{changes}: no test can see it; {', '.join(seen)}")

    def in_tree(self, stack: Stack, ground: Ground) -> bool:
        """Whether the first tree's source has no file that a stack changes, and no test
        would see a change of them if it had."""
        tree = ground.trees[0]
        paths = self._paths(stack, tree)
        is_lacking = bool(paths) and len(_lacking(tree, paths)) == len(paths)
        return is_lacking and self.by_tests(stack, ground) is not None

    def left_off(self, stack: Stack, tree: Tree) -> str:
        """Why a stack can not be applied whole: what of it the tree's source has not; else
        nothing. What no test can see is not missed."""
        base = tree.base
        kind = kind_of(base.project)
        lacking = _lacking(tree, self._paths(stack, tree))
        missed = [path for path in lacking if not classes_of([path], kind.UNTESTED)]
        if not missed:
            return ""
        whole = next(source for source in kind.SOURCES if not kind.patchable(source))
        minor = ".".join(base.version.split(".")[:2])
        return (
            f"{base} from `{base.source}` has not got {_some(missed)}; "
            f"--base {base.upstream}={whole}:{minor} has"
        )

    def _paths(self, stack: Stack, tree: Tree) -> set[str]:
        """What a stack touches of the upstream of a tree."""
        own = [c for c in self._catalog.in_order(stack) if c.upstream == tree.base.upstream]
        return {path for candidate in own for path in candidate.paths}


def _some(paths: Sequence[str]) -> str:
    return ", ".join(paths[:3]) + (", …" if len(paths) > 3 else "")


def _lacking(tree: Tree, paths: Collection[str]) -> list[str]:
    patterns = kind_of(tree.base.project).patchable(tree.base.source)
    if not patterns:
        return []
    return sorted(p for p in paths if not any(fnmatchcase(p, pattern) for pattern in patterns))
