"""One bare repository: how it is made, asked, and kept from the user's configuration.

Owns: git's environment and settings, so that a tree id means the same
everywhere, and what git's refusals are called. Must not know what is stored.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from git import GitCommandError, Repo
from git.exc import GitCommandNotFound, NoSuchPathError

from ..catalog import patchfile
from ..model import SpuriousError, WorkbenchError
from ..system.home import Home

IDENTITY = {
    "GIT_AUTHOR_NAME": patchfile.NO_AUTHOR[0],
    "GIT_AUTHOR_EMAIL": patchfile.NO_AUTHOR[1],
    "GIT_AUTHOR_DATE": "2021-02-21T00:00:00Z",
    "GIT_COMMITTER_NAME": patchfile.NO_AUTHOR[0],
    "GIT_COMMITTER_EMAIL": patchfile.NO_AUTHOR[1],
    "GIT_COMMITTER_DATE": "2021-02-21T00:00:00Z",
}
ALONE = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
    **IDENTITY,
}
SETTINGS = {
    "core.autocrlf": "false",
    "core.hooksPath": os.devnull,
    "core.symlinks": "true",
    "gc.auto": "0",
    "advice.detachedHead": "false",
}
# Whatever a tree's .gitattributes say, a checkout is its blobs, byte by byte.
ATTRIBUTES = "* -text !eol !filter !ident !working-tree-encoding !merge !diff\n"
# Says that a repository was made to its end, and by these settings.
COMPLETE = "workbench-2"


def open_repo(home: Home, upstream: str) -> Repo:
    """The upstream's repository, made if it is not there.

    Raises ``WorkbenchError`` if there is no git.
    """
    path = home.folder("repos") / f"{upstream}.git"
    try:
        if not (path / COMPLETE).exists():
            with home.lock(f"init-{upstream}"):
                _init(path)
        return Repo(path)
    except (GitCommandNotFound, NoSuchPathError) as error:
        raise WorkbenchError("git is not installed; install git 2.32 or newer") from error


def _init(path: Path) -> None:
    if (path / COMPLETE).exists():
        return
    repo = Repo.init(path, bare=True, mkdir=True)
    with repo.config_writer() as config:
        for key, value in SETTINGS.items():
            section, _, option = key.partition(".")
            config.set_value(section, option, value)
    (path / "info").mkdir(exist_ok=True)
    (path / "info" / "attributes").write_text(ATTRIBUTES)
    # Made by running a tree, not part of it.
    (path / "info" / "exclude").write_text("__pycache__/\n/build/\n")
    (path / COMPLETE).touch()


def safe(name: str) -> str:
    """A name that is good for a tag, a remote and a folder."""
    return re.sub(r"[^\w.+-]+", "-", name).strip("-.")


def ids(repo: Repo, revision: str) -> tuple[str, str]:
    """The commit's and its tree's id; ``GitCommandError`` if there is no such revision."""
    pair = repo.git.rev_parse(f"{revision}^{{commit}}", f"{revision}^{{tree}}", env=ALONE)
    commit, tree = str(pair).split()
    return commit, tree


def has(repo: Repo, commit: str) -> bool:
    """Whether the commit is here already; nothing is fetched to find out."""
    try:
        repo.git.cat_file("-e", f"{commit}^{{commit}}", env={**ALONE, "GIT_NO_LAZY_FETCH": "1"})
    except GitCommandError:
        return False
    return True


@contextmanager
def git_errors_as_spurious(failure: str) -> Iterator[None]:
    """What git or the disk refused, in one line: the machine's fault, never a patch's."""
    try:
        yield
    except (GitCommandError, OSError) as error:
        said = text_of(error.stderr) if isinstance(error, GitCommandError) else str(error)
        lines = said.strip().splitlines() or ["git said nothing"]
        raise SpuriousError(f"{failure}: {lines[0]}") from error


def text_of(stderr: object) -> str:
    """GitPython wraps what git said in quotes of its own."""
    return re.sub(r"^\s*stderr: '|'\s*$", "", str(stderr))
