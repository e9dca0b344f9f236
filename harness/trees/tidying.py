"""What cleaning the workbench's folder has to ask of git.

Owns: whether somebody changed a worktree, and telling repositories which have gone.
Must not know what is to be cleaned (``system/cleaning.py``, which is below git).
"""

from __future__ import annotations

from pathlib import Path

from ..system.home import Home
from .repository import GitError, Repository
from .worktrees import Worktree


def is_changed(worktree: Path) -> bool:
    """Whether a worktree is no longer what ``Trees.checkout`` made it: ``NAME-TREE``.

    One without a tree in its name moves from tree to tree. One that git can not tell
    anything about counts as changed.
    """
    _, dash, tree = worktree.name.rpartition("-")
    made_as = tree if dash else ""
    try:
        found = Worktree(worktree)
        return not found.tree().startswith(made_as) or bool(found.open_changes())
    except GitError:
        return True


def prune(home: Home) -> None:
    """Let every repository forget the worktrees that are no longer there."""
    for path in sorted((home.root / "repos").glob("*.git")):
        with home.lock(f"worktrees-{path.stem}"):
            Repository(path).raw("worktree", "prune")
