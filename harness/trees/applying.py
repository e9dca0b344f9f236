"""One patch becomes one commit, or a reason why not.

Owns: how git apply is called and what its refusals mean. Must not know bases,
series or checkouts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from ..catalog import patchfile
from ..model import ApplyResult, Patch, Value
from ..system.home import Home
from . import commits
from .fuzz import FuzzyPatch, fuzzy
from .repository import GitError, Repository

LOST = (
    "its lines end with CRLF, and those of the patch do not; the carriage returns were lost on "
    "the way, so get the patch as a packed file or an attachment"
)


class Problem(Value, frozen=True):
    """Why a patch does not apply: file, hunk, and git's own reason."""

    patch: str
    file: str
    hunk: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.file}, {self.hunk}" if self.hunk else self.file
        return f"{self.patch}: {where}: {self.reason}" if where else f"{self.patch}: {self.reason}"


def changes_nothing(patch: Patch) -> Problem:
    """What is said of a patch whose files are not in a tree, or are so already."""
    return Problem(patch.name, "", "", "it changes nothing that this tree has")


def apply_one(
    home: Home, repository: Repository, parent: str, patch: Patch, wanted: list[str]
) -> tuple[ApplyResult, str | tuple[Problem, ...]]:
    """The commit of one patch on ``parent``, or why there is none.

    The patch goes onto an index, never onto files on disk: if it does not
    apply, nothing was written. ``wanted`` are more options for git apply. It is ``parent``
    itself if the patch changes nothing that this tree has.
    """
    with home.scratch("apply") as scratch:
        ways: tuple[tuple[ApplyResult, list[str]], ...] = (
            (ApplyResult.CLEAN, []),
            (ApplyResult.THREE_WAY, ["--3way"]),
        )
        errors = ""
        for how, options in ways:
            made = _attempt(scratch, repository, parent, patch, [*options, *wanted])
            if not isinstance(made, GitError):
                return (how if isinstance(made, str) else ApplyResult.NO), made
            errors = errors or made.said
        found = fuzzy(patch.text, lambda path: _text_at(repository, parent, path, patch))
        if found is not None and patch.fuzz:
            exact = msgspec.structs.replace(patch, text=found.text)
            made = _attempt(scratch, repository, parent, exact, wanted)
            if not isinstance(made, GitError):
                return (ApplyResult.FUZZY if isinstance(made, str) else ApplyResult.NO), made
    return ApplyResult.NO, _problems(
        patch, errors, found, lambda path: _text_at(repository, parent, path, patch)
    )


def _attempt(
    scratch: Path, repository: Repository, parent: str, patch: Patch, options: list[str]
) -> str | tuple[Problem, ...] | GitError:
    """The commit, why there may be none, or git's refusal."""
    file = scratch / "patch"
    file.write_bytes(patch.data)
    env = {"GIT_INDEX_FILE": str(scratch / "index")}
    repository.raw("read-tree", parent, env=env)
    # Without it, git takes a hunk without context to belong to the end of a file.
    loose = ["--unidiff-zero"] if patchfile.has_no_context(patch.text) else []
    try:
        repository.raw("apply", "--cached", "--whitespace=nowarn", *loose, *options, file, env=env)
    except GitError as error:
        return error
    tree = repository.text("write-tree", env=env)
    if tree == repository.ids(parent)[1]:
        return parent
    if link := _made_link(repository, parent, tree):
        reason = "it makes or changes a symbolic link or a submodule"
        return (Problem(patch.name, link, "", reason),)
    return commits.make(repository, tree, parent, patchfile.mail(patch.text, patch.name))


def _text_at(repository: Repository, commit: str, path: str, patch: Patch) -> str | None:
    """The text of a file in the patch's encoding; None if there is none."""
    content = commits.file_at(repository, commit, path)
    try:
        return None if content is None else content.decode(patch.encoding)
    except UnicodeDecodeError:
        return None


def _made_link(repository: Repository, parent: str, tree: str) -> str:
    """A link that the tree has and its parent has not.

    A diff without modes can turn a link elsewhere; only the result shows that.
    """
    for line in repository.lines("diff-tree", "-r", "--no-renames", parent, tree):
        modes, _, path = line.partition("\t")
        if modes.split()[1] in (patchfile.SYMLINK_MODE, patchfile.SUBMODULE_MODE):
            return path
    return ""


def _problems(
    patch: Patch, errors: str, fuzz: FuzzyPatch | None, text_of: Callable[[str], str | None]
) -> tuple[Problem, ...]:
    found: dict[str, Problem] = {}
    for line in errors.splitlines():
        failed = re.match(r"(?:error: )?patch failed: (.+):(\d+)$", line)
        other = re.match(r"(?:error: )?([^:]+): (.+)$", line)
        if failed:
            file = failed[1]
            hunk = patchfile.hunk_at(patch.text, file, int(failed[2]))
            reason = "the text there is another"
            if "\r\n" in (text_of(file) or "") and "\r\n" not in patch.text:
                reason = f"{reason}: {LOST}"
            places = [each for each in fuzz.places if each.file == file] if fuzz else []
            if places:
                reason = f"{reason}; {places[0]}; --fuzz takes it there"
            found[file] = Problem(patch.name, file, hunk, reason)
        elif other and other[1] not in found and other[1] != "error":
            found[other[1]] = Problem(patch.name, other[1], "", other[2])
    return tuple(found.values()) or (
        Problem(patch.name, "", "", errors.strip() or "git refused it"),
    )
