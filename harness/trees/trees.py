"""The only git: bases become commits, patches become commits, commits become checkouts.

Owns: one bare repository per upstream, its tags, and the worktrees. Must not
know where content comes from, or what is run in a checkout.

With ``gitrepo``, ``gitremote`` and ``applying`` it is all of git that there is.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock
from git import Git, GitCommandError, Repo

from ..model import ApplyResult, Base, Patch, RequestError, Stack, Tree, WorkbenchError
from ..system.home import Home
from . import fastimport
from .applying import Problem, apply_one
from .remotes import fetch, fetch_history, ls_remote
from .repository import ALONE, git_errors_as_spurious, has, ids, open_repo, safe


class Application(NamedTuple):
    """How a series went onto a base; ``tree`` is None if it did not."""

    applies: ApplyResult
    tree: Tree | None
    problems: tuple[Problem, ...] = ()


class Commit(NamedTuple):
    """A commit of an upstream's history: its full id and its subject."""

    id: str
    subject: str


class Trees:
    """The repositories and worktrees in one workbench folder."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def known(self, base: Base) -> Tree | None:
        """The base's tree, if it was imported before."""
        try:
            commit, tree = ids(open_repo(self._home, base.upstream), f"refs/tags/{_tag(base)}")
        except GitCommandError:
            return None
        return Tree(base=base, commit=commit, tree=tree)

    def has(self, tree: Tree) -> bool:
        """Whether exactly this state is here."""
        try:
            return ids(open_repo(self._home, tree.base.upstream), tree.commit) == (
                tree.commit,
                tree.tree,
            )
        except GitCommandError:
            return False

    def take_in(self, base: Base, files: Iterable[fastimport.Entry]) -> Tree:
        """Import ``files`` as the commit of ``base``, with a tag, and return its tree."""
        with (
            self._home.lock(f"repo-{base.upstream}"),
            git_errors_as_spurious(f"cannot take in {base}"),
        ):
            repo = open_repo(self._home, base.upstream)
            with tempfile.TemporaryFile(dir=self._home.folder("scratch")) as stream:
                fastimport.write(stream, files, f"refs/tags/{_tag(base)}", f"{base}\n")
                stream.seek(0)
                repo.git.fast_import("--quiet", "--force", istream=stream, env=ALONE)
            # Asked for before others may move the tag: two folders can have one version.
            tree = self.known(base)
        assert tree is not None
        return tree

    def fetch(self, base: Base) -> Tree:
        """The tree of a base from git (``URL@COMMIT``), fetched if it is not there."""
        url, _, commit = base.locator.rpartition("@")
        with self._home.lock(f"repo-{base.upstream}"):
            repo = open_repo(self._home, base.upstream)
            if not has(repo, commit):
                fetch(repo, url, commit, "--depth=1")
            repo.git.tag("--force", _tag(base), commit, env=ALONE)
        tree = self.known(base)
        assert tree is not None
        return tree

    def commit_of(self, upstream: str, url: str, ref: str) -> str:
        """The full id of ``ref`` at ``url``: a branch, a tag, or a commit, also shortened.

        Raises ``WorkbenchError`` within 10 s if the remote can not be reached,
        or if it has no such ref.
        """
        found = ls_remote(url, ref)
        if found:
            return found
        if re.fullmatch(r"[0-9a-f]{40}", ref):
            return ref
        if not re.fullmatch(r"[0-9a-f]{7,39}", ref):
            raise WorkbenchError(f"{url} has no branch or tag {ref!r}; name one that it has")
        with self._home.lock(f"repo-{upstream}"):
            repo = open_repo(self._home, upstream)
            if not has(repo, ref):
                # A shortened id can only be looked up in the history: commits, without files.
                fetch_history(repo, url)
            try:
                return str(
                    repo.git.rev_parse("--verify", "--quiet", f"{ref}^{{commit}}", env=ALONE)
                )
            except GitCommandError:
                raise WorkbenchError(f"{url} has no commit {ref}; give its full id") from None

    def in_history(self, upstream: str, url: str, ref: str) -> str:
        """The full id of ``ref`` at ``url``, with all of its history brought here.

        Raises ``RequestError`` if there is no such commit.
        """
        commit = self.commit_of(upstream, url, ref)
        with self._home.lock(f"repo-{upstream}"):
            repo = open_repo(self._home, upstream)
            fetch_history(repo, url)
            if not has(repo, commit):
                raise RequestError(f"{url} has no commit {ref} on any branch")
        return commit

    def line(self, upstream: str, oldest: str, newest: str) -> list[Commit]:
        """The commits from ``oldest`` to ``newest``, both with it, along first parents.

        The history of ``url`` was brought before. Empty if the one is no
        ancestor of the other.
        """
        repo = open_repo(self._home, upstream)
        try:
            repo.git.merge_base("--is-ancestor", oldest, newest, env=ALONE)
        except GitCommandError:
            return []
        words = ("--first-parent", "--reverse", "--format=%H %s", f"{oldest}..{newest}")
        first = str(repo.git.log("-1", "--format=%H %s", oldest, env=ALONE))
        lines = [first, *str(repo.git.log(*words, env=ALONE)).splitlines()]
        return [Commit(*line.split(" ", 1)) for line in lines]

    def parent(self, upstream: str, commit: str) -> str:
        """The full id of the first parent of a commit that was found ``in_history``."""
        repo = open_repo(self._home, upstream)
        try:
            return str(repo.git.rev_parse(f"{commit}^1", env=ALONE))
        except GitCommandError:
            raise RequestError(f"{commit} has no parent: nothing was before it") from None

    def difference(self, old: Tree, new: Tree, prefix: str) -> str:
        """A patch of what changed in text files below ``prefix``, three lines around each hunk."""
        repo = open_repo(self._home, old.base.upstream)
        words = ("--no-color", "--no-renames", "--no-ext-diff", "--unified=3")
        return str(
            repo.git.diff(
                *words,
                old.commit,
                new.commit,
                "--",
                prefix,
                env=ALONE,
                strip_newline_in_stdout=False,
            )
        )

    def apply(
        self, base: Tree, stack: Stack, series: tuple[Patch, ...], patchable: Sequence[str] = ()
    ) -> Application:
        """Apply a series to a base and commit it; nothing is written if it does not apply.

        ``patchable`` are patterns of the paths that the base has, if it has not all.
        """
        repo = open_repo(self._home, base.base.upstream)
        commit, how = base.commit, ApplyResult.CLEAN
        for patch in series:
            wanted = [f"--include={pattern}" for pattern in patchable]
            with git_errors_as_spurious(f"cannot apply {patch.name} to {base.base}"):
                step, result = apply_one(self._home, repo, commit, patch, wanted)
            if isinstance(result, tuple):
                return Application(ApplyResult.NO, None, result)
            commit = result
            how = how if step is ApplyResult.CLEAN else step
        tree = Tree(
            base=base.base,
            commit=commit,
            tree=ids(repo, commit)[1],
            stack=stack,
            patches=base.patches + series,
        )
        return Application(how, tree)

    def checkout(self, tree: Tree) -> Path:
        """A clean worktree of ``tree``, usable by hand.

        One that somebody changed is moved aside, never overwritten.
        """
        upstream, version = tree.base.upstream, safe(tree.base.version)
        name = safe("+".join(name.name for name in tree.stack.names)) or "base"
        label = f"{name}-{tree.tree[:10]}"
        path = self._home.folder("worktrees", upstream, version) / label
        repo = open_repo(self._home, upstream)
        lock = self._home.lock(f"worktree-{upstream}-{version}-{label}")
        with lock, git_errors_as_spurious(f"cannot check out {label}"):
            if path.exists() and not _is_clean(path, tree.tree):
                aside = _free_name(path)
                path.rename(aside)
                (aside / ".git").unlink(missing_ok=True)
            if not path.exists():
                _add_worktree(repo, path, tree.commit, self._home.lock(f"worktrees-{upstream}"))
        return path


