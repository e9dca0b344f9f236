"""Folders that are checked out: those that are only read, and those to work in.

Owns: how git makes, looks at and removes one. Must not know bases or patches.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from filelock import FileLock

from . import commits
from .repository import GitError, Repository

# What git leaves in a worktree's own folder while something is unfinished.
UNFINISHED = {
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase or `git am`",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "MERGE_HEAD": "a merge",
    "REVERT_HEAD": "a revert",
    "BISECT_LOG": "a bisection",
}
# Given twice, git takes over the entry of a worktree that was deleted, or that was being
# added when git was killed.
FORCE = ("--force", "--force")
HARD = ("reset", "--hard", "--quiet")


# No file was written between these years: seconds from 2001 on, and as many as the digits of
# an object's id say.
EPOCH, DIGITS = 1_000_000_000, 7


class Worktree(Repository):
    """A folder with a commit checked out in it, and what somebody did there."""

    def tree(self) -> str:
        """The id of the tree that the last commit has."""
        return self.ids("HEAD")[1]

    def open_changes(self) -> list[str]:
        """Paths that are in no commit: changed, staged, or new and not ignored."""
        lines = self.lines("status", "--porcelain", "--untracked-files=all")
        return [line[2:].strip() for line in lines]

    def commit_at_rest(self) -> str:
        """The id of the last commit if nothing is open, or nothing."""
        return "" if self.open_changes() else self.ids("HEAD")[0]

    def unfinished(self) -> str:
        """What is in the middle of being done ("a rebase"), or nothing."""
        folder = Path(self.text("rev-parse", "--absolute-git-dir"))
        return next((what for file, what in UNFINISHED.items() if (folder / file).exists()), "")

    def stands_on(self, commit: str) -> bool:
        """Whether the last commit has ``commit`` among those before it."""
        return self.accepts("merge-base", "--is-ancestor", commit, "HEAD")

    def has_merges(self, start: str) -> bool:
        """Whether a merge is among the commits after ``start``."""
        return bool(self.text("rev-list", "--merges", f"{start}..HEAD"))

    def commits_after(self, start: str) -> tuple[str, ...]:
        """The ids of the commits after ``start``, the oldest first."""
        return commits.between(self, start, "HEAD")

    def is_clean(self, tree: str) -> bool:
        """Whether it is that tree and nothing else."""
        try:
            return self.tree() == tree and not self.open_changes()
        except GitError:
            return False


def add_worktree(
    repository: Repository, path: Path, commit: str, alone: FileLock, like: Path | None = None
) -> None:
    """Make a worktree to be read; ``alone`` keeps others from adding one meanwhile.

    Files that are the same in the worktree ``like`` are shared with it. git reads the
    entries of all worktrees when it adds one, and fails on one that is only half there.
    The slow part, writing the files, needs no such care.
    """
    try:
        with alone:
            words = ("--detach", *FORCE, "--no-checkout", "--quiet")
            repository.raw("worktree", "add", *words, path, commit)
        if like is None:
            Repository(path).raw("reset", "--hard", "--quiet")
        else:
            _share(Worktree(like), Worktree(path), commit)
    except BaseException:
        # Ctrl-C in the middle: a half-written checkout must not be found later.
        with alone:
            repository.accepts("worktree", "remove", "--force", path)
        raise


def _share(like: Worktree, own: Worktree, commit: str) -> None:
    """Hard links to the files of another worktree, in place of those that are the same.

    git gets that one's index, in which these files are known, and writes the others.
    """
    names = [name for name in like.text("ls-files", "-z").split("\0") if name]
    theirs, mine = os.fspath(like.folder), os.fspath(own.folder)
    for folder in sorted(_folders(names)):
        os.mkdir(f"{mine}/{folder}")
    for name in names:
        os.link(f"{theirs}/{name}", f"{mine}/{name}", follow_symlinks=False)
    _copy_index(like, own)
    own.raw("reset", "--hard", "--quiet", commit)
    _stamp(own, like.ids("HEAD")[0], commit)


def _stamp(worktree: Worktree, old: str, new: str) -> None:
    """Give the files that differ between two commits a time that follows from their content.

    Whoever compares times and sizes, as Python does with bytecode, does not take one content
    for another, even if both were written within one second; and takes the bytecode of a file
    in one worktree for that of the same content in another.
    """
    listed = worktree.text("diff", "--raw", "-z", "--no-renames", "--no-abbrev", old, new)
    parts = listed.split("\0")
    for about, name in zip(parts[::2], parts[1::2], strict=False):
        _, mode, _, blob, _ = about.split(" ")
        if mode.startswith("100"):
            seconds = EPOCH + int(blob[:DIGITS], 16)
            os.utime(f"{worktree.folder}/{name}", (seconds, seconds))


def _folders(names: Iterable[str]) -> set[str]:
    """Every folder that is above one of these paths."""
    found: set[str] = set()
    for name in names:
        folder = os.path.dirname(name)
        while folder and folder not in found:
            found.add(folder)
            folder = os.path.dirname(folder)
    return found


def move_worktree(
    repository: Repository,
    folder: Path,
    prefix: str,
    path: Path,
    commit: str,
    alone: FileLock,
) -> bool:
    """Make a worktree out of one in ``folder`` that nobody needs; whether there was one.

    The names of those begin with ``prefix``.
    """
    with alone:
        spares = list(folder.glob(f"{prefix}-*"))
        # One that was of the same tree has everything already.
        spares.sort(key=lambda spare: spare.name.rpartition("-")[2] != path.name.rpartition("-")[2])
        spare = next(iter(spares), None)
        if spare is None or not repository.accepts("worktree", "move", spare, path):
            return False
    try:
        worktree = Worktree(path)
        before = worktree.ids("HEAD")[0]
        worktree.raw("reset", "--hard", "--quiet", commit)
        worktree.raw("clean", "-ffdxq")
        _stamp(worktree, before, commit)
    except BaseException:
        with alone:
            repository.accepts("worktree", "remove", "--force", path)
        raise
    return True


def bring_worktree(
    repository: Repository, path: Path, commit: str, kept: str, alone: FileLock
) -> None:
    """Move a worktree to a commit; one that is not there or is broken is made.

    Only files that differ are written, so that the time of each says whether it changed
    since the last move. What git does not know is taken away, but for the folder ``kept``.
    """
    worktree = Repository(path)
    if not (path.exists() and _refreshed(worktree).accepts(*HARD, commit)):
        shutil.rmtree(path, ignore_errors=True)
        add_worktree(repository, path, commit, alone)
    worktree.raw("clean", "-ffdxq", "-e", f"/{kept}")


def copy_worktree(
    repository: Repository, like: Path, path: Path, commit: str, alone: FileLock
) -> None:
    """Make a worktree of a copy of another one, with the times of its files and with what git
    does not know, and move it to a commit."""
    with alone:
        words = ("--detach", *FORCE, "--no-checkout", "--quiet")
        repository.raw("worktree", "add", *words, path, commit)
    own = shutil.ignore_patterns(".git")
    shutil.copytree(like, path, symlinks=True, ignore=own, dirs_exist_ok=True)
    _copy_index(Worktree(like), Worktree(path))
    _refreshed(Repository(path)).raw(*HARD, commit)


def _refreshed(worktree: Repository) -> Repository:
    """A worktree in which git has looked at each file of which only the time or the place is
    another one: it would write these as well when it moves."""
    worktree.accepts("update-index", "-q", "--refresh")
    return worktree


def _copy_index(like: Worktree, own: Worktree) -> None:
    """Let git know the files of one worktree as it knows those of another."""
    files = [Path(each.text("rev-parse", "--absolute-git-dir"), "index") for each in (like, own)]
    shutil.copyfile(*files)


def add_branch(repository: Repository, path: Path, branch: str, commit: str) -> Worktree:
    """Make a worktree to work in, on a branch of its own; one that is there is replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        repository.raw("worktree", "remove", "--force", path)
    repository.raw("worktree", "add", *FORCE, "--quiet", "-B", branch, path, commit)
    return Worktree(path)
