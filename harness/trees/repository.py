"""The door to git: one repository, or one folder that was checked out of it.

Owns: how git is called, how a repository is made, and what git's refusals are called.
Must not know what is stored. Outside of a repository of ours git runs as any other
process: ``remotes`` talks to others' repositories, ``environment`` asks for settings.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ..model import SpuriousError, WorkbenchError
from ..system.home import Home
from .environment import NO_GIT, alone, forget_outer_repository

# Without git, GitPython would explain itself at length as soon as it is imported.
os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
from git import Git
from git.exc import GitCommandNotFound

SETTINGS = {
    "core.autocrlf": "false",
    "core.hooksPath": os.devnull,
    "core.symlinks": "true",
    # A hard link more or less changes it, and nothing else.
    "core.trustctime": "false",
    "gc.auto": "0",
    "advice.detachedHead": "false",
}
# Whatever a tree's .gitattributes say, a checkout is its blobs, byte by byte.
ATTRIBUTES = "* -text !eol !filter !ident !working-tree-encoding !merge !diff\n"
# Says that a repository was made to its end, and by these settings.
COMPLETE = "workbench-3"
NOTHING: Mapping[str, str] = {}


class GitError(WorkbenchError):
    """A git command that was refused.

    ``said`` is the end of what it said on standard error, ``printed`` all that it
    printed on standard output; both are text without the last line end.
    """

    def __init__(self, words: tuple[str, ...], status: int, said: str, printed: str) -> None:
        self.said = said.strip()
        self.printed = printed.rstrip("\n")
        told = self.said.splitlines()[-1:] or [f"exit status {status}"]
        super().__init__(f"`git {' '.join(words)}` failed: {told[0]}")

    @property
    def first_line(self) -> str:
        """What git said first, which is the cause of the rest."""
        return (self.said.splitlines() or ["git said nothing"])[0]


class Repository:
    """A folder in which git is called: a bare repository, or a worktree.

    Every command runs in the environment of ``environment.alone``; ``env`` of a call
    adds to it, as an index file or an author. Words are arguments as git gets them.
    Each call raises ``GitError`` if git refuses.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        forget_outer_repository()
        self._git = Git()
        # A folder that is no repository is none, whatever lies around it.
        above = {"GIT_CEILING_DIRECTORIES": str(self.folder.parent)}
        self._git.update_environment(**alone(), **above)

    def text(
        self,
        *words: str | os.PathLike[str],
        env: Mapping[str, str] = NOTHING,
        stdin: IO[bytes] | None = None,
    ) -> str:
        """What git prints, without the last line end; bytes that are no UTF-8 are kept."""
        printed = self.raw(*words, env=env, stdin=stdin)
        return printed.decode("utf-8", "surrogateescape").removesuffix("\n")

    def raw(
        self,
        *words: str | os.PathLike[str],
        env: Mapping[str, str] = NOTHING,
        stdin: IO[bytes] | None = None,
    ) -> bytes:
        """What git prints, byte for byte: the last line end of a patch is part of it."""
        given = tuple(os.fspath(word) for word in words)
        try:
            answer = self._git.execute(
                ["git", "-C", str(self.folder), *given],
                istream=stdin,  # type: ignore[arg-type] # any file with a descriptor does
                env=dict(env),
                with_extended_output=True,
                with_exceptions=False,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
            )
        except GitCommandNotFound:
            raise WorkbenchError(NO_GIT) from None
        assert isinstance(answer, tuple)
        status, printed, said = answer
        assert isinstance(printed, bytes)
        if status:
            raise GitError(given, status, said, printed.decode("utf-8", "surrogateescape"))
        return printed

    def lines(self, *words: str | os.PathLike[str]) -> list[str]:
        """The lines that git prints, without their ends."""
        text = self.text(*words)
        # Text of others may have more characters in it that Python takes for line ends.
        return text.split("\n") if text else []

    def accepts(self, *words: str | os.PathLike[str], env: Mapping[str, str] = NOTHING) -> bool:
        """Whether git carries that out; for questions that it answers by its exit status."""
        try:
            self.raw(*words, env=env)
        except GitError:
            return False
        return True

    def ids(self, revision: str) -> tuple[str, str]:
        """The commit's and its tree's id; ``GitError`` if there is no such revision."""
        commit, tree = self.lines("rev-parse", f"{revision}^{{commit}}", f"{revision}^{{tree}}")
        return commit, tree

    def has(self, commit: str) -> bool:
        """Whether the commit is here already; nothing is fetched to find out."""
        return self.accepts(
            "cat-file", "-e", f"{commit}^{{commit}}", env={"GIT_NO_LAZY_FETCH": "1"}
        )


def open_repo(home: Home, upstream: str) -> Repository:
    """The upstream's repository, made if it is not there.

    Raises ``WorkbenchError`` if there is no git.
    """
    path = home.folder("repos") / f"{upstream}.git"
    if not (path / COMPLETE).exists():
        with home.lock(f"init-{upstream}"):
            if not (path / COMPLETE).exists():
                _init(path)
    return Repository(path)


def _init(path: Path) -> None:
    Repository(path.parent).raw("init", "--quiet", "--bare", path)
    repository = Repository(path)
    for key, value in SETTINGS.items():
        repository.raw("config", key, value)
    (path / "info").mkdir(exist_ok=True)
    (path / "info" / "attributes").write_text(ATTRIBUTES)
    # Made by running a tree, not part of it.
    (path / "info" / "exclude").write_text("__pycache__/\n/build/\n")
    (path / COMPLETE).touch()


def safe(name: str) -> str:
    """A name that is good for a tag, a remote and a folder."""
    return re.sub(r"[^\w.+-]+", "-", name).strip("-.")


@contextmanager
def git_errors_as_spurious(failure: str) -> Iterator[None]:
    """What git or the disk refused, in one line: the machine's fault, never a patch's."""
    try:
        yield
    except GitError as error:
        raise SpuriousError(f"{failure}: {error.first_line}") from error
    except OSError as error:
        raise SpuriousError(f"{failure}: {error}") from error
