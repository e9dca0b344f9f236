"""A candidate on a base as one commit: its patch, its diff, and what it touches.

Owns: what belongs to a diff. Must not know what is asked of one, or how git is called.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from ..catalog import patchfile
from ..catalog.candidate import Candidate
from ..catalog.upstream import Upstream
from ..model import ApplyResult, Source, Stack, Tree, Value
from ..system.files import replace_text
from ..system.home import Home
from ..trees import commits
from ..trees.applying import Problem
from ..trees.repository import GitError, Repository, open_repo
from .credit import Sender, authors, credited


class AddedLine(NamedTuple):
    """One line that a diff adds: its number in the new file, its text without the end."""

    number: int
    text: str


class ChangedFile(Value, frozen=True):
    """A file that a diff touches; None where it is not there."""

    path: str
    before: bytes | None
    after: bytes | None
    added: tuple[AddedLine, ...]

    def texts(self) -> tuple[str, str]:
        """Both sides as text, empty where there is none."""
        return _text(self.before), _text(self.after)


class SquashedCommit(NamedTuple):
    """One candidate on one base: everything that checks look at.

    ``applies`` with no ``patched`` tree means that there is no diff, for ``problems``.
    ``left_out`` are paths that an installed library has no place for; ``written`` is
    the message as its author wrote it, before credit was added.
    """

    name: Stack
    upstream: Upstream
    stack: tuple[Candidate, ...]
    base: Tree
    applies: ApplyResult
    problems: tuple[Problem, ...] = ()
    patched: Tree | None = None
    commit: str = ""
    author: Sender = Sender("", "")
    written: str = ""
    message: str = ""
    mail: str = ""
    plain: str = ""
    file_name: str = ""
    touched: tuple[ChangedFile, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def about(self) -> Candidate:
        """The candidate that gives the diff its name: the last one of the stack."""
        return self.stack[-1]

    def in_tests(self, path: str) -> bool:
        """Whether a path is in the upstream's folder of tests."""
        rules = self.upstream.pull_request
        return bool(rules and rules.tests and path.startswith(rules.tests))


class Squasher:
    """Makes commits, patches and diffs in one upstream's repository."""

    def __init__(self, home: Home, upstream: Upstream) -> None:
        self._home = home
        self._upstream = upstream

    @cached_property
    def _repository(self) -> Repository:
        return open_repo(self._home, self._upstream.name)

    def squash(
        self,
        name: Stack,
        stack: Sequence[Candidate],
        base: Tree,
        patched: Tree,
        applies: ApplyResult,
    ) -> SquashedCommit:
        """All of a stack as one commit on its base, as git itself writes it out."""
        mail = _last_mail(stack, patched)
        sender = Sender(mail.author, mail.address)
        credits = [c for candidate in stack for c in candidate.about.credit]
        message = credited(mail.message, [*credits, *authors(patched.patches)], sender)
        repository = self._repository
        commit = commits.make(repository, patched.tree, base.commit, mail, message)
        plain = self.diff(base.commit, commit)
        touched = tuple(self._touched(base.commit, commit, plain))
        paths = {each.path for each in touched}
        wanted: set[str] = set()
        if base.base.source is Source.INSTALLED:
            wanted = {p for each in patched.patches for p in patchfile.check(each.text, each.name)}
        return SquashedCommit(
            name=name,
            upstream=self._upstream,
            stack=tuple(stack),
            base=base,
            applies=applies,
            patched=patched,
            commit=commit,
            author=sender,
            written=mail.message,
            message=message,
            mail=_with_odd_bytes(commits.mail(repository, commit)),
            plain=plain,
            file_name=f"0001-{commits.slug(repository, commit)}.patch",
            touched=touched,
            left_out=tuple(sorted(wanted - paths)),
        )

    def diff(self, old: str, new: str, *paths: str) -> str:
        """The plain diff between two commits, restricted to ``paths`` if there are any."""
        return _with_odd_bytes(commits.diff(self._repository, old, new, *paths))

    def whitespace(self, old: str, new: str) -> list[str]:
        """What ``git diff --check`` says of the lines that a diff adds."""
        return commits.whitespace_errors(self._repository, old, new)

    def goes_on_by_mail(self, squashed: SquashedCommit) -> str:
        """Prove the patch with ``git am`` in a new repository; why it fails, or nothing."""
        assert squashed.patched is not None
        with self._home.scratch("am") as scratch:
            text = squashed.mail.encode("utf-8", "surrogateescape")
            try:
                made = commits.tree_by_mail(self._repository, squashed.base.commit, text, scratch)
            except GitError as error:
                return error.said or "git am refused it"
        if made != squashed.patched.tree:
            return "git am gives another tree than the one that was tested"
        return ""

    def range_diff(self, old: tuple[Tree, Tree], new: tuple[Tree, Tree]) -> str:
        """How a series differs between two bases, as ``git range-diff`` tells it."""
        before, after = ((base.commit, patched.commit) for base, patched in (old, new))
        return commits.range_diff(self._repository, before, after)

    def _touched(self, old: str, new: str, plain: str) -> Iterator[ChangedFile]:
        added = {
            file.path: tuple(
                AddedLine(line.target_line_no or 0, line.value.rstrip("\n"))
                for hunk in file
                for line in hunk
                if line.is_added
            )
            for file in (patchfile.parse(plain, "diff") if plain else ())
        }
        for path in commits.changed_paths(self._repository, old, new):
            before, after = (commits.file_at(self._repository, each, path) for each in (old, new))
            yield ChangedFile(path, before, after, added.get(path, ()))


def _with_odd_bytes(text: bytes) -> str:
    """Git's output as text that is written back as the same bytes."""
    return text.decode("utf-8", "surrogateescape")


def _last_mail(stack: Sequence[Candidate], patched: Tree) -> patchfile.Mail:
    """Who and what the commit is from: the last patch of the candidate that is named."""
    own = [p for p in patched.patches if p.candidate == stack[-1].name] or [*patched.patches]
    return patchfile.mail(own[-1].text, own[-1].name)


def _text(content: bytes | None) -> str:
    return (content or b"").decode("utf-8", "replace")


def write_patch(squashed: SquashedCommit, folder: Path) -> list[Path]:
    """The patch and the plain diff, as files in ``folder``."""
    mail = folder / squashed.file_name
    plain = folder / f"{squashed.name.names[-1].name}.diff"
    for path, text in ((mail, squashed.mail), (plain, squashed.plain)):
        replace_text(path, text)
    return [mail, plain]
