"""Git remotes: what a ref means there, and fetching no more than is needed.

Owns: talking to remotes, with deadlines. Must not know what a commit is for.
"""

from __future__ import annotations

from git import Git, GitCommandError, Repo

from ..model import WorkbenchError
from .repository import ALONE, safe, text_of

REACH_SECONDS = 10
FETCH_SECONDS = 1800


def ls_remote(url: str, ref: str) -> str:
    """The commit that a branch or tag names there, or nothing.

    Raises ``WorkbenchError`` if the remote does not answer within 10 s.
    """
    try:
        listing = str(
            Git().ls_remote(url, ref, f"refs/tags/{ref}^{{}}", kill_after_timeout=REACH_SECONDS)
        )
    except GitCommandError as error:
        words = text_of(error.stderr).strip().splitlines()
        said = words[-1] if words else f"no answer in {REACH_SECONDS} s"
        raise WorkbenchError(f"{url} can not be reached ({said})") from None
    lines = [line.split("\t") for line in listing.splitlines()]
    order = {f"refs/tags/{ref}^{{}}": 0, f"refs/heads/{ref}": 1, f"refs/tags/{ref}": 2}
    ranked = sorted(lines, key=lambda line: order.get(line[1], 3))
    return ranked[0][0] if ranked else ""


def fetch_history(repo: Repo, url: str) -> None:
    """Fetch the commits of every branch, without files."""
    shallow = str(repo.git.rev_parse("--is-shallow-repository", env=ALONE)) == "true"
    whole = ("--unshallow",) if shallow else ()
    fetch(repo, url, "+refs/heads/*:refs/remotes/history/*", "--filter=tree:0", *whole)


def fetch(repo: Repo, url: str, what: str, *options: str) -> None:
    """Fetch; blobs come when a checkout asks for them, if the remote can do that."""
    remote = f"remote.{safe(url)}"
    repo.git.config(f"{remote}.url", url, env=ALONE)
    repo.git.config(f"{remote}.promisor", "true", env=ALONE)
    repo.git.config(f"{remote}.partialclonefilter", "blob:none", env=ALONE)
    filtered = (
        options
        if any(o.startswith("--filter") for o in options)
        else (*options, "--filter=blob:none")
    )
    try:
        repo.git.fetch(
            "--quiet", "--no-tags", *filtered, safe(url), what, kill_after_timeout=FETCH_SECONDS
        )
    except GitCommandError as error:
        said = text_of(error.stderr).strip().splitlines()
        raise WorkbenchError(
            f"cannot fetch {what} from {url}: {said[-1] if said else 'no answer'}"
        ) from None
