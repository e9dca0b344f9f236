"""Git remotes: what a ref means there, and fetching no more than is needed.

Owns: talking to remotes, with deadlines. Must not know what a commit is for.

These commands run as processes with a session of their own, and end whole: so git,
and the ssh that it starts, find no terminal on which to ask for a password and wait.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

from ..model import WorkbenchError
from ..system import processes
from ..system.processes import ProcessResult, Stop
from .environment import NO_GIT, forget_outer_repository, with_remotes
from .repository import Repository, safe

# The setting by which a user says that another one's repository may be read.
SAFE = "safe.directory"
# What git says to do about it, in every language.
FOREIGN = re.compile(rf"^\s*git config --global --add {re.escape(SAFE)} '?(.+?)'?$", re.MULTILINE)
REACH_SECONDS = 10.0
FETCH_SECONDS = 1800.0


def refs_of(url: str) -> list[str]:
    """What the branches and tags at ``url`` are called; none if it does not answer."""
    listing = run_git(["ls-remote", "--heads", "--tags", "--refs", "--", url], REACH_SECONDS)
    names = [line.partition("\t")[2].split("/", 2) for line in listing.stdout.splitlines()]
    return [parts[2] for parts in names if len(parts) > 2]


def ls_remote(url: str, ref: str) -> str:
    """The commit that a branch or tag names there, or nothing.

    Raises ``WorkbenchError`` if the remote does not answer within 10 s, or asks for
    a password that no credential helper knows.
    """
    peeled = f"refs/tags/{ref}^{{}}"
    listing = run_git(["ls-remote", "--", url, ref, peeled], REACH_SECONDS)
    if not listing.ok:
        raise WorkbenchError(f"{url} can not be reached ({said(listing, REACH_SECONDS)})")
    lines = [line.split("\t") for line in listing.stdout.splitlines()]
    order = {peeled: 0, f"refs/heads/{ref}": 1, f"refs/tags/{ref}": 2}
    ranked = sorted(lines, key=lambda line: order.get(line[1], 3))
    return ranked[0][0] if ranked else ""


def fetch_history(repository: Repository, url: str, *, folders: bool = False) -> None:
    """Fetch the commits of every branch, without files.

    With ``folders``, what each commit touches can be asked without fetching any more.
    """
    shallow = repository.text("rev-parse", "--is-shallow-repository") == "true"
    whole = ("--unshallow",) if shallow else ()
    what, kept = "+refs/heads/*:refs/remotes/history/*", "blob:none" if folders else "tree:0"
    fetch(repository, url, what, f"--filter={kept}", *whole)


def fetch(repository: Repository, url: str, what: str, *options: str) -> None:
    """Fetch; blobs come when a checkout asks for them, if the remote can do that.

    Raises ``WorkbenchError`` with what git said last.
    """
    promise(repository, url)
    filtered = any(option.startswith("--filter") for option in options)
    words = [*options, *([] if filtered else ["--filter=blob:none"]), safe(url), what]
    fetched = run_git(["fetch", "--quiet", "--no-tags", *words], FETCH_SECONDS, repository.folder)
    if not fetched.ok:
        raise WorkbenchError(f"cannot fetch {what} from {url}: {said(fetched, FETCH_SECONDS)}")


def promise(repository: Repository, url: str) -> None:
    """Have what the repository lacks fetched from ``url`` as soon as it is needed.

    Where there are several, git asks them in the order in which they were told.
    """
    remote = f"remote.{safe(url)}"
    repository.raw("config", f"{remote}.url", url)
    repository.raw("config", f"{remote}.promisor", "true")
    repository.raw("config", f"{remote}.partialclonefilter", "blob:none")


def run_git(
    words: list[str], deadline: float = REACH_SECONDS, folder: Path | None = None
) -> ProcessResult:
    """A git command outside of a repository of ours, or in the one in ``folder``.

    The user's own configuration holds, and nobody is asked for a password.
    """
    forget_outer_repository()
    # Named, not found: `safe.bareRepository` of a careful user forbids the finding.
    where = [f"--git-dir={folder}"] if folder else []
    try:
        return processes.run(
            ["git", *where, *words], deadline=deadline, env={**os.environ, **with_remotes()}
        )
    except processes.Interrupted:
        raise
    except WorkbenchError:
        raise WorkbenchError(NO_GIT) from None


def is_foreign(finished: ProcessResult) -> bool:
    """Whether git refused because the repository is another user's (git-config(1))."""
    return not finished.ok and bool(FOREIGN.search(finished.stderr))


def said(finished: ProcessResult, deadline: float) -> str:
    """Why a git command failed, by what it said last."""
    if finished.stop is Stop.DEADLINE:
        return f"no answer in {deadline:.0f} s"
    foreign = FOREIGN.search(finished.stderr)
    if foreign:
        # git names one folder at a time; to read it takes the first, to clone it the second.
        folder = foreign[1].removesuffix("/.git")
        adding = f"git config --global --add {SAFE}"
        trusting = " && ".join(
            f"{adding} {shlex.quote(each)}" for each in (folder, f"{folder}/.git")
        )
        return f"it belongs to another user; if you trust it, run `{trusting}`"
    return (finished.stderr.strip().splitlines() or ["no answer"])[-1]