def _tag(base: Base) -> str:
    return f"{base.source}/{safe(base.version)}"


def _is_clean(path: Path, tree: str) -> bool:
    git = Git(path)
    try:
        if str(git.rev_parse("HEAD^{tree}", env=ALONE)) != tree:
            return False
        return not git.status("--porcelain", "--untracked-files=all", env=ALONE)
    except GitCommandError:
        return False


def _free_name(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.changed-{number}")).exists():
        number += 1
    return aside


def _add_worktree(repo: Repo, path: Path, commit: str, alone: FileLock) -> None:
    """Make a worktree; ``alone`` keeps others from adding one in the same repository.

    git reads the entries of all worktrees when it adds one, and fails on one that
    is only half there. The slow part, writing the files, needs no such care.
    """
    # Forced twice, git takes over the entry of a worktree that was deleted, or that was
    # being added when git was killed.
    force = ("--force", "--force")
    try:
        with alone:
            repo.git.worktree(
                "add", "--detach", *force, "--no-checkout", "--quiet", path, commit, env=ALONE
            )
        Git(path).reset("--hard", "--quiet", env=ALONE)
    except BaseException:
        # Ctrl-C in the middle: a half-written checkout must not be found later.
        with alone:
            Git(repo.git_dir).worktree("remove", "--force", path, env=ALONE, with_exceptions=False)
        raise
