"""A tree with an overlay on it.

Owns: the one place where an overlay meets git, and the order of the ways. Must not know what
a run says of the tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from ...model import CandidateName, OverlayWay, Tree
from ...trees.trees import Trees
from .cutting import path_beside
from .fitting import changed, laid
from .imports import imports_missing
from .values import Laid, Misfit, Overlay

NAME = "overlay"
NOT_THERE = "the tree has no {}"
SAME = "it comes to the same as {}"


def ways_onto(
    trees: Trees, tree: Tree, overlay: Overlay, tests: Sequence[str]
) -> Iterator[Laid | Misfit]:
    """What each way makes of a tree, one after another as they are asked for.

    What surely can not be imported does not fit, nor what another way has made already:
    whoever asks on has seen that it does not load.
    """
    paths = [file.path for file in overlay.files]
    text_of = _reader(trees, tree, [*paths, *map(path_beside, paths)])
    there = trees.paths(tree)
    made: list[Laid] = []
    for way in OverlayWay:
        found = laid(overlay, way, tests, text_of, tree.base.project, trees.files.merged)
        if isinstance(found, Misfit):
            yield found
            continue
        missing = imports_missing(found, there, lambda asked: trees.files.texts(tree, asked))
        same = next((each.way for each in made if each.files == found.files), None)
        if missing:
            yield Misfit(way, NOT_THERE.format("; ".join(missing)), is_missing=True)
        elif same is not None:
            yield Misfit(way, SAME.format(same))
        else:
            made.append(found)
            yield found


def _reader(trees: Trees, tree: Tree, paths: Iterable[str]) -> Callable[[str], str | None]:
    found = trees.files.texts(tree, paths)

    def text_of(path: str) -> str | None:
        if path not in found:
            found.update(trees.files.texts(tree, [path]))
        return found.get(path)

    return text_of


def lay_on(trees: Trees, tree: Tree, laid: Laid) -> Tree:
    """The tree with the files of an overlay as one more patch; itself if it has them so.

    Raises ``WorkbenchError`` if git refuses, as where a folder stands in a file's place.
    """
    wanted = changed(laid.files, _reader(trees, tree, laid.files))
    if not wanted:
        return tree
    return trees.files.write(tree, CandidateName(tree.base.upstream, NAME), wanted)
