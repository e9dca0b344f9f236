"""The history of a clone on this machine, without copying it.

Owns: how a repository of the workbench sees the objects of a clone: through a bare clone
of its own, whose files are hard links to those (git-clone(1), ``--local``). So nothing that
happens to the user's clone, a ``git gc`` or its removal, takes a commit away. Must not know
what a commit is for.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from ..model import RequestError, WorkbenchError
from ..system.digests import digest_of_value
from ..system.home import Home
from .remotes import is_foreign, run_git, said
from .repository import Repository

LINK_SECONDS = 1800.0  # a copy, where the clone is on another disk


def is_local(url: str) -> bool:
    """Whether a URL is a folder of this machine."""
    return Path(url).is_dir()


def local_commit(url: str, revision: str) -> str:
    """The full id of what a clone's owner calls ``revision``, or nothing.

    A branch that it only follows (``origin/stable/5.1.x``) goes by its own name as well.
    """
    for name in (revision, f"refs/remotes/origin/{revision}"):
        asked = run_git(["-C", url, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"])
        if asked.ok:
            return asked.stdout.strip()
    return ""


def local_refs(url: str) -> list[str]:
    """What the branches and tags of a clone are called."""
    listed = run_git(["-C", url, "for-each-ref", "--format=%(refname:lstrip=2)"])
    return [name.removeprefix("origin/") for name in listed.stdout.split()]


def refuse_shallow(url: str) -> None:
    """Raise ``RequestError`` for a clone that has not the history that is asked of it."""
    shallow = run_git(["-C", url, "rev-parse", "--is-shallow-repository"])
    if shallow.stdout.strip() == "true":
        raise RequestError(
            f"{url} is a shallow clone, its history is cut off; run `git fetch --unshallow` in it"
        )


def refuse_foreign(url: str) -> None:
    """Raise ``RequestError`` for a clone of another user's that git was not told to read."""
    asked = run_git(["-C", url, "rev-parse", "--git-dir"])
    if is_foreign(asked):
        raise RequestError(f"{url}: {said(asked, LINK_SECONDS)}")


def tips(url: str) -> list[str]:
    """The full ids of the last commits of a clone's branches, and of those that it follows."""
    words = ("for-each-ref", "--format=%(objectname)", "refs/heads", "refs/remotes")
    return sorted(set(run_git(["-C", url, *words]).stdout.split()))


def link(home: Home, repository: Repository, url: str, commit: str) -> None:
    """Let ``repository`` see every object of the clone at ``url``, ``commit`` among them.

    Raises ``WorkbenchError`` with what git said if it can not be cloned.
    """
    place = home.folder("repos") / f"{repository.folder.stem}-{digest_of_value([url])[:10]}.git"
    if not (place / "objects").is_dir():
        shutil.rmtree(place, ignore_errors=True)
        half = place.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        words = ["clone", "--quiet", "--bare", "--local", "--no-tags", "--", url, str(half)]
        made = run_git(words, LINK_SECONDS)
        if not made.ok:
            raise WorkbenchError(f"cannot clone {url}: {said(made, LINK_SECONDS)}")
        half.rename(place)
    _see(repository, place)
    if not repository.has(commit):
        # The clone has got commits since; that one may be on no branch of it.
        what = ["+refs/*:refs/linked/*", f"+{commit}:refs/linked-by-id/{commit}"]
        words = ["-c", "protocol.version=2", "fetch", "--quiet", "--no-tags", "--", url, *what]
        fetched = run_git(words, LINK_SECONDS, place)
        if not fetched.ok:
            raise WorkbenchError(f"cannot fetch from {url}: {said(fetched, LINK_SECONDS)}")


def is_linkable(url: str) -> bool:
    """Whether a clone has all of its objects: not one that fetches files as it needs them."""
    return not promisors(url)


def promisors(url: str) -> list[str]:
    """The URLs from which a clone fetches what it has not; none if it has everything."""
    words = ("config", "--type=bool", "--get-regexp", r"^remote\..*\.promisor$")
    lines = run_git(["-C", url, *words]).stdout.splitlines()
    names = [line.removesuffix(".promisor true") for line in lines if line.endswith(" true")]
    found = [run_git(["-C", url, "config", f"{name}.url"]).stdout.strip() for name in names]
    # A folder that is told from the clone.
    return [str(Path(url, each).resolve()) if Path(url, each).is_dir() else each for each in found]


def _see(repository: Repository, place: Path) -> None:
    file = repository.folder / "objects" / "info" / "alternates"
    known = file.read_text("utf-8").splitlines() if file.exists() else []
    objects = str(place / "objects")
    if objects not in known:
        file.parent.mkdir(exist_ok=True)
        file.write_text("".join(f"{line}\n" for line in [*known, objects]), "utf-8")
