"""What the failing test runs, of the files that the commits of a range touched.

Owns: which lines are watched at the bad end, and what a trace of them says. Must not know
how commits are weighed by it (``judge.prior``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from ..judge.codefolders import CodeFolders, Whose
from ..judge.prior import Ran
from ..model import Result, TracedFile, Tree
from ..trees.history import FileChange, History
from ..trees.trees import Trees

PYTHON = ".py"


class Watch(NamedTuple):
    """What is watched at the bad end of a range: what each commit changed, and every line of
    the upstream's own modules that were touched, as they are in ``tree``."""

    tree: Tree
    changes: Mapping[str, Sequence[FileChange]]
    files: tuple[TracedFile, ...]


def watch_of(
    trees: Trees, tree: Tree, history: History, ends: tuple[str, str], code: CodeFolders
) -> Watch:
    """What is watched in ``tree`` to weigh the commits between two others."""
    changes = own_changes(history.changes(*ends, code.own), code)
    touched = {change.path for files in changes.values() for change in files}
    texts = trees.files.texts(tree, sorted(path for path in touched if path.endswith(PYTHON)))
    files = tuple(
        TracedFile(tree.base.upstream, path, tuple(range(1, text.count("\n") + 2)))
        for path, text in texts.items()
        if text is not None
    )
    return Watch(tree, changes, files)


def ran(trees: Trees, watch: Watch, result: Result | None, tests: Collection[str]) -> Ran:
    """What ``tests`` ran of it, by the traces of a run; nothing is known without any."""
    if result is None or not result.traces:
        return Ran()
    texts = trees.files.texts(watch.tree, [file.path for file in watch.files])
    lines: dict[str, set[str]] = {}
    loaded = set()
    for trace in result.traces:
        if trace.test in tests:
            text = (texts[trace.path] or "").split("\n")
            own = lines.setdefault(trace.path, set())
            own.update(text[number - 1].strip() for number in trace.lines if number <= len(text))
        else:
            loaded.add(trace.path)
    return Ran(
        {path: frozenset(found - {""}) for path, found in lines.items()},
        frozenset(loaded),
        frozenset(file.path for file in watch.files),
    )


def own_changes(
    changes: Mapping[str, Sequence[FileChange]], code: CodeFolders
) -> dict[str, list[FileChange]]:
    """Of what each commit changed, what is in the upstream's own code."""
    return {
        commit: [file for file in files if code.place(file.path)[0] is Whose.OWN]
        for commit, files in changes.items()
    }
