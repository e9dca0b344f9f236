"""A tree with an overlay on it.

Owns: the one place where an overlay meets git. Must not know which way is tried when.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ...model import CandidateName, Tree
from ...trees.trees import Trees
from .cutting import path_beside
from .fitting import changed
from .values import Laid, Overlay

NAME = "overlay"


def texts_for(trees: Trees, tree: Tree, overlay: Overlay) -> Callable[[str], str | None]:
    """The tree's texts at the paths of an overlay, read at once."""
    paths = [file.path for file in overlay.files]
    return _reader(trees, tree, [*paths, *map(path_beside, paths)])


def _reader(trees: Trees, tree: Tree, paths: Iterable[str]) -> Callable[[str], str | None]:
    found = trees.texts(tree, paths)

    def text_of(path: str) -> str | None:
        if path not in found:
            found.update(trees.texts(tree, [path]))
        return found.get(path)

    return text_of


def lay_on(trees: Trees, tree: Tree, laid: Laid) -> Tree:
    """The tree with the files of an overlay as one more patch; itself if it has them so.

    Raises ``WorkbenchError`` if git refuses, as where a folder stands in a file's place.
    """
    wanted = changed(laid.files, _reader(trees, tree, laid.files))
    if not wanted:
        return tree
    return trees.with_files(tree, CandidateName(tree.base.upstream, NAME), wanted)
