"""Bases become commits, patches become commits, commits become checkouts.

Owns: one bare repository per upstream, its tags, and which folder is whose. Must not
know git's words for it, where content comes from, or what is run in a checkout.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from ..model import (
    ApplyResult,
    Base,
    HunkLines,
    Isolation,
    Patch,
    RequestError,
    Source,
    Stack,
    Tree,
)
from ..system import sandbox
from ..system.home import Home
from . import commits, fastimport
from .applying import Problem, apply_one, changes_nothing
from .files import Files
from .remotes import fetch, fetch_history, ls_remote
from .repository import GitError, Repository, git_errors_as_spurious, open_repo, safe
from .scope import Misplaced, misplaced
from .worktrees import Worktree, add_worktree, bring_worktree, copy_worktree, move_worktree

SPARE = "spare"
"""What the name of a checkout that nobody needs begins with."""
MOVING = "sources"
"""What the worktree is called that moves from tree to tree."""
APART = "apart"
"""What a copy of that one is called."""
BUILD = "build"
"""The folder of a checkout in which its sources are built; git ignores it."""


HISTORY = "history"
"""The folder of the checkouts of commits."""


class Application(NamedTuple):
    """How a series went onto a base; ``tree`` is None if it did not.

    ``misplaced`` are hunks that went into another class or function than the patch says.
    """

    applies: ApplyResult
    tree: Tree | None
    problems: tuple[Problem, ...] = ()
    misplaced: tuple[Misplaced, ...] = ()


class Step(NamedTuple):
    """One patch of a tree, with the commits before and after it."""

    patch: Patch
    old: str
    new: str


class Trees:
    """The repositories and worktrees in one workbench folder."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.files = Files(home)
        # What was found here stays: nothing is taken from under a run.
        self._looked_at: set[Path] = set()
        self._models: dict[str, Tree] = {}
        self._claims: dict[str, tuple[str, FileLock]] = {}
        self._found: set[tuple[str, str]] = set()

    def known(self, base: Base) -> Tree | None:
        """The base's tree, if it was imported before."""
        try:
            commit, tree = self._repository(base.upstream).ids(f"refs/tags/{_tag(base)}")
        except GitError:
            return None
        return Tree(base=base, commit=commit, tree=tree)

    def versions(self, upstream: str, source: Source) -> list[str]:
        """The versions of an upstream that were imported from a source, as its tags say."""
        tags = self._repository(upstream).lines("tag", "--list", f"{source}/*")
        return [tag.partition("/")[2] for tag in tags]

    def has(self, tree: Tree) -> bool:
        """Whether exactly this state is here."""
        if (tree.commit, tree.tree) in self._found:
            return True
        try:
            found = self._repository(tree.base.upstream).ids(tree.commit)
        except GitError:
            return False
        if found == (tree.commit, tree.tree):
            self._found.add(found)
        return found == (tree.commit, tree.tree)

    def take_in(self, base: Base, files: Iterable[fastimport.Entry]) -> Tree:
        """Import ``files`` as the commit of ``base``, with a tag, and return its tree."""
        with (
            self._home.lock(f"repo-{base.upstream}"),
            git_errors_as_spurious(f"cannot take in {base}"),
        ):
            repository = self._repository(base.upstream)
            with tempfile.TemporaryFile(dir=self._home.folder("scratch")) as stream:
                fastimport.write(stream, files, f"refs/tags/{_tag(base)}", f"{base}\n")
                stream.seek(0)
                repository.raw("fast-import", "--quiet", "--force", stdin=stream)
            # Asked for before others may move the tag: two folders can have one version.
            tree = self.known(base)
        assert tree is not None
        return tree

    def fetch(self, base: Base) -> Tree:
        """The tree of a base from git (``URL@COMMIT``), fetched if it is not there."""
        url, _, commit = base.locator.rpartition("@")
        with self._home.lock(f"repo-{base.upstream}"):
            repository = self._repository(base.upstream)
            if not repository.has(commit):
                fetch(repository, url, commit, "--depth=1")
            repository.raw("tag", "--force", _tag(base), commit)
        tree = self.known(base)
        assert tree is not None
        return tree

    def commit_of(self, upstream: str, url: str, ref: str) -> str:
        """The full id of ``ref`` at ``url``: a branch, a tag, or a commit, also shortened.

        Raises ``WorkbenchError`` within 10 s if the remote can not be reached, and
        ``RequestError`` if it has no such ref.
        """
        found = ls_remote(url, ref)
        if found:
            return found
        if re.fullmatch(r"[0-9a-f]{40}", ref):
            return ref
        if not re.fullmatch(r"[0-9a-f]{7,39}", ref):
            raise RequestError(f"{url} has no branch or tag {ref!r}; name one that it has")
        with self._home.lock(f"repo-{upstream}"):
            repository = self._repository(upstream)
            if not repository.has(ref):
                # A shortened id can only be looked up in the history: commits, without files.
                fetch_history(repository, url)
            try:
                return repository.text("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
            except GitError:
                raise RequestError(f"{url} has no commit {ref}; give its full id") from None

    def difference(self, old: Tree, new: Tree, *paths: str) -> str:
        """A patch of what changed at or below ``paths``, three lines around each hunk."""
        words = ("--no-color", "--no-ext-diff", "--unified=3", *commits.FULL)
        repository = self._repository(old.base.upstream)
        text = repository.raw("diff", *words, old.commit, new.commit, "--", *paths)
        return text.decode("utf-8", "surrogateescape")

    def paths(self, tree: Tree) -> frozenset[str]:
        """Every path in a tree."""
        listed = self._repository(tree.base.upstream).text(
            "ls-tree", "-r", "-z", "--name-only", tree.commit
        )
        return frozenset(filter(None, listed.split("\0")))

    def contents(self, tree: Tree) -> dict[str, str]:
        """Every path in a tree, with the mode and the id of what is there."""
        return commits.files(self._repository(tree.base.upstream), tree.commit)

    @contextmanager
    def moved(self, tree: Tree) -> Iterator[Path]:
        """The one worktree of an upstream that moves from tree to tree, moved to this one.

        Whoever asks holds a lock as long as nobody else may move it.
        """
        path, alone = self._moving(tree)
        with git_errors_as_spurious(f"cannot check out {tree.base}"):
            bring_worktree(self._repository(tree.base.upstream), path, tree.commit, BUILD, alone)
        yield path

    @contextmanager
    def moved_apart(self, tree: Tree) -> Iterator[Path]:
        """A copy of that worktree, with what was built in it, that is moved to this tree.

        It is gone afterwards: nothing that is done there comes back.
        """
        moving, alone = self._moving(tree)
        repository, apart = self._repository(tree.base.upstream), moving.with_name(APART)
        with git_errors_as_spurious(f"cannot check out {tree.base}"):
            if not moving.exists():
                bring_worktree(repository, moving, tree.commit, BUILD, alone)
            shutil.rmtree(apart, ignore_errors=True)
            copy_worktree(repository, moving, apart, tree.commit, alone)
        try:
            yield apart
        finally:
            with alone:
                repository.accepts("worktree", "remove", "--force", apart)

    def _moving(self, tree: Tree) -> tuple[Path, FileLock]:
        """Where the worktree is that moves, and what keeps others from adding one meanwhile."""
        upstream = tree.base.upstream
        folder = self._home.folder("worktrees", upstream, "building")
        return folder / MOVING, self._home.lock(f"worktrees-{upstream}")

    def changed_paths(self, old: Tree, new: Tree) -> tuple[str, ...]:
        """The paths that differ, on either side."""
        return self.paths_between(old.base.upstream, old.commit, new.commit)

    def paths_between(self, upstream: str, old: str, new: str) -> tuple[str, ...]:
        """The same of two commits."""
        return tuple(commits.changed_paths(self._repository(upstream), old, new))

    def text_at(self, upstream: str, commit: str, path: str) -> str:
        """The text of a file; empty where there is none."""
        return self._text(self._repository(upstream), commit, path) or ""

    def steps(self, tree: Tree) -> list[Step]:
        """The patches of a tree in order, each with what it changed.

        None if that can not be told, because one of them changes nothing that the tree has.
        """
        start = self.known(tree.base)
        if start is None:
            return []
        made = commits.between(self._repository(tree.base.upstream), start.commit, tree.commit)
        if len(made) != len(tree.patches):
            return []
        before = (start.commit, *made)
        return [Step(*each) for each in zip(tree.patches, before, made, strict=False)]

    def hunks(self, old: Tree, new: Tree, path: str) -> list[HunkLines]:
        """Which lines of a text file differ."""
        repository = self._repository(old.base.upstream)
        return commits.hunks(repository, old.commit, new.commit, path)

    def apply(
        self, base: Tree, stack: Stack, series: tuple[Patch, ...], patchable: Sequence[str] = ()
    ) -> Application:
        """Apply a series to a base and commit it; nothing is written if it does not apply.

        ``patchable`` are patterns of the paths that the base has, if it has not all.
        """
        repository = self._repository(base.base.upstream)
        commit, how = base.commit, ApplyResult.CLEAN
        elsewhere: list[Misplaced] = []
        for patch in series:
            wanted = [f"--include={pattern}" for pattern in patchable]
            with git_errors_as_spurious(f"cannot apply {patch.name} to {base.base}"):
                step, result = apply_one(self._home, repository, commit, patch, wanted)
            if isinstance(result, tuple):
                return Application(ApplyResult.NO, None, result)
            if result != commit:
                at = partial(self._text, repository, result)
                elsewhere += misplaced(patch.text, patch.name, at)
            commit = result
            how = how if step is ApplyResult.CLEAN else step
        if series and commit == base.commit:
            # One of a series may be for documentation that the tree has not; not all of them.
            return Application(ApplyResult.NO, None, (changes_nothing(series[-1]),))
        tree = Tree(
            base=base.base,
            commit=commit,
            tree=repository.ids(commit)[1],
            stack=stack,
            patches=base.patches + series,
        )
        return Application(how, tree, misplaced=tuple(elsewhere))

    def checkout(self, tree: Tree) -> Path:
        """A clean worktree of ``tree``, usable by hand.

        One that somebody changed is moved aside, never overwritten. Where the sandbox keeps
        jobs from writing into it, it is looked at once, and shares the files of its base.
        """
        path = self._place(tree)
        if path in self._looked_at and path.exists():
            return path
        is_safe = sandbox.level() is Isolation.SANDBOX
        model = self.model_of(tree) if is_safe else None
        like = self.checkout(model) if model else None
        upstream, label = tree.base.upstream, path.name
        repository = self._repository(upstream)
        lock = self._home.lock(f"worktree-{upstream}-{path.parent.name}-{label}")
        with lock, git_errors_as_spurious(f"cannot check out {label}"):
            if path.exists() and not Worktree(path).is_clean(tree.tree):
                # A copy of its own: what is done to it there shall be done to no other.
                ours = shutil.ignore_patterns(".git")
                shutil.copytree(path, _free_name(path), symlinks=True, ignore=ours)
                shutil.rmtree(path)
            if not path.exists():
                alone = self._home.lock(f"worktrees-{upstream}")
                if not move_worktree(repository, path.parent, SPARE, path, tree.commit, alone):
                    add_worktree(repository, path, tree.commit, alone, like)
        if is_safe:
            self._looked_at.add(path)
        return path

    def use_as_model(self, tree: Tree) -> None:
        """Have the checkouts of an upstream's commits share the files of this one's."""
        self._models[tree.base.upstream] = tree

    def is_moving(self, tree: Tree) -> bool:
        """Whether it is one of many commits that are tried one after another."""
        return _is_commit(tree) and tree.base.upstream in self._models

    def model_of(self, tree: Tree) -> Tree | None:
        """The tree whose unchanged files, and their bytecode, a checkout of it shares.

        That of a commit is the model that was said, that of a patched tree is its base.
        """
        base = self.known(tree.base) if tree.patches else None
        model = self._models.get(tree.base.upstream, base) if _is_commit(tree) else base
        return model if model is not None and model.commit != tree.commit else None

    def give_up(self, tree: Tree) -> None:
        """Say that nobody needs the checkout of a tree: the next one is made out of it.

        That takes a tenth of the time, since only files are written that differ.
        """
        path, upstream = self._place(tree), tree.base.upstream
        self._looked_at.discard(path)
        with self._home.lock(f"worktrees-{upstream}"):
            spare = path.with_name(f"{SPARE}-{tree.tree[:10]}")
            # git would move it into a folder that is there.
            words = ("remove", "--force", path) if spare.exists() else ("move", path, spare)
            self._repository(upstream).accepts("worktree", *words)

    def claim_history(self, upstream: str) -> None:
        """Have folders for the checkouts of commits that no other process uses.

        Whoever gives one up must not take it from under somebody else.
        """
        if upstream in self._claims:
            return
        for number in count(1):
            lock = self._home.lock(f"history-{upstream}-{number}")
            with suppress(Timeout):
                lock.acquire(timeout=0)
                self._claims[upstream] = (f"{HISTORY}-{number}", lock)
                self._spare_what_was_left(upstream, f"{HISTORY}-{number}")
                return

    def _spare_what_was_left(self, upstream: str, folder: str) -> None:
        """Make spares of the checkouts of a search that was ended before it gave them up."""
        with self._home.lock(f"worktrees-{upstream}"):
            for path in self._home.folder("worktrees", upstream, folder).iterdir():
                spare = path.with_name(f"{SPARE}-{path.name.rpartition('-')[2]}")
                if not path.name.startswith(SPARE) and not spare.exists():
                    self._repository(upstream).accepts("worktree", "move", path, spare)

    def free_spares(self, tree: Tree, kept: int) -> None:
        """Remove the checkouts beside that of ``tree`` that nobody needs, but for so many."""
        self._remove_spares(tree.base.upstream, self._place(tree).parent, kept)

    def free_history(self, upstream: str, kept: int) -> None:
        """Remove the checkouts in the folder that was claimed, but for so many spares.

        Nothing is run in any of them any more.
        """
        folder = self._claims[upstream][0]
        self._spare_what_was_left(upstream, folder)
        self._remove_spares(upstream, self._home.folder("worktrees", upstream, folder), kept)

    def _remove_spares(self, upstream: str, folder: Path, kept: int) -> None:
        with self._home.lock(f"worktrees-{upstream}"):
            for spare in sorted(folder.glob(f"{SPARE}-*"))[kept:]:
                self._repository(upstream).accepts("worktree", "remove", "--force", spare)

    def _place(self, tree: Tree) -> Path:
        """Where the checkout of a tree is, or will be."""
        name = safe("+".join(name.name for name in tree.stack.names)) or "base"
        version = safe(tree.base.version)
        if _is_commit(tree):
            # Beside each other, so that one can be made into another.
            claimed = self._claims.get(tree.base.upstream)
            version, name = claimed[0] if claimed else HISTORY, f"{version}-{name}"
        folder = self._home.folder("worktrees", tree.base.upstream, version)
        return folder / f"{name}-{tree.tree[:10]}"

    def _text(self, repository: Repository, commit: str, path: str) -> str | None:
        content = commits.file_at(repository, commit, path)
        # A byte that is no UTF-8 is of no matter to names and lines.
        return None if content is None else content.decode("utf-8", "replace")

    def _repository(self, upstream: str) -> Repository:
        return open_repo(self._home, upstream)


def _is_commit(tree: Tree) -> bool:
    return tree.base.source is Source.GIT


def _tag(base: Base) -> str:
    return f"{base.source}/{safe(base.version)}"


def _free_name(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.changed-{number}")).exists():
        number += 1
    return aside
