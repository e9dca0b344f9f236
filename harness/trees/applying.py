"""One patch becomes one commit, or a reason why not.

Owns: how git apply is called and what its refusals mean. Must not know bases,
series or checkouts.
"""

from __future__ import annotations

import re

from ..catalog import patchfile
from ..model import ApplyResult, Patch, Value
from ..system.home import Home
from . import commits
from .repository import GitError, Repository


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
        file = scratch / "patch"
        file.write_bytes(patch.data)
        errors = ""
        # Without it, git takes a hunk without context to belong to the end of a file.
        loose = ["--unidiff-zero"] if patchfile.has_no_context(patch.text) else []
        for how, options in ((ApplyResult.CLEAN, []), (ApplyResult.THREE_WAY, ["--3way"])):
            env = {"GIT_INDEX_FILE": str(scratch / how.value)}
            repository.raw("read-tree", parent, env=env)
            words = ("--cached", "--whitespace=nowarn", *loose, *options, *wanted)
            try:
                repository.raw("apply", *words, file, env=env)
            except GitError as error:
                errors = errors or error.said
                continue
            tree = repository.text("write-tree", env=env)
            if tree == repository.ids(parent)[1]:
                return how, parent
            if link := _made_link(repository, parent, tree):
                reason = "it makes or changes a symbolic link or a submodule"
                return ApplyResult.NO, (Problem(patch.name, link, "", reason),)
            mail = patchfile.mail(patch.text, patch.name)
            return how, commits.make(repository, tree, parent, mail)
    return ApplyResult.NO, _problems(patch, errors)


def _made_link(repository: Repository, parent: str, tree: str) -> str:
    """A link that the tree has and its parent has not.

    A diff without modes can turn a link elsewhere; only the result shows that.
    """
    for line in repository.lines("diff-tree", "-r", "--no-renames", parent, tree):
        modes, _, path = line.partition("\t")
        if modes.split()[1] in (patchfile.SYMLINK_MODE, patchfile.SUBMODULE_MODE):
            return path
    return ""


def _problems(patch: Patch, errors: str) -> tuple[Problem, ...]:
    found: dict[str, Problem] = {}
    for line in errors.splitlines():
        failed = re.match(r"(?:error: )?patch failed: (.+):(\d+)$", line)
        other = re.match(r"(?:error: )?([^:]+): (.+)$", line)
        if failed:
            file = failed[1]
            hunk = patchfile.hunk_at(patch.text, file, int(failed[2]))
            found[file] = Problem(patch.name, file, hunk, "the text there is another")
        elif other and other[1] not in found and other[1] != "error":
            found[other[1]] = Problem(patch.name, other[1], "", other[2])
    return tuple(found.values()) or (
        Problem(patch.name, "", "", errors.strip() or "git refused it"),
    )
