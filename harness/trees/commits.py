"""What a commit is to others: its diff, its files, its mail, and how it is made.

Owns: git's words for these, so that what is sent upstream is what git itself writes.
Must not know candidates, credit, or what is checked. Every function raises
``GitError`` if git refuses.
"""

from __future__ import annotations

import re
from pathlib import Path

from ..catalog.patchfile import Mail
from ..model import HunkLines
from .repository import GitError, Repository

# Nothing is shortened, left out or guessed: such a diff goes on everywhere.
FULL = ("--full-index", "--binary", "--no-renames")
# git's version, and the commit's id in this repository, would change the text.
HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.M)
MAIL = ("--zero-commit", "--no-signature", "--stdout", "-1", *FULL)


def make(repository: Repository, tree: str, parent: str, mail: Mail, message: str = "") -> str:
    """The id of a commit of ``tree`` on ``parent``, from the mail's author.

    The message is the mail's own if there is no other. The same words give the same id.
    """
    env = {"GIT_AUTHOR_NAME": mail.author, "GIT_AUTHOR_EMAIL": mail.address}
    if mail.date:
        env["GIT_AUTHOR_DATE"] = mail.date
    words = ("commit-tree", tree, "-p", parent, "-m", message or mail.message)
    return repository.text(*words, env=env)


def between(repository: Repository, start: str, end: str) -> tuple[str, ...]:
    """The ids of the commits after ``start`` up to ``end``, the oldest first."""
    return tuple(repository.lines("rev-list", "--reverse", f"{start}..{end}"))


def diff(repository: Repository, old: str, new: str, *paths: str) -> bytes:
    """The plain diff between two commits, restricted to ``paths`` if there are any."""
    return repository.raw("diff", *FULL, old, new, "--", *paths)


def changed_paths(repository: Repository, old: str, new: str) -> list[str]:
    """The paths that differ; a renamed file is two of them."""
    names = repository.text("diff", "--name-only", "--no-renames", "-z", old, new)
    return [name for name in names.split("\0") if name]


def files(repository: Repository, commit: str) -> dict[str, str]:
    """The mode and the id of what is at each path of a commit."""
    listed = repository.text("ls-tree", "-r", "-z", commit)
    found: dict[str, str] = {}
    for line in filter(None, listed.split("\0")):
        about, path = line.split("\t", 1)
        mode, _, blob = about.split(" ")
        found[path] = f"{mode} {blob}"
    return found


def hunks(repository: Repository, old: str, new: str, path: str) -> list[HunkLines]:
    """Which lines of a text file differ between two commits."""
    words = ("--unified=0", "--no-color", "--no-renames", "--no-ext-diff", "--no-textconv")
    text = repository.raw("diff", *words, old, new, "--", path).decode("utf-8", "replace")
    found = []
    for match in HUNK.finditer(text):
        before, after = _lines(match[1], match[2]), _lines(match[3], match[4])
        found.append(HunkLines(before, after))
    return found


def _lines(start: str, count: str | None) -> tuple[int, int]:
    """As a hunk's head has them: of no line, the one before is named."""
    number = int(count) if count is not None else 1
    first = int(start) + (number == 0)
    return first, first + number


def file_at(repository: Repository, commit: str, path: str) -> bytes | None:
    """The content of a file, None where it is not there."""
    try:
        return repository.raw("cat-file", "blob", f"{commit}:{path}")
    except GitError:
        return None


def whitespace_errors(repository: Repository, old: str, new: str) -> list[str]:
    """What ``git diff --check`` says of the lines that a diff adds, a line for each."""
    try:
        repository.raw("diff", "--check", old, new)
    except GitError as error:
        return [line for line in error.printed.splitlines() if not line.startswith("+")]
    return []


def mail(repository: Repository, commit: str) -> bytes:
    """The commit as ``git format-patch`` writes it; empty if it changes nothing."""
    return repository.raw("format-patch", *MAIL, commit)


def slug(repository: Repository, commit: str) -> str:
    """The subject as ``git format-patch`` makes a file name of it, without an end."""
    return repository.text("log", "-1", "--format=%f", commit)


def range_diff(repository: Repository, old: tuple[str, str], new: tuple[str, str]) -> str:
    """How one series differs from another, each a first and a last commit."""
    ranges = [f"{start}..{end}" for start, end in (old, new)]
    return repository.text("range-diff", "--no-color", *ranges)


def tree_by_mail(repository: Repository, start: str, text: bytes, scratch: Path) -> str:
    """The id of the tree that ``git am`` makes of ``start`` in a new repository.

    ``GitError`` says why the mail does not go on. ``scratch`` is an empty folder, for
    the repository to be in; its objects are those of ``repository``.
    """
    file = scratch / "0001.patch"
    file.write_bytes(text)
    place = scratch / "repository"
    words = ("clone", "--quiet", "--shared", "--no-checkout", "--", repository.folder, place)
    repository.raw(*words)
    clone = Repository(place)
    clone.raw("checkout", "--quiet", "--detach", start)
    clone.raw("am", "--quiet", "--keep-cr", file)
    return clone.ids("HEAD")[1]
