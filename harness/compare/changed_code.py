"""The code that a patch changes: which statements of which files, tests left out.

Owns: which files count as code. Must not know what is asked of these statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..judge import reach
from ..model import FileReach, TracedFile, Tree
from ..trees.trees import Trees
from ..upstreams import kind_of
from ..upstreams.untested import classes_of


class ChangedCode(NamedTuple):
    """Statements by the path of their file; files of which that is not known, with the reason."""

    statements: dict[str, list[reach.Statement]]
    unknown: list[FileReach]


def changed_code(trees: Trees, old: Tree, new: Tree) -> ChangedCode:
    """What differs between two trees of one project."""
    project = old.base.project
    kind = kind_of(project)
    tests = f"{kind.tests_folder(project)}/"
    found = ChangedCode({}, [])
    for path in trees.changed_paths(old, new):
        if path.startswith(tests) or classes_of([path], kind.UNTESTED):
            continue
        before, after = (trees.text_at(project.name, t.commit, path) for t in (old, new))
        if why := reach.why_unknown(path, before, after):
            found.unknown.append(FileReach(project.name, path, why=why))
        elif statements := reach.changed(before, after, trees.hunks(old, new, path)):
            found.statements[path] = statements
    return found


def traced_files(
    trees: Trees, before: Sequence[Tree], after: Sequence[Tree]
) -> tuple[TracedFile, ...]:
    """The files to watch, to know which changed statements are run."""
    return tuple(
        reach.to_trace(old.base.upstream, path, statements)
        for old, new in zip(before, after, strict=True)
        if old != new
        for path, statements in changed_code(trees, old, new).statements.items()
    )
