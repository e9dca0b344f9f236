"""Whole files read from a commit, merged, and written into a commit of their own.

Owns: git's words for doing that with many files at a time. Must not know why a file is
written, nor what is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from ..catalog import patchfile
from ..system.home import Home
from . import commits
from .repository import GitError, Repository

PLAIN, EXECUTABLE = "100644", "100755"
DIFF = ("--no-color", "--no-ext-diff", "--unified=3", *commits.FULL)


class WrittenCommit(NamedTuple):
    """A commit of some files on another, its tree, and the patch that makes it of that."""

    commit: str
    tree: str
    patch: bytes


def read(
    home: Home, repository: Repository, commit: str, paths: Iterable[str]
) -> dict[str, bytes | None]:
    """The content of each file at ``paths``, None where there is no file."""
    asked = [path for path in dict.fromkeys(paths) if path and "\n" not in path]
    if not asked:
        return {}
    with home.scratch("read") as scratch:
        names = _file(scratch / "names", "".join(f"{commit}:{path}\n" for path in asked).encode())
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


def merged(home: Home, ours: bytes, base: bytes, theirs: bytes) -> bytes | None:
    """``ours`` with what changed from ``base`` to ``theirs``; None if these are at odds."""
    if base in (ours, theirs):
        return theirs if base == ours else ours
    if ours == theirs:
        return ours
    with home.scratch("merge") as scratch:
        for name, content in (("ours", ours), ("base", base), ("theirs", theirs)):
            _file(scratch / name, content)
        try:
            return Repository(scratch).raw("merge-file", "--stdout", "-q", "ours", "base", "theirs")
        except GitError:
            return None


def write(
    home: Home, repository: Repository, parent: str, name: str, files: Mapping[str, bytes]
) -> WrittenCommit:
    """A commit with ``files`` in the place of those of ``parent``, as if a patch of that
    ``name`` had been applied to it: the same patch gives the same commit."""
    with home.scratch("write") as scratch:
        places = [_file(scratch / f"{n}", content) for n, content in enumerate(files.values())]
        ids = repository.lines("hash-object", "-w", "--no-filters", "--", *places)
        modes = _modes(repository, parent, files)
        entries = zip(files, ids, strict=True)
        text = "".join(f"{modes.get(path, PLAIN)} {each}\t{path}\0" for path, each in entries)
        index = {"GIT_INDEX_FILE": str(scratch / "index")}
        repository.raw("read-tree", parent, env=index)
        with _file(scratch / "entries", text.encode("utf-8", "surrogateescape")).open("rb") as into:
            words = ("update-index", "--add", "--replace", "-z", "--index-info")
            repository.raw(*words, env=index, stdin=into)
        tree = repository.text("write-tree", env=index)
    patch = repository.raw("diff", *DIFF, parent, tree)
    if not patch:
        return WrittenCommit(parent, tree, patch)
    mail = patchfile.mail("", name)
    return WrittenCommit(commits.make(repository, tree, parent, mail), tree, patch)


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
