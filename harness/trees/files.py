"""Whole files: read from a commit, merged, and written into a commit of their own.

Owns: git's words for doing that with many files at a time. Must not know why a file is
written, nor what is in it. A text is its bytes: what is no UTF-8 in them are lone surrogates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from ..catalog import patchfile
from ..model import CandidateName, Patch, Stack, Tree
from ..system.home import Home
from . import commits
from .repository import GitError, Repository, git_errors_as_spurious, open_repo

PLAIN, EXECUTABLE = "100644", "100755"
DIFF = ("--no-color", "--no-ext-diff", "--unified=3", *commits.FULL)


class Files:
    """The files of the trees in one workbench folder."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def texts(self, tree: Tree, paths: Iterable[str]) -> dict[str, str | None]:
        """The text of each file at ``paths``, None where there is no file."""
        return self.texts_at(tree.base.upstream, tree.commit, paths)

    def texts_at(self, upstream: str, commit: str, paths: Iterable[str]) -> dict[str, str | None]:
        """The same of any commit that is here."""
        found = _read(self._home, open_repo(self._home, upstream), commit, paths)
        return {path: None if data is None else _text(data) for path, data in found.items()}

    def merged(self, ours: str, base: str, theirs: str) -> str | None:
        """``ours`` with what changed from ``base`` to ``theirs``; None if they are at odds."""
        if base in (ours, theirs):
            return theirs if base == ours else ours
        if ours == theirs:
            return ours
        with self._home.scratch("merge") as scratch:
            for name, text in (("ours", ours), ("base", base), ("theirs", theirs)):
                _file(scratch / name, _bytes(text))
            words = ("merge-file", "--stdout", "-q", "ours", "base", "theirs")
            try:
                return _text(Repository(scratch).raw(*words))
            except GitError:
                return None

    def write(self, tree: Tree, name: CandidateName, texts: Mapping[str, str]) -> Tree:
        """The tree with these files as they are given, as one more patch of that name.

        It is ``tree`` itself if it has them so already. The same patch, applied to the same
        tree, makes the same commit.
        """
        repository = open_repo(self._home, tree.base.upstream)
        given = {path: _bytes(text) for path, text in texts.items()}
        with git_errors_as_spurious(f"cannot write {name} onto {tree.base}"):
            made = _written(self._home, repository, tree.commit, given)
            data = repository.raw("diff", *DIFF, tree.commit, made)
            if not data:
                return tree
            patch = _patch(name, f"{name.name}.patch", data)
            mail = patchfile.mail(patch.text, patch.name)
            commit = commits.make(repository, made, tree.commit, mail)
        return msgspec.structs.replace(
            tree,
            commit=commit,
            tree=made,
            stack=Stack((*tree.stack.names, name)),
            patches=(*tree.patches, patch),
        )

    def patch_between(
        self,
        upstream: str,
        ends: tuple[str, str],
        paths: Sequence[str],
        candidate: CandidateName,
        name: str,
    ) -> Patch:
        """What changed in ``paths`` between two commits, as a patch of a candidate."""
        repository = open_repo(self._home, upstream)
        return _patch(candidate, name, commits.diff(repository, *ends, *paths))


def _read(
    home: Home, repository: Repository, commit: str, paths: Iterable[str]
) -> dict[str, bytes | None]:
    """The content of each file at ``paths``, None where there is no file."""
    asked = [path for path in dict.fromkeys(paths) if path and "\n" not in path]
    if not asked:
        return {}
    with home.scratch("read") as scratch:
        names = _file(scratch / "names", _bytes("".join(f"{commit}:{p}\n" for p in asked)))
        with names.open("rb") as stdin:
            printed = repository.raw("cat-file", "--batch", stdin=stdin)
    found: dict[str, bytes | None] = {}
    at = 0
    for path in asked:
        end = printed.index(b"\n", at)
        head = printed[at:end].split(b" ")
        at = end + 1
        if head[-1] == b"missing":
            found[path] = None
            continue
        size = int(head[-1])
        found[path] = printed[at : at + size] if head[-2] == b"blob" else None
        at += size + 1
    return found


def _written(home: Home, repository: Repository, parent: str, files: Mapping[str, bytes]) -> str:
    """The id of a tree with ``files`` in the place of those of ``parent``."""
    with home.scratch("write") as scratch:
        places = [_file(scratch / f"{n}", content) for n, content in enumerate(files.values())]
        ids = repository.lines("hash-object", "-w", "--no-filters", "--", *places)
        modes = _modes(repository, parent, files)
        entries = zip(files, ids, strict=True)
        text = "".join(f"{modes.get(path, PLAIN)} {each}\t{path}\0" for path, each in entries)
        index = {"GIT_INDEX_FILE": str(scratch / "index")}
        repository.raw("read-tree", parent, env=index)
        with _file(scratch / "entries", _bytes(text)).open("rb") as into:
            words = ("update-index", "--add", "--replace", "-z", "--index-info")
            repository.raw(*words, env=index, stdin=into)
        # Files that nobody has asked for yet need not be fetched to be named.
        return repository.text("write-tree", "--missing-ok", env=index)


def _modes(repository: Repository, commit: str, paths: Iterable[str]) -> dict[str, str]:
    """Which of the files are there as programs."""
    listed = repository.text("ls-tree", "-z", commit, "--", *paths)
    found = {}
    for entry in filter(None, listed.split("\0")):
        about, _, path = entry.partition("\t")
        if about.startswith(EXECUTABLE):
            found[path] = EXECUTABLE
    return found


def _file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _patch(candidate: CandidateName, name: str, data: bytes) -> Patch:
    try:
        return Patch(candidate, name, data.decode())
    except UnicodeDecodeError:
        return Patch(candidate, name, data.decode("latin-1"), encoding="latin-1")
