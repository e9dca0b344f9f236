"""A candidate on a base as one commit: its patch, its diff, and what it touches.

Owns: the git side of a diff. Must not know what is asked of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from git import Git, GitCommandError, Repo

from ..catalog import patchfile
from ..catalog.catalog import Candidate, Upstream
from ..model import ApplyResult, Source, Tree, Value
from ..system.files import replace_text
from ..system.home import Home
from ..trees.applying import Problem
from ..trees.repository import ALONE, open_repo, text_of
from .credit import Sender, authors, credited

FULL = ("--full-index", "--binary", "--no-renames")


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

    name: str
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
    def _repo(self) -> Repo:
        return open_repo(self._home, self._upstream.name)

    def squash(
        self,
        name: str,
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
        env = {
            **ALONE,
            "GIT_AUTHOR_NAME": sender.name,
            "GIT_AUTHOR_EMAIL": sender.address,
            **({"GIT_AUTHOR_DATE": mail.date} if mail.date else {}),
        }
        commit = str(
            self._repo.git.commit_tree(patched.tree, "-p", base.commit, "-m", message, env=env)
        )
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
            mail=self._mail(commit),
            plain=plain,
            file_name=f"0001-{self._slug(commit)}.patch",
            touched=touched,
            left_out=tuple(sorted(wanted - paths)),
        )

    def diff(self, old: str, new: str, *paths: str) -> str:
        """The plain diff between two commits, restricted to ``paths`` if there are any."""
        text = self._raw("diff", *FULL, old, new, "--", *paths)
        return text.decode("utf-8", "surrogateescape")

    def whitespace(self, old: str, new: str) -> list[str]:
        """What `git diff --check` says of the lines that a diff adds."""
        try:
            self._repo.git.diff("--check", old, new, env=ALONE)
        except GitCommandError as error:
            said = str(error.stdout).strip().removeprefix("stdout: '").removesuffix("'").strip()
            return [line for line in said.splitlines() if not line.startswith("+")]
        return []

    def goes_on_by_mail(self, squashed: SquashedCommit) -> str:
        """Prove the patch with `git am` in a new repository; why it fails, or nothing."""
        assert squashed.patched is not None
        with self._home.scratch("am") as scratch:
            file = scratch / "0001.patch"
            file.write_bytes(squashed.mail.encode("utf-8", "surrogateescape"))
            place = scratch / "repository"
            words = ["--shared", "--no-checkout"]
            Repo.clone_from(self._repo.git_dir, place, env=ALONE, multi_options=words).close()
            git = Git(place)
            git.checkout("--quiet", "--detach", squashed.base.commit, env=ALONE)
            try:
                git.am("--quiet", "--keep-cr", file, env=ALONE)
            except GitCommandError as error:
                return text_of(error.stderr).strip() or "git am refused it"
            if str(git.rev_parse("HEAD^{tree}", env=ALONE)) != squashed.patched.tree:
                return "git am gives another tree than the one that was tested"
        return ""

    def range_diff(self, old: tuple[Tree, Tree], new: tuple[Tree, Tree]) -> str:
        """How a series differs between two bases, as `git range-diff` tells it."""
        ranges = [f"{base.commit}..{patched.commit}" for base, patched in (old, new)]
        return str(self._repo.git.range_diff("--no-color", *ranges, env=ALONE))

    def _mail(self, commit: str) -> str:
        """The commit as `git format-patch` writes it; git's version would change the text."""
        words = ("--zero-commit", "--no-signature", "--stdout", "-1", *FULL, commit)
        return self._raw("format-patch", *words).decode("utf-8", "surrogateescape")

    def _slug(self, commit: str) -> str:
        return str(self._repo.git.log("-1", "--format=%f", commit, env=ALONE))

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
        names = self._raw("diff", "--name-only", "--no-renames", "-z", old, new).decode()
        for path in filter(None, names.split("\0")):
            yield ChangedFile(
                path, self._blob(old, path), self._blob(new, path), added.get(path, ())
            )

    def _blob(self, commit: str, path: str) -> bytes | None:
        try:
            return self._raw("cat-file", "blob", f"{commit}:{path}")
        except GitCommandError:
            return None

    def _raw(self, verb: str, *words: str) -> bytes:
        """What git prints, byte for byte: a patch's last line end is part of it."""
        said = self._repo.git.execute(
            ["git", verb, *words],
            env=ALONE,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
        )
        assert isinstance(said, bytes)
        return said


def _last_mail(stack: Sequence[Candidate], patched: Tree) -> patchfile.Mail:
    """Who and what the commit is from: the last patch of the candidate that is named."""
    own = [p for p in patched.patches if p.candidate == stack[-1].name] or [*patched.patches]
    return patchfile.mail(own[-1].text, own[-1].name)


def _text(content: bytes | None) -> str:
    return (content or b"").decode("utf-8", "replace")


def write_patch(squashed: SquashedCommit, folder: Path) -> list[Path]:
    """The patch and the plain diff, as files in ``folder``."""
    mail = folder / squashed.file_name
    plain = folder / f"{squashed.name.rpartition('/')[2]}.diff"
    for path, text in ((mail, squashed.mail), (plain, squashed.plain)):
        replace_text(path, text)
    return [mail, plain]
